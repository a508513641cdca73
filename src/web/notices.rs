//! Letters to an account's owner about what happened to it. They are written before the unit of work that posts them,
//! and often before anybody knows whether they are needed: nothing is rendered inside one.

use crate::access;
use crate::account::{Purpose, link};
use crate::app::App;
use crate::base::ids::{AccountId, MailId};
use crate::base::{Dice, Email, Fault, Language, Place, Secret};
use crate::http::Caller;
use crate::mail::letters::{Change, NewPassword, NotMe, Origin, SecurityChange, Stationery};
use crate::mail::{self, Letter, Outgoing};
use crate::store::{Db, Tx};
use crate::words::{Device, Words};

/// An account's owner, to be written to.
pub struct Owner<'a> {
    app: &'a App,
    caller: Option<&'a Caller>,
    account: AccountId,
    to: Email,
    name: String,
    on: Stationery,
}

/// A letter, and the link in it that doesn't work before it is posted.
pub struct Notice {
    outgoing: Outgoing,
    account: AccountId,
    link: Option<(Purpose, Secret)>,
}

/// Whom to write to: mailbox, name, and the language they chose.
pub type Reader = (Email, String, Option<Language>);

impl<'a> Owner<'a> {
    /// The owner of an account to which something happens in this browser.
    pub(super) async fn of(app: &'a App, caller: &'a Caller, account: AccountId) -> Result<Option<Self>, Fault> {
        Self::found(app, Some(caller), account).await
    }

    /// The owner of an account to which something happens without a browser.
    pub async fn away(app: &'a App, account: AccountId) -> Result<Option<Self>, Fault> {
        Self::found(app, None, account).await
    }

    async fn found(app: &'a App, caller: Option<&'a Caller>, account: AccountId) -> Result<Option<Self>, Fault> {
        let Some((to, name, language)) = app.look(async |view| reader(&mut view.db, account).await).await? else {
            return Ok(None);
        };
        let language = language.or(caller.map(|caller| caller.language)).unwrap_or_default();
        let on = Stationery { words: Words::of(language), brand: app.brand.clone(), now: app.clock.now() };
        Ok(Some(Self { app, caller, account, to, name, on }))
    }

    /// A sign-in from a browser that wasn't known.
    pub(super) fn of_new_device(&self) -> Result<Notice, Fault> {
        self.of_change(Change::NewDevice)
    }

    /// Something about the account changed, or somebody tries to get into it: with the link that objects.
    pub fn of_change(&self, what: Change) -> Result<Notice, Fault> {
        // What was closed for good has no link any more.
        let link = if what == Change::AccountClosed { None } else { Some(Dice.secret()?) };
        let lives = &self.app.config.lives;
        let letter = SecurityChange {
            name: self.name.clone(),
            what,
            at: self.on.now,
            origin: self.caller.map(|caller| self.origin(caller)),
            due: (what == Change::FactorResetAsked).then(|| self.on.now + lives.factor_reset),
            not_me: link.as_ref().map(|link| NotMe { link: self.url(link), until: self.on.now + lives.not_me }),
        };
        Ok(self.notice(what.as_str(), letter.write(&self.on)?, link.map(|link| (Purpose::NotMe, link))))
    }

    /// The way to a new password.
    pub(super) fn of_new_password(&self, login: &str) -> Result<Notice, Fault> {
        let link = Dice.secret()?;
        let until = self.on.now + self.app.config.lives.recovery;
        let letter = NewPassword { name: self.name.clone(), login: login.to_owned(), link: self.url(&link), until };
        Ok(self.notice("new-password", letter.write(&self.on)?, Some((Purpose::NewPassword, link))))
    }

    fn notice(&self, name: &'static str, letter: Letter, link: Option<(Purpose, Secret)>) -> Notice {
        Notice { outgoing: Outgoing { name, to: self.to.clone(), letter }, account: self.account, link }
    }

    fn url(&self, link: &Secret) -> String {
        self.app.config.url(&Place::Link.with(link.expose()))
    }

    fn origin(&self, caller: &Caller) -> Origin {
        let address =
            caller.address.map_or_else(|| self.on.words.say("access-address-unknown"), |address| address.to_string());
        Origin { device: Device::from_user_agent(&caller.user_agent), address }
    }
}

/// Whoever reads the account's mailbox, where one is surely the owner's: the address of a contact that was removed may
/// be somebody else's by now, and one that the ERP wrote was proven by nobody. Whoever is only suspended is told all
/// the more.
pub async fn reader(db: &mut Db, account: AccountId) -> Result<Option<Reader>, Fault> {
    if let Some(staff) = access::of_staff(db, account).await? {
        return Ok(Some((staff.email, staff.name, staff.language)));
    }
    let people = access::of_account(db, account).await?;
    let person = people.iter().find(|person| person.email_is_proven() && access::may_come_back(person));
    let read = person.and_then(|person| {
        let language = person.language.as_deref().and_then(Language::from_tag);
        Email::parse(&person.email).ok().map(|to| (to, person.full_name(), language))
    });
    Ok(read)
}

/// A letter about a change, where there is somebody to write to.
pub(super) async fn of_change(
    app: &App,
    caller: &Caller,
    (account, what): (AccountId, Change),
) -> Result<Option<Notice>, Fault> {
    Owner::of(app, caller, account).await?.map(|owner| owner.of_change(what)).transpose()
}

/// Puts a letter into the outbox, where there is one; its link works from then on. The postman is to be woken after the
/// unit of work.
pub async fn post(tx: &mut Tx, app: &App, notice: Option<Notice>) -> Result<(), Fault> {
    match notice {
        Some(notice) => notice.post(tx, app).await.map(drop),
        None => Ok(()),
    }
}

impl Notice {
    /// Puts it into the outbox, and answers what it is called there.
    pub async fn post(self, tx: &mut Tx, app: &App) -> Result<MailId, Fault> {
        if let Some((purpose, link)) = self.link {
            link::issue(tx, self.account, purpose, &link).await?;
        }
        mail::post(tx, app.envelope.as_ref(), self.outgoing).await
    }
}
