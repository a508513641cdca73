//! One-time links: the page that opens only looks, its button does what the link is for (R-OWN-6).

pub mod new_password;
pub mod not_me;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::access;
use crate::account::{self, LinkPurpose, MailedLink, link};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{AccountKind, Dice, Fault, Place, Secret, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::{Cookie, is_secret};
use crate::http::error::ErrorKind;
use crate::http::{EmptyForm, Form, Visitor};
use crate::page::Frame;
use crate::page::Framed as _;
use crate::store::{Db, Tx};

/// The page behind a link.
#[derive(Debug, Template)]
#[template(path = "links/link.html")]
pub struct LinkPage {
    /// What every page shares.
    pub frame: Frame,
    /// What the link's own path ends in.
    pub token: String,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// What its owner signs in with.
    pub login: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Shows what the link is for. Mail programs open links too: nothing changes.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor { caller, .. }: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Rejection> {
    // What a browser keeps to choose a password with is no link, and has no page.
    let found = find(&app, &token).await?.filter(|(link, _)| link.purpose != LinkPurpose::PasswordChoice);
    let Some((link, login)) = found else { return Ok(answer::trouble(&caller, ErrorKind::StaleLink)) };
    let page =
        LinkPage { frame: caller.frame(&app)?, token, purpose: link.purpose, login, expires_at: link.expires_at };
    Ok(answer::page(StatusCode::OK, &page))
}

async fn find(app: &App, token: &str) -> Result<Option<(MailedLink, String)>, Fault> {
    if !is_secret(token) {
        return Ok(None);
    }
    let secret = Secret::presented(token);
    app.look(async |view| {
        let Some(link) = link::find(&mut view.db, &secret, view.now).await? else { return Ok(None) };
        if !leads_in(&mut view.db, &link).await? {
            return Ok(None);
        }
        let login = account::login_of(&mut view.db, link.account).await?.unwrap_or_default();
        Ok(Some((link, login)))
    })
    .await
}

/// A link that leads in is dead with the access of whom it leads in (fault 4); one that objects works all the same.
async fn leads_in(db: &mut Db, link: &MailedLink) -> Result<bool, Fault> {
    match (link.purpose, link.kind) {
        (LinkPurpose::NotMe, _) | (_, AccountKind::Staff) => Ok(true),
        (
            LinkPurpose::StaffInvitation | LinkPurpose::NewPassword | LinkPurpose::PasswordChoice,
            AccountKind::Contact,
        ) => Ok(access::of_account(db, link.account).await?.iter().any(access::may_come_back)),
    }
}

/// Does what the link is for, once.
pub(crate) async fn confirm(
    State(app): State<App>,
    Path(token): Path<String>,
    posted: Form<Visitor, EmptyForm>,
) -> Result<Response, Rejection> {
    let Form { guard: Visitor { caller, .. }, form: EmptyForm {}, .. } = posted;
    let stale = || Ok(answer::trouble(&caller, ErrorKind::StaleLink));
    let Some((found, _)) = find(&app, &token).await? else { return stale() };
    let secret = Secret::presented(&token);
    match found.purpose {
        LinkPurpose::StaffInvitation | LinkPurpose::NewPassword => {
            let choice = Dice.secret()?;
            let is_live = app
                .act(caller.acts_as(Who::Visitor), async |tx| take_up(tx, &secret, found.purpose, &choice).await)
                .await?;
            if is_live { Ok(choose_password(&app, &choice)?) } else { stale() }
        }
        LinkPurpose::NotMe => {
            let raised = not_me::raise(&app, &caller, &secret).await?;
            if raised { Ok(answer::go(Place::Secured)) } else { stale() }
        }
        // The browser keeps it; nobody is sent one.
        LinkPurpose::PasswordChoice => stale(),
    }
}

/// A confirmed click proves the mailbox, or the hand the operator gave the link to; a password is chosen next.
async fn take_up(tx: &mut Tx, secret: &Secret, purpose: LinkPurpose, choice: &Secret) -> Result<bool, Fault> {
    let Some(owner) = link::redeem(tx, secret, purpose).await? else { return Ok(false) };
    tx.by.who = Who::Account(owner);
    account::prove_mailbox(tx, owner, tx.now).await?;
    link::issue(tx, owner, LinkPurpose::PasswordChoice, choice).await.map(|()| true)
}

fn choose_password(app: &App, choice: &Secret) -> Result<Response, Fault> {
    let cookie = Cookie::Link.keep(choice.expose(), Some(app.config.lives.password_choice), &app.config)?;
    Ok(answer::with_cookie(answer::go(Place::NewPassword), cookie))
}

impl LinkPage {
    fn part(&self, part: &str) -> String {
        self.frame.say(&format!("link-{}-{part}", self.purpose))
    }

    fn lead(&self) -> String {
        let values = [("service", self.frame.brand.name.as_str()), ("login", self.login.as_str())];
        self.frame.tell(&format!("link-{}-lead", self.purpose), &values)
    }

    fn action(&self) -> String {
        Place::link(&self.token)
    }
}

/// Whose password is chosen: the account of the link that this browser confirmed.
pub(crate) async fn choosing(app: &App, secret: &Secret) -> Result<Option<(AccountId, String)>, Fault> {
    let found = find(app, secret.expose()).await?;
    Ok(found.filter(|(link, _)| link.purpose == LinkPurpose::PasswordChoice).map(|(link, login)| (link.account, login)))
}
