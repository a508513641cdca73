//! What a form's token says: whom its page was shown to, in what state of their session, and what the page spoke of.
//! It is authenticated for one browser, so that no row keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::base::{Digest, Fault, Secret};
use crate::keys::KeyPurpose;
use crate::session::Session;

/// How much of a digest tells two texts apart: 132 bits, in base64url.
const TAG: usize = 22;

/// Whom a page is shown to, and what it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    owner: String,
    standing: String,
    subject: String,
}

/// What a form's stamp is to whoever sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timeliness {
    Current,
    /// The same account signed in anew, proved more or acts for another company since.
    OutOfDate,
    /// It was shown to somebody else, or nobody is signed in any more.
    Anothers,
}

impl Stamp {
    /// A page for whoever is signed in: its forms are out of date after each sign-in, step-up and change of company.
    pub fn of(session: Option<&Session>) -> Self {
        let owner = session.map(|session| session.account);
        let standing = session
            .map(|session| (session.id, session.auth_time, session.acr, session.second_factor_at, session.membership));
        Self { owner: tag(&format!("{owner:?}")), standing: tag(&format!("{standing:?}")), subject: tag("") }
    }

    /// A page that speaks of that: its forms do nothing where something else is asked.
    #[must_use]
    pub fn about(self, subject: &str) -> Self {
        Self { subject: tag(subject), ..self }
    }

    /// Whether the page spoke of that.
    pub(super) fn speaks_of(&self, subject: &str) -> bool {
        self.subject == tag(subject)
    }

    /// The token of a browser's forms, in a hidden field named `csrf`.
    pub fn token(&self, app: &App, browser: &Secret) -> Result<String, Fault> {
        let said = format!("{}{}{}", self.owner, self.standing, self.subject);
        let mac = app.keys.master().mac(KeyPurpose::Csrf, bound(browser, &said).as_bytes())?;
        Ok(format!("{said}{}", URL_SAFE_NO_PAD.encode(mac)))
    }

    /// What a token says, if it is ours and this browser's.
    pub(super) fn read(app: &App, browser: &Secret, token: &str) -> Option<Self> {
        let (said, mac) = token.split_at_checked(3 * TAG)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        let is_ours = app.keys.master().mac_matches(KeyPurpose::Csrf, bound(browser, said).as_bytes(), &mac);
        let piece = |at: usize| said.get(at * TAG..(at + 1) * TAG).map(str::to_owned);
        is_ours
            .unwrap_or(false)
            .then(|| Some(Self { owner: piece(0)?, standing: piece(1)?, subject: piece(2)? }))
            .flatten()
    }

    /// What it is to whoever is signed in now.
    pub(super) fn timeliness(&self, now: &Self) -> Timeliness {
        if self.owner != now.owner {
            Timeliness::Anothers
        } else if self.standing == now.standing {
            Timeliness::Current
        } else {
            Timeliness::OutOfDate
        }
    }
}

fn bound(browser: &Secret, said: &str) -> String {
    format!("{}\n{said}", browser.expose())
}

fn tag(text: &str) -> String {
    let mut tag = Digest::of(text.as_bytes()).base64url();
    tag.truncate(TAG);
    tag
}
