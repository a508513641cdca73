//! Consent: who asks, for which company, and what they will see, before any button.

use askama::Template;

use super::page::Frame;
use crate::base::Place;

/// The page that asks for consent.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    /// What every page shares.
    pub frame: Frame,
    /// The parked authorization request.
    pub errand: String,
    /// The relying party's name.
    pub relying_party: String,
    /// Where the answer goes: the host of the redirect URI.
    pub host: String,
    /// The company the person acts for.
    pub company: String,
    /// What is asked for, in words.
    pub sights: Vec<String>,
    /// What of it wasn't allowed before; empty at the first consent.
    pub added: Vec<String>,
}

/// The scopes that have a sentence.
pub const SCOPES: [&str; 8] = ["openid", "profile", "email", "phone", "address", "company", "rights", "offline_access"];

/// What scopes mean in words, in the order people are shown.
#[must_use]
pub fn in_words<'s>(frame: &Frame, scopes: impl IntoIterator<Item = &'s str>) -> Vec<String> {
    let asked: Vec<&str> = scopes.into_iter().collect();
    SCOPES.iter().filter(|scope| asked.contains(scope)).map(|scope| frame.say(&format!("scope-{scope}"))).collect()
}
