//! Signing keys: how one is made, named and kept. Its private half is in the database, sealed.

use std::collections::BTreeMap;

use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::master::{MasterKey, Purpose};
use crate::base::ids::SigningKeyId;
use crate::base::seal::Fingerprint;
use crate::base::{Digest, Fault, Timestamp};
use crate::store::{self, Db, Tx};

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
    /// Both.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// The name in `alg` (RFC 7518 section 3.1).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
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

/// The signing keys, oldest first.
pub async fn list(db: &mut Db) -> Result<Vec<KeyRow>, Fault> {
    store::all!(*db, KeyRow, "select kid, alg, published_at, signs_from, signs_until, gone_at from signing_keys order by id")
}

/// The master key the database is sealed with, once a server has started on it.
pub async fn sealed_with(db: &mut Db) -> Result<Option<Fingerprint>, Fault> {
    let row = store::optional!(*db, (Fingerprint,), "select fingerprint from master_keys where replaced_at is null")?;
    Ok(row.map(|(fingerprint,)| fingerprint))
}

/// Records the master key where the database has none, and answers the one it needs.
pub(super) async fn adopt(tx: &mut Tx, found: &Fingerprint) -> Result<Fingerprint, Fault> {
    // The unique index lets one of two servers in that start at once; a later statement then sees whose key it was.
    let first =
        store::execute!(tx.db, "insert into master_keys (fingerprint, created_at) values ($1, $2) on conflict do nothing", found, tx.now)?;
    if first == 1 {
        tracing::info!(fingerprint = %found, "the database is sealed with this master key from now on");
    }
    let (needed,) = store::one!(tx.db, (Fingerprint,), "select fingerprint from master_keys where replaced_at is null")?;
    Ok(needed)
}

/// A key just made, not yet known to the database.
pub(super) struct Fresh {
    alg: Algorithm,
    kid: String,
    private: Jwk,
    public: Jwk,
}

impl Fresh {
    /// Makes a key. This takes tenths of a second.
    pub(super) fn generate(alg: Algorithm) -> Result<Self, Fault> {
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
        Ok(Self { alg, kid, private, public })
    }
}

/// Publishes a key that signs at once, unless another server published one of its algorithm in the meantime.
pub(super) async fn add_first(tx: &mut Tx, master: &MasterKey, key: &Fresh) -> Result<(), Fault> {
    let sealed = master.seal(Purpose::SigningKeys, key.private.to_string().as_bytes(), key.kid.as_bytes())?;
    let added = store::execute!(
        tx.db,
        "insert into signing_keys (id, kid, alg, public_jwk, sealed_private_jwk, sealed_by, published_at, signs_from) \
         values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict do nothing",
        SigningKeyId(tx.dice.id(tx.now)?),
        key.kid.as_str(),
        key.alg,
        key.public.to_string(),
        sealed.bytes,
        sealed.by,
        tx.now,
    )?;
    if added == 1 {
        tracing::info!(kid = key.kid, alg = key.alg.name(), "a signing key was made and published");
    }
    Ok(())
}

/// The RFC 7638 thumbprint: a digest over the members that make the key, in their order.
fn thumbprint(public: &Jwk) -> Option<String> {
    let members: &[&str] = match public.key_type() {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let required = members.iter().map(|name| Some((*name, public.parameter(name)?.as_str()?))).collect::<Option<BTreeMap<_, _>>>()?;
    Some(Digest::of(serde_json::to_string(&required).ok()?.as_bytes()).base64url())
}

/// The members of a public key as the JWKS shows them.
pub(super) fn public_members(jwk: &str) -> Result<Value, Fault> {
    serde_json::from_str(jwk).map_err(|cause| Fault::broken("a public key in the database", cause))
}

#[cfg(test)]
mod tests {
    use josekit::jwk::Jwk;

    use super::{Algorithm, Fresh, thumbprint};

    #[test]
    fn the_kid_is_the_thumbprint_of_rfc_7638() {
        let example = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
        assert_eq!(thumbprint(&Jwk::from_bytes(example).unwrap()).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_public_half_holds_nothing_private() {
        for alg in Algorithm::ALL {
            let public = Fresh::generate(alg).unwrap().public;
            for member in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(public.parameter(member).is_none(), "{member}");
            }
            assert_eq!((public.key_use(), public.algorithm()), (Some("sig"), Some(alg.name())));
        }
    }
}
