//! The keyring: signers and verifiers built once, and the JWKS written out once, for everything signed until the next
//! change.

use std::collections::BTreeMap;

use josekit::JoseError;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, JwsSigner, JwsVerifier, RS256};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::base::seal::{Fingerprint, Sealed};
use crate::base::{Fault, Timestamp};
use crate::store::{self, View};

use super::master::{KeyPurpose, MasterKey};
use super::proven::ProvenKeys;
use super::signing::{self, Algorithm, KeyRow};
use super::token::{self, RefusedToken, TokenType};

/// The signing keys of one moment.
pub struct Keyring {
    rows: Vec<KeyRow>,
    built_at: Timestamp,
    signers: BTreeMap<Algorithm, Box<dyn JwsSigner>>,
    verifiers: BTreeMap<String, (Algorithm, Box<dyn JwsVerifier>)>,
    jwks: String,
    proven: ProvenKeys,
}

impl Keyring {
    /// The JWKS (RFC 7517 section 5), ready to be sent.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// Signs claims into a compact JWS whose header says `typ`, `alg` and `kid`.
    pub fn sign(&self, alg: Algorithm, typ: TokenType, claims: &impl Serialize) -> Result<String, Fault> {
        let signer = self
            .signers
            .get(&alg)
            .ok_or_else(|| Fault::broken("signing", format!("no {} key signs now", alg.name())))?;
        token::write(signer.as_ref(), typ, claims)
    }

    /// Reads a token of our own: its type, key, signature and expiry must all be right.
    pub fn verify(&self, token: &str, typ: TokenType, now: Timestamp) -> Result<Map<String, Value>, RefusedToken> {
        let claims = self.verify_hint(token, typ)?;
        let expires = claims.get("exp").and_then(Value::as_i64).ok_or(RefusedToken::Malformed)?;
        if now.seconds() < expires { Ok(claims) } else { Err(RefusedToken::Expired) }
    }

    /// The same without the expiry: an `id_token_hint` may be an old token (OpenID Connect RP-Initiated Logout section
    /// 2).
    pub fn verify_hint(&self, token: &str, typ: TokenType) -> Result<Map<String, Value>, RefusedToken> {
        token::read(token, typ, |header, message, signature| {
            let (_, verifier) = self
                .verifiers
                .get(&header.kid)
                .filter(|(alg, _)| alg.name() == header.alg)
                .ok_or(RefusedToken::UnknownKey)?;
            let right = self.proven.or_verify(token, || verifier.verify(message, signature).is_ok());
            if right { Ok(()) } else { Err(RefusedToken::WrongSignature) }
        })
    }

    /// Whether nothing changed since the ring was built: neither the rows nor the side of their times we are on.
    pub(super) fn is_current(&self, rows: &[KeyRow], now: Timestamp) -> bool {
        let came = |time: Timestamp| self.built_at < time && time <= now;
        let times = |row: &KeyRow| [Some(row.published_at), Some(row.signs_from), row.signs_until, row.gone_at];
        self.rows == rows && !rows.iter().flat_map(times).flatten().any(came)
    }
}

#[derive(sqlx::FromRow)]
struct FullRow {
    #[sqlx(flatten)]
    row: KeyRow,
    public_jwk: String,
    sealed_private_jwk: Vec<u8>,
    sealed_by: Fingerprint,
}

/// Builds the ring from the table: what is published verifies, and of what signs now the newest of each algorithm
/// signs.
pub(super) async fn load(view: &mut View, master: &MasterKey) -> Result<Keyring, Fault> {
    let full = store::all!(view.db, FullRow, "select * from signing_keys order by id")?;
    let mut ring = Keyring {
        rows: full.iter().map(|key| key.row.clone()).collect(),
        built_at: view.now,
        signers: BTreeMap::new(),
        verifiers: BTreeMap::new(),
        jwks: String::new(),
        proven: ProvenKeys::default(),
    };
    let mut published = Vec::new();
    for key in full.into_iter().filter(|key| holds(view.now, key.row.published_at, key.row.gone_at)) {
        let KeyRow { alg, kid, signs_from, signs_until, .. } = &key.row;
        if holds(view.now, *signs_from, *signs_until) {
            ring.signers.insert(*alg, signer(*alg, &private(master, &key)?)?);
        }
        ring.verifiers.insert(kid.clone(), (*alg, verifier(*alg, &parse(key.public_jwk.as_bytes())?)?));
        published.push(signing::public_members(&key.public_jwk)?);
    }
    ring.jwks = json!({ "keys": published }).to_string();
    Ok(ring)
}

fn holds(now: Timestamp, from: Timestamp, until: Option<Timestamp>) -> bool {
    from <= now && until.is_none_or(|until| now < until)
}

fn private(master: &MasterKey, key: &FullRow) -> Result<Jwk, Fault> {
    let sealed = Sealed { by: key.sealed_by.clone(), bytes: key.sealed_private_jwk.clone() };
    parse(&master.open(KeyPurpose::SigningKeys, &sealed, key.row.kid.as_bytes())?)
}

fn parse(jwk: &[u8]) -> Result<Jwk, Fault> {
    Jwk::from_bytes(jwk).map_err(unusable)
}

fn signer(alg: Algorithm, jwk: &Jwk) -> Result<Box<dyn JwsSigner>, Fault> {
    Ok(match alg {
        Algorithm::Es256 => Box::new(ES256.signer_from_jwk(jwk).map_err(unusable)?),
        Algorithm::Rs256 => Box::new(RS256.signer_from_jwk(jwk).map_err(unusable)?),
    })
}

fn verifier(alg: Algorithm, jwk: &Jwk) -> Result<Box<dyn JwsVerifier>, Fault> {
    Ok(match alg {
        Algorithm::Es256 => Box::new(ES256.verifier_from_jwk(jwk).map_err(unusable)?),
        Algorithm::Rs256 => Box::new(RS256.verifier_from_jwk(jwk).map_err(unusable)?),
    })
}

/// josekit's own words may quote the key.
fn unusable(_: JoseError) -> Fault {
    Fault::broken("a signing key in the database", "it can't be used")
}
