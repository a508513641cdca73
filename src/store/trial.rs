//! Databases for the tests of modules that stand on the store: SQLite always, PostgreSQL where GUICHET_TEST_POSTGRES
//! names a server.

use std::io::Write as _;
use std::sync::Arc;

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::base::actor::Who;
use crate::base::seal::{CannotUnseal, Fingerprint};
use crate::base::{Actor, Clock, Dice, Fault, Lifetimes, Seal, Sealed};
use crate::store;

use super::{Settings, Start, Store};

/// A database of a test's own.
pub(crate) struct Trial {
    pub(crate) store: Store,
    settings: Settings,
    _folder: Option<TempDir>,
}

impl Trial {
    /// What a second server on the same database works with.
    pub(crate) async fn second_server(&self) -> Store {
        let store = Store::open(&self.settings).await.unwrap();
        store.seal_letters_by(Arc::new(Glass));
        store
    }

    async fn migrate(&self) {
        self.store.migrate().await.unwrap();
        let start = Start { by: Actor::of(Who::Timetable), clock: &Clock::System, lives: &Lifetimes::default() };
        self.store.act(start, async |tx| store::execute!(tx.db, tests::GLASS)).await.unwrap();
        self.store.seal_letters_by(Arc::new(Glass));
    }

    async fn at(url: String, folder: Option<TempDir>) -> Self {
        let settings = Settings { url, ..Settings::default() };
        let store = Store::open(&settings).await.unwrap();
        Self { store, settings, _folder: folder }
    }
}

/// Hides nothing: what a sealer must do is tested where it is written.
pub(crate) struct Glass;

impl Seal for Glass {
    fn seal(&self, plain: &[u8], _: &[u8]) -> Result<Sealed, Fault> {
        Ok(Sealed { by: Fingerprint("glass".to_owned()), bytes: plain.to_owned() })
    }

    fn open(&self, sealed: &Sealed, _: &[u8]) -> Result<Vec<u8>, CannotUnseal> {
        Ok(sealed.bytes.clone())
    }
}

/// A database where its kind makes no difference.
pub(crate) async fn database() -> Trial {
    let trial = empty().await;
    trial.migrate().await;
    trial
}

/// One database of each kind there is.
pub(crate) async fn databases() -> Vec<Trial> {
    let trials = empty_ones().await;
    for trial in &trials {
        trial.migrate().await;
    }
    trials
}

async fn empty() -> Trial {
    let folder = tempfile::tempdir().unwrap();
    Trial::at(format!("sqlite:{}", folder.path().join("trial.db").display()), Some(folder)).await
}

/// The same, without any schema.
pub(crate) async fn empty_ones() -> Vec<Trial> {
    let mut trials = vec![empty().await];
    if let Ok(server) = std::env::var("GUICHET_TEST_POSTGRES") {
        trials.push(Trial::at(fresh_database(&server).await, None).await);
    } else {
        assert!(std::env::var("GUICHET_TESTS_ALL").as_deref() != Ok("1"), "GUICHET_TEST_POSTGRES names no server");
        // Written past the test harness, which would swallow it.
        writeln!(std::io::stderr(), "LEFT OUT: this test on PostgreSQL, for GUICHET_TEST_POSTGRES names no server")
            .unwrap();
    }
    trials
}

async fn fresh_database(server: &str) -> String {
    let name = format!("trial_{}", Dice.secret().unwrap().digest().base64url().replace('-', "_").to_lowercase());
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database \"{name}\""))).execute(&mut connection).await.unwrap();
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.into()
}

/// Where rows of others may be planted.
mod tests {
    pub(super) const GLASS: &str =
        "insert into master_keys (fingerprint, created_at, replaced_at) values ('glass', 0, 0)";
}
