//! The schema: migrations that expand, and the two numbers that let servers of two releases share a database.

use std::fs::File;
use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;

use crate::base::Fault;

use super::open::{Backend, CannotOpen};
use super::{Store, sql};

/// The schema this program was built with: the number of the last migration.
pub const SCHEMA: i64 = 9;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// What migrating did.
#[derive(Debug, PartialEq, Eq)]
pub struct Migration {
    /// The schema before, 0 for an empty database.
    pub from: i64,
    pub to: i64,
    /// Where the database was copied to first.
    pub copy: Option<PathBuf>,
}

impl Store {
    /// Makes the database usable by this program, or says why it isn't: SQLite migrates here, PostgreSQL only by
    /// `guichet migrate`.
    pub async fn prepare(&self) -> Result<(), CannotOpen> {
        let found = self.schema().await?;
        match self.backend {
            Backend::Sqlite { .. } if found < SCHEMA => self.migrate().await.map(drop),
            Backend::Postgres(_) if found < SCHEMA => Err(CannotOpen::NotMigrated { found, known: SCHEMA }),
            Backend::Sqlite { .. } | Backend::Postgres(_) => Ok(()),
        }
    }

    /// Brings the schema up to this program's, copying a SQLite database first.
    pub async fn migrate(&self) -> Result<Migration, CannotOpen> {
        match &self.backend {
            Backend::Sqlite { file, .. } => self.migrate_sqlite(file).await,
            Backend::Postgres(_) => {
                // The migrator takes an advisory lock: two at once follow one another.
                let from = self.schema().await?;
                self.run(&MIGRATIONS).await?;
                Ok(Migration { from, to: SCHEMA, copy: None })
            }
        }
    }

    async fn migrate_sqlite(&self, file: &Path) -> Result<Migration, CannotOpen> {
        let _lock = lock_beside(file)?;
        let from = self.schema().await?;
        if from >= SCHEMA {
            return Ok(Migration { from, to: from, copy: None });
        }
        let copy = if from > 0 { Some(self.copy_sqlite(file, from).await?) } else { None };
        self.run(&MIGRATIONS).await?;
        Ok(Migration { from, to: SCHEMA, copy })
    }

    async fn copy_sqlite(&self, file: &Path, from: i64) -> Result<PathBuf, CannotOpen> {
        let copy = with_suffix(file, &format!(".schema-{from}.copy"));
        if copy.exists() {
            return Ok(copy);
        }
        let mut db = self.reading().await.map_err(migration_failed)?;
        sql::execute!(db, "vacuum into $1", copy.display().to_string()).map_err(migration_failed)?;
        Ok(copy)
    }

    async fn run(&self, migrations: &Migrator) -> Result<(), CannotOpen> {
        let done = match &self.backend {
            Backend::Sqlite { writer, .. } => {
                migrations.run(writer.lend().await.map_err(migration_failed)?.connection()).await
            }
            Backend::Postgres(connections) => {
                migrations.run(connections.lend().await.map_err(migration_failed)?.connection()).await
            }
        };
        done.map_err(migration_failed)
    }

    /// The schema found, 0 for an empty database; refused where it says that this program is too old for it.
    pub async fn schema(&self) -> Result<i64, CannotOpen> {
        let mut db = self.reading().await.map_err(migration_failed)?;
        let state = sql::optional!(db, (i64, i64), "select version, oldest_server from schema_state where one = 1");
        match state {
            Ok(Some((found, oldest))) if oldest > SCHEMA => Err(CannotOpen::Newer { found, known: SCHEMA }),
            Ok(Some((found, _))) => Ok(found),
            Ok(None) => Ok(0),
            Err(Fault::Database(sqlx::Error::Database(error))) if is_missing_table(error.as_ref()) => Ok(0),
            Err(fault) => Err(migration_failed(fault)),
        }
    }
}

fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.message().contains("no such table") || error.code().is_some_and(|code| code == "42P01")
}

/// Two servers starting on one file migrate it one after the other.
fn lock_beside(file: &Path) -> Result<File, CannotOpen> {
    let lock = File::create(with_suffix(file, ".migrating")).map_err(migration_failed)?;
    lock.lock().map_err(migration_failed)?;
    Ok(lock)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn migration_failed(cause: impl std::fmt::Display) -> CannotOpen {
    CannotOpen::Migration(cause.to_string())
}

#[cfg(test)]
mod tests {
    use sqlx::migrate::Migrator;

    use super::{MIGRATIONS, Migration, SCHEMA};
    use crate::store::{sql, trial};

    #[test]
    fn the_schema_is_the_last_migration() {
        assert_eq!(MIGRATIONS.iter().map(|migration| migration.version).max(), Some(SCHEMA));
    }

    /// A start that was killed leaves some of the migrations done, and the next one does the rest.
    #[tokio::test]
    async fn migrations_that_stopped_half_way_are_carried_on() {
        for done in MIGRATIONS.iter().map(|migration| migration.version).filter(|version| *version < SCHEMA) {
            for trial in trial::empty_ones().await {
                let until_then = MIGRATIONS.iter().filter(|migration| migration.version <= done).cloned().collect();
                trial.store.run(&Migrator::with_migrations(until_then)).await.unwrap();
                assert_eq!(trial.store.migrate().await.unwrap(), Migration { from: 0, to: SCHEMA, copy: None });
                assert_eq!(trial.store.schema().await.unwrap(), SCHEMA);
                trial.store.prepare().await.unwrap();
            }
        }
    }

    /// What a server finds that starts on the database of a release before.
    #[tokio::test]
    async fn a_sqlite_database_of_an_earlier_schema_is_copied_before_it_is_brought_up_to_date() {
        for trial in trial::empty_ones().await {
            trial.store.migrate().await.unwrap();
            let mut db = trial.store.reading().await.unwrap();
            sql::execute!(db, "update schema_state set version = $1", SCHEMA - 1).unwrap();
            drop(db);
            let migrated = trial.store.migrate().await.unwrap();
            assert_eq!((migrated.from, migrated.to), (SCHEMA - 1, SCHEMA));
            assert_eq!(migrated.copy.is_some_and(|copy| copy.exists()), trial.store.kind() == "SQLite");
        }
    }
}
