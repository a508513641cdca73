//! Opening the database, and saying in one line what to do when that fails.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, Postgres, Sqlite};
use tokio::sync::Notify;

use crate::base::{Fault, Seal};

use super::Db;
use super::pool::Pool;

/// `[store]` in the configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    pub url: String,
    /// A file whose content replaces `url`, for addresses that hold a password.
    pub url_file: Option<PathBuf>,
    /// Connections that read (SQLite), or connections in all (PostgreSQL).
    pub connections: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { url: "sqlite:guichet.db".to_owned(), url_file: None, connections: 8 }
    }
}

/// Why the database can't be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    /// The address isn't one.
    #[error("store.url can't be read as {0}: correct it in the configuration")]
    Address(&'static str),
    /// The secret file can't be read.
    #[error("store.url_file `{path}` can't be read ({cause}): create it \
        or correct the configuration", path = path.display())]
    AddressFile {
        path: PathBuf,
        /// Why it can't be read.
        cause: std::io::Error,
    },
    /// The file or the server can't be reached.
    #[error("the database {name} can't be opened ({cause}): {advice}")]
    Unreachable {
        /// Which database, without its password.
        name: String,
        /// The driver's words.
        cause: String,
        advice: &'static str,
    },
    /// The schema belongs to a later release.
    #[error(
        "the database was migrated by a newer Guichet (schema {found}, this program knows {known}): \
         upgrade this program"
    )]
    Newer {
        found: i64,
        /// The schema this program was built with.
        known: i64,
    },
    /// PostgreSQL is migrated by hand only.
    #[error("the database has schema {found}, this program needs {known}: run `guichet migrate` first")]
    NotMigrated {
        found: i64,
        /// The schema this program was built with.
        known: i64,
    },
    /// A migration failed; nothing of it was kept.
    #[error("migrating the database failed ({0}): nothing was changed; mend the cause and start again")]
    Migration(String),
}

const SQLITE_ADVICE: &str = "check that the folder exists and that this user may write there";
const POSTGRES_ADVICE: &str = "check that PostgreSQL runs, and store.url with its user and password";

/// How long PostgreSQL may take to answer a program that starts.
const GREETING: Duration = Duration::from_secs(5);

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) backend: Backend,
    pub(super) beside: Arc<Beside>,
}

/// What units of work have at hand beside the rows, and leave to others once they are committed.
#[derive(Default)]
pub(super) struct Beside {
    letters: RwLock<Letters>,
    /// Tells whoever carries letters away that one was posted.
    pub(super) posted: Notify,
}

/// What becomes of letters that units of work post.
#[derive(Clone, Default)]
pub(super) enum Letters {
    /// Nobody said yet: posting one is a fault.
    #[default]
    Undecided,
    /// None is posted: no server was ever started here, and nobody could read them.
    Nobodys,
    SealedBy(Arc<dyn Seal>),
}

impl Beside {
    pub(super) fn letters(&self) -> Letters {
        self.letters.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub(super) enum Backend {
    Sqlite { file: PathBuf, writer: Pool<Sqlite>, readers: Pool<Sqlite> },
    Postgres(Pool<Postgres>),
}

impl Store {
    /// Opens the database the settings name, without looking at its schema.
    pub async fn open(settings: &Settings) -> Result<Self, CannotOpen> {
        let url = settings.address()?;
        if let Some(file) = url.strip_prefix("sqlite:") {
            open_sqlite(&embedded(file), settings.connections).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(&url, settings.connections).await
        } else {
            Err(CannotOpen::Address("sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE"))
        }
    }

    /// From now on, for every clone, letters that units of work post are sealed by this.
    pub fn seal_letters_by(&self, seal: Arc<dyn Seal>) {
        self.decide(Letters::SealedBy(seal));
    }

    /// From now on none is posted, because this database has no key yet: no server was ever started with it.
    pub fn post_no_letters(&self) {
        self.decide(Letters::Nobodys);
    }

    fn decide(&self, letters: Letters) {
        *self.beside.letters.write().unwrap_or_else(PoisonError::into_inner) = letters;
    }

    /// Waits until a unit of work that posted a letter is committed; one that was while nobody waited counts.
    pub async fn letter_posted(&self) {
        self.beside.posted.notified().await;
    }

    /// `SQLite` or `PostgreSQL`, for people.
    pub fn kind(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite { .. } => "SQLite",
            Backend::Postgres(_) => "PostgreSQL",
        }
    }

    pub(super) async fn reading(&self) -> Result<Db, Fault> {
        Ok(match &self.backend {
            Backend::Sqlite { readers, .. } => Db::Sqlite(readers.lend().await?),
            Backend::Postgres(connections) => Db::Postgres(connections.lend().await?),
        })
    }

    pub(super) async fn writing(&self) -> Result<Db, Fault> {
        let mut db = match &self.backend {
            Backend::Sqlite { writer, .. } => Db::Sqlite(writer.lend().await?),
            Backend::Postgres(connections) => Db::Postgres(connections.lend().await?),
        };
        db.begin().await?;
        Ok(db)
    }

    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Backend::Postgres(connections) => connections.close().await,
        }
    }
}

impl Settings {
    /// The file of an embedded database; none where the address is a server's.
    pub fn file(&self) -> Result<Option<PathBuf>, CannotOpen> {
        Ok(self.address()?.strip_prefix("sqlite:").map(embedded))
    }

    fn address(&self) -> Result<String, CannotOpen> {
        match &self.url_file {
            None => Ok(self.url.clone()),
            Some(path) => std::fs::read_to_string(path)
                .map(|text| text.trim().to_owned())
                .map_err(|cause| CannotOpen::AddressFile { path: path.clone(), cause }),
        }
    }
}

/// `sqlite:FILE` and `sqlite://FILE` are the same.
fn embedded(file: &str) -> PathBuf {
    PathBuf::from(file.trim_start_matches("//"))
}

async fn open_sqlite(file: &Path, readers: u32) -> Result<Store, CannotOpen> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    let cannot = |cause: sqlx::Error| CannotOpen::Unreachable {
        name: file.display().to_string(),
        cause: cause.to_string(),
        advice: SQLITE_ADVICE,
    };
    // One writer that never idles out; the rest only read.
    let writer = pool(1).connect_with(options.clone()).await.map_err(cannot)?;
    let readers = pool(readers.max(1)).connect_with(options.create_if_missing(false)).await.map_err(cannot)?;
    Ok(Store {
        backend: Backend::Sqlite { file: file.to_owned(), writer: Pool::of(writer), readers: Pool::of(readers) },
        beside: Arc::default(),
    })
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
}

async fn open_postgres(url: &str, connections: u32) -> Result<Store, CannotOpen> {
    let options =
        PgConnectOptions::from_str(url).map_err(|_| CannotOpen::Address("postgres://USER:PASSWORD@HOST/DATABASE"))?;
    let name = format!("{} on {}", options.get_database().unwrap_or("(default)"), options.get_host());
    greet_postgres(&options).await.map_err(|cause| CannotOpen::Unreachable { name, cause, advice: POSTGRES_ADVICE })?;
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options);
    Ok(Store { backend: Backend::Postgres(Pool::of(pool)), beside: Arc::default() })
}

/// Connects once. A pool would wait for a server that refuses connections, and then say no more than that time ran out.
async fn greet_postgres(options: &PgConnectOptions) -> Result<(), String> {
    let greeting = async { PgConnection::connect_with(options).await?.close().await };
    match tokio::time::timeout(GREETING, greeting).await {
        Ok(greeted) => greeted.map_err(|cause| cause.to_string()),
        Err(_) => Err(format!("no answer within {} s", GREETING.as_secs())),
    }
}
