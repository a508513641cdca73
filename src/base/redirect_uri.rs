//! Redirect URIs: where an authorization answer may be sent. Compared as exact strings; on loopback literals the port
//! may vary (RFC 8252 section 7.3).

use serde::{Deserialize, Deserializer, Serialize};
use url::{Host, Url};

/// A registered redirect URI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, derive_more::Display)]
#[serde(transparent)]
pub struct RedirectUri(String);

/// Why a text can't be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{uri}` can't be a redirect URI: {why}")]
pub struct NotARedirectUri {
    uri: String,
    why: &'static str,
}

impl RedirectUri {
    /// Checks what an operator registers.
    pub fn parse(text: &str) -> Result<Self, NotARedirectUri> {
        match flaw(text) {
            None => Ok(Self(text.to_owned())),
            Some(why) => Err(NotARedirectUri { uri: text.chars().take(200).collect(), why }),
        }
    }

    /// Whether a request may name `presented` where this one is registered.
    pub fn admits(&self, presented: &str) -> bool {
        if self.0 == presented {
            return true;
        }
        match (without_loopback_port(&self.0), without_loopback_port(presented)) {
            (Some(registered), Some(asked)) => registered == asked,
            (None | Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The URI as registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Scheme, host and port of a URI: what a content security policy names.
pub fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    match url.scheme() {
        "http" | "https" => Some(url.origin().ascii_serialization()),
        scheme => Some(format!("{scheme}:")),
    }
}

/// Whether it leads to a program on the person's machine, which others there can stand in for: a loopback literal or a
/// scheme of its own (RFC 8252 sections 7.1 and 7.3).
#[must_use]
pub fn is_native(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| match (url.scheme(), url.host()) {
        ("http" | "https", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http" | "https", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http" | "https", Some(Host::Domain(_)) | None) => false,
        _ => true,
    })
}

fn flaw(text: &str) -> Option<&'static str> {
    if text.len() > 2000 || text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '*' || c == '\\') {
        return Some("it holds blanks, wildcards or control characters, or is too long");
    }
    let Ok(url) = Url::parse(text) else { return Some("it isn't an absolute URI") };
    if url.fragment().is_some() {
        return Some("it has a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it names a user");
    }
    match url.scheme() {
        // The host goes into content security policies, where a semicolon would end the directive.
        "https" | "http" if !is_plain(&url) => Some("its host is no domain name"),
        "https" => None,
        "http" if is_loopback(&url) => None,
        "http" => Some("http is for loopback only"),
        // Private-use schemes are domain names reversed (RFC 8252 section 7.1); that leaves out javascript:, data: and
        // file:.
        scheme if scheme.contains('.') => None,
        _ => Some("its scheme is neither https nor a private-use one like com.example.app"),
    }
}

/// Whether the host is a domain name in letters, digits, hyphens and underscores, or an address.
fn is_plain(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URI's text before and after its port, where its host is a loopback literal reached over http.
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    let (host, rest) = ["http://127.0.0.1", "http://[::1]"]
        .into_iter()
        .find_map(|host| uri.strip_prefix(host).map(|rest| (host, rest)))?;
    match rest.strip_prefix(':') {
        None if rest.is_empty() || rest.starts_with(['/', '?']) => Some((host, rest)),
        None => None,
        Some(after) => {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (port, path) = after.split_at(end);
            let valid = port.parse::<u16>().is_ok() && (path.is_empty() || path.starts_with(['/', '?']));
            valid.then_some((host, path))
        }
    }
}

impl<'de> Deserialize<'de> for RedirectUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::RedirectUri;
    use proptest::prelude::*;

    #[test]
    fn tricks_can_not_be_registered() {
        for text in [
            "http://portal.example/cb",
            "https://a@portal.example/cb",
            "https://portal.example/cb#f",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://*.example/cb",
            "/cb",
            "https://portal.example/c b",
            "file:///etc/passwd",
            "https:\\\\portal.example",
            "https://portal.example;script-src/cb",
        ] {
            assert!(RedirectUri::parse(text).is_err(), "{text}");
        }
        for text in [
            "https://portal.example/cb?x=1",
            "http://localhost:8090/callback",
            "http://127.0.0.1/callback",
            "com.example.app:/cb",
        ] {
            assert!(RedirectUri::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn only_a_loopback_literals_port_may_vary() {
        let native = RedirectUri::parse("http://127.0.0.1/callback").unwrap();
        assert!(native.admits("http://127.0.0.1:51234/callback"));
        for text in [
            "http://127.0.0.1:51234/callback/",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.1:1@evil.example/callback",
            "http://127.0.0.1.evil.example/callback",
            "http://localhost:51234/callback",
            "https://127.0.0.1/callback",
        ] {
            assert!(!native.admits(text), "{text}");
        }
        let web = RedirectUri::parse("https://portal.example/cb").unwrap();
        for text in [
            "https://portal.example/cb/",
            "https://PORTAL.example/cb",
            "https://portal.example:443/cb",
            "https://portal.example/cb?x",
            "https://portal.example/%63b",
            "https://portal.example/a/../cb",
        ] {
            assert!(!web.admits(text), "{text}");
        }
    }

    #[test]
    fn loopback_literals_and_schemes_of_ones_own_lead_to_programs() {
        for native in ["http://127.0.0.1:4711/cb", "http://127.0.0.2", "http://[::1]/cb", "com.example.app:/cb"] {
            assert!(super::is_native(native), "{native}");
        }
        for web in ["https://app.example/cb", "http://localhost:9002/cb", "https://192.0.2.1/cb"] {
            assert!(!super::is_native(web), "{web}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_the_registered_text_is_admitted_elsewhere(text in "\\PC{0,60}") {
            let web = RedirectUri::parse("https://portal.example/cb").unwrap();
            prop_assert_eq!(web.admits(&text), text == "https://portal.example/cb");
        }
    }
}
