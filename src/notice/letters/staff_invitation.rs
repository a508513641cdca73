//! The letter that invites one of the vendor's people.

use askama::Template;

use crate::base::{Fault, Timestamp};
use crate::mail::Letter;
use crate::notice::letters::{Stationery, rendered};

/// An invitation.
#[derive(Clone, Debug)]
pub struct StaffInvitation {
    pub name: String,
    /// What they will sign in with.
    pub login: String,
    pub link: String,
    /// Until when it works.
    pub until: Timestamp,
}

#[derive(Template)]
#[template(path = "mail/staff_invitation.html")]
struct Html<'l> {
    on: &'l Stationery,
    letter: &'l StaffInvitation,
    subject: &'l str,
    link: &'l str,
}

#[derive(Template)]
#[template(path = "mail/staff_invitation.txt")]
struct Text<'l> {
    on: &'l Stationery,
    letter: &'l StaffInvitation,
}

impl StaffInvitation {
    pub fn write(&self, on: &Stationery) -> Result<Letter, Fault> {
        let subject = on.words.tell("staff-invitation-subject", &[("service", on.brand.name.as_str())]);
        let html = rendered(&Html { on, letter: self, subject: &subject, link: &self.link })?;
        let text = rendered(&Text { on, letter: self })?;
        Ok(Letter { subject, text, html })
    }

    fn until(&self, on: &Stationery) -> String {
        on.words.moment(self.until, on.now, &on.brand.zone).exact().to_owned()
    }
}
