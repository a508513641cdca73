//! Signing in through the provider: setting out, and coming back to `/callback`.

pub mod backchannel_logout;
pub mod beginning;
pub mod guard;
pub mod session;
pub mod sign_out;

use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use sqlx::SqlitePool;

use crate::app::Shared;
use crate::clock::Moment;
use crate::cookies::{self, Life};
use crate::layout::language::Language;
use crate::layout::{Answer, Button, Refused, Shell};
use crate::local_path::local_path;
use crate::provider::{AuthorizationRequest, CodeExchange, ProviderError, Tokens};
use crate::rights::Person;
use crate::secret;
use crate::sign_in::guard::signed_out;
use crate::sign_in::session::Fault;

/// Ties a sign-in to the browser that began it, so that nobody can be signed in by someone else's link.
const BROWSER: &str = "portal_browser";
/// Long enough to find one's phone for a second factor.
const LIFE: Duration = Duration::from_hours(1);

#[derive(Deserialize)]
pub struct Begin {
    back: Option<String>,
    #[serde(default)]
    silent: bool,
}

/// Sends the browser to the provider.
pub async fn begin(State(portal): State<Shared>, Query(begin): Query<Begin>, headers: HeaderMap) -> Answer {
    let language = Language::of(&headers);
    let back = local_path(begin.back.as_deref());
    let shell = Shell::new(&portal, language, &beginning::address(back, begin.silent));
    let request = portal
        .provider
        .authorization_request(language, begin.silent)
        .await
        .map_err(|error| shell.unreachable(&error))?;
    let browser = cookies::read(&headers, BROWSER).map_or_else(secret::random, str::to_owned);
    remember(&portal.database, &browser, &request, &begin).await.map_err(|fault| shell.broken(&fault))?;
    let cookie = cookies::set(BROWSER, &browser, Life::Browser);
    Ok(([(SET_COOKIE, cookie)], Redirect::to(request.url.as_str())).into_response())
}

/// What the provider sends back (RFC 6749 section 4.1.2, RFC 9207).
#[derive(Default, Deserialize)]
pub struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Comes back from the provider with a code or an error.
///
/// A query that can't be read counts as an answer without a state.
pub async fn callback(
    State(portal): State<Shared>,
    headers: HeaderMap,
    answer: Result<Query<Callback>, QueryRejection>,
) -> Answer {
    let shell = Shell::new(&portal, Language::of(&headers), "/");
    let answer = answer.map(|Query(answer)| answer).unwrap_or_default();
    let pending = take(&portal.database, &headers, answer.state.as_deref())
        .await
        .map_err(|fault| shell.broken(&fault))?
        .ok_or_else(|| foreign(&shell))?;
    if answer.iss.as_deref() != Some(portal.settings.issuer.as_str()) {
        return Err(foreign(&shell));
    }
    let old = cookies::read(&headers, session::COOKIE);
    match (answer.error, answer.code) {
        (Some(error), _) => refused(&portal, &shell, &pending, &error, old).await,
        (None, Some(code)) => complete(&portal, &shell, pending, code, old).await,
        (None, None) => Err(foreign(&shell)),
    }
}

/// The session always gets a new secret, so that one planted before the sign-in opens nothing.
async fn complete(portal: &Shared, shell: &Shell, pending: PendingSignIn, code: String, old: Option<&str>) -> Answer {
    let PendingSignIn { back, nonce, verifier, .. } = pending;
    let exchange = CodeExchange { code, nonce, verifier };
    let tokens = portal.provider.redeem(exchange).await.map_err(|error| failed(shell, &error))?;
    let user =
        portal.provider.user_info(&tokens.access_token, &tokens.sub).await.map_err(|error| failed(shell, &error))?;
    let Some(person) = Person::of(&tokens.sub, user.name, &tokens.claims) else {
        return Err(not_a_customer(shell));
    };
    let started = start(portal, &person, &tokens, old).await;
    let (secret, same) = started.map_err(|fault| shell.broken(&fault))?;
    let cookie = cookies::set(session::COOKIE, &secret, Life::Browser);
    let back = if same { back.as_str() } else { "/" };
    Ok(([(SET_COOKIE, cookie)], Redirect::to(local_path(Some(back)))).into_response())
}

/// Replaces the old session. Whoever comes back for another company starts at home: the old page isn't theirs.
async fn start(portal: &Shared, person: &Person, tokens: &Tokens, old: Option<&str>) -> Result<(String, bool), Fault> {
    let mut same = true;
    if let Some(old) = old {
        let before = session::find(&portal.database, old).await?;
        same = before.is_none_or(|before| before.person.is_same_as(person));
        session::end(&portal.database, old).await?;
    }
    Ok((session::begin(&portal.database, person, tokens).await?, same))
}

/// Where only a page of the provider could go on, a silent question is answered: the session there is no more.
async fn refused(portal: &Shared, shell: &Shell, pending: &PendingSignIn, error: &str, old: Option<&str>) -> Answer {
    if pending.silent && error.ends_with("_required") {
        if let Some(old) = old {
            session::end(&portal.database, old).await.map_err(|fault| shell.broken(&fault))?;
        }
        return Ok(signed_out());
    }
    tracing::info!(error = %error.escape_debug(), "the provider refused a sign-in");
    let again = beginning::address(&pending.back, false);
    let button = Button { label: shell.w.try_again, address: &again };
    let sentences = vec![shell.w.not_signed_in_why.to_owned(), shell.w.not_signed_in_what_now.to_owned()];
    Err(shell.message(StatusCode::FORBIDDEN, shell.say(shell.w.not_signed_in, sentences, button).asking()))
}

/// An answer that this browser didn't ask for, asked for too long ago, or has had already.
fn foreign(shell: &Shell) -> Refused {
    let button = Button { label: shell.w.try_again, address: "/sign-in" };
    let sentences = vec![shell.w.foreign_why.to_owned(), shell.w.foreign_what_now.to_owned()];
    shell.message(StatusCode::BAD_REQUEST, shell.say(shell.w.foreign, sentences, button))
}

fn not_a_customer(shell: &Shell) -> Refused {
    let button = Button { label: shell.w.my_account, address: &shell.account };
    let sentences = vec![shell.w.no_customer_why.to_owned(), shell.w.no_customer_what_now.to_owned()];
    shell.message(StatusCode::FORBIDDEN, shell.say(shell.w.no_customer, sentences, button).asking())
}

fn failed(shell: &Shell, error: &ProviderError) -> Refused {
    match error {
        ProviderError::Unreachable(_) => shell.unreachable(error),
        ProviderError::Refused(_) | ProviderError::Distrusted(_) => {
            let button = Button { label: shell.w.try_again, address: "/sign-in" };
            let sentences = vec![shell.w.failed_why.to_owned(), shell.w.failed_what_now.to_owned()];
            let message = shell.say(shell.w.not_signed_in, sentences, button).logged(error);
            shell.message(StatusCode::BAD_REQUEST, message)
        }
    }
}

/// What the portal remembers of a sign-in under way.
#[derive(sqlx::FromRow)]
struct PendingSignIn {
    back: String,
    silent: bool,
    nonce: String,
    verifier: String,
}

async fn remember(
    database: &SqlitePool,
    browser: &str,
    request: &AuthorizationRequest,
    begin: &Begin,
) -> Result<(), Fault> {
    let now = Moment::now();
    sqlx::query("delete from sign_ins where until <= $1").bind(now).execute(database).await?;
    sqlx::query(
        "insert into sign_ins (state, browser, nonce, verifier, back, silent, until)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(secret::digest(&request.state))
    .bind(secret::digest(browser))
    .bind(&request.nonce)
    .bind(&request.verifier)
    .bind(local_path(begin.back.as_deref()))
    .bind(begin.silent)
    .bind(now.after(LIFE))
    .execute(database)
    .await?;
    Ok(())
}

/// Takes the sign-in of a state out, once, and only for the browser that set out with it.
async fn take(database: &SqlitePool, headers: &HeaderMap, state: Option<&str>) -> Result<Option<PendingSignIn>, Fault> {
    let (Some(state), Some(browser)) = (state, cookies::read(headers, BROWSER)) else {
        return Ok(None);
    };
    Ok(sqlx::query_as(
        "delete from sign_ins where state = $1 and browser = $2 and until > $3
         returning back, silent, nonce, verifier",
    )
    .bind(secret::digest(state))
    .bind(secret::digest(browser))
    .bind(Moment::now())
    .fetch_optional(database)
    .await?)
}
