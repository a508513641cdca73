//! Keys: the master key that seals what the database must not tell, and the signing keys behind the JWKS.
//! It signs and verifies this provider's own tokens, and knows nothing of what they mean or of other people's keys.

mod keyring;
mod master;
mod proven;
mod rotation;
mod signing;
#[cfg(test)]
mod tests;
mod token;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;
use serde_json::{Map, Value};

pub use keyring::Keyring;
pub use master::{KeyPurpose, MasterKey, Sealer};
pub use rotation::{Hastened, Published, Retired, Rhythm, Settings, Succession, due, hasten, retire, succeed};
pub use signing::{Algorithm, FreshKey, KeyRow, Stage, list, sealed_with};
pub use token::{RefusedToken, TokenType};

use crate::base::actor::Who;
use crate::base::seal::Fingerprint;
use crate::base::{Actor, Clock, Fault, Lifetimes, Timestamp};
use crate::store::{Start, Store, View};

/// Why the keys can't be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CannotUse {
    /// The file isn't there.
    #[error("secrets.master_key_file `{path}` does not exist: `guichet keys create-master` makes one; keep a copy of \
        it apart from the database", path = path.display())]
    NoMasterKey { path: PathBuf },
    /// The file can't be read.
    #[error("secrets.master_key_file `{path}` can't be read ({cause}): let this user read it", path = path.display())]
    UnreadableMasterKey { path: PathBuf, cause: std::io::Error },
    /// The file holds something else.
    #[error("secrets.master_key_file `{path}` doesn't hold 32 bytes as hexadecimal digits \
        or base64url: put the right file there", path = path.display())]
    NotAMasterKey { path: PathBuf },
    /// A new key would take the place of one.
    #[error("`{path}` exists, and a master key is never overwritten: name another file", path = path.display())]
    MasterKeyExists { path: PathBuf },
    /// The file can't be written.
    #[error("the master key can't be written to `{path}` ({cause}): name a file in a folder \
        where this user may write", path = path.display())]
    UnwritableMasterKey { path: PathBuf, cause: std::io::Error },
    /// The database was sealed with another key.
    #[error(
        "the database is sealed with the master key {needed}, but secrets.master_key_file holds {found}: \
         put the file with {needed} back (nothing sealed can be read without it)"
    )]
    WrongMasterKey {
        /// The fingerprint of the key in the file.
        found: Fingerprint,
        /// The fingerprint of the key the database needs.
        needed: Fingerprint,
    },
    #[error(transparent)]
    Fault(#[from] Fault),
}

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
    #[must_use]
    pub fn ring(&self) -> Arc<Keyring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The master key, to seal and to authenticate with.
    #[must_use]
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
