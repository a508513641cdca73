//! Signing out: of the portal at once, then of the provider (RP-Initiated Logout 1.0), which leads back to the home
//! page.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use crate::app::Shared;
use crate::cookies::{self, Life};
use crate::layout::language::Language;
use crate::layout::{Answer, Button, Refused, Shell, form_token};
use crate::provider::ProviderError;
use crate::secret;
use crate::sign_in::guard::signed_out;
use crate::sign_in::session;

/// Holds the state of the logout request until the browser is back.
const COOKIE: &str = "portal_goodbye";

#[derive(Deserialize)]
pub struct SignOut {
    #[serde(default)]
    csrf: String,
}

/// Ends the session here whatever becomes of the one at the provider.
pub async fn sign_out(State(portal): State<Shared>, headers: HeaderMap, Form(form): Form<SignOut>) -> Answer {
    let language = Language::of(&headers);
    let shell = Shell::new(&portal, language, "/");
    let Some(secret) = cookies::read(&headers, session::COOKIE) else {
        return Ok(signed_out());
    };
    let found = session::find(&portal.database, secret).await.map_err(|fault| shell.broken(&fault))?;
    let Some(session) = found else {
        return Ok(signed_out());
    };
    if !secret::same(&form.csrf, &form_token(secret)) {
        let button = Button { label: shell.w.back_home, address: "/" };
        let sentences = vec![shell.w.forged_why.to_owned(), shell.w.forged_what_now.to_owned()];
        return Err(shell.message(StatusCode::FORBIDDEN, shell.say(shell.w.forged, sentences, button)));
    }
    session::end(&portal.database, secret).await.map_err(|fault| shell.broken(&fault))?;
    let state = secret::random();
    let end_session_url = portal.provider.end_session_url(&session.id_token, &state, language).await;
    let end_session_url = end_session_url.map_err(|error| half_out(&shell, &error))?;
    let cookies = AppendHeaders([
        (SET_COOKIE, cookies::forget(session::COOKIE)),
        (SET_COOKIE, cookies::set(COOKIE, &state, Life::Browser)),
    ]);
    Ok((cookies, Redirect::to(end_session_url.as_str())).into_response())
}

/// The portal forgot the person; whether the provider will is unknown.
fn half_out(shell: &Shell, error: &ProviderError) -> Refused {
    let button = Button { label: shell.w.back_home, address: "/" };
    let sentences = vec![shell.w.half_out_why.to_owned(), shell.w.half_out_what_now.to_owned()];
    shell.message(StatusCode::SERVICE_UNAVAILABLE, shell.say(shell.w.half_out, sentences, button).logged(error))
}

/// What the provider adds to the post-logout address.
#[derive(Default, Deserialize)]
pub struct PostLogout {
    state: Option<String>,
}

impl PostLogout {
    /// Whether this browser has just come back from signing out.
    pub fn is_ours(query: Query<Self>, headers: &HeaderMap) -> bool {
        match (&query.state, cookies::read(headers, COOKIE)) {
            (Some(state), Some(expected)) => secret::same(state, expected),
            (Some(_) | None, _) => false,
        }
    }
}
