//! Letters to an account's owner about what happened to it. They are written before the unit of work that posts them:
//! nothing is rendered inside one.

use crate::access::{self, Asked, Door};
use crate::account::{self, Purpose, link};
use crate::app::App;
use crate::base::ids::AccountId;
use crate::base::{Dice, Email, Fault, Language, Place, Secret};
use crate::http::Caller;
use crate::mail::letters::{Change, NewPassword, Origin, SecurityChange, Stationery};
use crate::mail::{self, Letter, Outgoing};
use crate::store::Tx;
use crate::words::{Device, Words};

/// An account's owner, to be written to.
pub struct Owner<'a> {
    app: &'a App,
    account: AccountId,
    to: Email,
    name: String,
    on: Stationery,
}

/// A letter with a link in it that doesn't work before the letter is posted.
pub struct Notice {
    outgoing: Outgoing,
    account: AccountId,
    link: Option<(Purpose, Secret)>,
}

impl<'a> Owner<'a> {
    /// The owner of an account, where there is a mailbox that is surely theirs: the address of a contact that was removed may be somebody
    /// else's by now, and one that the ERP wrote was proven by nobody. Whoever is only suspended is told all the more.
    pub async fn of(app: &'a App, account: AccountId, otherwise: Language) -> Result<Option<Self>, Fault> {
        let people = app.look(async |view| access::of_account(&mut view.db, account).await).await?;
        let asked = Asked { door: Door::Page, address: None, e_service: None };
        let person = people.iter().find(|person| person.email_is_proven() && !access::judge(person, asked).is_final());
        let (to, name, language) = match person {
            Some(person) => (Email::parse(&person.email).ok(), person.full_name(), person.language.as_deref().and_then(Language::from_tag)),
            None => match app.look(async |view| account::staff_member(&mut view.db, account).await).await? {
                Some(staff) => (Some(staff.email), staff.name, None),
                None => return Ok(None),
            },
        };
        let on = Stationery { words: Words::of(language.unwrap_or(otherwise)), brand: app.brand.clone(), now: app.clock.now() };
        Ok(to.map(|to| Self { app, account, to, name, on }))
    }

    /// What is told of a change that was made in this browser, or without one.
    pub fn of_change(&self, what: Change, caller: Option<&Caller>) -> Result<Notice, Fault> {
        let origin = caller.map(|caller| Origin { device: Device::from_user_agent(&caller.user_agent), address: self.address(caller) });
        // What was closed for good has no link any more.
        let link = if what == Change::AccountClosed { None } else { Some(Dice.secret()?) };
        let due = (what == Change::FactorResetAsked).then(|| self.on.now + self.app.config.lives.factor_reset);
        let not_me = link.as_ref().map(|link| self.url(link));
        let letter = SecurityChange { name: self.name.clone(), what, at: self.on.now, origin, due, not_me };
        Ok(self.notice(what.as_str(), letter.write(&self.on)?, link.map(|link| (Purpose::NotMe, link))))
    }

    /// The way to a new password.
    pub fn of_new_password(&self, login: &str) -> Result<Notice, Fault> {
        let link = Dice.secret()?;
        let until = self.on.now + self.app.config.lives.recovery;
        let letter = NewPassword { name: self.name.clone(), login: login.to_owned(), link: self.url(&link), until };
        Ok(self.notice("new_password", letter.write(&self.on)?, Some((Purpose::NewPassword, link))))
    }

    fn notice(&self, name: &'static str, letter: Letter, link: Option<(Purpose, Secret)>) -> Notice {
        Notice { outgoing: Outgoing { name, to: self.to.clone(), letter }, account: self.account, link }
    }

    fn url(&self, link: &Secret) -> String {
        self.app.config.url(&Place::Link.with(link.expose()))
    }

    fn address(&self, caller: &Caller) -> String {
        caller.address.map_or_else(|| self.on.words.say("access-address-unknown"), |address| address.to_string())
    }
}

/// A letter about a change that was made in this browser, where there is somebody to write to.
pub async fn of_change(app: &App, caller: &Caller, (account, what): (AccountId, Change)) -> Result<Option<Notice>, Fault> {
    Owner::of(app, account, caller.language).await?.map(|owner| owner.of_change(what, Some(caller))).transpose()
}

/// Puts a letter into the outbox, where there is one; its link works from then on. The postman is to be woken after the unit of work.
pub async fn post(tx: &mut Tx, app: &App, notice: Option<Notice>) -> Result<(), Fault> {
    if let Some(Notice { outgoing, account, link }) = notice {
        if let Some((purpose, link)) = link {
            link::issue(tx, account, purpose, &link).await?;
        }
        mail::post(tx, app.envelope.as_ref(), outgoing).await?;
    }
    Ok(())
}
