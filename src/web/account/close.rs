//! Closing one's own account: says what will happen, asks once, with the password. The last administrator of a company
//! is told what to do first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::authorization::AccountClosing;
use crate::base::{Fault, Life, Place};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::error::ErrorKind;
use crate::http::{Caller, Form, Fresh, Person};
use crate::limits::{self, TooMany};
use crate::page::{Errors, Frame, Framed as _, HelpContact};
use crate::web::sign_in::check::{self, Checked, TypedPassword};
use crate::{account, authorization};

/// The page that asks.
#[derive(Debug, Template)]
#[template(path = "account/close.html")]
pub struct ClosePage {
    /// What every page shares.
    pub frame: Frame,
    /// What the account goes by.
    pub login: String,
    /// The companies that would be left without an administrator (R-DEL-5): as long as there is one, nothing can be
    /// closed.
    pub left_behind: Vec<String>,
    /// Whom to ask then.
    pub whom: Vec<HelpContact>,
    errors: Errors,
}

/// Says that it is done.
#[derive(Debug, Template)]
#[template(path = "account/closed.html")]
pub struct ClosedPage {
    /// What every page shares.
    pub frame: Frame,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct CloseForm {
    password: String,
}

/// Asks.
pub(crate) async fn show(State(app): State<App>, Fresh(person): Fresh) -> Result<Response, Rejection> {
    Ok(answer::page(StatusCode::OK, &page(&app, &person).await?))
}

/// Closes it.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Fresh, CloseForm>) -> Result<Response, Rejection> {
    let Form { guard: Fresh(person), form, .. } = posted;
    if account::password::is_too_long(&form.password) {
        return Err(answer::trouble(&person.caller, ErrorKind::TooLarge).into());
    }
    let page = page(&app, &person).await?;
    if !page.left_behind.is_empty() {
        return Ok(answer::page(StatusCode::FORBIDDEN, &page));
    }
    if form.password.is_empty() {
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page.wrong("login-password-missing")));
    }
    match close(&app, &person, &page.login, &form.password).await? {
        Checked::TooMany(TooMany { wait }) => {
            Ok(answer::after(answer::page(StatusCode::TOO_MANY_REQUESTS, &page.too_often(wait)), wait))
        }
        Checked::Wrong | Checked::Right(AccountClosing::Outdated) => {
            Ok(answer::page(StatusCode::UNAUTHORIZED, &page.wrong("change-password-refused")))
        }
        Checked::Right(AccountClosing::LastAdministrator(left_behind)) => {
            Ok(answer::page(StatusCode::FORBIDDEN, &ClosePage { left_behind, ..page }))
        }
        Checked::Right(AccountClosing::Closed) => {
            Ok(answer::with_cookie(answer::go(Place::Closed), Cookie::Session.forget(&app.config)?))
        }
    }
}

/// Says that it is done; it knows nothing of whom.
pub(crate) async fn done(State(app): State<App>, caller: Caller) -> Result<Response, Rejection> {
    Ok(answer::page(StatusCode::OK, &ClosedPage { frame: caller.frame(&app)? }))
}

async fn page(app: &App, person: &Person) -> Result<ClosePage, Fault> {
    let account = person.session.account;
    let read = app.look(async |view| {
        let login = account::login_of(&mut view.db, account).await?.unwrap_or_default();
        Ok((login, authorization::left_behind(&mut view.db, account).await?))
    });
    let (login, left_behind) = read.await?;
    let frame = Frame { here: Place::Close.path().to_owned(), ..person.frame(app)? };
    Ok(ClosePage::new(frame, login, left_behind))
}

/// Checks the password, and closes the account with a right one.
async fn close(app: &App, person: &Person, login: &str, password: &str) -> Result<Checked<AccountClosing>, Fault> {
    let right = match check::check(app, &person.caller, TypedPassword { username: login, password }).await? {
        Checked::Right(right) => right,
        Checked::Wrong => return Ok(Checked::Wrong),
        Checked::TooMany(closed) => return Ok(Checked::TooMany(closed)),
    };
    let account = right.account;
    let closed = app.act(person.actor(), async |tx| {
        let closed = authorization::close_account(tx, account, &right.password_hash).await?;
        limits::give_back(tx, &right.counted).await?;
        Ok(closed)
    });
    Ok(Checked::Right(closed.await?))
}

impl ClosePage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, login: String, left_behind: Vec<String>) -> Self {
        Self { whom: vec![HelpContact::customer_service(&frame)], frame, login, left_behind, errors: Errors::default() }
    }

    fn wrong(mut self, sentence: &str) -> Self {
        self.errors.add("close-password", self.frame.say(sentence));
        self
    }

    fn too_often(mut self, wait: Life) -> Self {
        self.errors.add_overall("close-password", self.frame.words.count("login-too-often", wait.in_minutes()));
        self
    }

    fn subject(&self) -> String {
        self.frame.say("close-title")
    }
}
