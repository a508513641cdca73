//! The frame of a page, for each of those it is shown to.

use crate::app::App;
use crate::base::Fault;
use crate::http::{Caller, CredentialOwner, Person, Staff};
use crate::words::Words;

use super::frame::{Frame, SignedIn};

/// Somebody whom pages are shown to.
pub trait Framed {
    /// The frame of a page for them.
    fn frame(&self, app: &App) -> Result<Frame, Fault>;
}

impl Framed for Caller {
    fn frame(&self, app: &App) -> Result<Frame, Fault> {
        let csrf = self.browser.as_ref().map(|browser| self.stamp.token(app, browser)).transpose()?;
        let words = Words::of(self.language);
        Ok(Frame {
            words,
            brand: app.brand.clone(),
            prefix: app.config.prefix().into(),
            now: app.clock.now(),
            csrf: csrf.unwrap_or_default(),
            here: self.here.clone(),
            person: None,
            notice: self.again.as_ref().map(|_| words.say("form-again")),
        })
    }
}

impl Framed for Person {
    fn frame(&self, app: &App) -> Result<Frame, Fault> {
        let person =
            SignedIn { name: self.snapshot.contact.full_name(), company: Some(self.snapshot.company.name.clone()) };
        Ok(Frame { person: Some(person), ..self.caller.frame(app)? })
    }
}

impl Framed for Staff {
    fn frame(&self, app: &App) -> Result<Frame, Fault> {
        let person = SignedIn { name: self.person.name.clone(), company: None };
        Ok(Frame { person: Some(person), ..self.caller.frame(app)? })
    }
}

impl Framed for CredentialOwner {
    fn frame(&self, app: &App) -> Result<Frame, Fault> {
        let person = SignedIn { name: self.name.clone(), company: self.company.clone() };
        Ok(Frame { person: Some(person), ..self.caller.frame(app)? })
    }
}
