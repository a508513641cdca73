//! Pages for what went wrong: what happened, what to do, a way back, and a reference where somebody has to look.

use askama::Template;

use crate::base::Place;
use crate::http::error::ErrorKind;

use super::frame::{Frame, HelpContact, Link};

/// The error page.
#[derive(Debug, Template)]
#[template(path = "page/error.html")]
pub struct ErrorPage {
    /// What every page shares.
    pub frame: Frame,
    /// What went wrong.
    pub trouble: ErrorKind,
    /// What the relying party's developer needs to know, in English: the specification's error and its description.
    pub detail: Option<String>,
    /// What Customer Service finds it by.
    pub reference: Option<String>,
    /// The way out.
    pub back: Link,
}

impl ErrorPage {
    /// The page, with the start page as the way out.
    #[must_use]
    pub fn new(frame: Frame, trouble: ErrorKind) -> Self {
        let back = Link::to_place(Place::Root, frame.say("error-back"));
        Self { frame, trouble, detail: None, reference: None, back }
    }

    fn part(&self, part: &str) -> String {
        self.frame.say(&format!("error-{}-{part}", self.trouble))
    }

    fn whom(&self) -> Option<HelpContact> {
        self.trouble.needs_us().then(|| HelpContact::customer_service(&self.frame))
    }
}
