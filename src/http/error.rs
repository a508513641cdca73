//! Pages for what went wrong: what happened, what to do, a way back, and a reference where somebody has to look.

use askama::Template;

use super::page::{Frame, Link, Whom};
use crate::base::Place;

/// The error page.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What every page shares.
    pub frame: Frame,
    /// What went wrong.
    pub trouble: Trouble,
    /// What the relying party's developer needs to know, in English: the specification's error and its description.
    pub detail: Option<String>,
    /// What Customer Service finds it by.
    pub reference: Option<String>,
    /// The way out.
    pub back: Link,
}

/// What went wrong, as far as the person is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such page, or none for this person.
    NotFound,
    /// The form was too old, or came from elsewhere.
    StaleForm,
    /// The sign-in took too long, or began in another browser.
    StaleErrand,
    /// The link was used, has expired, or a newer one came.
    StaleLink,
    /// The person's role at the vendor has other duties.
    OtherDuty,
    /// The vendor's own provider vouched for nobody who may come in.
    Upstream,
    /// A relying party asked for something we can't answer, and it can't be told so.
    BadRequest,
    /// The request is larger than anything we read.
    TooLarge,
    /// The server is at its bound.
    Busy,
    /// Something broke on our side.
    Broken,
}

impl Trouble {
    /// Every trouble.
    pub const ALL: [Self; 10] = [
        Self::NotFound,
        Self::StaleForm,
        Self::StaleErrand,
        Self::StaleLink,
        Self::OtherDuty,
        Self::Upstream,
        Self::BadRequest,
        Self::TooLarge,
        Self::Busy,
        Self::Broken,
    ];

    /// How its sentences are called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::StaleForm => "stale-form",
            Self::StaleErrand => "stale-errand",
            Self::StaleLink => "stale-link",
            Self::OtherDuty => "other-duty",
            Self::Upstream => "upstream",
            Self::BadRequest => "bad-request",
            Self::TooLarge => "too-large",
            Self::Busy => "busy",
            Self::Broken => "broken",
        }
    }

    /// Whether only Customer Service can help.
    const fn needs_us(self) -> bool {
        match self {
            Self::BadRequest | Self::Broken => true,
            Self::NotFound
            | Self::StaleForm
            | Self::StaleErrand
            | Self::StaleLink
            | Self::OtherDuty
            | Self::Upstream
            | Self::TooLarge
            | Self::Busy => false,
        }
    }
}

impl ErrorPage {
    /// The page, with the start page as the way out.
    #[must_use]
    pub fn new(frame: Frame, trouble: Trouble) -> Self {
        let back = Link::to_place(Place::Root, frame.say("error-back"));
        Self { frame, trouble, detail: None, reference: None, back }
    }

    fn part(&self, part: &str) -> String {
        self.frame.say(&format!("error-{}-{part}", self.trouble.name()))
    }

    fn whom(&self) -> Option<Whom> {
        self.trouble.needs_us().then(|| Whom::customer_service(&self.frame))
    }
}
