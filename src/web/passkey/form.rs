//! The form of a passkey, on whichever page takes one: a button, hidden where no script shows it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::base::Place;
use crate::page::Frame;

/// The form, and the script that fills it in.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in/passkey.html")]
pub struct PasskeyForm<'p> {
    pub frame: &'p Frame,
    /// Where the answer goes.
    pub action: Place,
    /// Where the challenge comes from.
    pub challenge: Place,
    /// Whether browsers may offer passkeys in the field of the name.
    pub autofills: bool,
    /// Whether the page has nothing to offer before it.
    pub is_first: bool,
    /// What the form carries along.
    pub fields: Vec<(&'static str, &'p str)>,
}

impl HtmlSafe for PasskeyForm<'_> {}
