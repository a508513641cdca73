//! Faults: what broke. A refusal is no fault but an answer, and has a type of its own where it is given.

use std::error::Error;

/// Something that should have worked didn't. The person sees a reference; the log has the cause.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or couldn't be reached.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// Anything else, named.
    #[error("{what}: {cause}")]
    Broken {
        /// What was being done.
        what: &'static str,
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The server is at its bound for this kind of work and says so instead of queueing without end.
    #[error("too busy: {0}")]
    Busy(&'static str),
}

impl Fault {
    /// A fault with its cause.
    pub fn broken(what: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken { what, cause: cause.into() }
    }

    /// Whether trying again later is all there is to do: a bound was met, or the database is away.
    pub fn passes(&self) -> bool {
        match self {
            Self::Busy(_) => true,
            Self::Database(error) => is_away(error),
            Self::Broken { .. } => false,
        }
    }

    /// What broke, without the cause.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Database(_) => "database",
            Self::Broken { what, .. } | Self::Busy(what) => what,
        }
    }

    /// Whether a unique constraint refused the statement.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// PostgreSQL says by class 57P that it is shutting down, starting or was told to stop, by 53 that it is at a bound of
/// its own.
fn is_away(error: &sqlx::Error) -> bool {
    let at_a_bound = |code: &str| code.starts_with("57P") || code.starts_with("53");
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| at_a_bound(&code))
        || matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
        )
}
