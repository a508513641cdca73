//! Who is asking. Every page names one of two extractors: `Reader` (anyone) or `Customer` (signed in, and confirmed by
//! the provider lately).

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::Shared;
use crate::cookies;
use crate::layout::language::Language;
use crate::layout::{Refused, Shell};
use crate::rights::{Person, View};
use crate::sign_in::beginning;
use crate::sign_in::session::{self, Fault, Session, SessionCheck};

/// Anyone: with a session where there is a good one.
pub struct Reader {
    pub portal: Shared,
    pub shell: Shell,
    pub session: Option<Session>,
    /// There was a session until now.
    lost: bool,
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, portal: &Shared) -> Result<Self, Refused> {
        look(parts, portal).await
    }
}

/// A person with a session that the provider has confirmed.
pub struct Customer {
    pub portal: Shared,
    pub shell: Shell,
    pub person: Person,
}

impl FromRequestParts<Shared> for Customer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, portal: &Shared) -> Result<Self, Refused> {
        match look(parts, portal).await? {
            Reader { portal, shell, session: Some(session), .. } => Ok(Self { portal, shell, person: session.person }),
            Reader { lost: true, .. } => Err(Refused::with(signed_out())),
            Reader { shell, .. } => Err(Refused::with(Redirect::to(&beginning::address(&shell.path, false)))),
        }
    }
}

impl Customer {
    /// Refuses with a page that says why, and whom to ask.
    pub fn require(&self, view: View) -> Result<(), Refused> {
        if self.person.may(view) { Ok(()) } else { Err(self.shell.refuse(&self.person, view)) }
    }
}

async fn look(parts: &Parts, portal: &Shared) -> Result<Reader, Refused> {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let shell = Shell::new(portal, Language::of(&parts.headers), path);
    let secret = cookies::read(&parts.headers, session::COOKIE);
    match check(portal, secret).await.map_err(|fault| shell.broken(&fault))? {
        None => Ok(Reader { portal: portal.clone(), shell, session: None, lost: false }),
        Some(SessionCheck::Valid(session)) => {
            let shell = shell.signed_in(&session);
            Ok(Reader { portal: portal.clone(), shell, session: Some(*session), lost: false })
        }
        Some(SessionCheck::TokenExpired) => Err(Refused::with(Redirect::to(&beginning::address(path, true)))),
        Some(SessionCheck::Ended) => Ok(Reader { portal: portal.clone(), shell, session: None, lost: true }),
        Some(SessionCheck::Unreachable(error)) => Err(shell.unreachable(&error)),
    }
}

async fn check(portal: &Shared, secret: Option<&str>) -> Result<Option<SessionCheck>, Fault> {
    let Some(secret) = secret else {
        return Ok(None);
    };
    match session::find(&portal.database, secret).await? {
        Some(session) => session::confirm(portal, session).await.map(Some),
        None => Ok(None),
    }
}

/// To the home page, without the cookie of a session that is no more.
pub fn signed_out() -> Response {
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookies::forget(session::COOKIE))], Redirect::to("/")).into_response()
}
