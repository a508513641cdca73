//! Sign-out: the question a relying party makes us ask, and the page after it.

use askama::Template;

use crate::base::Place;
use crate::page::{Frame, Link};

/// Asks before signing out (OpenID Connect RP-Initiated Logout section 2).
#[derive(Debug, Template)]
#[template(path = "page/sign_out.html")]
pub struct LogoutPage {
    /// What every page shares.
    pub frame: Frame,
    /// The relying party that asks, where it is known.
    pub relying_party: Option<String>,
    /// Where the answer goes.
    pub place: Place,
    /// What the request carried, sent back with the answer: names and values.
    pub carried: Vec<(&'static str, String)>,
}

/// Says that the person is signed out.
#[derive(Debug, Template)]
#[template(path = "page/signed_out.html")]
pub struct LoggedOutPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way back to the relying party, where it is known.
    pub back: Option<Link>,
}
