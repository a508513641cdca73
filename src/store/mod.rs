//! Storage: SQLite and PostgreSQL behind one unit of work and one SQL text.
//! It knows connections, transactions and the schema's version, and no table's meaning.

mod found;
mod keys;
mod left;
mod open;
mod pool;
mod schema;
mod sql;
#[cfg(test)]
pub(crate) mod trial;
mod unit;

pub use found::Found;
pub use keys::Keyset;
pub use left::{Joined, Left};
pub use open::{CannotOpen, Settings, Store};
pub use pool::Pooled;
pub use schema::{Migration, SCHEMA};
pub use sql::{Db, SWEPT_AT_ONCE};
pub(crate) use sql::{TimedStatement, all, execute, fetch, one, optional, sweep};
pub use unit::{Start, Tx, View};
