//! Our cookies: their names, and how long browsers keep them.
//! All are HttpOnly and SameSite=Lax; where the issuer is https they are Secure too, and `__Host-`, or `__Secure-` with
//! the issuer's path where it has one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie as Written, SameSite, time};

use crate::base::vocabulary::words;
use crate::base::{Fault, Life, Secret};
use crate::config::Config;

words! {
    /// A cookie of ours.
    Cookie, "cookie" {
        Session = "guichet_session",
        /// A sign-in whose second factor is still to come.
        SignIn = "guichet_sign_in",
        /// Which browser this is, for forms and interactions.
        Browser = "guichet_browser",
        /// Which browser this is, beyond its own sessions: known devices.
        Device = "guichet_device",
        /// The link that was confirmed, until a password is chosen.
        Link = "guichet_link",
        /// The language chosen by the switch.
        Language = "guichet_language",
    }
}

/// What stands before a cookie's name.
fn prefix(config: &Config) -> &'static str {
    match (config.is_https(), config.prefix()) {
        (true, "") => "__Host-",
        (true, _) => "__Secure-",
        (false, _) => "",
    }
}

impl Cookie {
    /// The `Set-Cookie` that keeps a value; without a life it goes when the browser closes.
    pub fn keep(self, value: &str, life: Option<Life>, config: &Config) -> Result<HeaderValue, Fault> {
        let name = format!("{}{self}", prefix(config));
        let path = Some(config.prefix()).filter(|path| !path.is_empty()).unwrap_or("/").to_owned();
        let mut written = Written::build((name, value)).path(path).http_only(true).same_site(SameSite::Lax);
        if config.is_https() {
            written = written.secure(true);
        }
        if let Some(life) = life {
            written = written.max_age(time::Duration::seconds(life.as_seconds()));
        }
        HeaderValue::from_str(&written.to_string()).map_err(|error| Fault::broken("writing a cookie", error))
    }

    /// The `Set-Cookie` that removes it.
    pub fn forget(self, config: &Config) -> Result<HeaderValue, Fault> {
        self.keep("", Some(Life::seconds(0)), config)
    }
}

/// The cookies of ours that a request brought, read once.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Arc<BTreeMap<Cookie, String>>);

impl Cookies {
    /// Reads a request's. Of two of one name the last counts.
    pub fn of(headers: &HeaderMap, config: &Config) -> Self {
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let brought = lines.flat_map(Written::split_parse_encoded).filter_map(Result::ok);
        let ours = brought.filter_map(|brought| {
            let name = brought.name().strip_prefix(prefix(config))?;
            let known = Cookie::ALL.iter().find(|known| known.as_str() == name)?;
            Some((*known, brought.value().to_owned()))
        });
        Self(Arc::new(ours.collect()))
    }

    /// The same, and one that the browser only gets with the answer.
    #[must_use]
    pub fn with(&self, cookie: Cookie, value: &str) -> Self {
        let mut cookies = BTreeMap::clone(&self.0);
        cookies.insert(cookie, value.to_owned());
        Self(Arc::new(cookies))
    }

    /// The value of a cookie.
    pub fn get(&self, cookie: Cookie) -> Option<&str> {
        self.0.get(&cookie).map(String::as_str)
    }

    /// The value of a cookie that holds a secret.
    pub fn secret(&self, cookie: Cookie) -> Option<Secret> {
        self.get(cookie).filter(|value| is_secret(value)).map(Secret::presented)
    }
}

/// Our secrets are base64url; cookies and paths are decoded before they get here, so that anything may stand in one.
pub fn is_secret(value: &str) -> bool {
    (20..=100).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::{Config, Cookie, Cookies, HeaderMap, HeaderValue, Life, header};

    fn at(issuer: &str) -> Config {
        Config { issuer: issuer.to_owned(), ..Config::default() }
    }

    #[test]
    fn a_cookie_is_written_with_what_keeps_it_ours() {
        let attributes = |cookie: HeaderValue| {
            let text = cookie.to_str().unwrap().to_owned();
            let mut parts: Vec<String> = text.split("; ").map(str::to_owned).collect();
            parts[1..].sort();
            parts
        };
        let (https, http) = (at("https://login.example.com"), at("http://localhost:8080"));
        let kept = attributes(Cookie::Device.keep("v", Some(Life::hours(1)), &https).unwrap());
        assert_eq!(kept, ["__Host-guichet_device=v", "HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax", "Secure"]);
        let session = attributes(Cookie::Session.keep("v", None, &http).unwrap());
        assert_eq!(session, ["guichet_session=v", "HttpOnly", "Path=/", "SameSite=Lax"]);
        let forgotten = attributes(Cookie::Link.forget(&http).unwrap());
        assert_eq!(forgotten, ["guichet_link=", "HttpOnly", "Max-Age=0", "Path=/", "SameSite=Lax"]);
        let within = attributes(Cookie::Link.keep("v", None, &at("https://example.com/auth")).unwrap());
        assert_eq!(within, ["__Secure-guichet_link=v", "HttpOnly", "Path=/auth", "SameSite=Lax", "Secure"]);
    }

    #[test]
    fn cookies_are_read_from_every_line_and_the_last_of_a_name_counts() {
        let mut headers = HeaderMap::new();
        for line in ["guichet_language=fr; other=1; broken", "guichet_device=a%2Db; guichet_language=en"] {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        let cookies = Cookies::of(&headers, &at("http://localhost:8080"));
        assert_eq!(cookies.get(Cookie::Language), Some("en"));
        assert_eq!(cookies.get(Cookie::Device), Some("a-b"));
        assert!(cookies.secret(Cookie::Device).is_none(), "too short for a secret");
        let https = Cookies::of(&headers, &at("https://login.example.com"));
        assert!(https.get(Cookie::Language).is_none(), "by https its name is another");
    }
}
