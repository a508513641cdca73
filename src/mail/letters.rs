//! What mails say. A letter is one purpose: the sentence, the button, the bare link, why you get it, what happens if you do nothing.

mod notice;
mod security;

use std::sync::Arc;

use askama::Template;

use crate::base::brand::{Accent, Brand};
use crate::base::{Fault, Timestamp};
use crate::words::{Device, Words};

use super::Letter;

pub use security::{Alarm, Change, NewPassword, Origin, SecurityChange};

/// What every mail needs: the reader's language and the operator's name.
#[derive(Clone, Debug)]
pub struct Stationery {
    /// The sentences of the reader's language.
    pub words: Words,
    /// Whose mail it is.
    pub brand: Arc<Brand>,
    /// The instant of writing.
    pub now: Timestamp,
}

impl Stationery {
    fn accent(&self) -> Accent {
        self.brand.accent.by_day()
    }

    fn ink(&self) -> Accent {
        self.accent().ink()
    }
}

/// A sign-in from a device that wasn't known.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// The owner's name.
    pub name: String,
    /// When it happened.
    pub at: Timestamp,
    /// The browser.
    pub device: Device,
    /// Where it came from.
    pub address: String,
    /// The address of "my account", from the configured issuer.
    pub account: String,
}

#[derive(Template)]
#[template(path = "mail/new_device.html")]
struct NewDeviceHtml<'l> {
    on: &'l Stationery,
    letter: &'l NewDevice,
    subject: &'l str,
    link: &'l str,
}

#[derive(Template)]
#[template(path = "mail/new_device.txt")]
struct NewDeviceText<'l> {
    on: &'l Stationery,
    letter: &'l NewDevice,
}

impl NewDevice {
    /// Writes the letter.
    pub fn write(&self, on: &Stationery) -> Result<Letter, Fault> {
        let subject = on.words.tell("new-device-subject", &[("service", on.brand.name.as_str())]);
        let html = rendered(&NewDeviceHtml { on, letter: self, subject: &subject, link: &self.account })?;
        let text = rendered(&NewDeviceText { on, letter: self })?;
        Ok(Letter { subject, text, html })
    }

    fn when(&self, on: &Stationery) -> String {
        on.words.moment(self.at, on.now, &on.brand.zone).exact().to_owned()
    }
}

fn rendered(template: &impl Template) -> Result<String, Fault> {
    template.render().map_err(|error| Fault::broken("writing a mail", error))
}
