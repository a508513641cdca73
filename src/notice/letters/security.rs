//! What is written about an account's safety: each change of it, the alarm that its owner raises, and the way back in.

use crate::audit::LetterKind;
use crate::base::{Fault, Timestamp};
use crate::mail::Letter;
use crate::notice::letters::Stationery;
use crate::notice::letters::sheet::Sheet;
use crate::words::UserAgent;

/// A change of an account.
#[derive(Clone, Debug)]
pub struct SecurityChange {
    pub name: String,
    pub what: LetterKind,
    /// At which company, where it is one's.
    pub company: String,
    pub at: Timestamp,
    /// Who did it from where, if it was done in a browser of the account's.
    pub origin: Option<Origin>,
    /// When it happens, where that is later.
    pub due: Option<Timestamp>,
    /// The way to object; without one, only Customer Service can help.
    pub not_me: Option<TakeBack>,
}

/// The link that a letter leads to.
#[derive(Clone, Debug)]
pub struct TakeBack {
    pub link: String,
    /// Until when it works.
    pub until: Timestamp,
}

/// Where a change was made.
#[derive(Clone, Debug)]
pub struct Origin {
    pub device: UserAgent,
    /// The address it came from.
    pub address: String,
}

impl SecurityChange {
    pub fn write(&self, on: &Stationery) -> Result<Letter, Fault> {
        let is_the_services = self.not_me.is_none() && self.what != LetterKind::AccountClosed;
        let notice = Sheet {
            subject: self.about(on, "subject"),
            name: Some(self.name.clone()),
            sentence: self.about(on, "sentence"),
            facts: facts(on, self.at, self.origin.as_ref()),
            known: if is_the_services { Vec::new() } else { vec![on.words.say("mail-yours")] },
            act: on.words.say(match self.not_me {
                Some(_) => "security-not-yours",
                None if is_the_services => "security-by-service",
                None => "security-too-late",
            }),
            button: on.words.say(if self.not_me.is_some() { "security-not-me" } else { "security-write" }),
            link: self
                .not_me
                .as_ref()
                .map_or_else(|| format!("mailto:{}", on.brand.support), |not_me| not_me.link.clone()),
            why: self.why(on),
        };
        notice.write(on)
    }

    /// Why they get it, and what happens if they do nothing.
    fn why(&self, on: &Stationery) -> String {
        match (self.due, &self.not_me, self.what) {
            (Some(due), ..) => on.words.tell("security-why-due", &[("moment", exact(on, due).as_str())]),
            (None, Some(not_me), _) => on.words.tell("security-why", &[("until", exact(on, not_me.until).as_str())]),
            (None, None, LetterKind::AccountClosed) => on.words.say("security-why-closed"),
            (None, None, _) => on.words.say("security-why-by-service"),
        }
    }

    fn about(&self, on: &Stationery, part: &str) -> String {
        on.words.tell(
            &format!("security-{}-{part}", self.what),
            &[("service", on.brand.name.as_str()), ("company", self.company.as_str())],
        )
    }
}

fn facts(on: &Stationery, at: Timestamp, origin: Option<&Origin>) -> Vec<(String, String)> {
    let mut facts = vec![(on.words.say("mail-when"), exact(on, at))];
    if let Some(Origin { device, address }) = origin {
        facts.push((on.words.say("mail-device"), device.in_words(on.words)));
        facts.push((on.words.say("mail-address"), address.clone()));
    }
    facts
}

fn exact(on: &Stationery, at: Timestamp) -> String {
    on.words.moment(at, on.now, &on.brand.zone).exact().to_owned()
}

/// The link by which an account's owner chooses a password.
#[derive(Clone, Debug)]
pub struct NewPassword {
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// The address of the link.
    pub link: String,
    /// Until when it works.
    pub until: Timestamp,
}

impl NewPassword {
    pub fn write(&self, on: &Stationery) -> Result<Letter, Fault> {
        let service = [("service", on.brand.name.as_str())];
        let notice = Sheet {
            subject: on.words.tell("choose-password-subject", &service),
            name: Some(self.name.clone()),
            sentence: on.words.tell("choose-password-sentence", &service),
            facts: vec![
                (on.words.say("account-login"), self.login.clone()),
                (on.words.say("choose-password-until"), exact(on, self.until)),
            ],
            known: Vec::new(),
            act: String::new(),
            button: on.words.say("choose-password-button"),
            link: self.link.clone(),
            why: on.words.tell("choose-password-why", &[("support", on.brand.support.as_str())]),
        };
        notice.write(on)
    }
}

/// What Customer Service is told when somebody says that a change wasn't theirs.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Who raised it, and at which companies they are.
    pub person: String,
    /// What they sign in with.
    pub login: String,
    /// What the trail finds the alarm by.
    pub reference: String,
    /// When it was raised.
    pub at: Timestamp,
    /// Where the service is.
    pub home: String,
}

impl Alarm {
    pub fn write(&self, on: &Stationery) -> Result<Letter, Fault> {
        let notice = Sheet {
            subject: on.words.tell("alarm-subject", &[("login", self.login.as_str())]),
            name: None,
            sentence: on.words.tell("alarm-sentence", &[("person", self.person.as_str())]),
            facts: vec![
                (on.words.say("account-login"), self.login.clone()),
                (on.words.say("mail-when"), exact(on, self.at)),
                (on.words.say("alarm-reference"), self.reference.clone()),
            ],
            known: vec![on.words.say("alarm-done")],
            act: on.words.say("alarm-look"),
            button: on.words.say("alarm-button"),
            link: self.home.clone(),
            why: on.words.say("alarm-why"),
        };
        notice.write(on)
    }
}
