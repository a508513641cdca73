//! Tokens from outside: read, verified with the published keys, and forged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::{self, JwsVerifier};
use serde_json::Value;

use super::Server;

/// What a token says, unverified.
pub fn claims_of(jwt: &str) -> Value {
    part(jwt, 1)
}

/// What a token's header says, unverified.
pub fn header_of(jwt: &str) -> Value {
    part(jwt, 0)
}

fn part(jwt: &str, index: usize) -> Value {
    let part = jwt.split('.').nth(index).unwrap_or_else(|| panic!("no JWT: {jwt}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token with these parts and whatever signature.
pub fn forge(header: &Value, claims: &Value, signature: &[u8]) -> String {
    format!("{}.{}", signing_input(header, claims), URL_SAFE_NO_PAD.encode(signature))
}

/// What a signature of these parts would sign.
pub fn signing_input(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

impl Server {
    /// The published key that a token names.
    pub async fn published_key(&self, jwt: &str) -> Value {
        let jwks = self.browser().get("/oauth2/jwks").await.json();
        let kid = header_of(jwt)["kid"].clone();
        let mut keys = jwks["keys"].as_array().unwrap().iter().filter(|key| key["kid"] == kid);
        keys.next().unwrap_or_else(|| panic!("the JWKS lacks {kid}")).clone()
    }

    /// What a token says, once its signature fits the published key it names.
    pub async fn verified(&self, jwt: &str) -> Value {
        let key = self.published_key(jwt).await;
        assert_eq!(key["alg"], header_of(jwt)["alg"]);
        let jwk = Jwk::from_map(key.as_object().unwrap().clone()).unwrap();
        let verifier: Box<dyn JwsVerifier> = match key["alg"].as_str().unwrap() {
            "RS256" => Box::new(jws::RS256.verifier_from_jwk(&jwk).unwrap()),
            "ES256" => Box::new(jws::ES256.verifier_from_jwk(&jwk).unwrap()),
            other => panic!("unexpected algorithm {other}"),
        };
        let (payload, _) = jws::deserialize_compact(jwt, verifier.as_ref()).unwrap();
        serde_json::from_slice(&payload).unwrap()
    }
}
