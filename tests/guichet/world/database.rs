//! Databases: the demonstration's world is built once per process and kind; each test gets a copy that goes when the
//! test ends.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

use guichet::app::{App, Parts};
use guichet::base::Clock;
use guichet::keys::MasterKey;
use guichet::mail::Mailbox;
use guichet::{demo, store};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The two databases that every rule holds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded default.
    Sqlite,
    /// What many servers share.
    Postgres,
}

/// A test's own database.
pub struct Database {
    url: String,
    folder: Option<TempDir>,
    _on_server: Option<OnServer>,
}

/// The one master key of this process: every copy of a world is sealed with it.
const MASTER: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Counts the databases of this process.
static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A copy of the world. `None`, said loudly, where PostgreSQL isn't there.
    pub async fn fresh(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Sqlite => Some(Self::in_a_file().await),
            Kind::Postgres => {
                let server = postgres()?;
                Some(Self::on_server(&server).await)
            }
        }
    }

    async fn in_a_file() -> Self {
        static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(build_file).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guichet.db");
        std::fs::write(&file, template).unwrap();
        Self { url: format!("sqlite:{}", file.display()), folder: Some(folder), _on_server: None }
    }

    async fn on_server(server: &str) -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(|| build_template(server)).await;
        let name = format!("guichet_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        on(server, &format!("create database \"{name}\" template \"{template}\"")).await.unwrap();
        let url = with_database(server, &name);
        Self { url, folder: None, _on_server: Some(OnServer { server: server.to_owned(), name }) }
    }

    /// Which of the two it is.
    pub fn kind(&self) -> Kind {
        if self.url.starts_with("sqlite:") { Kind::Sqlite } else { Kind::Postgres }
    }

    /// As `[store]` names it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether several servers on several machines can share it.
    pub fn is_shared(&self) -> bool {
        self.folder.is_none()
    }

    /// Runs a statement that no door of this release runs. Answers how many rows it touched.
    pub async fn execute(&self, sql: &str) -> u64 {
        self.run(sql).await.unwrap()
    }

    /// Whether the schema refuses a statement.
    pub async fn refuses(&self, sql: &str) -> bool {
        self.run(sql).await.is_err()
    }

    /// The texts that a query answers.
    pub async fn texts(&self, sql: &'static str) -> Result<Vec<String>, sqlx::Error> {
        if let Some(file) = self.url.strip_prefix("sqlite:") {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let mut connection = SqliteConnection::connect_with(&options).await?;
            return sqlx::query_scalar(sql).fetch_all(&mut connection).await;
        }
        let mut connection = PgConnection::connect(&self.url).await?;
        sqlx::query_scalar(sql).fetch_all(&mut connection).await
    }

    async fn run(&self, sql: &str) -> Result<u64, sqlx::Error> {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(file)
                    .busy_timeout(std::time::Duration::from_secs(10));
                let mut connection = SqliteConnection::connect_with(&options.foreign_keys(true)).await?;
                Ok(connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await?.rows_affected())
            }
            None => on(&self.url, sql).await,
        }
    }
}

/// The master key that the worlds are sealed with.
pub fn master_key() -> MasterKey {
    static FILE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    let file = FILE.path().join(format!("{}.key", MADE.fetch_add(1, Ordering::Relaxed)));
    write_master_key(&file);
    MasterKey::load(&file).unwrap()
}

/// Puts that key into a file, as a server reads it.
pub fn write_master_key(file: &Path) {
    std::fs::write(file, MASTER).unwrap();
}

async fn build_file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("guichet.db");
    build(&format!("sqlite:{}", file.display())).await;
    std::fs::read(&file).unwrap()
}

async fn build_template(server: &str) -> String {
    drop_leftovers(server).await;
    let name = format!("guichet_template_{}", std::process::id());
    on(server, &format!("create database \"{name}\"")).await.unwrap();
    build(&with_database(server, &name)).await;
    name
}

async fn build(url: &str) {
    let config = super::configuration(url);
    let store = store::Store::open(&config.store).await.unwrap();
    store.migrate().await.unwrap();
    let app = App::new(Parts {
        config,
        store,
        clock: Clock::System,
        master: master_key(),
        mailbox: Some(Mailbox::default()),
    })
    .await
    .unwrap();
    demo::build(&app).await.unwrap();
    app.store.close().await;
}

/// Templates and databases of test processes that are no more.
async fn drop_leftovers(server: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    let names: Vec<(String,)> = sqlx::query_as(
        "select datname::text from pg_database where datname ~ '^guichet_(template|test)_[0-9]+(_[0-9]+)?$'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for (name,) in names {
        let process = name.split('_').nth(2).unwrap();
        if !PathBuf::from("/proc").join(process).exists() {
            // Another process may be clearing up as well.
            let _ = on(server, &format!("drop database if exists \"{name}\"")).await;
        }
    }
}

async fn on(server: &str, sql: &str) -> Result<u64, sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    let done = connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await?;
    connection.close().await?;
    Ok(done.rows_affected())
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.into()
}

/// The server that GUICHET_TEST_POSTGRES names.
pub fn postgres() -> Option<String> {
    let server = std::env::var("GUICHET_TEST_POSTGRES").ok();
    if server.is_none() {
        left_out("every test on PostgreSQL: GUICHET_TEST_POSTGRES names no server");
    }
    server
}

/// Says once that something isn't tested, past the harness, which would swallow it; fails where nothing may be left
/// out.
pub fn left_out(what: &'static str) {
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    assert!(
        std::env::var("GUICHET_TESTS_ALL").as_deref() != Ok("1"),
        "GUICHET_TESTS_ALL=1 allows nothing to be left out, but: {what}"
    );
    if SAID.lock().unwrap().insert(what) {
        let mut past_the_harness = std::io::stderr();
        writeln!(past_the_harness, "\nLEFT OUT: {what}\n").unwrap();
    }
}

/// A database on a server, removed when its test ends.
struct OnServer {
    server: String,
    name: String,
}

impl Drop for OnServer {
    fn drop(&mut self) {
        let Self { server, name } = self;
        // A test's own runtime can't be waited on from here.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let dropped = runtime.block_on(on(server, &format!("drop database if exists \"{name}\" with (force)")));
                if let Err(error) = dropped {
                    let _ = writeln!(std::io::stderr(), "the database {name} stays: {error}");
                }
            });
        });
    }
}
