//! Connections, each lent to one unit of work at a time.
//!
//! sqlx's pool asks a connection before and after every use whether it still lives. Each question is a journey to the
//! server and back, or for SQLite to the connection's thread, and takes as long as most queries do. So what the pool
//! has looked at a moment ago is lent again without another look.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Database;
use sqlx::pool::PoolConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::Fault;

/// How long the pool's look at a connection counts. Whoever is lent one that dies within that time is told so by its
/// first statement.
const MOMENT: Duration = Duration::from_secs(1);

/// The connections of a pool that are ready to be lent again.
#[derive(Debug)]
pub(super) struct Pool<D: Database>(Arc<Inner<D>>);

impl<D: Database> Clone for Pool<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Inner<D: Database> {
    pool: sqlx::Pool<D>,
    /// One turn for each connection that the pool may have: whoever has a turn waits for no connection.
    turns: Arc<Semaphore>,
    ready: Mutex<Vec<Looked<D>>>,
}

/// A connection, and when the pool looked at it.
#[derive(Debug)]
struct Looked<D: Database> {
    connection: PoolConnection<D>,
    at: Instant,
}

impl<D: Database> Pool<D> {
    /// Lends what the pool has.
    pub(super) fn of(pool: sqlx::Pool<D>) -> Self {
        let turns = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Self(Arc::new(Inner { pool, turns, ready: Mutex::default() }))
    }

    pub(super) async fn lend(&self) -> Result<Pooled<D>, Fault> {
        let turn = tokio::time::timeout(
            self.0.pool.options().get_acquire_timeout(),
            Arc::clone(&self.0.turns).acquire_owned(),
        )
        .await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let looked = match self.0.at_hand() {
            Some(looked) => looked,
            None => Looked { connection: self.0.pool.acquire().await?, at: Instant::now() },
        };
        Ok(Pooled { looked: Some(looked), state: PoolState::Doubtful, home: self.clone(), _turn: turn })
    }

    /// Waits for what is lent, then closes every connection.
    pub(super) async fn close(&self) {
        let _all = self.0.turns.acquire_many(self.0.pool.options().get_max_connections()).await;
        self.0.turns.close();
        self.0.ready().clear();
        self.0.pool.close().await;
    }
}

impl<D: Database> Inner<D> {
    fn ready(&self) -> MutexGuard<'_, Vec<Looked<D>>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that was given back last. Those that the pool should look at again go back to it on the way.
    fn at_hand(&self) -> Option<Looked<D>> {
        let mut ready = self.ready();
        std::iter::from_fn(|| ready.pop()).find(|looked| looked.at.elapsed() < MOMENT)
    }
}

impl<D: Database> Drop for Inner<D> {
    fn drop(&mut self) {
        // The pool would look at each in a task of its own, and there may be no runtime any more.
        for looked in std::mem::take(&mut *self.ready()) {
            drop(looked.connection.leak());
        }
    }
}

/// A connection on loan; dropping it gives it back.
pub struct Pooled<D: Database> {
    /// There until the loan ends.
    looked: Option<Looked<D>>,
    state: PoolState,
    home: Pool<D>,
    _turn: OwnedSemaphorePermit,
}

/// What becomes of a connection that is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PoolState {
    /// It can be lent again.
    Sound,
    /// A statement failed, or nobody waited for its answer: the pool looks at it first.
    Doubtful,
    /// In a transaction whose end isn't confirmed: it is closed, which rolls back however much of it there is.
    Open,
}

impl<D: Database> Pooled<D> {
    /// The connection that statements run on.
    pub(crate) fn connection(&mut self) -> &mut D::Connection {
        &mut self.looked.as_mut().expect("a loan has its connection until it is dropped").connection
    }

    pub(super) fn becomes(&mut self, state: PoolState) {
        self.state = state;
    }
}

impl<D: Database> Drop for Pooled<D> {
    fn drop(&mut self) {
        let Some(mut looked) = self.looked.take() else { return };
        match self.state {
            PoolState::Sound => self.home.0.ready().push(looked),
            PoolState::Doubtful => {}
            PoolState::Open => looked.connection.close_on_drop(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use crate::base::actor::Who;
    use crate::base::{Actor, Clock, Fault, Lifetimes};
    use crate::store::trial::{self, Trial};
    use crate::store::{Start, Tx, execute, one};

    async fn act<T>(trial: &Trial, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        let start = Start { by: Actor::of(Who::Operator), clock: &Clock::System, lives: &Lifetimes::default() };
        trial.store.act(start, work).await
    }

    async fn write(tx: &mut Tx, key: u8) -> Result<u64, Fault> {
        execute!(tx.db, "insert into limits (key, kind, failures, ends_at) values ($1, 'name', 0, 0)", vec![key])
    }

    async fn written(trial: &Trial) -> i64 {
        let lives = Lifetimes::default();
        let count =
            trial.store.look(&Clock::System, &lives, async |view| one!(view.db, (i64,), "select count(*) from limits"));
        count.await.unwrap().0
    }

    #[tokio::test]
    async fn a_unit_that_nobody_waits_for_any_more_is_rolled_back_and_the_next_one_goes_on() {
        for trial in trial::databases().await {
            let (wrote, has_written) = oneshot::channel();
            let abandoned = act(&trial, async |tx| {
                write(tx, 1).await?;
                let _ = wrote.send(());
                std::future::pending::<Result<(), Fault>>().await
            });
            tokio::select! {
                _ = abandoned => panic!("it never ends"),
                told = has_written => told.unwrap(),
            }
            assert_eq!(act(&trial, async |tx| write(tx, 2).await).await.unwrap(), 1);
            assert_eq!(written(&trial).await, 1);
        }
    }

    #[tokio::test]
    async fn a_unit_that_fails_is_rolled_back_and_the_next_one_goes_on() {
        for trial in trial::databases().await {
            let twice = act(&trial, async |tx| {
                write(tx, 1).await?;
                write(tx, 1).await
            });
            assert!(twice.await.is_err_and(|fault| fault.is_unique_violation()));
            assert_eq!(act(&trial, async |tx| write(tx, 1).await).await.unwrap(), 1);
            assert_eq!(written(&trial).await, 1);
        }
    }

    #[tokio::test]
    async fn of_more_units_than_connections_each_gets_its_turn() {
        for trial in trial::databases().await {
            let units = (0..100).map(async |key| {
                act(&trial, async |tx| write(tx, key).await).await.unwrap();
                written(&trial).await
            });
            assert_eq!(futures_util::future::join_all(units).await.into_iter().max(), Some(100));
        }
    }
}
