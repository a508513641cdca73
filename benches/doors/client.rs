//! The relying parties of the benchmark, and what they ask for.

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wire::Request;

/// Where codes are sent. Nobody is there: they are read from the redirect.
pub const REDIRECT_URI: &str = "https://web.example/callback";

/// What relying parties ask for.
pub const SCOPE: &str = "openid company rights";

/// The verifier of RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Its S256 challenge.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A relying party of the benchmark.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Its id; its secret is made of it.
    pub id: &'static str,
}

impl Client {
    /// Its form to an endpoint, authenticated by HTTP Basic.
    pub fn post(self, path: &str, fields: &[(&str, &str)]) -> Bytes {
        let basic = STANDARD.encode(format!("{id}:the-secret-of-{id}-in-the-benchmark", id = self.id));
        Request::post(path, fields).with("authorization", &format!("Basic {basic}")).bytes()
    }
}
