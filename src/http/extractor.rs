//! Takes the caller, and whom guards let through, out of a request; gives a browser that has none its cookie.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::app::App;
use crate::base::{Dice, Fault};
use crate::http::address::UnreadableChain;
use crate::http::answer::{self, Rejection};
use crate::http::cookies::{Cookie, Cookies};
use crate::http::error::ErrorKind;
use crate::http::{Caller, CredentialOwner, Fresh, OnDuty, Person, Staff, Visitor};

impl FromRequestParts<App> for Caller {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Rejection> {
        Self::read(parts, app).map_err(|UnreadableChain| {
            tracing::warn!("X-Forwarded-For of a trusted proxy can't be read");
            if answer::takes_page(&parts.headers) {
                return answer::trouble(&Self::unreadable(parts, app), ErrorKind::BadRequest).into();
            }
            let what = json!({ "error": "invalid_request", "error_description": "X-Forwarded-For can't be read" });
            (StatusCode::BAD_REQUEST, Json(what)).into_response().into()
        })
    }
}

/// Lets handlers ask for whom a guard lets through: whoever must prove more first comes back to the address asked for.
macro_rules! guards {
    ($($guard:ident $(<$duty:ident>)?),+) => {$(
        impl $(<$duty: $crate::http::Duty>)? axum::extract::FromRequestParts<$crate::app::App> for $guard $(<$duty>)? {
            type Rejection = $crate::http::answer::Rejection;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                app: &$crate::app::App,
            ) -> Result<Self, Self::Rejection> {
                let caller = $crate::http::Caller::from_request_parts(parts, app).await?;
                let (visitor, here) = ($crate::http::Visitor::of(app, caller.clone()).await?, caller.here);
                <Self as $crate::http::Guard>::behind(app, visitor, &here).await
            }
        }
    )+};
}

pub(crate) use guards;

guards! { Visitor, Staff, Person, Fresh, CredentialOwner, OnDuty<D> }

/// Reads the cookies once, for whoever asks further in, and gives a browser without one its cookie, with the first page
/// it gets. A POST that came without cookies (from another site) leaves the browser's own untouched.
pub async fn mark_browser(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Infallible> {
    let cookies = Cookies::of(request.headers(), &app.config);
    if request.method() != Method::GET || cookies.secret(Cookie::Browser).is_some() {
        request.extensions_mut().insert(cookies);
        return Ok(next.run(request).await);
    }
    let marked = async {
        let secret = Dice.secret()?;
        let cookie = Cookie::Browser.keep(secret.expose(), None, &app.config)?;
        request.extensions_mut().insert(cookies.with(Cookie::Browser, secret.expose()));
        let mut response = next.run(request).await;
        response.headers_mut().append(header::SET_COOKIE, cookie);
        Ok::<_, Fault>(response)
    };
    Ok(marked.await.unwrap_or_else(|fault| answer::Broken(fault).into_response()))
}
