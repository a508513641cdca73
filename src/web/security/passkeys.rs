//! One's passkeys: what there is, since when, last used when; another name, and the way to be rid of one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::factor;
use crate::account::passkey::{self, MOST, Name, Removal, StoredPasskey};
use crate::app::App;
use crate::base::ids::PasskeyId;
use crate::base::{Fault, Place, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::{CredentialOwner, Form, headers};
use crate::page::{Errors, Frame, Framed as _};
use crate::web::passkey::site;
use crate::words::UserAgent;

/// The page.
#[derive(Debug, Template)]
#[template(path = "security/passkeys.html")]
pub struct PasskeysPage {
    /// What every page shares.
    pub frame: Frame,
    pub passkeys: Vec<PasskeyView>,
    /// The recovery codes that stand in for what is lost; only who has a second factor has any.
    pub recovery: Option<RecoveryView>,
    /// What a new one is called unless its owner says otherwise.
    pub proposed: String,
    /// Whether one may be added.
    pub has_room: bool,
    /// Where the page leads back to.
    pub home: Place,
    pub(in crate::web) errors: Errors,
}

/// A passkey, as its owner sees it.
#[derive(Clone, Debug)]
pub struct PasskeyView {
    /// What the buttons send.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Since when there is one.
    pub since: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// Whether it may be removed: the last second factor may not be, where one is demanded.
    pub may_be_removed: bool,
}

/// Recovery codes, as their owner sees them.
#[derive(Clone, Copy, Debug)]
pub struct RecoveryView {
    /// How many are left.
    pub left: usize,
}

impl PasskeysPage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, passkeys: Vec<PasskeyView>, recovery: Option<RecoveryView>) -> Self {
        let has_room = passkeys.len() < MOST;
        Self {
            frame,
            passkeys,
            recovery,
            proposed: String::new(),
            has_room,
            home: Place::Account,
            errors: Errors::default(),
        }
    }

    /// After a name that is none; answered with 422.
    pub(crate) fn unnamed(mut self, typed: &str) -> Self {
        typed.trim().clone_into(&mut self.proposed);
        self.errors.add("passkey-name", self.frame.say("passkey-name-missing"));
        self
    }

    /// After a key that wasn't taken; answered with 422.
    pub(crate) fn refused(mut self) -> Self {
        self.errors.add_overall("passkey-add", self.frame.say("passkey-not-added"));
        self
    }

    /// After another name that is none; answered with 422.
    pub(crate) fn misnamed(mut self) -> Self {
        self.errors.add_overall("passkeys", self.frame.say("passkey-name-missing"));
        self
    }
}

/// Shows them.
pub(crate) async fn show(State(app): State<App>, holder: CredentialOwner) -> Result<Response, Rejection> {
    site(&app, &holder.caller)?;
    Ok(answer(StatusCode::OK, &read(&app, &holder).await?))
}

/// The page runs the script that speaks with authenticators.
pub(crate) fn answer(status: StatusCode, page: &PasskeysPage) -> Response {
    headers::admit_script(answer::page(status, page))
}

/// The page, with what its owner has now.
pub(crate) async fn read(app: &App, holder: &CredentialOwner) -> Result<PasskeysPage, Fault> {
    let account = holder.session.account;
    let (kept, app_since, left, required) = app
        .look(async |view| {
            let (kept, app_since) =
                (passkey::list(&mut view.db, account).await?, factor::since(&mut view.db, account).await?);
            Ok((
                kept,
                app_since,
                factor::left(&mut view.db, account).await?,
                factor::is_required(&mut view.db, account).await?,
            ))
        })
        .await?;
    let may_be_removed = kept.len() > 1 || app_since.is_some() || !(required || holder.is_demanded);
    let recovery = (!kept.is_empty() || app_since.is_some()).then_some(RecoveryView { left });
    let frame = Frame { here: Place::Passkeys.path().to_owned(), ..holder.frame(app)? };
    let proposed = UserAgent::from_user_agent(&holder.caller.user_agent).in_words(frame.words);
    let passkeys = kept.iter().map(|kept| PasskeyView::new(kept, may_be_removed)).collect();
    Ok(PasskeysPage { proposed, home: holder.home(), ..PasskeysPage::new(frame, passkeys, recovery) })
}

impl PasskeyView {
    fn new(kept: &StoredPasskey, may_be_removed: bool) -> Self {
        Self {
            id: kept.id.to_string(),
            name: kept.name.clone(),
            since: kept.created_at,
            used: kept.last_used_at,
            may_be_removed,
        }
    }
}

/// The form of another name.
#[derive(Deserialize)]
pub struct Renamed {
    passkey: PasskeyId,
    #[serde(default)]
    name: String,
}

/// Gives a passkey another name. Another person's answers like one that doesn't exist.
pub(crate) async fn rename(
    State(app): State<App>,
    posted: Form<CredentialOwner, Renamed>,
) -> Result<Response, Rejection> {
    let holder = posted.guard;
    let Some(name) = Name::parse(&posted.form.name) else {
        return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, &read(&app, &holder).await?.misnamed()));
    };
    let (account, id) = (holder.session.account, posted.form.passkey);
    let renamed = app.act(holder.actor(), async |tx| passkey::rename(tx, account, id, &name).await).await?;
    Ok(if renamed { answer::go(Place::Passkeys) } else { answer::trouble(&holder.caller, ErrorKind::NotFound) })
}

/// The button of one passkey.
#[derive(Deserialize)]
pub struct PasskeyForgotten {
    passkey: PasskeyId,
}

/// Removes a passkey, unless it is the only second factor where one is demanded.
pub(crate) async fn remove(
    State(app): State<App>,
    posted: Form<CredentialOwner, PasskeyForgotten>,
) -> Result<Response, Rejection> {
    let holder = posted.guard;
    let (account, id) = (holder.session.account, posted.form.passkey);
    let removal =
        app.act(holder.actor(), async |tx| passkey::remove(tx, account, id, holder.is_demanded).await).await?;
    Ok(match removal {
        // The page says why one stays.
        Removal::Removed | Removal::Needed => answer::go(Place::Passkeys),
        Removal::Unknown => answer::trouble(&holder.caller, ErrorKind::NotFound),
    })
}
