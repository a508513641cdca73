//! What mails say. A letter is one purpose: the sentence, the button, the bare link, why you get it, what happens if you do nothing.

use std::sync::Arc;

use askama::Template;

use crate::base::brand::{Accent, Brand};
use crate::base::vocabulary::words;
use crate::base::{Fault, Timestamp};
use crate::words::{Device, Words};

use super::Letter;

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
    pub(super) fn accent(&self) -> Accent {
        self.brand.accent.by_day()
    }

    pub(super) fn ink(&self) -> Accent {
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

words! {
    /// What happened to the way somebody signs in.
    Change, "change" {
        /// An authenticator app was enrolled.
        TotpEnrolled = "totp-enrolled",
        /// It was removed.
        TotpRemoved = "totp-removed",
        /// New recovery codes were made.
        RecoveryCodesMade = "recovery-codes-made",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery-code-used",
        /// A passkey was added.
        PasskeyEnrolled = "passkey-enrolled",
        /// One was removed.
        PasskeyRemoved = "passkey-removed",
        /// One counted backwards, as a copy of it does.
        PasskeyCopied = "passkey-copied",
        /// Somebody who has the password gave too many wrong codes.
        CodesGuessed = "codes-guessed",
    }
}

/// A change of what somebody signs in with.
#[derive(Clone, Debug)]
pub struct SecurityChange {
    /// The owner's name.
    pub name: String,
    /// What happened.
    pub what: Change,
    /// When it happened.
    pub at: Timestamp,
    /// The browser.
    pub device: Device,
    /// Where it came from.
    pub address: String,
    /// The address of the page about it, from the configured issuer.
    pub page: String,
}

#[derive(Template)]
#[template(path = "mail/security_change.html")]
struct SecurityChangeHtml<'l> {
    on: &'l Stationery,
    letter: &'l SecurityChange,
    subject: &'l str,
    link: &'l str,
}

#[derive(Template)]
#[template(path = "mail/security_change.txt")]
struct SecurityChangeText<'l> {
    on: &'l Stationery,
    letter: &'l SecurityChange,
}

impl SecurityChange {
    /// Writes the letter.
    pub fn write(&self, on: &Stationery) -> Result<Letter, Fault> {
        let subject = self.about(on, "subject");
        let html = rendered(&SecurityChangeHtml { on, letter: self, subject: &subject, link: &self.page })?;
        let text = rendered(&SecurityChangeText { on, letter: self })?;
        Ok(Letter { subject, text, html })
    }

    /// What is said of this change.
    fn about(&self, on: &Stationery, part: &str) -> String {
        on.words.tell(&format!("security-{}-{part}", self.what), &[("service", on.brand.name.as_str())])
    }

    fn when(&self, on: &Stationery) -> String {
        on.words.moment(self.at, on.now, &on.brand.zone).exact().to_owned()
    }
}

pub(super) fn rendered(template: &impl Template) -> Result<String, Fault> {
    template.render().map_err(|error| Fault::broken("writing a mail", error))
}
