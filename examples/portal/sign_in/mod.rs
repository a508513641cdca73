//! Signing in through the provider: setting out, and coming back to `/callback`.

pub mod backchannel_logout;
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

use crate::app::{Shared, local_path};
use crate::clock::Moment;
use crate::cookies::{self, Life};
use crate::layout::language::Language;
use crate::layout::{Answer, Button, Refused, Shell};
use crate::provider::{Arrival, Departure, Return, Trouble};
use crate::rights::Person;
use crate::secret;
use crate::sign_in::guard::signed_out;
use crate::sign_in::session::Fault;

/// Ties a sign-in to the browser that began it, so that nobody can be signed in by someone else's link.
const BROWSER: &str = "portal_browser";
/// Long enough to find one's phone for a second factor.
const LIFE: Duration = Duration::from_hours(1);

/// The address that begins a sign-in and returns to `back`. A `silent` one only asks whether the session still lives.
pub fn address(back: &str, silent: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("back", back);
    if silent {
        query.append_pair("silent", "true");
    }
    format!("/sign-in?{}", query.finish())
}

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
    let shell = Shell::new(&portal, language, &address(back, begin.silent));
    let departure =
        portal.provider.depart(language, begin.silent).await.map_err(|trouble| shell.unreachable(&trouble))?;
    let browser = cookies::read(&headers, BROWSER).map_or_else(secret::random, str::to_owned);
    remember(&portal.database, &browser, &departure, &begin).await.map_err(|fault| shell.broken(&fault))?;
    let cookie = cookies::set(BROWSER, &browser, Life::Browser);
    Ok(([(SET_COOKIE, cookie)], Redirect::to(departure.url.as_str())).into_response())
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
    let errand = claim(&portal.database, &headers, answer.state.as_deref())
        .await
        .map_err(|fault| shell.broken(&fault))?
        .ok_or_else(|| foreign(&shell))?;
    if answer.iss.as_deref() != Some(portal.settings.issuer.as_str()) {
        return Err(foreign(&shell));
    }
    let old = cookies::read(&headers, session::COOKIE);
    match (answer.error, answer.code) {
        (Some(error), _) => refused(&portal, &shell, &errand, Outcome { error, old }).await,
        (None, Some(code)) => arrive(&portal, &shell, errand, Redeemed { code, old }).await,
        (None, None) => Err(foreign(&shell)),
    }
}

struct Outcome<'a> {
    error: String,
    old: Option<&'a str>,
}

struct Redeemed<'a> {
    code: String,
    old: Option<&'a str>,
}

/// The session always gets a new secret, so that one planted before the sign-in opens nothing.
async fn arrive(portal: &Shared, shell: &Shell, errand: Errand, redeemed: Redeemed<'_>) -> Answer {
    let Errand { back, nonce, verifier, .. } = errand;
    let returned = Return { code: redeemed.code, nonce, verifier };
    let arrival = portal.provider.arrive(returned).await.map_err(|trouble| failed(shell, &trouble))?;
    let user =
        portal.provider.ask(&arrival.access_token, &arrival.sub).await.map_err(|trouble| failed(shell, &trouble))?;
    let Some(person) = Person::of(&arrival.sub, user.name, &arrival.claims) else {
        return Err(not_a_customer(shell));
    };
    let started = start(portal, &person, &arrival, redeemed.old).await;
    let (secret, same) = started.map_err(|fault| shell.broken(&fault))?;
    let cookie = cookies::set(session::COOKIE, &secret, Life::Browser);
    let back = if same { back.as_str() } else { "/" };
    Ok(([(SET_COOKIE, cookie)], Redirect::to(local_path(Some(back)))).into_response())
}

/// Replaces the old session. Whoever comes back for another company starts at home: the old page isn't theirs.
async fn start(
    portal: &Shared,
    person: &Person,
    arrival: &Arrival,
    old: Option<&str>,
) -> Result<(String, bool), Fault> {
    let mut same = true;
    if let Some(old) = old {
        let before = session::find(&portal.database, old).await?;
        same = before.is_none_or(|before| before.person.is_same_as(person));
        session::end(&portal.database, old).await?;
    }
    Ok((session::begin(&portal.database, person, arrival).await?, same))
}

/// Where only a page of the provider could go on, a silent question is answered: the session there is no more.
async fn refused(portal: &Shared, shell: &Shell, errand: &Errand, outcome: Outcome<'_>) -> Answer {
    if errand.silent && outcome.error.ends_with("_required") {
        if let Some(old) = outcome.old {
            session::end(&portal.database, old).await.map_err(|fault| shell.broken(&fault))?;
        }
        return Ok(signed_out());
    }
    tracing::info!(error = %outcome.error.escape_debug(), "the provider refused a sign-in");
    let again = address(&errand.back, false);
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

fn failed(shell: &Shell, trouble: &Trouble) -> Refused {
    match trouble {
        Trouble::Unreachable(_) => shell.unreachable(trouble),
        Trouble::Refused(_) | Trouble::Distrusted(_) => {
            let button = Button { label: shell.w.try_again, address: "/sign-in" };
            let sentences = vec![shell.w.failed_why.to_owned(), shell.w.failed_what_now.to_owned()];
            let message = shell.say(shell.w.not_signed_in, sentences, button).logged(trouble);
            shell.message(StatusCode::BAD_REQUEST, message)
        }
    }
}

/// What the portal remembers of a sign-in under way.
#[derive(sqlx::FromRow)]
struct Errand {
    back: String,
    silent: bool,
    nonce: String,
    verifier: String,
}

async fn remember(database: &SqlitePool, browser: &str, departure: &Departure, begin: &Begin) -> Result<(), Fault> {
    let now = Moment::now();
    sqlx::query("delete from sign_ins where until <= $1").bind(now).execute(database).await?;
    sqlx::query(
        "insert into sign_ins (state, browser, nonce, verifier, back, silent, until)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(secret::digest(&departure.state))
    .bind(secret::digest(browser))
    .bind(&departure.nonce)
    .bind(&departure.verifier)
    .bind(local_path(begin.back.as_deref()))
    .bind(begin.silent)
    .bind(now.after(LIFE))
    .execute(database)
    .await?;
    Ok(())
}

/// Takes the errand of a state out, once, and only for the browser that set out with it.
async fn claim(database: &SqlitePool, headers: &HeaderMap, state: Option<&str>) -> Result<Option<Errand>, Fault> {
    let (Some(state), Some(browser)) = (state, cookies::read(headers, BROWSER)) else {
        return Ok(None);
    };
    let errand = sqlx::query_as(
        "delete from sign_ins where state = $1 and browser = $2 and until > $3
         returning back, silent, nonce, verifier",
    )
    .bind(secret::digest(state))
    .bind(secret::digest(browser))
    .bind(Moment::now())
    .fetch_optional(database)
    .await?;
    Ok(errand)
}
