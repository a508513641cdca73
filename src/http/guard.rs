//! Guards: extractors that let a handler run only for whoever it is for. `access` is asked on every request, not only at sign-in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use crate::access::{self, Asked, Door, Snapshot};
use crate::account::{self, Because, Session};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Fault, Place};

use super::answer::{self, Broken};
use super::cookies::Kept;
use super::page::SignedIn;
use super::refusal::{self, Wish};
use super::{Caller, Frame};

/// Whoever calls, signed in or not.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The request's own facts.
    pub caller: Caller,
    /// The live session of its cookie.
    pub session: Option<Session>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let session = match Kept::Session.secret(&parts.headers, app.config.is_https()) {
            None => None,
            Some(secret) => find(app, &caller, &secret).await.map_err(|fault| Broken(fault).into_response())?,
        };
        Ok(Self { caller, session })
    }
}

async fn find(app: &App, caller: &Caller, secret: &crate::base::Secret) -> Result<Option<Session>, Fault> {
    let idle = app.config.lives.session_idle;
    let session = app.look(async |view| account::find(&mut view.db, secret, (view.now, idle)).await).await?;
    if let Some(session) = &session
        && account::is_stale(session, app.clock.now(), caller.address)
    {
        app.act(caller.acts_as(Who::Account(session.account)), async |tx| account::touch(tx, session.id).await).await?;
    }
    Ok(session)
}

/// A signed-in person acting as a contact whose access holds, here and now.
#[derive(Clone, Debug)]
pub struct Person {
    /// The request's own facts.
    pub caller: Caller,
    /// The session.
    pub session: Session,
    /// The contact they act as.
    pub snapshot: Snapshot,
}

impl Person {
    /// The frame of a page for this person.
    pub fn frame(&self, app: &App) -> Result<Frame, Fault> {
        let person = SignedIn { name: self.snapshot.full_name(), company: Some(self.snapshot.company_name.clone()) };
        Ok(Frame { person: Some(person), ..self.caller.frame(app)? })
    }

    /// The person as an actor of the audit trail.
    #[must_use]
    pub fn actor(&self) -> crate::base::Actor {
        let mut actor = self.caller.acts_as(Who::Account(self.session.account));
        actor.session = Some(self.session.id);
        actor
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Visitor { caller, session } = Visitor::from_request_parts(parts, app).await?;
        let Some(session) = session else { return Err(answer::go(Place::Login)) };
        let Some(membership) = session.membership else { return Err(answer::go(Place::CompanyChoice)) };
        let snapshot = app.look(async |view| access::of_membership(&mut view.db, membership).await).await;
        let Some(snapshot) = snapshot.map_err(|fault| Broken(fault).into_response())? else {
            return Err(answer::go(Place::CompanyChoice));
        };
        let standing = access::judge(&snapshot, Asked { door: Door::Page, address: caller.address, e_service: None });
        if standing.holds() {
            return Ok(Self { caller, session, snapshot });
        }
        if standing.is_final() {
            let ended = app.act(caller.acts_as(Who::Account(session.account)), async |tx| {
                account::end(tx, session.account, session.id, Because::AccessLost).await
            });
            ended.await.map_err(|fault| Broken(fault).into_response())?;
        }
        Err(refusal::answer(app, &caller, Wish::Page, &[(snapshot, standing)]))
    }
}
