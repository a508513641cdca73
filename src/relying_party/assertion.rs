//! Client assertions (RFC 7523, OpenID Connect Core section 9): a relying party proves by a signature of its own that
//! it is the one that calls. Reading one is strict, nothing it points at is fetched, and none counts twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::base::{Digest, Fault, Life, Timestamp};
use crate::store::{self, Tx};

use super::jwks::SignatureAlgorithm;
use super::{ClientKind, RelyingParty};

/// No assertion comes near this many bytes.
const LONGEST: usize = 8 * 1024;

/// A relying party's clock may be this far ahead of ours (FAPI 2.0 Security Profile section 5.3.2.1).
const AHEAD: Life = Life::seconds(10);

/// What an assertion may call itself; both are optional words for the same thing (RFC 7519 section 5.1).
const TYPES: [&str; 2] = ["jwt", "client-authentication+jwt"];

/// An assertion as it came, its signature not yet looked at.
#[derive(Debug)]
pub struct Assertion<'t> {
    header: Header,
    claims: Claims,
    message: &'t str,
    signature: Vec<u8>,
}

/// The header. What brings a key along, or must be understood and isn't, is one member too many; others are ignored
/// (RFC 7515 section 4).
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    jwk: Option<IgnoredAny>,
    jku: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

/// What it says (RFC 7523 section 3). Times are seconds, whole or not (RFC 7519 section 2).
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    jti: String,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
}

/// For whom it is.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Where and when an assertion is presented.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// The one audience.
    pub issuer: &'a str,
    /// The audience of older relying parties, counted only where they are declared so.
    pub token_endpoint: &'a str,
    pub now: Timestamp,
    /// It must expire within this time.
    pub longest: Life,
}

/// Why an assertion proves nothing. The log is told; the caller isn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionFlaw {
    /// Longer than any honest one.
    #[error("it is too long")]
    TooLong,
    /// No compact JWS of the members we read.
    #[error("it is malformed, or its header or claims have a member too many, too few or of another type")]
    Malformed,
    /// Another kind of token.
    #[error("its `typ` is another")]
    OtherType,
    /// A client without keys.
    #[error("this client has no keys declared")]
    NoKeys,
    /// `alg` or `kid` lead to no key of the client.
    #[error("its `alg` and `kid` name no key of this client, or more than one")]
    UnknownKey,
    /// Not signed by that key.
    #[error("its signature is wrong")]
    WrongSignature,
    /// `iss` or `sub` isn't the client.
    #[error("`iss` and `sub` must both be the client's id")]
    OtherClient,
    /// Meant for somebody else.
    #[error("`aud` isn't the issuer")]
    OtherAudience,
    #[error("it has expired, lives too long or lies in the future")]
    WrongTime,
    /// No `jti` to remember it by.
    #[error("its `jti` is empty")]
    NoId,
}

impl<'t> Assertion<'t> {
    /// Reads header and claims.
    pub fn read(token: &'t str) -> Result<Self, AssertionFlaw> {
        if token.len() > LONGEST {
            return Err(AssertionFlaw::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(AssertionFlaw::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(AssertionFlaw::Malformed)?;
        let (header, claims): (Header, Claims) = (part(header)?, part(claims)?);
        let Header { jwk, jku, x5c, x5u, crit, .. } = &header;
        if [jwk, jku, x5c, x5u, crit].into_iter().any(Option::is_some) {
            return Err(AssertionFlaw::Malformed);
        }
        Ok(Self { header, claims, message, signature: decode(signature)? })
    }

    /// Who it says it is from; nothing proves it yet.
    pub fn client(&self) -> &str {
        &self.claims.sub
    }

    /// Checks that it was made by that relying party, for us, for now.
    pub fn prove(&self, party: &RelyingParty, here: Here<'_>) -> Result<ProvenAssertion, AssertionFlaw> {
        let ClientKind::Keyed { keys, legacy_audience } = &party.kind else { return Err(AssertionFlaw::NoKeys) };
        let Claims { iss, sub, aud, .. } = &self.claims;
        if self.header.typ.as_deref().is_some_and(|typ| !is_known_type(typ)) {
            return Err(AssertionFlaw::OtherType);
        }
        if *iss != party.id || *sub != party.id {
            return Err(AssertionFlaw::OtherClient);
        }
        if !aud.is(here, *legacy_audience) {
            return Err(AssertionFlaw::OtherAudience);
        }
        self.claims.check_time(here)?;
        if self.claims.jti.is_empty() {
            return Err(AssertionFlaw::NoId);
        }
        // The signature comes last: it costs most, and no answer tells how far an assertion came.
        let alg: SignatureAlgorithm = self.header.alg.parse().map_err(|_| AssertionFlaw::UnknownKey)?;
        let verifier = keys.verifier(self.header.kid.as_deref(), alg).ok_or(AssertionFlaw::UnknownKey)?;
        verifier.verify(self.message.as_bytes(), &self.signature).map_err(|_| AssertionFlaw::WrongSignature)?;
        Ok(ProvenAssertion {
            client: party.id.clone(),
            jti: Digest::of(self.claims.jti.as_bytes()),
            expires_at: Timestamp::from_numeric_date(self.claims.exp),
        })
    }
}

impl Claims {
    /// josekit's own check of signatures lets expired tokens pass, so that time is looked at here.
    fn check_time(&self, here: Here<'_>) -> Result<(), AssertionFlaw> {
        let starts = [self.iat, self.nbf].into_iter().flatten().map(Timestamp::from_numeric_date);
        let (now, end) = (here.now, Timestamp::from_numeric_date(self.exp));
        let mut in_time = starts.map(|start| start <= now + AHEAD && start < end);
        if now < end && end <= now + here.longest + AHEAD && in_time.all(|holds| holds) {
            Ok(())
        } else {
            Err(AssertionFlaw::WrongTime)
        }
    }
}

impl Audience {
    /// The issuer alone, as one text (RFC 10070). Older relying parties may name the token endpoint as well, and list
    /// them, as long as nobody else stands there.
    fn is(&self, here: Here<'_>, legacy: bool) -> bool {
        let is_ours = |one: &String| one == here.issuer || (legacy && one == here.token_endpoint);
        match self {
            Self::One(one) => is_ours(one),
            Self::Several(several) => legacy && !several.is_empty() && several.iter().all(is_ours),
        }
    }
}

/// Types are media types, whose case and `application/` say nothing (RFC 7515 section 4.1.9).
fn is_known_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    TYPES.contains(&typ.strip_prefix("application/").unwrap_or(&typ))
}

fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, AssertionFlaw> {
    let json = decode(encoded)?;
    // serde would take a list for the object's members in their order.
    if !json.trim_ascii_start().starts_with(b"{") {
        return Err(AssertionFlaw::Malformed);
    }
    serde_json::from_slice(&json).map_err(|_| AssertionFlaw::Malformed)
}

fn decode(encoded: &str) -> Result<Vec<u8>, AssertionFlaw> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| AssertionFlaw::Malformed)
}

/// An assertion that proves its client, once.
#[derive(Clone, Debug)]
pub struct ProvenAssertion {
    client: String,
    jti: Digest,
    expires_at: Timestamp,
}

/// Spends an assertion: of fifty at once, on whichever servers, one counts (fault 1). Answers whether this was it.
pub async fn spend(tx: &mut Tx, proven: &ProvenAssertion) -> Result<bool, Fault> {
    let sql = "insert into client_assertions (client, jti, expires_at) values ($1, $2, $3) on conflict do nothing";
    let rows = store::execute!(tx.db, sql, &proven.client, &proven.jti, proven.expires_at)?;
    Ok(rows == 1)
}

/// Forgets assertions that expired so long ago that no server's clock can still believe them, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(
        tx,
        "from client_assertions",
        "client, jti",
        "expires_at < $1 order by expires_at",
        tx.now - Life::minutes(10)
    )
}
