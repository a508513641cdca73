//! Sessions of the portal, under the hash of their cookie. A session is believed only while UserInfo has confirmed it
//! lately; `guard` asks for that on every page.

use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::types::Json;

use crate::app::Shared;
use crate::clock::Moment;
use crate::provider::logout_token::LogoutToken;
use crate::provider::{ProviderError, Tokens};
use crate::rights::Person;
use crate::secret;

pub const COOKIE: &str = "portal_session";
const LIFE: Duration = Duration::from_hours(12);
const IDLE: Duration = Duration::from_hours(2);

/// A running session.
#[derive(sqlx::FromRow)]
pub struct Session {
    /// What its cookie holds; the database has the digest only.
    #[sqlx(skip)]
    pub secret: String,
    #[sqlx(json)]
    pub person: Person,
    pub id_token: String,
    access_token: String,
    usable_until: Moment,
    checked_at: Moment,
}

/// What came of asking the provider whether a session may go on.
pub enum SessionCheck {
    Valid(Box<Session>),
    /// The access token has expired: only a new authorization, without a page, can tell.
    TokenExpired,
    /// The person has lost access, or changed company.
    Ended,
    /// The provider can't be asked. What can't be verified is refused.
    Unreachable(ProviderError),
}

/// Starts a session with a new secret, which it returns for the cookie.
pub async fn begin(database: &SqlitePool, person: &Person, tokens: &Tokens) -> Result<String, Fault> {
    let (secret, now) = (secret::random(), Moment::now());
    sqlx::query(
        "insert into sessions
         (secret, sub, sid, person, id_token, access_token, usable_until, checked_at, begun_at, used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)",
    )
    .bind(secret::digest(&secret))
    .bind(&person.sub)
    .bind(&tokens.claims.sid)
    .bind(Json(person))
    .bind(&tokens.id_token)
    .bind(&tokens.access_token)
    .bind(now.after(tokens.usable_for))
    .bind(now)
    .execute(database)
    .await?;
    Ok(secret)
}

/// The session of a cookie, neither too old nor idle for too long.
pub async fn find(database: &SqlitePool, secret: &str) -> Result<Option<Session>, Fault> {
    let now = Moment::now();
    let found: Option<Session> = sqlx::query_as(
        "update sessions set used_at = $1 where secret = $2 and begun_at > $3 and used_at > $4
         returning person, id_token, access_token, usable_until, checked_at",
    )
    .bind(now)
    .bind(secret::digest(secret))
    .bind(now.before(LIFE))
    .bind(now.before(IDLE))
    .fetch_optional(database)
    .await?;
    Ok(found.map(|session| Session { secret: secret.to_owned(), ..session }))
}

/// Ends a session, and forgets those that nobody can use any more.
pub async fn end(database: &SqlitePool, secret: &str) -> Result<(), Fault> {
    let now = Moment::now();
    sqlx::query("delete from sessions where secret = $1 or begun_at <= $2 or used_at <= $3")
        .bind(secret::digest(secret))
        .bind(now.before(LIFE))
        .bind(now.before(IDLE))
        .execute(database)
        .await?;
    Ok(())
}

/// Ends the sessions that a logout token means: that of the sign-in it names, or all of its person's. Answers whether
/// the token is a new one; of one that came before nothing is believed.
pub async fn end_meant_by(database: &SqlitePool, token: &LogoutToken) -> Result<bool, Fault> {
    let mut transaction = database.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("delete from logout_tokens where until <= $1").bind(Moment::now()).execute(&mut *transaction).await?;
    let remembered = sqlx::query("insert into logout_tokens (jti, until) values ($1, $2) on conflict do nothing")
        .bind(&token.jti)
        .bind(token.until)
        .execute(&mut *transaction)
        .await?;
    let is_new = remembered.rows_affected() == 1;
    if is_new {
        sqlx::query("delete from sessions where ($1 is null or sub = $1) and ($2 is null or sid = $2)")
            .bind(&token.sub)
            .bind(&token.sid)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(is_new)
}

/// Asks UserInfo again where its last answer has aged, and takes over what it says about rights now.
pub async fn confirm(portal: &Shared, mut session: Session) -> Result<SessionCheck, Fault> {
    let now = Moment::now();
    if now < session.checked_at.after(portal.settings.recheck) {
        return Ok(SessionCheck::Valid(Box::new(session)));
    }
    if now >= session.usable_until {
        return Ok(SessionCheck::TokenExpired);
    }
    let answer = match portal.provider.user_info(&session.access_token, &session.person.sub).await {
        Ok(answer) => answer,
        Err(ProviderError::Refused(_) | ProviderError::Distrusted(_)) => return lose(portal, &session).await,
        Err(error @ ProviderError::Unreachable(_)) => return Ok(SessionCheck::Unreachable(error)),
    };
    match Person::of(&session.person.sub, answer.name, &answer.claims) {
        Some(person) if person.is_same_as(&session.person) => session.person = person,
        Some(_) | None => return lose(portal, &session).await,
    }
    sqlx::query("update sessions set person = $1, checked_at = $2 where secret = $3")
        .bind(Json(&session.person))
        .bind(now)
        .bind(secret::digest(&session.secret))
        .execute(&portal.database)
        .await?;
    Ok(SessionCheck::Valid(Box::new(session)))
}

async fn lose(portal: &Shared, session: &Session) -> Result<SessionCheck, Fault> {
    end(&portal.database, &session.secret).await?;
    Ok(SessionCheck::Ended)
}

/// What broke on our side.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the portal's database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a template: {0}")]
    Template(#[from] askama::Error),
}
