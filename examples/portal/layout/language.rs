//! French or English: which one a reader gets, and how they switch.

use axum::Form;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::cookies::{self, Life};
use crate::local_path::local_path;

const COOKIE: &str = "portal_language";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Fr,
    En,
}

impl Language {
    /// The language once chosen with the switch, else the first that the browser names, else French.
    pub fn of(headers: &HeaderMap) -> Self {
        let chosen = cookies::read(headers, COOKIE).and_then(Self::parse);
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        chosen.or_else(|| asked.and_then(preferred)).unwrap_or(Self::Fr)
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    pub fn is_french(self) -> bool {
        self == Self::Fr
    }

    fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// The known language of the highest weight; among equals the one named first.
fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for entry in header.split(',').take(16) {
        let (tag, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
        let weight = weight.trim().parse().unwrap_or(0.0);
        if let Some(language) = Language::parse(tag.trim())
            && best.is_none_or(|(_, top)| weight > top)
        {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[derive(Deserialize)]
pub struct Switch {
    language: Language,
    back: Option<String>,
}

/// Remembers the choice and returns to the page it was made on.
pub async fn switch(Form(switch): Form<Switch>) -> Response {
    let cookie = cookies::set(COOKIE, switch.language.code(), Life::Year);
    ([(SET_COOKIE, cookie)], Redirect::to(local_path(switch.back.as_deref()))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        assert_eq!(preferred("de, en;q=0.7, fr;q=0.9"), Some(Language::Fr));
        assert_eq!(preferred("en-GB,en;q=0.9,fr;q=0.8"), Some(Language::En));
        assert_eq!(preferred("de"), None);
    }
}
