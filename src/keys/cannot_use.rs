//! Why the keys can't be used, each with what an operator does then.

use std::path::PathBuf;

use crate::base::Fault;
use crate::base::seal::Fingerprint;

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
