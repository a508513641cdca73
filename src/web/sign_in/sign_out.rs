//! Sign-out from our own pages, and the page that says so.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::audit::EndReason;
use crate::base::Place;
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::{EmptyForm, Form, Visitor};
use crate::page::Framed as _;
use crate::page::{LoggedOutPage, LogoutPage};
use crate::session;

/// Ends the session: everything that hangs from it is dead with it.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Visitor, EmptyForm>) -> Result<Response, Rejection> {
    let Form { guard: Visitor { caller, session }, form: EmptyForm {}, .. } = posted;
    if let Some(session) = session {
        let by = caller.acts_in(&session);
        app.act(by, async |tx| session::end(tx, session.account, session.id, EndReason::SignedOut).await).await?;
    }
    Ok(answer::with_cookie(answer::go(Place::Logout), Cookie::Session.forget(&app.config)?))
}

/// Says that the person is signed out, or asks whoever isn't.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Rejection> {
    let frame = visitor.caller.frame(&app)?;
    if visitor.session.is_some() {
        let page = LogoutPage { frame, relying_party: None, place: Place::Logout, carried: Vec::new() };
        return Ok(answer::page(StatusCode::OK, &page));
    }
    Ok(answer::page(StatusCode::OK, &LoggedOutPage { frame, back: None }))
}
