//! Relying parties: the applications that send people here to sign in, as the operator declares them.
//! It knows what each may ask for and how it proves itself, and nothing of any request.

pub mod assertion;
mod claim;
mod jwks;
mod registry;
mod scope;
mod settings;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::redirect_uri::is_native;
use crate::base::{Digest, EServiceCode, Endpoint, Language, Names, RedirectUri, Secret};
use crate::keys::Algorithm;

pub use claim::{Claim, Claims};
pub use jwks::{PublicKeys, SignatureAlgorithm};
pub use registry::{RelyingParties, check};
pub use scope::{Scope, Scopes};
pub use settings::Settings;

/// A relying party.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one key that an operator sets")]
pub struct RelyingParty {
    pub id: String,
    /// The name people see.
    pub names: Names,
    /// How it proves who it is.
    pub kind: ClientKind,
    /// Where authorization answers may be sent.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may be sent after a sign-out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it is told that a sign-in is over, if it listens.
    pub backchannel_logout_uri: Option<Endpoint>,
    /// The scopes it may ask for.
    pub scope: Scopes,
    /// The e-service a person must hold to be signed in there (R-RGT-3).
    pub e_service: Option<EServiceCode>,
    /// Whether PKCE is demanded.
    pub require_pkce: bool,
    /// Whether its ID tokens always carry `auth_time`.
    pub require_auth_time: bool,
    /// How its ID tokens are signed.
    pub id_token_alg: Algorithm,
    /// What its access tokens look like.
    pub access_token: AccessTokens,
    /// Whether it gets refresh tokens.
    pub refresh_tokens: bool,
    /// Whether it is a resource server, which may ask about everybody's access tokens.
    pub introspect: bool,
}

/// What a client's access tokens look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokens {
    /// Signed, so that resource servers can read them alone (RFC 9068).
    #[default]
    Jwt,
    /// A random text that only introspection and `UserInfo` understand: it dies at once, everywhere.
    Opaque,
}

/// How a relying party proves who it is.
#[derive(Clone, Debug)]
pub enum ClientKind {
    /// It can't keep a secret: a script in a browser or a program on the person's device.
    Public,
    /// It runs on a server of its own and keeps a secret, of which only the digest is held.
    Confidential { secret: Digest },
    /// It signs assertions with keys of its own (`private_key_jwt`), of which only the public halves are held.
    Keyed {
        /// What its assertions are verified with.
        keys: PublicKeys,
        /// Whether its assertions may be addressed to the token endpoint, as before RFC 10070.
        legacy_audience: bool,
    },
}

impl RelyingParty {
    /// The name in that language.
    pub fn name(&self, language: Language) -> &str {
        self.names.of(language)
    }

    /// Whether it can't keep a secret.
    pub fn is_public(&self) -> bool {
        match self.kind {
            ClientKind::Public => true,
            ClientKind::Confidential { .. } | ClientKind::Keyed { .. } => false,
        }
    }

    /// Whether what comes back to that address may be any program on the person's machine: it has neither a secret nor
    /// an address that only it can have (RFC 8252 section 8.6).
    #[must_use]
    pub fn is_native_at(&self, redirect_uri: &str) -> bool {
        self.is_public() && is_native(redirect_uri)
    }

    /// Whether it registered that redirect URI.
    pub fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered.admits(uri))
    }

    /// Whether it registered that address for after a sign-out; exactly, port included.
    pub fn returns_to(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|registered| registered.as_str() == uri)
    }

    /// Whether the secret presented is its own. Digests are compared, so that the duration tells nothing of the secret.
    pub fn knows(&self, presented: &Secret) -> bool {
        match &self.kind {
            ClientKind::Public | ClientKind::Keyed { .. } => false,
            ClientKind::Confidential { secret } => secret.matches(&presented.digest()),
        }
    }
}
