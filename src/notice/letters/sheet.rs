//! The one sheet that most letters are written on: greeting, sentence, facts, what to do, the button, the bare link,
//! why they come.

use askama::Template;

use crate::base::Fault;
use crate::mail::Letter;
use crate::notice::letters::{Stationery, rendered};

/// What a letter says, part by part; an empty one is left out.
pub(super) struct Sheet {
    pub(super) subject: String,
    /// Whom it greets; nobody, where it goes to an office.
    pub(super) name: Option<String>,
    pub(super) sentence: String,
    /// When, where, with what: label and value.
    pub(super) facts: Vec<(String, String)>,
    /// What else is to be known.
    pub(super) known: Vec<String>,
    /// What to do, if anything.
    pub(super) act: String,
    /// What the button says.
    pub(super) button: String,
    pub(super) link: String,
    /// Why they get it, and what happens if they do nothing.
    pub(super) why: String,
}

#[derive(Template)]
#[template(path = "mail/notice.html")]
struct Html<'l> {
    on: &'l Stationery,
    letter: &'l Sheet,
    subject: &'l str,
    link: &'l str,
}

#[derive(Template)]
#[template(path = "mail/notice.txt")]
struct Text<'l> {
    on: &'l Stationery,
    letter: &'l Sheet,
}

impl Sheet {
    pub(super) fn write(self, on: &Stationery) -> Result<Letter, Fault> {
        let html = rendered(&Html { on, letter: &self, subject: &self.subject, link: &self.link })?;
        let text = rendered(&Text { on, letter: &self })?;
        Ok(Letter { subject: self.subject, text, html })
    }
}
