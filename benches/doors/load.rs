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
    /// So many in that time, for that much processor time; none where it was none.
    pub fn of(count: u32, took: Duration, used: Duration) -> Option<Self> {
        let times = f64::from(count);
        (count > 0).then(|| Self { per_second: times / took.as_secs_f64(), micros: used.as_secs_f64() * 1e6 / times })
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

/// Lets the customers ask until the time is over, and measures; none where nobody was answered meanwhile, or nobody had
/// anything left to ask.
pub async fn measure(target: &Target<'_>, customers: Vec<Box<dyn Customer>>) -> Outcome<Option<Measured>> {
    let (done, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let mut running = JoinSet::new();
    for customer in customers {
        let connection = Connection::open(target.address).await?;
        running.spawn(ask_on(connection, customer, (Arc::clone(&done), Arc::clone(&over))));
    }
    tokio::time::sleep(target.lasting / 5).await;
    let (begun, used, before) = (Instant::now(), target.server.used()?, done.load(Ordering::Relaxed));
    let interrupted = tokio::time::timeout(target.lasting, running.join_next()).await;
    let (took, used) = (begun.elapsed(), target.server.used()?.saturating_sub(used));
    let count = done.load(Ordering::Relaxed) - before;
    over.store(true, Ordering::Relaxed);
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    match interrupted {
        Ok(Some(ended)) => ended?.map(|()| None),
        Ok(None) | Err(_) => Ok(Measured::of(count, took, used)),
    }
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
