//! Our own tokens as compact JWS (RFC 7515 section 7.1). Reading one is strict: exactly what we write is accepted, so
//! that no algorithm, key or type can be smuggled in by its header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::JwsSigner;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::Fault;

/// No token of ours has this many bytes, even with a nonce of the longest, every character of it escaped.
const LONGEST: usize = 32 * 1024;

/// What a token is. One type never stands in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenType {
    /// An access token (RFC 9068 section 2.1).
    #[serde(rename = "at+jwt")]
    Access,
    /// An ID token (OpenID Connect Core section 2).
    #[serde(rename = "JWT")]
    Id,
    /// A logout token (OpenID Connect Back-Channel Logout section 2.4).
    #[serde(rename = "logout+jwt")]
    Logout,
}

/// Why a token is no token of ours. Callers are told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedToken {
    /// Longer than any of ours.
    #[error("the token is too long")]
    TooLong,
    /// Not written as we write them; anything more in the header than `typ`, `alg` and `kid` counts.
    #[error("the token is malformed")]
    Malformed,
    /// A token of another type.
    #[error("the token is of another type")]
    OtherType,
    /// We have no such key, or it has another algorithm.
    #[error("the token names no key of ours")]
    UnknownKey,
    /// The signature isn't the key's.
    #[error("the token's signature is wrong")]
    WrongSignature,
    /// It was ours, and its time is over.
    #[error("the token has expired")]
    Expired,
}

/// The whole header. A `crit`, `jwk`, `jku` or `x5u` is one member too many.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    typ: TokenType,
    pub(super) alg: String,
    pub(super) kid: String,
}

pub(super) fn write(signer: &dyn JwsSigner, typ: TokenType, claims: &impl Serialize) -> Result<String, Fault> {
    let kid = signer.key_id().unwrap_or_default().to_owned();
    let header = Header { typ, alg: signer.algorithm().name().to_owned(), kid };
    let mut token = String::with_capacity(1024);
    encode(&json(&header)?, &mut token);
    token.push('.');
    encode(&json(claims)?, &mut token);
    let signature = signer.sign(token.as_bytes()).map_err(|_| Fault::broken("signing", "the key refused"))?;
    token.push('.');
    encode(&signature, &mut token);
    Ok(token)
}

/// Reads the claims of a token whose signature `prove` finds right, from the header, the message that was signed, and
/// the signature.
pub(super) fn read(
    token: &str,
    typ: TokenType,
    prove: impl FnOnce(&Header, &[u8], &[u8]) -> Result<(), RefusedToken>,
) -> Result<Map<String, Value>, RefusedToken> {
    if token.len() > LONGEST {
        return Err(RefusedToken::TooLong);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(RefusedToken::Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(RefusedToken::Malformed)?;
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| RefusedToken::Malformed)?;
    if header.typ != typ {
        return Err(RefusedToken::OtherType);
    }
    prove(&header, message.as_bytes(), &decode(signature)?)?;
    serde_json::from_slice(&decode(claims)?).map_err(|_| RefusedToken::Malformed)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|cause| Fault::broken("writing a token", cause))
}

fn encode(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

fn decode(text: &str) -> Result<Vec<u8>, RefusedToken> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| RefusedToken::Malformed)
}
