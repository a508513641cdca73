//! Answers: pages with their status, redirects, and what is said when something broke.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::base::{Fault, Life, Place};

use super::Caller;
use super::error::{ErrorPage, Trouble};

/// A page with its status.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Broken(Fault::broken("rendering a page", error)).into_response(),
    }
}

/// An error page for what went wrong.
#[must_use]
pub fn trouble(app: &App, caller: &Caller, trouble: Trouble) -> Response {
    match caller.frame(app) {
        Ok(frame) => page(status(trouble), &ErrorPage::new(frame, trouble)),
        Err(fault) => Broken(fault).into_response(),
    }
}

/// Whether whoever asks reads pages, as browsers do.
#[must_use]
pub fn takes_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// A page for a method that this door doesn't take (RFC 9110 section 15.5.6); the router adds which ones it does.
#[must_use]
pub fn wrong_method(app: &App, caller: &Caller) -> Response {
    match caller.frame(app) {
        Ok(frame) => page(StatusCode::METHOD_NOT_ALLOWED, &ErrorPage::new(frame, Trouble::NotFound)),
        Err(fault) => Broken(fault).into_response(),
    }
}

/// The HTTP status of a trouble.
#[must_use]
pub const fn status(trouble: Trouble) -> StatusCode {
    match trouble {
        Trouble::NotFound | Trouble::StaleLink => StatusCode::NOT_FOUND,
        Trouble::StaleForm | Trouble::OtherDuty | Trouble::Upstream => StatusCode::FORBIDDEN,
        Trouble::StaleErrand | Trouble::BadRequest => StatusCode::BAD_REQUEST,
        Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Trouble::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Trouble::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Says when to come back (RFC 9110 section 10.2.3), in whole seconds and never too early.
#[must_use]
pub fn after(mut response: Response, wait: Life) -> Response {
    let seconds = u64::try_from(wait.as_duration().as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// Sends the browser on with a GET, to one of our own places.
#[must_use]
pub fn go(place: Place) -> Response {
    see_other(place.path())
}

/// Sends the browser on with a GET.
#[must_use]
pub fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(error) => Broken(Fault::broken("writing a redirect", error)).into_response(),
    }
}

/// What ends a handler early: an answer already made, or a fault.
#[derive(Debug)]
pub struct Stop(Box<Response>);

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Broken(fault).into_response().into()
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A fault as an answer: logged with a reference; [`super::broken`] gives it the caller's form.
#[derive(Debug)]
pub struct Broken(pub Fault);

/// What a broken answer carries until it is given its form.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What the person tells Customer Service, and the log has too.
    pub reference: String,
    /// Whether trying again later is all there is to do.
    pub busy: bool,
    /// What broke, in the words of the program and without its particulars, which may be a person's.
    pub what: &'static str,
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        let reference = super::broken::reference();
        let busy = self.0.passes();
        tracing::error!(%reference, fault = %self.0, "a request could not be answered");
        let status = if busy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
        let mut response = status.into_response();
        response.extensions_mut().insert(Reference { reference, busy, what: self.0.what() });
        response
    }
}
