//! Passkeys at our pages. A script asks one door for a challenge, in JSON, and sends what the authenticator made of it
//! in an ordinary form: what comes of it is a page or a redirect like that of any other form, held to the same rules.

mod form;
pub mod judged;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::passkey::{self, Binding, CeremonyPurpose, CeremonyState, Site};
use crate::app::App;
use crate::base::ids::{AccountId, CeremonyId, InteractionId};
use crate::base::{Actor, Fault};
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::limits::{self, Counting, TooMany};

pub use form::PasskeyForm;

/// What an authenticator made of a challenge, in the page's form.
#[derive(Deserialize)]
pub struct Answered {
    #[serde(default)]
    ceremony: Option<String>,
    #[serde(default)]
    credential: String,
    pub interaction: Option<InteractionId>,
    pub back: Option<String>,
}

impl Answered {
    fn ceremony(&self) -> Option<CeremonyId> {
        self.ceremony.as_deref()?.parse().ok()
    }
}

/// What passkeys are bound to; where they can't be, their doors are none.
pub(crate) fn site<'a>(app: &'a App, caller: &Caller) -> Result<&'a Site, Rejection> {
    app.site.as_ref().ok_or_else(|| answer::trouble(caller, ErrorKind::NotFound).into())
}

/// What an answer must be bound to: this browser, that purpose, and whoever waits for it.
pub(crate) fn binding(
    caller: &Caller,
    purpose: CeremonyPurpose,
    whose: Option<(AccountId, uuid::Uuid)>,
) -> Result<Binding, Fault> {
    // Whoever sends a form of ours has the cookie.
    let browser =
        caller.browser.as_ref().ok_or_else(|| Fault::broken("binding a challenge", "a form without its browser"))?;
    Ok(Binding { browser: browser.digest(), purpose, whose })
}

/// Sends a challenge out, unless too many went to that network.
pub(crate) async fn send(
    app: &App,
    by: Actor,
    bound: &Binding,
    options: Value,
    state: &CeremonyState,
) -> Result<Response, Fault> {
    let limit = [app.config.limits.on_challenges(by.address)];
    app.act(by, async |tx| match limits::count(tx, &limit).await? {
        Counting::Counted(_) => {
            let ceremony = passkey::begin(tx, bound, state).await?;
            Ok(Json(json!({ "ceremony": ceremony, "publicKey": options })).into_response())
        }
        Counting::TooMany(TooMany { wait }) => {
            let body = Json(json!({ "error": "too_many_requests" }));
            Ok(answer::after((StatusCode::TOO_MANY_REQUESTS, body).into_response(), wait))
        }
    })
    .await
}
