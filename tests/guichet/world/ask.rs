//! An authorization request, as a relying party writes it: right unless a test bends it.

use url::form_urlencoded::Serializer;

/// The verifier of RFC 7636 appendix B; its S256 challenge is [`CHALLENGE`].
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the requests of tests carry as `state`: it must come back exactly so.
pub const STATE: &str = "état & <state>=\"1\" #?%41";

/// What they carry as `nonce`.
pub const NONCE: &str = "nonce-5f3";

/// A request under construction.
#[derive(Clone, Debug)]
pub struct Ask(Vec<(String, String)>);

impl Ask {
    /// A request that is right.
    pub fn new(client: &str, redirect_uri: &str, scope: &str) -> Self {
        let plain = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", redirect_uri),
            ("scope", scope),
            ("state", STATE),
            ("nonce", NONCE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Self(plain.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// With another value, or a further parameter.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// Without a parameter.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self
    }

    /// With the parameter once more.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A parameter's value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The address that asks it by GET.
    pub fn path(&self) -> String {
        format!("/oauth2/authorize?{}", Serializer::new(String::new()).extend_pairs(&self.0).finish())
    }

    /// The fields that ask it by POST.
    pub fn fields(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}
