//! Sign-in with name and password. What is said after a failure tells a stranger nothing (SECURITY: enumeration).

use askama::Template;

use crate::base::{Life, Place};
use crate::http::page::{Errors, Frame};

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// What every page shares.
    pub frame: Frame,
    /// What was typed, or what the relying party proposed (`login_hint`).
    pub username: String,
    /// The parked authorization request this sign-in is for.
    pub errand: Option<String>,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    errors: Errors,
}

impl LoginPage {
    /// The page as it first appears.
    #[must_use]
    pub fn new(frame: Frame, errand: Option<String>, relying_party: Option<String>) -> Self {
        Self { frame, username: String::new(), errand, relying_party, errors: Errors::default() }
    }

    /// With a name in it already.
    #[must_use]
    pub fn named(mut self, username: &str) -> Self {
        username.clone_into(&mut self.username);
        self
    }

    /// After an empty field; answered with 422.
    #[must_use]
    pub fn incomplete(mut self, password: &str) -> Self {
        if self.username.trim().is_empty() {
            self.errors.add("login-username", self.frame.say("login-username-missing"));
        }
        if password.is_empty() {
            self.errors.add("login-password", self.frame.say("login-password-missing"));
        }
        self
    }

    /// After a wrong name or password: which of the two isn't told. Answered with 401.
    #[must_use]
    pub fn refused(mut self) -> Self {
        self.errors.add_overall("login-username", self.frame.say("login-refused"));
        self
    }

    /// After too many attempts, alike for known and unknown names; answered with 429.
    #[must_use]
    pub fn too_often(mut self, wait: Life) -> Self {
        let minutes = (wait.as_seconds() + 59) / 60;
        self.errors.add_overall("login-username", self.frame.words.count("login-too-often", minutes.max(1)));
        self
    }
}
