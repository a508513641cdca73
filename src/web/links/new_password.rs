//! Choosing a password (R-ADM-6, R-ADM-10), once a link was confirmed in this browser.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::password::policy::{self, Class, Weak};
use crate::account::{self, LinkPurpose, link};
use crate::app::App;
use crate::audit::EndReason;
use crate::authorization;
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Fault, Place, Secret};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::error::ErrorKind;
use crate::http::{Caller, Form, Guard, Visitor, guards};
use crate::page::{Errors, Frame, Framed as _};
use crate::store::Tx;
use crate::web::links;

/// The page that asks for a new password.
#[derive(Debug, Template)]
#[template(path = "links/new_password.html")]
pub struct NewPasswordPage {
    /// What every page shares.
    pub frame: Frame,
    /// What the account goes by.
    pub login: String,
    errors: Errors,
}

/// Says that the password is set.
#[derive(Debug, Template)]
#[template(path = "links/password_done.html")]
pub struct PasswordDonePage {
    /// What every page shares.
    pub frame: Frame,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct NewPasswordForm {
    password: String,
}

/// Shows the form to the browser that confirmed a link.
pub(crate) async fn show(State(app): State<App>, choosing: Choosing) -> Result<Response, Rejection> {
    Ok(answer::page(StatusCode::OK, &NewPasswordPage::new(choosing.caller.frame(&app)?, choosing.login)))
}

/// Sets the password, if the policy takes it.
pub(crate) async fn submit(
    State(app): State<App>,
    posted: Form<Choosing, NewPasswordForm>,
) -> Result<Response, Rejection> {
    let Form { guard: Choosing { caller, secret, account, login }, form, .. } = posted;
    if account::password::is_too_long(&form.password) {
        return Err(answer::trouble(&caller, ErrorKind::TooLarge).into());
    }
    if let Some(weak) = judge(&app, account, form.password.clone()).await? {
        let page = NewPasswordPage::new(caller.frame(&app)?, login).refused(form.password.is_empty(), &weak);
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let hash = app.hasher.hash(form.password).await?;
    let set = app.act(caller.acts_as(Who::Account(account)), async |tx| {
        if link::redeem(tx, &secret, LinkPurpose::PasswordChoice).await?.is_none() {
            return Ok(false);
        }
        set(tx, account, &hash).await.map(|()| true)
    });
    if !set.await? {
        return Ok(answer::trouble(&caller, ErrorKind::StaleLink));
    }
    Ok(answer::with_cookie(answer::go(Place::PasswordDone), Cookie::Link.forget(&app.config)?))
}

/// Whatever the password before gave ends with it; the second factor stays.
async fn set(tx: &mut Tx, account: AccountId, hash: &str) -> Result<(), Fault> {
    account::set_password(tx, account, hash, tx.now).await?;
    authorization::end_account(tx, account, None, EndReason::PasswordChanged).await.map(drop)
}

/// Says that it is done, and leads on.
pub(crate) async fn done(State(app): State<App>, caller: Caller) -> Result<Response, Rejection> {
    Ok(answer::page(StatusCode::OK, &PasswordDonePage { frame: caller.frame(&app)? }))
}

/// Whoever may choose a password here.
pub(crate) struct Choosing {
    caller: Caller,
    secret: Secret,
    account: AccountId,
    login: String,
}

guards! { Choosing }

impl Guard for Choosing {
    async fn behind(app: &App, visitor: Visitor, _: &str) -> Result<Self, Rejection> {
        let mut caller = visitor.caller;
        let stale = || Rejection::from(answer::trouble(&caller, ErrorKind::StaleLink));
        let secret = caller.cookies.secret(Cookie::Link).ok_or_else(stale)?;
        let (account, login) = links::choosing(app, &secret).await?.ok_or_else(stale)?;
        caller.stamp = caller.stamp.about(&subject(&secret));
        Ok(Self { caller, secret, account, login })
    }

    fn subject(&self) -> Option<String> {
        Some(subject(&self.secret))
    }
}

/// Another link may be confirmed in this browser while the form is open.
fn subject(secret: &Secret) -> String {
    format!("password {}", secret.digest().base64url())
}

/// Asks the policy what is weak about a password, if anything, away from the threads that answer: guessing takes some
/// milliseconds.
pub(crate) async fn judge(app: &App, account: AccountId, password: String) -> Result<Option<Weak>, Fault> {
    let mut known = app.look(async |view| account::known_of(&mut view.db, account).await).await?;
    known.push(app.brand.name.clone());
    known.extend(app.relying_parties.names());
    let refused = app.refused_words.load_full();
    let judged = tokio::task::spawn_blocking(move || {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        policy::check(&password, &known, &refused).err()
    });
    judged.await.map_err(|error| Fault::broken("judging a password", error))
}

impl NewPasswordPage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, login: String) -> Self {
        Self { frame, login, errors: Errors::default() }
    }

    /// After a password that the policy refuses; answered with 422.
    pub(crate) fn refused(mut self, is_missing: bool, weak: &Weak) -> Self {
        self.errors.add("password-new", sentence(&self.frame, is_missing, weak));
        self
    }
}

/// Why a password is refused, and what to do about it.
pub(crate) fn sentence(frame: &Frame, is_missing: bool, weak: &Weak) -> String {
    match weak {
        _ if is_missing => frame.say("new-password-missing"),
        Weak::Short => frame.say("new-password-short"),
        Weak::Long => frame.say("new-password-long"),
        Weak::Lacks(Class::Lower) => frame.say("new-password-lacks-lower"),
        Weak::Lacks(Class::Upper) => frame.say("new-password-lacks-upper"),
        Weak::Lacks(Class::Digit) => frame.say("new-password-lacks-digit"),
        Weak::Lacks(Class::Special) => frame.say("new-password-lacks-special"),
        Weak::Contains(word) => frame.tell("new-password-contains", &[("word", word.as_str())]),
        Weak::Guessable => frame.say("new-password-guessable"),
    }
}
