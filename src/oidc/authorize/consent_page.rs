//! Consent: who asks, for which company, and what they will see, before any button.

use askama::Template;

use crate::base::Place;
use crate::page::Frame;

/// The page that asks for consent.
#[derive(Debug, Template)]
#[template(path = "authorize/consent.html")]
pub struct ConsentPage {
    /// What every page shares.
    pub frame: Frame,
    /// The parked authorization request.
    pub interaction: String,
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
