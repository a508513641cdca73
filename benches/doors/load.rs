//! Load: sixteen connections, each of which asks as soon as it was answered; and what that cost the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::process::Process;
use crate::wire::{Answer, Connection};

/// How many ask at once.
pub const CONNECTIONS: usize = 16;

/// Into how many spans each measurement is cut. What else the machine does only ever adds to what something costs, so that the least
/// counts.
pub const TIMES: u32 = 4;

/// Whoever asks on one connection, each knowing from the last answer what to ask next.
pub trait Customer: Send {
    /// The next request; none where there is nothing left to ask for.
    fn next(&mut self) -> Outcome<Option<Bytes>>;

    /// Reads the answer, which must be the right one. Answers whether that completed what is counted.
    fn read(&mut self, answer: Answer) -> Outcome<bool>;
}

/// What something cost.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// How often it was done each second.
    pub per_second: f64,
    /// The processor time each took, in microseconds.
    pub micros: f64,
}

impl Measured {
    /// So many in that time, for that much processor time.
    pub fn of(count: u32, took: Duration, used: Duration) -> Self {
        let count = f64::from(count.max(1));
        Self { per_second: count / took.as_secs_f64(), micros: used.as_secs_f64() * 1e6 / count }
    }

    /// The less disturbed of two.
    pub fn least(self, other: Self) -> Self {
        if other.micros < self.micros { other } else { self }
    }

    /// How much of a core was busy with it.
    pub fn busy(&self) -> f64 {
        self.per_second * self.micros / 1e6
    }
}

/// Where the load goes, and who serves it for how long.
pub struct Target<'p> {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The server.
    pub server: &'p Process,
    /// How long is measured, after a fifth of that to get going.
    pub lasting: Duration,
}

/// Lets the customers ask until the time is over or none has anything left to ask.
pub async fn measure(target: &Target<'_>, customers: Vec<Box<dyn Customer>>) -> Outcome<Measured> {
    let (done, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let mut running = JoinSet::new();
    for customer in customers {
        let connection = Connection::open(target.address).await?;
        running.spawn(ask_on(connection, customer, (Arc::clone(&done), Arc::clone(&over))));
    }
    tokio::time::sleep(target.lasting / 5).await;
    let mut least: Option<Measured> = None;
    for _ in 0..TIMES {
        if let Some(measured) = once(target, &done, &mut running).await? {
            least = Some(least.map_or(measured, |least| least.least(measured)));
        }
    }
    over.store(true, Ordering::Relaxed);
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(least.ok_or("nothing was answered in time")?)
}

/// Measures once; none where the customers had nothing left to ask.
async fn once(target: &Target<'_>, done: &AtomicU32, running: &mut JoinSet<Outcome<()>>) -> Outcome<Option<Measured>> {
    let (begun, used, before) = (Instant::now(), target.server.used()?, done.load(Ordering::Relaxed));
    let interrupted = tokio::time::timeout(target.lasting / TIMES, running.join_next()).await;
    if let Ok(Some(ended)) = interrupted {
        return ended?.map(|()| None);
    }
    let count = done.load(Ordering::Relaxed) - before;
    let used = target.server.used()?.saturating_sub(used);
    Ok((count > 0).then(|| Measured::of(count, begun.elapsed(), used)))
}

async fn ask_on(
    mut connection: Connection,
    mut customer: Box<dyn Customer>,
    (done, over): (Arc<AtomicU32>, Arc<AtomicBool>),
) -> Outcome<()> {
    while !over.load(Ordering::Relaxed) {
        let Some(request) = customer.next()? else { break };
        if customer.read(connection.ask(&request).await?)? {
            done.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}
