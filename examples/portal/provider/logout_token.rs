//! Logout tokens: which are believed, and whom they mean (OpenID Connect Back-Channel Logout 1.0, sections 2.4 and
//! 2.6).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::app::Portal;
use crate::clock::Moment;
use crate::provider::{ProviderError, Signed};
use crate::settings::Settings;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// No logout token comes near this many bytes.
const LONGEST: usize = 8 * 1024;
/// How long a token may have been on its way.
const OLDEST: Duration = Duration::from_mins(5);

/// A token that is believed.
pub struct LogoutToken {
    pub sub: Option<String>,
    pub sid: Option<String>,
    pub jti: String,
    /// When it expires: until then it must be recognised if it comes again.
    pub until: Moment,
}

/// Why a token isn't believed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the logout token can't be read")]
    Malformed,
    #[error("typ isn't logout+jwt")]
    Type,
    #[error("alg isn't one that the provider signs with")]
    Algorithm,
    #[error("the signature isn't the provider's")]
    Signature,
    #[error("iss isn't the provider")]
    Issuer,
    #[error("aud isn't this relying party")]
    Audience,
    #[error("iat and exp aren't about now")]
    Time,
    #[error("events doesn't say that it is a logout")]
    Event,
    #[error("a logout token has no nonce")]
    Nonce,
    #[error("neither sub nor sid says who is meant")]
    Nobody,
    #[error("the token came before")]
    Again,
    #[error("the token can't be checked now: {0}")]
    Unchecked(#[from] ProviderError),
}

/// Reads a token and checks all but whether it came before.
pub async fn read(portal: &Portal, token: &str) -> Result<LogoutToken, Refusal> {
    let (message, signature) = token.rsplit_once('.').filter(|_| token.len() <= LONGEST).ok_or(Refusal::Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(Refusal::Malformed)?;
    let header: Header = parsed(header)?;
    let signature = decoded(signature)?;
    let signed =
        Signed { kid: &header.kid, algorithm: header.algorithm()?, message: message.as_bytes(), signature: &signature };
    if !portal.provider.has_signed(&signed).await? {
        return Err(Refusal::Signature);
    }
    let members: Map<String, Value> = parsed(claims)?;
    if members.contains_key("nonce") {
        return Err(Refusal::Nonce);
    }
    let claims: Claims = serde_json::from_value(Value::Object(members)).map_err(|_| Refusal::Malformed)?;
    claims.believed(&portal.settings, Moment::now())
}

fn decoded(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)
}

fn parsed<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refusal> {
    serde_json::from_slice(&decoded(part)?).map_err(|_| Refusal::Malformed)
}

/// A header with more in it, such as `crit` or a key of its own, isn't the provider's. The type is a media type, whose
/// case and `application/` say nothing (RFC 7515 section 4.1.9).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    typ: String,
    alg: String,
    kid: String,
}

impl Header {
    fn algorithm(&self) -> Result<CoreJwsSigningAlgorithm, Refusal> {
        let typ = self.typ.to_ascii_lowercase();
        match (typ.strip_prefix("application/").unwrap_or(&typ), self.alg.as_str()) {
            ("logout+jwt", "RS256") => Ok(CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
            ("logout+jwt", "ES256") => Ok(CoreJwsSigningAlgorithm::EcdsaP256Sha256),
            ("logout+jwt", _) => Err(Refusal::Algorithm),
            _ => Err(Refusal::Type),
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: f64,
    exp: f64,
    jti: String,
    events: Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn is(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Several(several) => several.iter().any(|one| one == client),
        }
    }
}

impl Claims {
    fn believed(self, settings: &Settings, now: Moment) -> Result<LogoutToken, Refusal> {
        let checks = [
            (self.iss == settings.issuer, Refusal::Issuer),
            (self.aud.is(&settings.client_id), Refusal::Audience),
            (self.is_about(now, settings.ahead), Refusal::Time),
            (self.events.get(EVENT).is_some_and(Value::is_object), Refusal::Event),
            (self.sub.is_some() || self.sid.is_some(), Refusal::Nobody),
            (!self.jti.is_empty(), Refusal::Malformed),
        ];
        if let Some((_, refusal)) = checks.into_iter().find(|(holds, _)| !holds) {
            return Err(refusal);
        }
        Ok(LogoutToken { sub: self.sub, sid: self.sid, jti: self.jti, until: Moment::from_numeric_date(self.exp) })
    }

    fn is_about(&self, now: Moment, ahead: Option<Duration>) -> bool {
        let (issued, expires) = (Moment::from_numeric_date(self.iat), Moment::from_numeric_date(self.exp));
        let too_early = ahead.is_some_and(|ahead| now.after(ahead) < issued);
        now < expires && issued < expires && now.before(OLDEST) < issued && !too_early
    }
}

#[cfg(test)]
mod tests;
