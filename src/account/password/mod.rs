//! Passwords, hashed with Argon2id on a bounded pool so that a storm of sign-ins starves nobody else.

pub mod policy;
mod refused;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

use crate::base::Fault;
use crate::limits::Counted;

pub use refused::RefusedWords;

/// `[password]` in the configuration: what is refused besides, and the cost of a hash. Raising it re-hashes each
/// password at its next sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A file of words that no password may be made of alone, besides our own: one per line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_file: Option<PathBuf>,
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    pub lanes: u32,
    /// Hashes worked on at once; the memory they need together is this times `memory_kib`.
    pub at_once: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { refused_file: None, memory_kib: 19_456, passes: 2, lanes: 1, at_once: 4 }
    }
}

/// The longest password read, in bytes of its one spelling. Its whole length counts.
const LONGEST: usize = 512;

/// A password in its one spelling (NFC): keyboards compose an accented letter or leave it in parts (NIST SP 800-63B
/// section 3.1.1.2).
#[must_use]
pub fn normalised(typed: &str) -> String {
    typed.nfc().collect()
}

/// Whether a password is too long to be looked at, however it is spelled.
#[must_use]
pub fn is_too_long(typed: &str) -> bool {
    typed.nfc().map(char::len_utf8).sum::<usize>() > LONGEST
}

/// How long a sign-in waits for its turn before the server says that it is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// What comparing a password with its hash tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// It isn't the password.
    Wrong,
    Right,
    /// It is, and its hash is cheaper than the settings ask for now.
    RightButWeak,
}

/// The bounded pool.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// Compared with where there is no such account, so that the answer takes as long.
    dummy: Arc<str>,
}

impl Hasher {
    /// A pool with these costs.
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        let params = Params::new(settings.memory_kib, settings.passes, settings.lanes, None)
            .map_err(|error| Fault::broken("the settings in [password]", error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon2, "no account has this password")?;
        Ok(Self { argon2, turns: Arc::new(Semaphore::new(settings.at_once.max(1))), dummy: dummy.into() })
    }

    /// Hashes a new password, salt included.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        let argon2 = self.argon2.clone();
        self.turn().await?.spend(move || hash(&argon2, &password)).await
    }

    /// Waits for a turn. Guesses are counted within theirs: those that wait close no limit for the others.
    pub async fn turn(&self) -> Result<Turn, Fault> {
        let permit = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| Fault::Busy("passwords"))?
            .map_err(|error| Fault::broken("waiting for a turn to hash", error))?;
        Ok(Turn { hasher: self.clone(), permit })
    }
}

/// A turn at the pool, good for one hash.
pub struct Turn {
    hasher: Hasher,
    permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Compares a password, of which the attempt is counted, with an account's hash, or with a dummy where there is
    /// none.
    pub async fn check(self, _: &Counted, password: String, stored: Option<String>) -> Result<PasswordVerdict, Fault> {
        let known = stored.is_some();
        let stored: Arc<str> = stored.map_or_else(|| self.hasher.dummy.clone(), Into::into);
        let argon2 = self.hasher.argon2.clone();
        let verdict = self.spend(move || verify(&argon2, &password, &stored)).await?;
        Ok(if known { verdict } else { PasswordVerdict::Wrong })
    }

    async fn spend<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let done = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(self.permit);
            answer
        });
        done.await.map_err(|error| Fault::broken("hashing", error))?
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, Fault> {
    argon2
        .hash_password(normalised(password).as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Fault::broken("hashing", error.to_string()))
}

fn verify(argon2: &Argon2<'_>, password: &str, stored: &str) -> Result<PasswordVerdict, Fault> {
    let parsed =
        PasswordHash::new(stored).map_err(|error| Fault::broken("reading a password hash", error.to_string()))?;
    if argon2.verify_password(normalised(password).as_bytes(), &parsed).is_err() {
        return Ok(PasswordVerdict::Wrong);
    }
    let used =
        Params::try_from(&parsed).map_err(|error| Fault::broken("reading a password hash", error.to_string()))?;
    let asked = argon2.params();
    let weak = used.m_cost() < asked.m_cost() || used.t_cost() < asked.t_cost();
    Ok(if weak { PasswordVerdict::RightButWeak } else { PasswordVerdict::Right })
}

#[cfg(test)]
mod tests {
    use super::{Hasher, PasswordVerdict, Settings, is_too_long};
    use crate::limits::Counted;

    fn cheap(passes: u32) -> Hasher {
        Hasher::new(&Settings { refused_file: None, memory_kib: 64, passes, lanes: 1, at_once: 2 }).unwrap()
    }

    async fn check(hasher: &Hasher, password: &str, stored: Option<&str>) -> PasswordVerdict {
        hasher
            .turn()
            .await
            .unwrap()
            .check(&Counted::nowhere(), password.to_owned(), stored.map(str::to_owned))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_hash_made_with_lower_costs_is_right_but_weak() {
        let old = cheap(1).hash("Guichet-2026!".to_owned()).await.unwrap();
        assert_eq!(check(&cheap(1), "Guichet-2026!", Some(&old)).await, PasswordVerdict::Right);
        assert_eq!(check(&cheap(2), "Guichet-2026!", Some(&old)).await, PasswordVerdict::RightButWeak);
        assert_eq!(check(&cheap(1), "guichet-2026!", Some(&old)).await, PasswordVerdict::Wrong);
    }

    #[tokio::test]
    async fn a_password_is_right_however_its_letters_are_composed() {
        let (composed, decomposed) = ("Ét\u{e9}-\u{1ebf} 2026", "E\u{301}te\u{301}-e\u{302}\u{301} 2026");
        for (set, typed) in [(composed, decomposed), (decomposed, composed), (composed, composed)] {
            let stored = cheap(1).hash(set.to_owned()).await.unwrap();
            assert_eq!(check(&cheap(1), typed, Some(&stored)).await, PasswordVerdict::Right);
            assert_eq!(check(&cheap(1), &typed.replace('2', "3"), Some(&stored)).await, PasswordVerdict::Wrong);
        }
        assert!(!is_too_long(&"e\u{302}\u{301}".repeat(170)) && is_too_long(&"x".repeat(513)));
    }

    #[tokio::test]
    async fn without_an_account_every_password_is_wrong() {
        assert_eq!(check(&cheap(1), "no account has this password", None).await, PasswordVerdict::Wrong);
    }
}
