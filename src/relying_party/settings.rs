//! `[[clients]]` in the configuration: what an operator writes about a relying party, and why it may be refused.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::{EServiceCode, Endpoint, Names, RedirectUri, Secret};
use crate::keys::Algorithm;

use super::jwks::NotAKeySet;
use super::{AccessTokens, ClientKind, PublicKeys, RelyingParty, Scope};

/// Secrets shorter than this can be guessed.
const SHORTEST_SECRET: usize = 16;

/// One `[[clients]]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is one key that an operator sets")]
pub struct Settings {
    /// The client identifier (RFC 6749 section 2.2).
    pub id: String,
    /// The name people see.
    pub name: String,
    /// The name in French, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_fr: Option<String>,
    /// The name in English, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// The client secret. With neither a secret nor keys the client is public.
    #[serde(default, skip_serializing)]
    pub secret: Option<String>,
    /// A file that holds the client secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// The public keys it signs assertions with (`private_key_jwt`), as a JWK Set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// A file that holds the JWK Set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_file: Option<PathBuf>,
    /// Whether its assertions may be addressed to the token endpoint instead of the issuer.
    #[serde(default)]
    pub legacy_assertion_audience: bool,
    /// Where authorization answers may be sent; compared as exact strings.
    #[serde(default)]
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may be sent after a sign-out this client asked for.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it is told that a sign-in is over (OpenID Connect Back-Channel Logout section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<Endpoint>,
    /// Whether it needs `sid` in logout tokens. Ours always have it.
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
    /// The scopes it may ask for; all that speak of the person where nothing is said, since the person is asked too.
    #[serde(default = "all_of_a_person")]
    pub scope: Vec<Scope>,
    /// The e-service a person must hold to be signed in there (R-RGT-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e_service: Option<EServiceCode>,
    /// Whether PKCE is demanded (RFC 7636); public clients can't do without.
    #[serde(default = "yes")]
    pub require_pkce: bool,
    /// Whether its ID tokens always say when the person signed in (OpenID Connect Registration section 2).
    #[serde(default)]
    pub require_auth_time: bool,
    /// How its ID tokens are signed. RS256 is what relying parties assume when nothing is agreed (OpenID Connect
    /// Registration section 2).
    #[serde(default = "assumed_algorithm")]
    pub id_token_alg: Algorithm,
    /// What its access tokens look like.
    #[serde(default)]
    pub access_token: AccessTokens,
    /// Whether it gets refresh tokens: for the session's life, or longer with the scope `offline_access`.
    #[serde(default = "yes")]
    pub refresh_tokens: bool,
    /// Whether it is a resource server, which may ask about everybody's access tokens (RFC 7662 section 4).
    #[serde(default)]
    pub introspect: bool,
    /// Whether this is the demonstration's, whose secrets are printed on its first page anyway: short ones are fine
    /// there. No file can say so.
    #[serde(skip)]
    pub of_the_demonstration: bool,
}

fn all_of_a_person() -> Vec<Scope> {
    vec![Scope::Openid, Scope::Profile, Scope::Email, Scope::Phone, Scope::Address, Scope::Company, Scope::Rights]
}

fn assumed_algorithm() -> Algorithm {
    Algorithm::Rs256
}

fn yes() -> bool {
    true
}

/// Why a `[[clients]]` section is refused.
#[derive(Debug, thiserror::Error)]
#[error("clients: `{client}`: {flaw}")]
pub struct Misconfigured {
    client: String,
    flaw: Flaw,
}

#[derive(Debug, thiserror::Error)]
enum Flaw {
    #[error("an id is 1 to 100 letters, digits and `-._~`")]
    Id,
    #[error("two clients have this id; give each its own")]
    Twice,
    #[error("it needs a name that people recognise")]
    Name,
    #[error("it has more than one of `secret`, `secret_file`, `jwks` and `jwks_file`; keep one")]
    TwoProofs,
    #[error("secret_file `{path}` can't be read ({cause}): create it \
        or correct the path", path = .0.display(), cause = .1)]
    SecretFile(PathBuf, std::io::Error),
    #[error("its secret is shorter than {SHORTEST_SECRET} characters: make one with `openssl rand -base64 32`")]
    ShortSecret,
    #[error("backchannel_logout_session_required says nothing without a backchannel_logout_uri: add it")]
    SessionWithoutUri,
    #[error("jwks_file `{path}` can't be read ({cause}): create it \
        or correct the path", path = .0.display(), cause = .1)]
    KeyFile(PathBuf, std::io::Error),
    #[error("jwks_file `{path}` is no JSON", path = .0.display())]
    KeyFileNotJson(PathBuf),
    #[error("its key set can't be used: {0}")]
    Keys(NotAKeySet),
    #[error("`legacy_assertion_audience` says nothing of a client without `jwks` or `jwks_file`; leave it out")]
    AudienceWithoutKeys,
    #[error("a public client can't set `require_pkce = false`: nothing else protects its codes")]
    PublicWithoutPkce,
    #[error("a public client can't set `introspect` or ask for the scopes of services: it can't prove who it is")]
    PublicService,
}

impl Misconfigured {
    /// Two sections with one id.
    pub(super) fn twice(client: &str) -> Self {
        Self { client: client.to_owned(), flaw: Flaw::Twice }
    }
}

impl Settings {
    /// The relying party this section declares.
    pub(super) fn declare(&self) -> Result<RelyingParty, Misconfigured> {
        self.checked().map_err(|flaw| Misconfigured { client: self.id.chars().take(100).collect(), flaw })
    }

    fn checked(&self) -> Result<RelyingParty, Flaw> {
        if !is_client_id(&self.id) {
            return Err(Flaw::Id);
        }
        if self.name.trim().is_empty() {
            return Err(Flaw::Name);
        }
        let kind = self.kind()?;
        if matches!(kind, ClientKind::Public) && !self.require_pkce {
            return Err(Flaw::PublicWithoutPkce);
        }
        if self.backchannel_logout_session_required && self.backchannel_logout_uri.is_none() {
            return Err(Flaw::SessionWithoutUri);
        }
        if matches!(kind, ClientKind::Public)
            && (self.introspect || self.scope.iter().any(|scope| scope.is_for_services()))
        {
            return Err(Flaw::PublicService);
        }
        Ok(RelyingParty {
            id: self.id.clone(),
            names: Names {
                fr: self.name_fr.clone().unwrap_or_else(|| self.name.clone()),
                en: self.name_en.clone().unwrap_or_else(|| self.name.clone()),
            },
            kind,
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            scope: self.scope.iter().copied().collect(),
            e_service: self.e_service.clone(),
            require_pkce: self.require_pkce,
            require_auth_time: self.require_auth_time,
            id_token_alg: self.id_token_alg,
            access_token: self.access_token,
            refresh_tokens: self.refresh_tokens,
            introspect: self.introspect,
        })
    }

    fn kind(&self) -> Result<ClientKind, Flaw> {
        if self.legacy_assertion_audience && self.jwks.is_none() && self.jwks_file.is_none() {
            return Err(Flaw::AudienceWithoutKeys);
        }
        match (&self.secret, &self.secret_file, &self.jwks, &self.jwks_file) {
            (None, None, None, None) => Ok(ClientKind::Public),
            (Some(secret), None, None, None) => self.confidential(secret),
            (None, Some(path), None, None) => self.confidential(&read_secret(path)?),
            (None, None, Some(jwks), None) => self.keyed(jwks),
            (None, None, None, Some(path)) => self.keyed(&read_keys(path)?),
            _ => Err(Flaw::TwoProofs),
        }
    }

    fn confidential(&self, secret: &str) -> Result<ClientKind, Flaw> {
        let shortest = if self.of_the_demonstration { 1 } else { SHORTEST_SECRET };
        if secret.chars().count() < shortest {
            return Err(Flaw::ShortSecret);
        }
        Ok(ClientKind::Confidential { secret: Secret::presented(secret).digest() })
    }

    fn keyed(&self, jwks: &serde_json::Value) -> Result<ClientKind, Flaw> {
        let keys = PublicKeys::parse(jwks).map_err(Flaw::Keys)?;
        Ok(ClientKind::Keyed { keys, legacy_audience: self.legacy_assertion_audience })
    }
}

fn read_secret(path: &Path) -> Result<String, Flaw> {
    let text = std::fs::read_to_string(path).map_err(|cause| Flaw::SecretFile(path.to_owned(), cause))?;
    Ok(text.trim().to_owned())
}

fn read_keys(path: &Path) -> Result<serde_json::Value, Flaw> {
    let text = std::fs::read_to_string(path).map_err(|cause| Flaw::KeyFile(path.to_owned(), cause))?;
    serde_json::from_str(&text).map_err(|_| Flaw::KeyFileNotJson(path.to_owned()))
}

/// Unreserved characters only (RFC 3986 section 2.3): the id then reads alike in a query, a form and a Basic header.
fn is_client_id(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}
