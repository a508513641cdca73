//! Another password, given the old one (R-ADM-10). Whoever else had the old one loses all that it gave: every other
//! session, and what relying parties hold.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::password::policy::Weak;
use crate::account::password::{is_too_long, normalised};
use crate::app::App;
use crate::audit::EndReason;
use crate::base::{Fault, Life, Place, Secret};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::{CredentialOwner, Form};
use crate::limits::{self, TooMany};
use crate::page::{Errors, Frame, Framed as _};
use crate::store::Tx;
use crate::web::links::new_password;
use crate::web::security::new_secret::under_new_secret;
use crate::web::security::overview::{SecurityDone, back};
use crate::web::sign_in::check::{self, Checked, Right, TypedPassword};
use crate::{account, authorization, session};

/// The page that asks for the old password and a new one.
#[derive(Debug, Template)]
#[template(path = "security/password.html")]
pub struct ChangePasswordPage {
    /// What every page shares.
    pub frame: Frame,
    /// What the account goes by, for password managers.
    pub login: String,
    /// Where the way back leads.
    pub home: Place,
    errors: Errors,
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::web) struct ChangePasswordForm {
    current: String,
    password: String,
}

/// Shows the form.
pub(in crate::web) async fn show(State(app): State<App>, holder: CredentialOwner) -> Result<Response, Rejection> {
    Ok(answer::page(StatusCode::OK, &page(&app, &holder).await?))
}

/// Changes the password. What is wrong with the new one is told first, for only a guess at the old one counts.
pub(in crate::web) async fn submit(
    State(app): State<App>,
    posted: Form<CredentialOwner, ChangePasswordForm>,
) -> Result<Response, Rejection> {
    let Form { guard: holder, form, .. } = posted;
    if is_too_long(&form.current) || is_too_long(&form.password) {
        return Err(answer::trouble(&holder.caller, ErrorKind::TooLarge).into());
    }
    let page = page(&app, &holder).await?;
    let weak = new_password::judge(&app, holder.session.account, form.password.clone()).await?;
    let page = page.judged(&form, weak.as_ref());
    if !page.errors.is_empty() {
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    match change(&app, &holder, &page.login, form).await? {
        Checked::TooMany(TooMany { wait }) => {
            Ok(answer::after(answer::page(StatusCode::TOO_MANY_REQUESTS, &page.too_often(wait)), wait))
        }
        Checked::Wrong => Ok(answer::page(StatusCode::UNAUTHORIZED, &page.refused())),
        Checked::Right(Changed { session }) => {
            let response =
                if holder.home() == Place::Account { back(SecurityDone::Password) } else { answer::go(holder.home()) };
            Ok(under_new_secret(&app, response, session)?)
        }
    }
}

async fn page(app: &App, holder: &CredentialOwner) -> Result<ChangePasswordPage, Fault> {
    let login = app.look(async |view| account::login_of(&mut view.db, holder.session.account).await).await?;
    let home = if holder.home() == Place::Account { Place::Security } else { holder.home() };
    Ok(ChangePasswordPage { home, ..ChangePasswordPage::new(holder.frame(app)?, login.unwrap_or_default()) })
}

/// A password that was changed.
struct Changed {
    /// The session's new secret, unless somebody ended it meanwhile.
    session: Option<Secret>,
}

/// An old password that changed meanwhile is wrong too.
async fn change(
    app: &App,
    holder: &CredentialOwner,
    login: &str,
    form: ChangePasswordForm,
) -> Result<Checked<Changed>, Fault> {
    let typed = TypedPassword { username: login, password: &form.current };
    let right = match check::check(app, &holder.caller, typed).await? {
        Checked::Right(right) => right,
        Checked::Wrong => return Ok(Checked::Wrong),
        Checked::TooMany(closed) => return Ok(Checked::TooMany(closed)),
    };
    let hash = app.hasher.hash(form.password).await?;
    let replaced = app.act(holder.actor(), async |tx| {
        let changed = replace(tx, holder, &right, &hash).await?;
        if changed.is_some() {
            limits::give_back(tx, &right.counted).await?;
        }
        Ok(changed)
    });
    let replaced = replaced.await?;
    Ok(replaced.map_or(Checked::Wrong, Checked::Right))
}

async fn replace(tx: &mut Tx, holder: &CredentialOwner, right: &Right, hash: &str) -> Result<Option<Changed>, Fault> {
    let account = right.account;
    if !account::change_password(tx, account, &right.password_hash, hash).await? {
        return Ok(None);
    }
    authorization::end_account(tx, account, Some(holder.session.id), EndReason::PasswordChanged).await?;
    let session = session::renew(tx, account, holder.session.id).await?;
    Ok(Some(Changed { session }))
}

impl ChangePasswordPage {
    /// The page as it first appears.
    pub(crate) fn new(mut frame: Frame, login: String) -> Self {
        Place::ChangePassword.path().clone_into(&mut frame.here);
        Self { frame, login, home: Place::Security, errors: Errors::default() }
    }

    /// With what keeps the form from being taken, if anything; answered with 422.
    fn judged(mut self, form: &ChangePasswordForm, weak: Option<&Weak>) -> Self {
        if form.current.is_empty() {
            self.errors.add("password-current", self.frame.say("change-password-current-missing"));
        }
        if let Some(weak) = weak {
            self.errors.add("password-new", new_password::sentence(&self.frame, form.password.is_empty(), weak));
        } else if normalised(&form.password) == normalised(&form.current) {
            self.errors.add("password-new", self.frame.say("change-password-same"));
        }
        self
    }

    /// After a wrong password; answered with 401.
    pub(crate) fn refused(mut self) -> Self {
        self.errors.add("password-current", self.frame.say("change-password-refused"));
        self
    }

    /// After too many wrong passwords; answered with 429.
    pub(crate) fn too_often(mut self, wait: Life) -> Self {
        self.errors.add_overall("password-current", self.frame.words.count("login-too-often", wait.in_minutes()));
        self
    }
}
