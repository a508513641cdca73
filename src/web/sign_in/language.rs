//! The language switch: keeps the choice in a cookie and comes back to the page it stood on.

use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::Response;
use url::form_urlencoded::parse;

use crate::app::App;
use crate::base::{Language, Life, Place};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::web::sign_in::back::is_ours;

/// How long a browser keeps the choice.
const KEPT: Life = Life::days(365);

/// Whatever the query says, nobody ends on an error here: what can't be read is left as it was.
pub(crate) async fn switch(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let query = query.unwrap_or_default();
    let said = |name: &str| {
        parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (to, back) = (said("to"), said("back"));
    let mut response = answer::see_other(if is_ours(&back) { &back } else { Place::Root.path() });
    if let Some(language) = Language::from_tag(&to) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, Cookie::Language.keep(language.code(), Some(KEPT), &app.config)?);
    }
    Ok(response)
}
