//! What the security page shows, in words.

use crate::app::App;
use crate::audit::DeedKind;
use crate::audit::activity::Happened;
use crate::authorization::consent::Consent;
use crate::base::{Life, Secret, Timestamp};
use crate::page::Frame;
use crate::page::scopes::in_words;
use crate::relying_party::Scope;
use crate::session::Session;
use crate::{account, words};

/// A session, as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// What the button sends.
    pub id: String,
    /// The browser, in words.
    pub device: String,
    /// The last address seen.
    pub address: String,
    pub since: Timestamp,
    /// When it was last used.
    pub seen: Timestamp,
    /// Whether it is the one reading this page.
    pub here: bool,
}

/// How one proves more than a password.
#[derive(Clone, Debug)]
pub struct SecondFactorView {
    /// Since when there is an authenticator app.
    pub app_since: Option<Timestamp>,
    /// How many passkeys there are.
    pub passkeys: usize,
    /// How many recovery codes are left.
    pub codes_left: usize,
    /// When all of it goes, because somebody told Customer Service that it is lost.
    pub reset_due: Option<Timestamp>,
}

/// An application with access.
#[derive(Clone, Debug)]
pub struct ApplicationView {
    /// What the button sends.
    pub id: String,
    pub name: String,
    /// What it sees, in words.
    pub sights: Vec<String>,
    pub since: Timestamp,
}

/// A browser the person signed in from.
#[derive(Clone, Debug)]
pub struct DeviceView {
    /// What the button sends.
    pub id: String,
    /// The browser, in words.
    pub device: String,
    /// When the first sign-in was.
    pub since: Timestamp,
    /// When the last one was.
    pub seen: Timestamp,
    /// Until when no second factor is asked for there, if it is spared.
    pub spared_until: Option<Timestamp>,
    /// Whether it is the one reading this page.
    pub here: bool,
}

/// Something that happened to the account.
#[derive(Clone, Debug)]
pub struct ActivityView {
    /// What it was, in one sentence.
    pub what: String,
    /// Who did it, where it wasn't the person.
    pub by: Option<String>,
    pub at: Timestamp,
    /// From where, where that is known.
    pub address: Option<String>,
    /// From which browser, where that is known.
    pub device: Option<String>,
}

impl SessionView {
    pub(crate) fn new(frame: &Frame, session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            device: in_short(frame, &session.user_agent),
            address: session.address.clone().unwrap_or_else(|| frame.say("access-address-unknown")),
            since: session.created_at,
            seen: session.last_seen_at,
            here: session.id == current.id,
        }
    }
}

impl ApplicationView {
    pub(crate) fn new(app: &App, frame: &Frame, consent: &Consent) -> Self {
        Self {
            id: consent.id.to_string(),
            name: application(app, frame, &consent.client),
            sights: in_words(frame, consent.scope.iter().map(Scope::as_str)),
            since: consent.granted_at,
        }
    }
}

impl DeviceView {
    pub(crate) fn new(frame: &Frame, life: Life, device: &account::device::Device, here: Option<&Secret>) -> Self {
        let spared_until = device.second_factor_at.map(|proven_at| proven_at + life).filter(|until| *until > frame.now);
        Self {
            id: device.id.to_string(),
            device: in_short(frame, &device.user_agent),
            since: device.first_seen_at,
            seen: device.last_seen_at,
            spared_until,
            here: here.is_some_and(|secret| device.is(secret)),
        }
    }
}

impl ActivityView {
    /// Nothing, where only a newer server than this one knows what happened.
    pub(crate) fn new(app: &App, frame: &Frame, happened: &Happened) -> Option<Self> {
        let what = happened.what()?;
        Some(Self {
            what: sentence(app, frame, what, happened),
            by: by(frame, happened),
            at: happened.at,
            address: happened.address.clone(),
            device: happened.user_agent.as_deref().map(|words| in_short(frame, words)),
        })
    }
}

/// Deeds at an application name it.
fn sentence(app: &App, frame: &Frame, what: DeedKind, happened: &Happened) -> String {
    let client = application(app, frame, happened.subject.as_deref().unwrap_or_default());
    frame.tell(&format!("activity-{}", what.name().replace('.', "-")), &[("client", client.as_str())])
}

fn by(frame: &Frame, happened: &Happened) -> Option<String> {
    match happened.actor_kind.as_str() {
        "operator" => Some(frame.say("customer-service")),
        "timetable" => Some(frame.say("activity-by-itself")),
        "account" if !happened.is_own => Some(frame.say("activity-by-another")),
        _ => None,
    }
}

fn in_short(frame: &Frame, user_agent: &str) -> String {
    words::UserAgent::from_user_agent(user_agent).in_words(frame.words)
}

/// A relying party that the operator removed is still named by what it was called in requests.
fn application(app: &App, frame: &Frame, client: &str) -> String {
    let party = app.relying_parties.find(client);
    party.map_or_else(|| client.to_owned(), |party| party.name(frame.words.language()).to_owned())
}
