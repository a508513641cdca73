//! Pages for what went wrong: what happened, what to do, a way back, and a reference where somebody has to look.

use askama::Template;

use crate::account;
use crate::app::App;
use crate::base::ids::AccountId;
use crate::base::{Fault, Place};
use crate::http::Caller;
use crate::http::error::ErrorKind;

use super::frame::{Frame, HelpContact, Link, Stressed};
use super::framed::Framed as _;

/// The error page.
#[derive(Debug, Template)]
#[template(path = "page/error.html")]
pub struct ErrorPage {
    /// What every page shares.
    pub frame: Frame,
    /// What went wrong.
    pub trouble: ErrorKind,
    /// What the relying party's developer needs to know, in English: the specification's error and its description.
    pub detail: Option<String>,
    /// Who is signed in, where that is what matters.
    pub who: Option<Stressed>,
    /// What Customer Service finds it by.
    pub reference: Option<String>,
    /// The way out.
    pub back: Link,
}

impl ErrorPage {
    /// The page, with the start page as the way out.
    pub fn new(frame: Frame, trouble: ErrorKind) -> Self {
        let back = Link::to_place(Place::Root, frame.say("error-back"));
        Self { frame, trouble, detail: None, who: None, reference: None, back }
    }

    fn part(&self, part: &str) -> String {
        self.frame.say(&format!("error-{}-{part}", self.trouble))
    }

    fn whom(&self) -> Option<HelpContact> {
        self.trouble.needs_us().then(|| HelpContact::customer_service(&self.frame))
    }
}

/// The page of a form that was shown to somebody else: who is signed in now, and where they begin again.
pub(super) async fn of_another(
    app: &App,
    caller: &Caller,
    account: Option<AccountId>,
    beginning: String,
) -> Result<ErrorPage, Fault> {
    let frame = caller.frame(app)?;
    let who = match account {
        Some(account) => {
            let login = app.look(async |view| account::login_of(&mut view.db, account).await).await?;
            frame.stress("error-anothers-form-now", "login", &login.unwrap_or_default())
        }
        None => frame.stress("error-anothers-form-nobody", "service", &frame.brand.name),
    };
    let back = Link { to: beginning, text: frame.say("error-anothers-form-begin") };
    Ok(ErrorPage { who: Some(who), back, ..ErrorPage::new(frame, ErrorKind::AnothersForm) })
}
