//! One SQL text for both databases: an enum over the drivers, and macros that expand a statement into one arm per driver.

use sqlx::pool::PoolConnection;
use sqlx::{Database, Postgres, Sqlite, Transaction};

use crate::base::Fault;

/// A connection to whichever database the configuration names.
pub enum Db {
    /// The embedded default.
    Sqlite(Link<Sqlite>),
    /// What many servers share.
    Postgres(Link<Postgres>),
}

/// A connection that reads, or a transaction that writes.
pub enum Link<D: Database> {
    /// From the reader pool.
    Reading(PoolConnection<D>),
    /// A transaction; dropping it rolls it back.
    Writing(Transaction<'static, D>),
}

impl<D: Database> Link<D> {
    /// The connection that statements run on.
    pub fn connection(&mut self) -> &mut D::Connection {
        match self {
            Self::Reading(connection) => connection,
            Self::Writing(transaction) => transaction,
        }
    }

    async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Reading(_) => Ok(()),
            Self::Writing(transaction) => Ok(transaction.commit().await?),
        }
    }

    async fn roll_back(self) -> Result<(), Fault> {
        match self {
            Self::Reading(_) => Ok(()),
            Self::Writing(transaction) => Ok(transaction.rollback().await?),
        }
    }
}

impl Db {
    /// Makes what was written durable.
    pub(super) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(link) => link.commit().await,
            Self::Postgres(link) => link.commit().await,
        }
    }

    /// Undoes what was written.
    pub(super) async fn roll_back(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(link) => link.roll_back().await,
            Self::Postgres(link) => link.roll_back().await,
        }
    }
}

/// Runs a statement and answers how many rows it touched.
macro_rules! execute {
    ($db:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $db {
            $crate::store::Db::Sqlite(link) => sqlx::query($sql)$(.bind($bind))*.execute(link.connection()).await.map(|done| done.rows_affected()),
            $crate::store::Db::Postgres(link) => sqlx::query($sql)$(.bind($bind))*.execute(link.connection()).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::base::Fault::from)
    };
}

/// Runs a statement and reads its rows with one of the driver's `fetch_…` functions.
macro_rules! fetch {
    ($how:ident, $db:expr, $row:ty, $sql:expr $(, $bind:expr)*) => {
        match &mut $db {
            $crate::store::Db::Sqlite(link) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$how(link.connection()).await,
            $crate::store::Db::Postgres(link) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$how(link.connection()).await,
        }
        .map_err($crate::base::Fault::from)
    };
}

/// Reads at most one row.
macro_rules! optional {
    ($db:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => { $crate::store::fetch!(fetch_optional, $db, $row, $sql $(, $bind)*) };
}

/// Reads the one row there must be.
macro_rules! one {
    ($db:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => { $crate::store::fetch!(fetch_one, $db, $row, $sql $(, $bind)*) };
}

/// Reads every row.
macro_rules! all {
    ($db:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => { $crate::store::fetch!(fetch_all, $db, $row, $sql $(, $bind)*) };
}

pub(crate) use {all, execute, fetch, one, optional};
