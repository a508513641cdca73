//! Random secrets of the portal, and what of them is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::CsrfToken;

/// 256 fresh random bits, as text for a cookie or a parameter.
pub fn random() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

/// The SHA-256 under which a secret is stored, so that a stolen database opens nothing.
pub fn digest(secret: &str) -> Vec<u8> {
    openssl::sha::sha256(secret.as_bytes()).to_vec()
}

/// A second secret that only the holder of the first can name, such as the token of a form.
pub fn derived(secret: &str, purpose: &str) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(format!("{purpose}:{secret}").as_bytes()))
}

/// Whether two secrets are equal, in a time that doesn't depend on where they differ.
pub fn same(one: &str, other: &str) -> bool {
    openssl::memcmp::eq(&openssl::sha::sha256(one.as_bytes()), &openssl::sha::sha256(other.as_bytes()))
}
