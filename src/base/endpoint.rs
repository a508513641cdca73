//! Endpoints of other people's servers that Guichet itself calls: https, or http on loopback. Which addresses they may
//! resolve to is looked at when they are called.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::redirect_uri::is_loopback;

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq, derive_more::Display)]
pub struct Endpoint(Url);

/// Why a text is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{uri}` can't be called: {why}")]
pub struct NotAnEndpoint {
    uri: String,
    why: &'static str,
}

impl Endpoint {
    /// Checks what an operator declares.
    pub fn parse(text: &str) -> Result<Self, NotAnEndpoint> {
        read(text).map(Self).map_err(|why| NotAnEndpoint { uri: text.chars().take(200).collect(), why })
    }

    /// As a URL, whose host is a name or an address in its one form.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

fn read(text: &str) -> Result<Url, &'static str> {
    if text.len() > 2000 || text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err("it holds blanks or control characters, or is too long");
    }
    let url = Url::parse(text).map_err(|_| "it isn't an absolute URI")?;
    if url.fragment().is_some() {
        return Err("it has a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it names a user");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("it isn't https, which only loopback addresses may do without"),
    }
}

impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn only_https_or_http_on_loopback_is_called() {
        for text in [
            "https://portal.example/bye?x=1",
            "http://localhost:8090/bye",
            "http://127.0.0.1/bye",
            "http://[::1]:1/bye",
        ] {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://portal.example/bye",
            "http://127.0.0.1.evil.example/bye",
            "https://a:b@portal.example/bye",
            "https://portal.example/bye#f",
            "https:\\\\portal.example/bye",
            "https://portal.example/b ye",
            "file:///etc/passwd",
            "com.example.app:/bye",
            "/bye",
        ] {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }
}
