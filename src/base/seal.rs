//! What is sealed: bytes the database keeps and only the holder of a master key can read.

use super::Fault;

/// Seals and opens for one purpose.
pub trait Seal: Send + Sync {
    /// Seals. What is `associated` (the row's id) must be given again to open it, so that nothing sealed can be moved
    /// to another row.
    fn seal(&self, plain: &[u8], associated: &[u8]) -> Result<Sealed, Fault>;

    /// Opens what was sealed for the same purpose with the same associated bytes.
    fn open(&self, sealed: &Sealed, associated: &[u8]) -> Result<Vec<u8>, CannotUnseal>;
}

/// Something sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The master key it needs.
    pub by: Fingerprint,
    /// What the database keeps.
    pub bytes: Vec<u8>,
}

/// A master key's name, which tells nothing of the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, derive_more::Display)]
#[sqlx(transparent)]
pub struct Fingerprint(pub String);

/// Why something sealed can't be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotUnseal {
    /// Another master key sealed it.
    #[error("it was sealed by the master key {0}")]
    OtherKey(Fingerprint),
    /// It isn't what was sealed, or stands where something else was.
    #[error("it was altered or moved")]
    Altered,
}

impl From<CannotUnseal> for Fault {
    fn from(cause: CannotUnseal) -> Self {
        Self::broken("opening something sealed", cause)
    }
}
