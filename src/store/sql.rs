//! One SQL text for both databases: an enum over the drivers, and macros that expand a statement into one arm per
//! driver.

use std::time::Instant;

use sqlx::{Postgres, Sqlite};
use tracing::Level;

use crate::base::Fault;

use super::pool::{PoolState, Pooled};

/// Runs a statement and answers how many rows it touched.
macro_rules! execute {
    ($db:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let sql = $sql;
        let _timed = $crate::store::TimedStatement::begin(sql);
        match &mut $db {
            $crate::store::Db::Sqlite(link) => {
                sqlx::query(sql)$(.bind($bind))*.execute(link.connection()).await.map(|done| done.rows_affected())
            }
            $crate::store::Db::Postgres(link) => {
                sqlx::query(sql)$(.bind($bind))*.execute(link.connection()).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::base::Fault::from)
    }};
}

/// Rows one sweep removes at most, so that it never holds the writer for long.
pub const SWEPT_AT_ONCE: i64 = 5_000;

/// Removes some of the rows, named by their key, for which a condition on one instant (`$1`) holds; answers how many.
macro_rules! sweep {
    ($tx:expr, $from:literal, $key:literal, $when:literal, $before:expr $(,)?) => {
        $crate::store::execute!(
            $tx.db,
            concat!(
                "delete ",
                $from,
                " where (",
                $key,
                ") in (select ",
                $key,
                " ",
                $from,
                " where ",
                $when,
                " limit $2)"
            ),
            $before,
            $crate::store::SWEPT_AT_ONCE
        )
    };
}

/// Runs a statement and reads its rows with one of the driver's `fetch_…` functions.
macro_rules! fetch {
    ($how:ident, $db:expr, $row:ty, $sql:expr $(, $bind:expr)*) => {{
        let sql = $sql;
        let _timed = $crate::store::TimedStatement::begin(sql);
        match &mut $db {
            $crate::store::Db::Sqlite(link) => {
                sqlx::query_as::<_, $row>(sql)$(.bind($bind))*.$how(link.connection()).await
            }
            $crate::store::Db::Postgres(link) => {
                sqlx::query_as::<_, $row>(sql)$(.bind($bind))*.$how(link.connection()).await
            }
        }
        .map_err($crate::base::Fault::from)
    }};
}

/// Reads at most one row.
macro_rules! optional {
    ($db:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::fetch!(fetch_optional, $db, $row, $sql $(, $bind)*)
    };
}

/// Reads the one row there must be.
macro_rules! one {
    ($db:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::fetch!(fetch_one, $db, $row, $sql $(, $bind)*)
    };
}

/// Reads every row.
macro_rules! all {
    ($db:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::fetch!(fetch_all, $db, $row, $sql $(, $bind)*)
    };
}

/// A statement that runs. At debug its end is logged, whether it was answered, refused or given up: its text and how
/// long it took, never what was bound to it. Unlike sqlx's own lines, the wait for SQLite's thread counts.
pub(crate) struct TimedStatement {
    sql: &'static str,
    /// None where nobody listens: then nothing is measured.
    began: Option<Instant>,
}

impl TimedStatement {
    pub(crate) fn begin(sql: &'static str) -> Self {
        Self { sql, began: tracing::enabled!(Level::DEBUG).then(Instant::now) }
    }
}

impl Drop for TimedStatement {
    fn drop(&mut self) {
        if let Some(began) = self.began {
            tracing::debug!(statement = self.sql, elapsed = ?began.elapsed());
        }
    }
}

/// A connection to whichever database the configuration names. Dropping it rolls back what wasn't committed.
pub enum Db {
    /// The embedded default.
    Sqlite(Pooled<Sqlite>),
    /// What many servers share.
    Postgres(Pooled<Postgres>),
}

impl Db {
    /// Begins a transaction that may write.
    pub(super) async fn begin(&mut self) -> Result<(), Fault> {
        self.becomes(PoolState::Open);
        match self {
            Self::Sqlite(_) => execute!(*self, "begin immediate"),
            Self::Postgres(_) => execute!(*self, "begin"),
        }
        .map(drop)
    }

    /// Makes what was written durable.
    pub(super) async fn commit(mut self) -> Result<(), Fault> {
        execute!(self, "commit")?;
        self.becomes(PoolState::Sound);
        Ok(())
    }

    /// Undoes what was written.
    pub(super) async fn roll_back(mut self) -> Result<(), Fault> {
        execute!(self, "rollback")?;
        self.becomes(PoolState::Sound);
        Ok(())
    }

    /// Every statement was answered.
    pub(super) fn done(mut self) {
        self.becomes(PoolState::Sound);
    }

    fn becomes(&mut self, state: PoolState) {
        match self {
            Self::Sqlite(lent) => lent.becomes(state),
            Self::Postgres(lent) => lent.becomes(state),
        }
    }
}

pub(crate) use {all, execute, fetch, one, optional, sweep};
