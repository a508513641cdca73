//! The page at `/` for whoever isn't signed in.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::base::Place;
use crate::http::answer::{self, Rejection};
use crate::http::{Visitor, home};
use crate::page::{Frame, Framed as _};

/// Says what this is, and leads to the sign-in.
#[derive(Debug, Template)]
#[template(path = "sign_in/welcome.html")]
pub struct WelcomePage {
    /// What every page shares.
    pub frame: Frame,
}

/// Leads the signed-in to their account.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Rejection> {
    if let Some(session) = &visitor.session {
        return Ok(answer::go(home(session)));
    }
    Ok(answer::page(StatusCode::OK, &WelcomePage { frame: visitor.caller.frame(&app)? }))
}
