//! What every request can reach: the configuration, the store behind units of work, the keys, the policy.

use std::ops::Deref;
use std::sync::Arc;

use crate::account::Hasher;
use crate::base::brand::Brand;
use crate::base::{Actor, Clock, Fault};
use crate::config::Config;
use crate::keys::{Keys, MasterKey};
use crate::mail::Postman;
use crate::relying_party::RelyingParties;
use crate::rights::Policy;
use crate::store::{Start, Store, Tx, View};

/// A running Guichet; clones are the same one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] holds.
pub struct Inner {
    /// The settings.
    pub config: Config,
    /// Whose service it is.
    pub brand: Arc<Brand>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The master key and the signing keys.
    pub keys: Keys,
    /// The bounded pool that hashes passwords.
    pub hasher: Hasher,
    /// Who may ask for sign-ins.
    pub relying_parties: RelyingParties,
    /// What rights allow.
    pub policy: Policy,
    /// Who sends the outbox.
    pub postman: Postman,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What an app is made of, once the database is open and prepared.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The database, with this program's schema.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the database is sealed with.
    pub master: MasterKey,
}

impl App {
    /// Puts an app together; checks that the master key is the database's own.
    pub async fn new(parts: Parts) -> Result<Self, CannotStart> {
        let Parts { config, store, clock, master } = parts;
        let keys = Keys::open(&store, master, &clock, &config.lives).await?;
        let postman = Postman::new(&config.mail).map_err(CannotStart::Settings)?;
        let relying_parties = RelyingParties::new(&config.clients).map_err(CannotStart::Settings)?;
        let inner = Inner {
            brand: Arc::new(config.brand.clone()),
            hasher: Hasher::new(&config.password)?,
            policy: Policy::load().await?,
            relying_parties,
            postman,
            keys,
            store,
            clock,
            config,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Reads.
    pub async fn look<T>(&self, work: impl AsyncFnOnce(&mut View<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.look(&self.clock, &self.config.lives, work).await
    }

    /// Reads and writes in one transaction, durable when this answers.
    pub async fn act<'a, T>(&'a self, by: Actor, work: impl AsyncFnOnce(&mut Tx<'a>) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.act(Start { by, clock: &self.clock, rules: &self.config.lives }, work).await
    }
}

/// Why a server can't start, each with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] crate::keys::CannotUse),
    /// A setting that only shows its fault in use.
    #[error("{0}")]
    Settings(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] crate::store::CannotOpen),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}
