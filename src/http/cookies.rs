//! Our cookies: their names, and how long browsers keep them.
//! All are HttpOnly and SameSite=Lax; where the issuer is https they are `__Host-` and Secure too.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;

use crate::base::{Fault, Life, Secret};

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    Session,
    /// A sign-in whose second factor is still to come.
    SignIn,
    /// Which browser this is, for forms and interactions.
    Browser,
    /// Which browser this is, beyond its own sessions: known devices.
    Device,
    /// The link that was confirmed, until a password is chosen.
    Link,
    /// The language chosen by the switch.
    Language,
}

impl Cookie {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, false) => "guichet_session",
            (Self::Session, true) => "__Host-guichet_session",
            (Self::SignIn, false) => "guichet_sign_in",
            (Self::SignIn, true) => "__Host-guichet_sign_in",
            (Self::Browser, false) => "guichet_browser",
            (Self::Browser, true) => "__Host-guichet_browser",
            (Self::Device, false) => "guichet_device",
            (Self::Device, true) => "__Host-guichet_device",
            (Self::Link, false) => "guichet_link",
            (Self::Link, true) => "__Host-guichet_link",
            (Self::Language, false) => "guichet_language",
            (Self::Language, true) => "__Host-guichet_language",
        }
    }

    /// Reads the cookie of a request.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, https: bool) -> Option<String> {
        CookieJar::from_headers(headers).get(self.name(https)).map(|cookie| cookie.value().to_owned())
    }

    /// Reads a cookie that holds a secret.
    #[must_use]
    pub fn secret(self, headers: &HeaderMap, https: bool) -> Option<Secret> {
        self.read(headers, https).filter(|value| is_secret(value)).map(|value| Secret::presented(&value))
    }

    /// The `Set-Cookie` that keeps a value; without a life it goes when the browser closes.
    pub fn keep(self, value: &str, life: Option<Life>, https: bool) -> Result<HeaderValue, Fault> {
        let secure = if https { "; Secure" } else { "" };
        let age = life.map(|life| format!("; Max-Age={}", life.as_seconds())).unwrap_or_default();
        let name = self.name(https);
        HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"))
            .map_err(|error| Fault::broken("writing a cookie", error))
    }

    /// The `Set-Cookie` that removes it.
    pub fn forget(self, https: bool) -> Result<HeaderValue, Fault> {
        self.keep("", Some(Life::seconds(0)), https)
    }
}

/// Our secrets are base64url; cookies and paths are decoded before they get here, so that anything may stand in one.
#[must_use]
pub fn is_secret(value: &str) -> bool {
    (20..=100).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
