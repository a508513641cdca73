//! The caller: what a request tells about who sent it, before anybody is signed in.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header;
use axum::http::request::Parts;

use crate::app::App;
use crate::base::actor::{Browser, Who};
use crate::base::{Actor, Address, Language, Secret};
use crate::http::address::{self, UnreadableChain};
use crate::http::again::Again;
use crate::http::cookies::{Cookie, Cookies};
use crate::http::stamp::Stamp;
use crate::session::Session;

/// The longest `User-Agent` kept.
const LONGEST_USER_AGENT: usize = 300;

/// Who sent a request, as far as the request itself says.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The connection's address, or the one a trusted proxy names.
    pub address: Option<Address>,
    /// The language to answer in.
    pub language: Language,
    /// Whether the person chose that language here; what a relying party proposes counts only where they didn't.
    pub chose_language: bool,
    /// The browser's cookie. Only programs have none.
    pub browser: Option<Secret>,
    /// All of the browser's cookies of ours.
    pub cookies: Cookies,
    /// The browser's own words.
    pub user_agent: String,
    /// Path and query asked for.
    pub here: String,
    /// What the forms of a page for them say.
    pub stamp: Stamp,
    /// What they typed into a form that came out of date, where its page is shown again.
    pub again: Option<Again>,
}

impl Caller {
    /// The caller as an actor of the audit trail.
    pub fn acts_as(&self, who: Who) -> Actor {
        let browser = Browser { user_agent: self.user_agent.clone(), language: self.language };
        Actor { browser: Some(browser), ..Actor::of(who).from(self.address) }
    }

    /// Whoever is signed in here, as an actor of the audit trail.
    pub fn acts_in(&self, session: &Session) -> Actor {
        Actor { session: Some(session.id), ..self.acts_as(Who::Account(session.account)) }
    }

    /// Speaks the language that a relying party asks for, unless the person chose one.
    pub fn prefer(&mut self, wished: Option<Language>) {
        if !self.chose_language {
            self.language = wished.unwrap_or(self.language);
        }
    }

    pub(super) fn read(parts: &Parts, app: &App) -> Result<Self, UnreadableChain> {
        let cookies = parts.extensions.get::<Cookies>().cloned();
        let cookies = cookies.unwrap_or_else(|| Cookies::of(&parts.headers, &app.config));
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let address =
            peer.map(|peer| address::of_request(peer, &parts.headers, &app.config.http.trusted_proxies)).transpose()?;
        let user_agent =
            parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            address,
            language: language(parts, &cookies),
            chose_language: cookies.get(Cookie::Language).is_some(),
            browser: cookies.secret(Cookie::Browser),
            cookies,
            user_agent: user_agent.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect(),
            here: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            stamp: Stamp::of(None),
            again: parts.extensions.get().cloned(),
        })
    }

    /// A caller of whom nothing can be believed, for the page that says so.
    pub(super) fn unreadable(parts: &Parts, app: &App) -> Self {
        Self {
            address: None,
            language: language(parts, &Cookies::of(&parts.headers, &app.config)),
            chose_language: false,
            browser: None,
            cookies: Cookies::default(),
            user_agent: String::new(),
            here: "/".to_owned(),
            stamp: Stamp::of(None),
            again: None,
        }
    }
}

/// The switch's cookie, the page's wish, then the browser's own preference.
fn language(parts: &Parts, cookies: &Cookies) -> Language {
    let asked = || {
        let query = parts.uri.query()?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "ui_locales")
            .and_then(|(_, tags)| Language::from_ui_locales(&tags))
    };
    let kept = || cookies.get(Cookie::Language).and_then(Language::from_tag);
    let preferred = || {
        parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| Language::from_accept_language(value.to_str().ok()?))
    };
    kept().or_else(asked).or_else(preferred).unwrap_or_default()
}
