//! A session that goes on under another secret, once its owner proved more.

use axum::response::Response;

use crate::app::App;
use crate::base::{Fault, Secret};
use crate::http::answer;
use crate::http::cookies::Cookie;

/// The answer, with the session's new secret; without one, somebody ended it meanwhile, or it keeps the one it has.
pub(super) fn under_new_secret(app: &App, response: Response, secret: Option<Secret>) -> Result<Response, Fault> {
    let Some(secret) = secret else { return Ok(response) };
    Ok(answer::with_cookie(response, Cookie::Session.keep(secret.expose(), None, &app.config)?))
}
