//! An open database and what units of work on it need, for commands that do without a server.

use std::sync::Arc;

use crate::base::actor::Who;
use crate::base::seal::Fingerprint;
use crate::base::{Actor, Clock, Fault};
use crate::config::Config;
use crate::keys::{self, CannotUse, KeyPurpose, MasterKey};
use crate::store::{Start, Store, Tx, View};

use super::Failure;

/// A database with this program's schema.
pub(super) struct OpenedApp {
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) clock: Clock,
}

impl OpenedApp {
    /// Opens the database of the configuration.
    pub(super) async fn from(config: Config) -> Result<Self, Failure> {
        let store = Store::open(&config.store).await?;
        store.prepare().await?;
        Ok(Self { config, store, clock: Clock::System })
    }

    /// The master key of the file, which must be the database's: servers couldn't open what another one sealed.
    pub(super) async fn master(&self) -> Result<MasterKey, Failure> {
        let master = MasterKey::load(&self.config.secrets.master_key_file)?;
        match self.sealed_with().await? {
            Some(needed) if needed != *master.fingerprint() => {
                Err(CannotUse::WrongMasterKey { found: master.fingerprint().clone(), needed }.into())
            }
            Some(_) => Ok(master),
            None => Err(Failure::new("there are no keys yet", "start the server, which makes them")),
        }
    }

    async fn sealed_with(&self) -> Result<Option<Fingerprint>, Fault> {
        self.look(async |view| keys::sealed_with(&mut view.db).await).await
    }

    /// From now on units of work can post letters. Before the first start of a server there is no key to seal them
    /// with, and nobody who reads any.
    pub(super) async fn seal_letters(&self) -> Result<(), Failure> {
        if self.sealed_with().await?.is_none() {
            self.store.post_no_letters();
            return Ok(());
        }
        let sealer = self.master().await?.sealer(KeyPurpose::Outbox);
        self.store.seal_letters_by(Arc::new(sealer));
        Ok(())
    }

    /// Reads.
    pub(super) async fn look<T>(&self, work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.look(&self.clock, &self.config.lives, work).await
    }

    /// Reads and writes as the operator.
    pub(super) async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.act(self.start(), work).await
    }

    /// Does the work and keeps nothing of it.
    pub(super) async fn rehearse<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.rehearse(self.start(), work).await
    }

    fn start(&self) -> Start<'_> {
        Start { by: Actor::of(Who::Operator), clock: &self.clock, lives: &self.config.lives }
    }
}
