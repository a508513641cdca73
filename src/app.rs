//! What every request can reach: the configuration, the store behind units of work, the keys, the policy.

use std::ops::Deref;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::account::passkey::Site;
use crate::account::password::{Hasher, RefusedWords};
use crate::base::{Actor, Clock, Fault, Lifetimes, Place, Seal};
use crate::config::{Config, Declared};
use crate::keys::{KeyPurpose, Keys, MasterKey};
use crate::limits::{ClosedLimits, LimitKind};
use crate::mail::{Mailbox, Route};
use crate::notice::{self, Postman};
use crate::outbound::Outbound;
use crate::relying_party::RelyingParties;
use crate::rights::Policy;
use crate::staff::upstream::Provider;
use crate::store::{Start, Store, Tx, View};
use crate::words::brand::Brand;

/// A running Guichet; clones are the same one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] holds.
pub struct Inner {
    pub config: Config,
    /// Whose service it is.
    pub brand: Arc<Brand>,
    pub store: Store,
    pub clock: Clock,
    /// The master key and the signing keys.
    pub keys: Keys,
    /// Words that are no password, besides our own.
    pub refused_words: ArcSwap<RefusedWords>,
    /// The bounded pool that hashes passwords.
    pub hasher: Hasher,
    /// Who may ask for sign-ins.
    pub relying_parties: RelyingParties,
    /// Which of them guess at secrets and aren't heard for a while.
    pub closed_clients: ClosedLimits,
    /// What contacts and staff may do; whoever decides loads it once.
    pub policy: ArcSwap<Policy>,
    /// The numbers of the rules.
    pub lives: Arc<Lifetimes>,
    /// Who writes and sends letters.
    pub postman: Postman,
    /// Where they arrive, in a demonstration.
    pub mailbox: Option<Mailbox>,
    /// Who calls other servers.
    pub outbound: Outbound,
    /// What passkeys are bound to; none where the issuer is a bare IP address.
    pub site: Option<Site>,
    /// The vendor's own provider, where there is one.
    pub upstream: Option<Provider>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What an app is made of, once the database is open and prepared.
pub struct Parts {
    pub config: Config,
    /// The database, with this program's schema.
    pub store: Store,
    pub clock: Clock,
    /// What the database is sealed with.
    pub master: MasterKey,
    /// The mailbox that takes every letter, in a demonstration or a test.
    pub mailbox: Option<Mailbox>,
}

impl App {
    /// Puts an app together; checks that the master key is the database's own.
    pub async fn new(parts: Parts) -> Result<Self, CannotStart> {
        let Parts { config, store, clock, master, mailbox } = parts;
        let route = match &mailbox {
            Some(mailbox) => Route::into_mailbox(&config.mail, mailbox.clone())?,
            None => Route::open(&config.mail)?,
        };
        let declared = Declared::read(&config).await.map_err(|refused| CannotStart::Settings(refused.to_string()))?;
        let Declared { relying_parties, policy, refused_words } = declared;
        let keys = Keys::open(&store, master, &clock, &config.lives).await?;
        let lives = Arc::new(config.lives);
        let closed_clients = ClosedLimits::of(LimitKind::Client, &config.limits);
        store.look(&clock, &lives, async |view| closed_clients.refresh(view).await).await?;
        let seal: Arc<dyn Seal> = Arc::new(keys.master().sealer(KeyPurpose::Outbox));
        store.seal_letters_by(seal.clone());
        let brand = Arc::new(config.brand.clone());
        let postman = Postman::new(notice::Context {
            store: store.clone(),
            clock: clock.clone(),
            lives: lives.clone(),
            brand: brand.clone(),
            issuer: config.issuer.clone(),
            seal,
            route,
        });
        let outbound = Outbound::new(&config.outbound)?;
        let upstream = config.staff.upstream.as_ref().map(|upstream| {
            Provider::new(upstream, config.url(Place::UpstreamCallback.path()), config.lives.session, outbound.clone())
        });
        let inner = Inner {
            upstream: upstream.transpose().map_err(CannotStart::Settings)?,
            site: Site::of(&config.issuer, &config.brand.name),
            brand,
            hasher: Hasher::new(&config.password)?,
            refused_words: ArcSwap::from_pointee(refused_words),
            policy: ArcSwap::from_pointee(policy),
            relying_parties,
            closed_clients,
            postman,
            outbound,
            lives,
            mailbox,
            keys,
            store,
            clock,
            config,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// From now on this counts instead of what was declared before.
    pub fn declare(&self, declared: Declared) {
        self.policy.store(Arc::new(declared.policy));
        self.refused_words.store(Arc::new(declared.refused_words));
        self.relying_parties.replace(&declared.relying_parties);
    }

    /// Reads.
    pub async fn look<T>(&self, work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.look(&self.clock, &self.lives, work).await
    }

    /// Reads and writes in one transaction, durable when this answers.
    pub async fn act<T>(&self, by: Actor, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.act(Start { by, clock: &self.clock, lives: &self.lives }, work).await
    }
}

/// Why a server can't start, each with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error(transparent)]
    Keys(#[from] crate::keys::CannotUse),
    #[error(transparent)]
    Mail(#[from] crate::mail::CannotSend),
    /// A setting that only shows its fault in use.
    #[error("{0}")]
    Settings(String),
    #[error(transparent)]
    Store(#[from] crate::store::CannotOpen),
    #[error(transparent)]
    Fault(#[from] Fault),
}
