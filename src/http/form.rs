//! Forms that only our own pages can send: a token bound to the browser's cookie, and the browser's word on where the
//! form stood.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::base::{Fault, Secret};
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::keys::KeyPurpose;

/// The token of a browser's forms.
pub fn token(app: &App, browser: &Secret) -> Result<String, Fault> {
    Ok(URL_SAFE_NO_PAD.encode(app.keys.master().mac(KeyPurpose::Csrf, browser.expose().as_bytes())?))
}

/// A form one of our pages sent: any other is refused before its handler runs.
pub struct Form<T> {
    pub caller: Caller,
    pub form: T,
}

/// What a form sends that is a button and nothing else.
#[derive(Debug, Deserialize)]
pub struct EmptyForm {}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, app: &App) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let refused = |trouble| Rejection::from(answer::trouble(&caller, trouble));
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|_| refused(ErrorKind::TooLarge))?;
        if !is_text(&body) {
            return Err(refused(ErrorKind::BadRequest));
        }
        if !is_ours(app, &caller, &headers, &body) {
            return Err(refused(ErrorKind::StaleForm));
        }
        // The forms are our own: fields that don't fit were not typed by a person.
        let form = serde_urlencoded::from_bytes(&body).map_err(|_| refused(ErrorKind::BadRequest))?;
        Ok(Self { caller, form })
    }
}

/// Whether the form stood on a page of ours. Only endpoints that take other people's forms too need to ask.
#[must_use]
pub fn is_ours(app: &App, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> bool {
    !is_foreign(headers, &app.config.issuer) && has_token(app, caller, body)
}

/// Whether the fields are text: no NUL, and nothing but UTF-8 behind the escapes.
fn is_text(body: &[u8]) -> bool {
    let pairs = url::form_urlencoded::parse(body);
    let broken = |text: &str| text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    !pairs.into_iter().any(|(name, value)| broken(&name) || broken(&value))
}

/// Whether the browser says that the form stood on another site.
fn is_foreign(headers: &HeaderMap, issuer: &str) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let elsewhere = said(header::ORIGIN.as_str()).is_some_and(|origin| origin != issuer && origin != "null");
    elsewhere || said("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

fn has_token(app: &App, caller: &Caller, body: &[u8]) -> bool {
    let mut tokens = url::form_urlencoded::parse(body).filter(|(name, _)| name == "csrf");
    match (&caller.browser, tokens.next(), tokens.next()) {
        (Some(browser), Some((_, sent)), None) => {
            let sent = URL_SAFE_NO_PAD.decode(sent.as_bytes()).unwrap_or_default();
            app.keys.master().mac_matches(KeyPurpose::Csrf, browser.expose().as_bytes(), &sent).unwrap_or(false)
        }
        (None | Some(_), _, _) => false,
    }
}
