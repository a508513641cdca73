//! Provider metadata (OpenID Connect Discovery section 3, RFC 8414 section 2): only what works, written out once.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::authorization::{Prompt, ResponseMode};
use crate::base::{Language, Place};
use crate::keys::Algorithm;
use crate::relying_party::{Scope, SignatureAlgorithm};
use crate::session::Acr;

/// The document as it is sent.
pub fn document(issuer: &str) -> Bytes {
    Bytes::from(metadata(issuer).to_string())
}

fn metadata(issuer: &str) -> Value {
    let url = |place: Place| format!("{issuer}{}", place.path());
    let assertion_algs: Vec<&str> = SignatureAlgorithm::ALL.iter().map(|alg| alg.as_str()).collect();
    json!({
        "issuer": issuer,
        "authorization_endpoint": url(Place::Authorize),
        "token_endpoint": url(Place::Token),
        "userinfo_endpoint": url(Place::UserInfo),
        "introspection_endpoint": url(Place::Introspect),
        "revocation_endpoint": url(Place::Revoke),
        "jwks_uri": url(Place::Jwks),
        "end_session_endpoint": url(Place::RelyingPartyLogout),
        // Every relying party that declares where is told of every end, with `sid` (OpenID Connect Back-Channel Logout
        // section 2.1).
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL.iter().map(|mode| mode.as_str()).collect::<Vec<_>>(),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "prompt_values_supported": Prompt::ALL.iter().map(|prompt| prompt.as_str()).collect::<Vec<_>>(),
        "display_values_supported": ["page"],
        "acr_values_supported": Acr::ALL.iter().map(|acr| acr.as_str()).collect::<Vec<_>>(),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": assertion_algs,
        // Who asks about tokens proves who they are; a public client may take its own back.
        "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt",
        ],
        "introspection_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
        ],
        "revocation_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "code_challenge_methods_supported": ["S256"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid",
            "name", "given_name", "family_name", "locale",
            "email", "email_verified", "phone_number", "phone_number_verified",
            "company", "access_profile", "roles", "entitlements",
        ],
        "ui_locales_supported": Language::ALL.map(Language::code),
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        // Left out it would mean true.
        "request_uri_parameter_supported": false,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_metadata_is_the_reviewed_one() {
        let reviewed: serde_json::Value = serde_json::from_str(include_str!("discovery.golden.json")).unwrap();
        let metadata = super::metadata("https://login.example.com");
        assert_eq!(metadata, reviewed, "the metadata changed: review it and say why\n{metadata:#}");
    }
}
