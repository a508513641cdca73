//! The portal's own data, in SQLite: a file, or memory where no directory is given.

use std::path::Path;
use std::str::FromStr;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

/// Opens the database, creates what is missing and fills an empty one with the demo's rows.
pub async fn open(directory: Option<&Path>) -> Result<SqlitePool, sqlx::Error> {
    let options = match directory {
        Some(directory) => SqliteConnectOptions::new()
            .filename(directory.join("portal.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal),
        None => SqliteConnectOptions::from_str("sqlite::memory:")?,
    };
    // A database in memory lives in one connection, which must therefore never be closed.
    let pool = SqlitePoolOptions::new()
        .max_connections(if directory.is_some() { 4 } else { 1 })
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.foreign_keys(true))
        .await?;
    sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
    seed(&pool).await?;
    Ok(pool)
}

async fn seed(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let orders: i64 = sqlx::query_scalar("select count(*) from orders").fetch_one(&mut *transaction).await?;
    if orders == 0 {
        sqlx::raw_sql(include_str!("seed.sql")).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
