//! A world to measure in: a database with the demonstration's people, the real program serving it, and a process that
//! measures parts alone on the same database.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use guichet::app::{App, Parts};
use guichet::base::Clock;
use guichet::config::Config;
use guichet::keys::MasterKey;
use guichet::store::Store;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::Outcome;
use crate::alone::{Done, Job, Task};
use crate::load::{Measured, Target};
use crate::process::{Cores, Process};

/// The person who is signed in.
pub const PERSON: &str = "alice@durand.example";

/// How long a server may take to start.
const START: Duration = Duration::from_secs(30);

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The embedded default, in a file, as it is shipped: synchronous FULL.
    Sqlite,
    /// The server that GUICHET_TEST_POSTGRES names.
    Postgres,
}

/// Everything that is measured, running. What comes first ends first.
pub struct World {
    /// Which database it is, and how it commits.
    pub name: String,
    server: Process,
    alone: Process,
    /// Where the program listens.
    pub address: SocketAddr,
    bare: SocketAddr,
    lasting: Duration,
    /// The key of the relying party that signs.
    pub key: Jwk,
    _database: Option<OnServer>,
    _folder: TempDir,
}

impl World {
    /// Builds one and starts it; none where there is no such database.
    pub async fn on(kind: Kind, cores: Cores, lasting: Duration) -> Outcome<Option<Self>> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let file = folder.path().join("guichet.db");
        let (url, name, database) = match kind {
            Kind::Sqlite => (format!("sqlite:{}", file.display()), "SQLite, synchronous FULL".to_owned(), None),
            Kind::Postgres => match OnServer::create().await? {
                Some(database) => (database.url(), database.name().await?, Some(database)),
                None => return Ok(None),
            },
        };
        let key = Jwk::generate_ec_key(EcCurve::P256)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let config = configure(folder.path(), (&url, address), &key)?;
        people(&config).await?;
        let named = config.to_str().ok_or("the folder's name is no text")?;
        let server = Process::start(cores, env!("CARGO_BIN_EXE_guichet"), &["serve", "--config", named], &[])?;
        wait_for(address)?;
        // Each of its workers holds a connection and takes another one to write.
        let more = [("GUICHET_STORE__CONNECTIONS", "40")];
        let mut alone = Process::start(cores, std::env::current_exe()?, &["--alone", named], &more)?;
        let bare = alone.hear()?.parse()?;
        Ok(Some(Self { name, server, alone, address, bare, lasting, key, _database: database, _folder: folder }))
    }

    /// The program, to be asked.
    pub fn server(&self) -> Target<'_> {
        Target { address: self.address, server: &self.server, lasting: self.lasting }
    }

    /// The bare handler, to be asked.
    pub fn bare(&self) -> Target<'_> {
        Target { address: self.bare, server: &self.alone, lasting: self.lasting }
    }

    /// Does something over and over, alone.
    pub fn alone(&mut self, task: Task) -> Outcome<Option<Measured>> {
        let job = serde_json::to_string(&Job { task, lasting: self.lasting })?;
        let Done { count, took, used } = serde_json::from_str(&self.alone.ask(&job)?)?;
        Ok(Measured::of(count, took, used))
    }

    /// Who issues tokens here.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Writes the configuration, with nothing in it that speed could hang on but what is shipped.
fn configure(folder: &Path, (url, address): (&str, SocketAddr), key: &Jwk) -> Outcome<PathBuf> {
    let (master, keys, mail) = (folder.join("guichet.key"), folder.join("keys.json"), folder.join("mail"));
    fs::create_dir(&mail)?;
    MasterKey::create(&master)?;
    let public = key.to_public_key()?;
    let mut public = serde_json::to_value(public.as_ref())?;
    public["kid"] = "benchmark".into();
    fs::write(&keys, serde_json::json!({ "keys": [public] }).to_string())?;
    let clients = include_str!("clients.toml").replace("KEYS", &keys.display().to_string());
    // Tokens made for one door are shown at doors that are measured minutes later.
    let text = format!(
        "issuer = 'http://{address}'\nlisten = '{address}'\nstore.url = '{url}'\nsecrets.master_key_file = '{}'\n\
         mail.folder = '{}'\nlives.token = '6h'\n{clients}",
        master.display(),
        mail.display()
    );
    let file = folder.join("guichet.toml");
    fs::write(&file, text)?;
    Ok(file)
}

/// Migrates, and brings the demonstration's people in.
async fn people(config: &Path) -> Outcome<()> {
    let config = Config::read(Some(config))?;
    let master = MasterKey::load(&config.secrets.master_key_file)?;
    let store = Store::open(&config.store).await?;
    store.migrate().await?;
    let app = App::new(Parts { config, store, clock: Clock::System, master, mailbox: None }).await?;
    guichet::demo::build(&app).await?;
    app.store.close().await;
    Ok(())
}

fn wait_for(address: SocketAddr) -> Outcome<()> {
    let begun = std::time::Instant::now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > START {
            return Err("the server doesn't start".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// A database on a PostgreSQL server, removed when it is dropped.
struct OnServer {
    server: String,
    database: String,
}

impl OnServer {
    /// Makes one; none, said loudly, where no server is named.
    async fn create() -> Outcome<Option<Self>> {
        let Ok(server) = std::env::var("GUICHET_TEST_POSTGRES") else {
            if std::env::var("GUICHET_TESTS_ALL").as_deref() == Ok("1") {
                return Err(
                    "GUICHET_TESTS_ALL=1 allows nothing to be left out, but GUICHET_TEST_POSTGRES names no server"
                        .into(),
                );
            }
            eprintln!("\nLEFT OUT: everything on PostgreSQL: GUICHET_TEST_POSTGRES names no server\n");
            return Ok(None);
        };
        let database = Self { server, database: format!("guichet_bench_{}", std::process::id()) };
        database.tell(format!("create database {}", database.database)).await?;
        Ok(Some(database))
    }

    fn url(&self) -> String {
        let (before, _) = self.server.rsplit_once('/').unwrap_or((&self.server, ""));
        format!("{before}/{}", self.database)
    }

    /// The server's release, and whether what it commits is on the disk by then.
    async fn name(&self) -> Outcome<String> {
        let mut connection = PgConnection::connect(&self.server).await?;
        let sql =
            "select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')";
        let (version, fsync, commit): (String, String, String) = sqlx::query_as(sql).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(format!("PostgreSQL {version}, fsync {fsync}, synchronous_commit {commit}"))
    }

    async fn tell(&self, sql: String) -> Outcome<()> {
        let mut connection = PgConnection::connect(&self.server).await?;
        connection.execute(sqlx::AssertSqlSafe(sql)).await?;
        Ok(connection.close().await?)
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        // The runtime of the run can't be waited on from here.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let dropped = runtime.map(|runtime| {
                    runtime.block_on(self.tell(format!("drop database {} with (force)", self.database)))
                });
                if !matches!(dropped, Ok(Ok(()))) {
                    eprintln!("the database {} stays", self.database);
                }
            });
        });
    }
}
