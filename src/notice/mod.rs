//! Letters to an account's owner about what happened to it. They are written before the unit of work that posts them,
//! and often before anybody knows whether they are needed: nothing is rendered inside one.

pub mod letters;

use std::sync::Arc;

use crate::access;
use crate::account::{LinkPurpose, link};
use crate::base::ids::{AccountId, MailId};
use crate::base::{Address, Clock, Dice, Email, Fault, Language, Lifetimes, Place, Seal, Secret};
use crate::mail::{self, Letter, Outgoing};
use crate::store::{Db, Store, Tx, View};
use crate::words::brand::Brand;
use crate::words::{UserAgent, Words};

use letters::{AccountChange, NewPassword, NotMe, Origin, SecurityChange, Stationery};

/// What letters are written with.
pub struct Context {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// How long links work.
    pub lives: Arc<Lifetimes>,
    /// Whose service it is.
    pub brand: Arc<Brand>,
    /// Where links lead.
    pub issuer: String,
    /// What seals letters until they are sent.
    pub seal: Arc<dyn Seal>,
}

impl Context {
    async fn look<T>(&self, work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>) -> Result<T, Fault> {
        self.store.look(&self.clock, &self.lives, work).await
    }
}

/// The browser in which something happened to an account.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// Where it is.
    pub address: Option<Address>,
    /// Its own words.
    pub user_agent: &'a str,
    /// What it reads, where the owner chose no language.
    pub language: Language,
}

/// An account's owner, to be written to.
pub struct Owner<'a> {
    context: &'a Context,
    browser: Option<Browser<'a>>,
    account: AccountId,
    to: Email,
    name: String,
    on: Stationery,
}

/// A letter, and the link in it that doesn't work before it is posted.
pub struct Notice {
    outgoing: Outgoing,
    account: AccountId,
    link: Option<(LinkPurpose, Secret)>,
}

/// Whom to write to: mailbox, name, and the language they chose.
pub type Reader = (Email, String, Option<Language>);

impl<'a> Owner<'a> {
    /// The owner of an account to which something happens in this browser.
    pub async fn of(context: &'a Context, browser: Browser<'a>, account: AccountId) -> Result<Option<Self>, Fault> {
        Self::found(context, Some(browser), account).await
    }

    /// The owner of an account to which something happens without a browser.
    pub async fn away(context: &'a Context, account: AccountId) -> Result<Option<Self>, Fault> {
        Self::found(context, None, account).await
    }

    async fn found(
        context: &'a Context,
        browser: Option<Browser<'a>>,
        account: AccountId,
    ) -> Result<Option<Self>, Fault> {
        let Some((to, name, language)) = context.look(async |view| reader(&mut view.db, account).await).await? else {
            return Ok(None);
        };
        let language = language.or(browser.map(|browser| browser.language)).unwrap_or_default();
        let on = Stationery { words: Words::of(language), brand: context.brand.clone(), now: context.clock.now() };
        Ok(Some(Self { context, browser, account, to, name, on }))
    }

    /// A sign-in from a browser that wasn't known.
    pub fn of_new_device(&self) -> Result<Notice, Fault> {
        self.of_change(AccountChange::NewDevice)
    }

    /// Something about the account changed, or somebody tries to get into it: with the link that objects.
    pub fn of_change(&self, what: AccountChange) -> Result<Notice, Fault> {
        // What was closed for good has no link any more.
        let link = if what == AccountChange::AccountClosed { None } else { Some(Dice.secret()?) };
        let lives = &self.context.lives;
        let letter = SecurityChange {
            name: self.name.clone(),
            what,
            at: self.on.now,
            origin: self.browser.map(|browser| self.origin(browser)),
            due: (what == AccountChange::FactorResetAsked).then(|| self.on.now + lives.factor_reset),
            not_me: link.as_ref().map(|link| NotMe { link: self.url(link), until: self.on.now + lives.not_me }),
        };
        Ok(self.notice(what.as_str(), letter.write(&self.on)?, link.map(|link| (LinkPurpose::NotMe, link))))
    }

    /// The way to a new password.
    pub fn of_new_password(&self, login: &str) -> Result<Notice, Fault> {
        let link = Dice.secret()?;
        let until = self.on.now + self.context.lives.recovery;
        let letter = NewPassword { name: self.name.clone(), login: login.to_owned(), link: self.url(&link), until };
        Ok(self.notice("new-password", letter.write(&self.on)?, Some((LinkPurpose::NewPassword, link))))
    }

    fn notice(&self, name: &'static str, letter: Letter, link: Option<(LinkPurpose, Secret)>) -> Notice {
        Notice { outgoing: Outgoing { name, to: self.to.clone(), letter }, account: self.account, link }
    }

    fn url(&self, link: &Secret) -> String {
        format!("{}{}", self.context.issuer, Place::Link.with(link.expose()))
    }

    fn origin(&self, browser: Browser<'_>) -> Origin {
        let address =
            browser.address.map_or_else(|| self.on.words.say("access-address-unknown"), |address| address.to_string());
        Origin { device: UserAgent::from_user_agent(browser.user_agent), address }
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
pub async fn of_change(
    context: &Context,
    browser: Browser<'_>,
    account: AccountId,
    what: AccountChange,
) -> Result<Option<Notice>, Fault> {
    Owner::of(context, browser, account).await?.map(|owner| owner.of_change(what)).transpose()
}

/// Puts a letter into the outbox, where there is one; its link works from then on. The postman is to be woken after the
/// unit of work.
pub async fn post(tx: &mut Tx, context: &Context, notice: Option<Notice>) -> Result<(), Fault> {
    match notice {
        Some(notice) => notice.post(tx, context).await.map(drop),
        None => Ok(()),
    }
}

impl Notice {
    /// Puts it into the outbox, and answers what it is called there.
    pub async fn post(self, tx: &mut Tx, context: &Context) -> Result<MailId, Fault> {
        if let Some((purpose, link)) = self.link {
            link::issue(tx, self.account, purpose, &link).await?;
        }
        mail::post(tx, context.seal.as_ref(), self.outgoing).await
    }
}
