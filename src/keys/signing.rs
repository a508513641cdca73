//! Signing keys: how one is made, named and kept. Its private half is in the database, sealed.

use std::collections::BTreeMap;

use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::ids::SigningKeyId;
use crate::base::seal::Fingerprint;
use crate::base::{Digest, Fault, Sealed, Timestamp};
use crate::store::{self, Db, Tx};

use super::master::{KeyPurpose, MasterKey};

/// What a key signs with. RS256 must be offered (OpenID Connect Core section 15.1); ES256 costs a tenth of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "TEXT")]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    #[sqlx(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    #[sqlx(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// The name in `alg` (RFC 7518 section 3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name().eq_ignore_ascii_case(name))
    }
}

/// What is public about a signing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct KeyRow {
    /// Its name in tokens: the RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs with.
    pub alg: Algorithm,
    /// In the JWKS from then on.
    pub published_at: Timestamp,
    /// Signs from then on, some time after it was published, so that relying parties have read the JWKS again.
    pub signs_from: Timestamp,
    /// No longer signs from then on.
    pub signs_until: Option<Timestamp>,
    /// Out of the JWKS from then on, when no token signed with it can be alive.
    pub gone_at: Option<Timestamp>,
}

/// Where a key is in its life. Of each algorithm one signs and at most one waits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Published, and about to sign.
    Waiting {
        /// When it takes over.
        until: Timestamp,
    },
    Signing {
        since: Timestamp,
        /// When its successor takes over, where there is one.
        until: Option<Timestamp>,
    },
    /// Signs no more, but is published while something signed with it may be shown.
    Leaving {
        /// Since when it doesn't sign.
        since: Timestamp,
        /// When it is gone.
        until: Timestamp,
    },
    /// Out of the JWKS: what it signed is refused.
    Gone { since: Timestamp },
}

impl KeyRow {
    /// Where the key is in its life.
    pub fn stage(&self, now: Timestamp) -> Stage {
        match (self.gone_at, self.signs_until) {
            (Some(since), _) if since <= now => Stage::Gone { since },
            (gone, Some(since)) if since <= now => Stage::Leaving { since, until: gone.unwrap_or(Timestamp::END) },
            (_, _) if self.signs_from > now => Stage::Waiting { until: self.signs_from },
            (_, until) => Stage::Signing { since: self.signs_from, until },
        }
    }

    /// Whether nothing takes over from it: of each algorithm there is one such key.
    pub fn is_newest(&self) -> bool {
        self.signs_until.is_none()
    }
}

/// The signing keys, oldest first.
pub async fn list(db: &mut Db) -> Result<Vec<KeyRow>, Fault> {
    let sql = "select kid, alg, published_at, signs_from, signs_until, gone_at from signing_keys order by id";
    store::all!(*db, KeyRow, sql)
}

/// The master key the database is sealed with, once a server has started on it.
pub async fn sealed_with(db: &mut Db) -> Result<Option<Fingerprint>, Fault> {
    let row = store::optional!(*db, (Fingerprint,), "select fingerprint from master_keys where replaced_at is null")?;
    Ok(row.map(|(fingerprint,)| fingerprint))
}

/// Records the master key where the database has none, and answers the one it needs.
pub(super) async fn adopt(tx: &mut Tx, found: &Fingerprint) -> Result<Fingerprint, Fault> {
    // The unique index lets one of two servers in that start at once; a later statement then sees whose key it was.
    let first = store::execute!(
        tx.db,
        "insert into master_keys (fingerprint, created_at) values ($1, $2) on conflict do nothing",
        found,
        tx.now
    )?;
    if first == 1 {
        tracing::info!(fingerprint = %found, "the database is sealed with this master key from now on");
    }
    let (needed,) =
        store::one!(tx.db, (Fingerprint,), "select fingerprint from master_keys where replaced_at is null")?;
    Ok(needed)
}

/// A key just made and sealed, not yet known to the database.
pub struct FreshKey {
    pub(super) alg: Algorithm,
    pub(super) kid: String,
    public: String,
    sealed: Sealed,
}

impl FreshKey {
    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.alg
    }

    /// Makes a key. An RSA key takes tenths of a second, so this is for outside a unit of work.
    pub async fn make(alg: Algorithm, master: &MasterKey) -> Result<Self, Fault> {
        let pair = tokio::task::spawn_blocking(move || Pair::generate(alg))
            .await
            .map_err(|cause| Fault::broken("making a key", cause))??;
        let sealed = master.seal(KeyPurpose::SigningKeys, pair.private.to_string().as_bytes(), pair.kid.as_bytes())?;
        Ok(Self { alg, kid: pair.kid, public: pair.public.to_string(), sealed })
    }
}

struct Pair {
    kid: String,
    private: Jwk,
    public: Jwk,
}

impl Pair {
    fn generate(alg: Algorithm) -> Result<Self, Fault> {
        let mut private = match alg {
            Algorithm::Es256 => Jwk::generate_ec_key(EcCurve::P256),
            Algorithm::Rs256 => Jwk::generate_rsa_key(2048),
        }
        .map_err(|_| Fault::broken("making a signing key", alg.name()))?;
        let mut public = private.to_public_key().map_err(|_| Fault::broken("making a signing key", alg.name()))?;
        let kid = thumbprint(&public).ok_or_else(|| Fault::broken("making a signing key", "a member is missing"))?;
        for jwk in [&mut private, &mut public] {
            jwk.set_key_id(&kid);
            jwk.set_key_use("sig");
            jwk.set_algorithm(alg.name());
        }
        Ok(Self { kid, private, public })
    }
}

/// Publishes a key that signs from then on, unless its algorithm has a newest one. Answers whether it did.
pub(super) async fn publish(tx: &mut Tx, key: &FreshKey, signs_from: Timestamp) -> Result<bool, Fault> {
    let added = store::execute!(
        tx.db,
        "insert into signing_keys (id, kid, alg, public_jwk, sealed_private_jwk, sealed_by, published_at, signs_from) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        SigningKeyId(tx.dice.id(tx.now)?),
        key.kid.as_str(),
        key.alg,
        key.public.as_str(),
        key.sealed.bytes.as_slice(),
        &key.sealed.by,
        tx.now,
        signs_from,
    )?;
    if added == 1 {
        tracing::info!(kid = key.kid, alg = key.alg.name(), %signs_from, "a signing key was made and published");
    }
    Ok(added == 1)
}

/// The RFC 7638 thumbprint: a digest over the members that make the key, in their order.
fn thumbprint(public: &Jwk) -> Option<String> {
    let members: &[&str] = match public.key_type() {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let required = members
        .iter()
        .map(|name| Some((*name, public.parameter(name)?.as_str()?)))
        .collect::<Option<BTreeMap<_, _>>>()?;
    Some(Digest::of(serde_json::to_string(&required).ok()?.as_bytes()).base64url())
}

/// The members of a public key as the JWKS shows them.
pub(super) fn public_members(jwk: &str) -> Result<Value, Fault> {
    serde_json::from_str(jwk).map_err(|cause| Fault::broken("a public key in the database", cause))
}

#[cfg(test)]
mod tests {
    use josekit::jwk::Jwk;

    use super::{Algorithm, KeyRow, Pair, Stage, Timestamp, thumbprint};

    #[test]
    fn the_kid_is_the_thumbprint_of_rfc_7638() {
        let example = concat!(
            r#"{"kty":"RSA","n":""#,
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB",
            "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8",
            "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_",
            "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            r#"","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#
        );
        assert_eq!(
            thumbprint(&Jwk::from_bytes(example).unwrap()).unwrap(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn the_public_half_holds_nothing_private() {
        for alg in Algorithm::ALL {
            let public = Pair::generate(alg).unwrap().public;
            for member in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(public.parameter(member).is_none(), "{member}");
            }
            assert_eq!((public.key_use(), public.algorithm()), (Some("sig"), Some(alg.name())));
        }
    }

    #[test]
    fn a_key_is_published_then_signs_then_leaves_then_is_gone() {
        let at = Timestamp::from_millis;
        let row = KeyRow {
            kid: "k".to_owned(),
            alg: Algorithm::Es256,
            published_at: at(0),
            signs_from: at(10),
            signs_until: Some(at(20)),
            gone_at: Some(at(30)),
        };
        assert_eq!(row.stage(at(9)), Stage::Waiting { until: at(10) });
        assert_eq!(row.stage(at(10)), Stage::Signing { since: at(10), until: Some(at(20)) });
        assert_eq!(row.stage(at(20)), Stage::Leaving { since: at(20), until: at(30) });
        assert_eq!(row.stage(at(30)), Stage::Gone { since: at(30) });
        assert!(!row.is_newest());
    }
}
