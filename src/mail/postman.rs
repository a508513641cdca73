//! The postman: takes due letters one by one, sends each outside any transaction, and writes down how it went.
//! Delivery is at least once: a server that dies between sending and writing down leaves the letter to the next one,
//! under the same Message-ID.

use std::sync::Arc;

use tokio::sync::{Mutex, Notify};

use crate::base::actor::Who;
use crate::base::ids::MailId;
use crate::base::{Actor, Clock, Fault, Lifetimes, Seal};
use crate::mail::outbox::{self, ClaimedLetter};
use crate::mail::transport::{Route, SendAttempt};
use crate::store::{Start, Store, Tx};

/// What the postman works with.
pub struct Context {
    pub store: Store,
    pub clock: Clock,
    /// The numbers in force.
    pub lives: Arc<Lifetimes>,
    /// What opens letters.
    pub seal: Arc<dyn Seal>,
}

/// Sends what is in the outbox.
pub struct Postman {
    desk: Context,
    route: Route,
    round: Mutex<()>,
    posted: Notify,
}

/// How a round went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Letters the mail server took.
    pub sent: u32,
    /// Letters to be tried again.
    pub deferred: u32,
    /// Letters that will never arrive.
    pub given_up: Vec<GivenUp>,
}

/// A letter that will never arrive.
#[derive(Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// Its row in the outbox.
    pub id: MailId,
    /// The kind of letter.
    pub name: String,
    /// Who should have got it.
    pub recipient: String,
    pub why: String,
}

impl Postman {
    /// A postman who takes that way.
    #[must_use]
    pub fn new(desk: Context, route: Route) -> Self {
        Self { desk, route, round: Mutex::new(()), posted: Notify::new() }
    }

    /// Tells that a letter was posted and its unit of work committed. Without it the letter leaves with the timetable's
    /// next round.
    pub fn wake(&self) {
        self.posted.notify_one();
    }

    /// Waits for [`Postman::wake`].
    pub async fn woken(&self) {
        self.posted.notified().await;
    }

    /// Sends every letter due now. Rounds of one server follow one another; those of several servers share the letters.
    pub async fn deliver_due(&self) -> Result<Delivery, Fault> {
        let _round = self.round.lock().await;
        let mut delivery = Delivery::default();
        while let Some(claimed) = self.act(async |tx| outbox::claim(tx).await).await? {
            self.deliver(claimed, &mut delivery).await?;
        }
        Ok(delivery)
    }

    async fn deliver(&self, claimed: ClaimedLetter, delivery: &mut Delivery) -> Result<(), Fault> {
        let attempt = match claimed.read(self.desk.seal.as_ref()) {
            Ok(letter) => self.route.send(&claimed, letter, self.desk.clock.now()).await,
            // Another master key may come back; nobody loses a letter over it before its time.
            Err(fault) => SendAttempt::Deferred(fault.to_string()),
        };
        let (why, for_good) = match attempt {
            SendAttempt::Taken => {
                delivery.sent += 1;
                return self.act(async |tx| outbox::taken(tx, &claimed).await).await;
            }
            SendAttempt::Deferred(why) => (why, false),
            SendAttempt::Refused(why) => (why, true),
        };
        tracing::warn!(mail = %claimed.id, name = claimed.name, why, "a letter wasn't sent");
        if self.act(async |tx| outbox::failed(tx, &claimed, &why, for_good).await).await? {
            delivery.given_up.push(GivenUp { id: claimed.id, name: claimed.name, recipient: claimed.recipient, why });
        } else {
            delivery.deferred += 1;
        }
        Ok(())
    }

    async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        let start = Start { by: Actor::of(Who::Timetable), clock: &self.desk.clock, lives: &self.desk.lives };
        self.desk.store.act(start, work).await
    }
}
