//! The page at `/` for whoever isn't signed in.

use askama::Template;

use crate::base::Place;
use crate::http::page::Frame;

/// Says what this is, and leads to the sign-in.
#[derive(Debug, Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    /// What every page shares.
    pub frame: Frame,
}
