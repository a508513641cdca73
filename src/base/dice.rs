//! Randomness: ids that sort by time, secrets nobody can guess, and the digests kept in their place.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::Sha256;
use uuid::Uuid;

use super::{Fault, Timestamp};

/// The one source of randomness, the operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dice;

impl Dice {
    pub fn bytes<const N: usize>(self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(|error| Fault::broken("the system's randomness", error))?;
        Ok(bytes)
    }

    /// A secret of 256 bits.
    pub fn secret(self) -> Result<Secret, Fault> {
        Ok(Secret(URL_SAFE_NO_PAD.encode(self.bytes::<32>()?)))
    }

    /// A `UUIDv7` of that instant.
    pub fn id(self, now: Timestamp) -> Result<Uuid, Fault> {
        let millis = u64::try_from(now.millis()).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()?).into_uuid())
    }
}

/// Something whoever holds it may use: a code, a token, a cookie. It is never stored and never logged.
#[derive(Clone, PartialEq, Eq, derive_more::Debug)]
#[debug("Secret(…)")]
pub struct Secret(String);

impl Secret {
    /// What a caller presented.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What the database knows it by.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The text to hand out.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A SHA-256 digest.
#[derive(Clone, PartialEq, Eq, Hash, sqlx::Type, derive_more::Debug)]
#[sqlx(transparent)]
#[debug("Digest(…)")]
pub struct Digest(Vec<u8>);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        // The one-shot function looks the algorithm up by its name each time, which takes as long as a short digest
        // itself.
        let mut digest = Sha256::new();
        digest.update(bytes);
        Self(digest.finish().to_vec())
    }

    /// As base64url without padding, the form of PKCE challenges (RFC 7636 section 4.2).
    pub fn base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    /// Compares without telling by its duration where the difference lies.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && openssl::memcmp::eq(&self.0, &other.0)
    }
}
