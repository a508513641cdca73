//! What the process is told by signals: to stop, which a terminal that hung up says too, or that the operator changed
//! something.

use std::fs::File;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::base::Fault;

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessSignal {
    Stop,
    /// What the operator may change meanwhile is to be read again.
    Reload,
}

/// The signals of this process, of which none ends it by itself from now on.
pub struct Signals {
    interrupted: Signal,
    terminated: Signal,
    hung_up: Signal,
    had_terminal: bool,
}

impl Signals {
    pub fn listen() -> Result<Self, Fault> {
        let hear = |kind| signal(kind).map_err(|error| Fault::broken("listening to signals", error));
        Ok(Self {
            interrupted: hear(SignalKind::interrupt())?,
            terminated: hear(SignalKind::terminate())?,
            hung_up: hear(SignalKind::hangup())?,
            had_terminal: has_terminal(),
        })
    }

    /// The next thing that is said.
    pub async fn next(&mut self) -> ProcessSignal {
        tokio::select! {
            _ = self.interrupted.recv() => ProcessSignal::Stop,
            _ = self.terminated.recv() => ProcessSignal::Stop,
            _ = self.hung_up.recv() => if self.had_terminal && !has_terminal() {
                ProcessSignal::Stop
            } else {
                ProcessSignal::Reload
            },
        }
    }
}

/// Whether there is a controlling terminal; one that hung up is none any more.
fn has_terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

/// Answers when a process that never reads anything again is asked to stop, by any of the signals; they are heard from
/// the call on.
pub fn stopped() -> impl Future<Output = ()> {
    let signals = Signals::listen();
    async move {
        match signals {
            Ok(mut signals) => drop(signals.next().await),
            Err(fault) => tracing::error!(%fault, "no signal can be heard"),
        }
    }
}
