//! Keys: the master key that seals what the database must not tell, and the signing keys behind the JWKS.
//! It signs and verifies this provider's own tokens, and knows nothing of what they mean or of other people's keys.

mod cannot_use;
mod keyring;
mod master;
mod proven;
mod rotation;
mod signing;
#[cfg(test)]
mod tests;
mod token;

use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;
use serde_json::{Map, Value};

pub use cannot_use::CannotUse;
pub use keyring::Keyring;
pub use master::{KeyPurpose, MasterKey, Sealer};
pub use rotation::{Hastened, Published, Retired, Rhythm, Settings, Succession, due, hasten, retire, succeed};
pub use signing::{Algorithm, FreshKey, KeyRow, Stage, list, sealed_with};
pub use token::{RefusedToken, TokenType};

use crate::base::actor::Who;
use crate::base::{Actor, Clock, Fault, Lifetimes, Timestamp};
use crate::store::{Start, Store, View};

/// The keys of a running server: the master key, and the signing keys as they were last read.
pub struct Keys {
    master: MasterKey,
    ring: RwLock<Arc<Keyring>>,
}

impl Keys {
    /// Makes the keys ready: the first start on a database records its master key and makes the signing keys; a start
    /// with another master key is refused.
    pub async fn open(store: &Store, master: MasterKey, clock: &Clock, lives: &Lifetimes) -> Result<Self, CannotUse> {
        let start = || Start { by: Actor::of(Who::Operator), clock, lives };
        let needed = store.act(start(), async |tx| signing::adopt(tx, master.fingerprint()).await).await?;
        if needed != *master.fingerprint() {
            return Err(CannotUse::WrongMasterKey { found: master.fingerprint().clone(), needed });
        }
        let present = store.look(clock, lives, async |view| list(&mut view.db).await).await?;
        let lacks = |alg: &Algorithm| !present.iter().any(|row| row.alg == *alg && row.is_newest());
        for alg in Algorithm::ALL.into_iter().filter(lacks) {
            let fresh = FreshKey::make(alg, &master).await?;
            store.act(start(), async |tx| signing::publish(tx, &fresh, tx.now).await).await?;
        }
        let ring = store.look(clock, lives, async |view| keyring::load(view, &master).await).await?;
        Ok(Self { master, ring: RwLock::new(Arc::new(ring)) })
    }

    /// The signing keys as they were last read.
    pub fn ring(&self) -> Arc<Keyring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The master key, to seal and to authenticate with.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Reads the signing keys again where the table changed or one of their times has come: signers, verifiers and JWKS
    /// change together. Every server does so within 5 s.
    pub async fn refresh(&self, view: &mut View) -> Result<(), Fault> {
        let rows = list(&mut view.db).await?;
        if self.ring().is_current(&rows, view.now) {
            return Ok(());
        }
        let ring = keyring::load(view, &self.master).await?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    /// See [`Keyring::sign`].
    pub fn sign(&self, alg: Algorithm, typ: TokenType, claims: &impl Serialize) -> Result<String, Fault> {
        self.ring().sign(alg, typ, claims)
    }

    /// See [`Keyring::verify`].
    pub fn verify(&self, token: &str, typ: TokenType, now: Timestamp) -> Result<Map<String, Value>, RefusedToken> {
        self.ring().verify(token, typ, now)
    }
}
