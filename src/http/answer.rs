//! Answers: pages with their status, redirects, and what is said when something broke.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::base::ids::AccountId;
use crate::base::{Dice, Fault, Life, Place};
use crate::http::error::ErrorKind;
use crate::http::refusal::Refusal;
use crate::http::{Caller, request};

/// A page with its status.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Broken(Fault::broken("rendering a page", error)).into_response(),
    }
}

/// What went wrong: its status, and what `page` makes a page of.
pub fn trouble(caller: &Caller, trouble: ErrorKind) -> Response {
    bare(trouble.status(), caller, Early::Error(trouble))
}

/// A method that this door doesn't take (RFC 9110 section 15.5.6); the router adds which ones it does.
pub fn wrong_method(caller: &Caller) -> Response {
    bare(StatusCode::METHOD_NOT_ALLOWED, caller, Early::Error(ErrorKind::NotFound))
}

/// Refuses somebody whose access doesn't hold, with all that is unmet.
pub fn refuse(caller: &Caller, refusal: Refusal) -> Response {
    bare(StatusCode::FORBIDDEN, caller, Early::Refusal(Arc::new(refusal)))
}

/// Says, to a relying party's developer too, what is wrong with its request.
pub fn bad_request(caller: &Caller, detail: &str) -> Response {
    bare(StatusCode::BAD_REQUEST, caller, Early::BadRequest(detail.to_owned()))
}

/// Says that a form was shown to somebody else, and where whoever is signed in now begins again.
pub fn shown_to_another(caller: &Caller, account: Option<AccountId>, beginning: String) -> Response {
    bare(ErrorKind::AnothersForm.status(), caller, Early::AnothersForm { account, beginning })
}

fn bare(status: StatusCode, caller: &Caller, what: Early) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Unexplained { caller: caller.clone(), what });
    response
}

/// What an early answer carries until it is given the form that its caller reads.
#[derive(Clone, Debug)]
pub struct Unexplained {
    /// Who is answered.
    pub caller: Caller,
    /// With what.
    pub what: Early,
}

/// What ends a request before its handler's own answer.
#[derive(Clone, Debug)]
pub enum Early {
    /// Something went wrong.
    Error(ErrorKind),
    /// A relying party asked for something we can't answer: the specification's error and its description.
    BadRequest(String),
    /// Access doesn't hold.
    Refusal(Arc<Refusal>),
    /// The form was shown to somebody else than whoever is signed in now.
    AnothersForm { account: Option<AccountId>, beginning: String },
}

/// Whether whoever asks reads pages, as browsers do.
pub fn takes_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The answer, with a cookie for the browser.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Says when to come back (RFC 9110 section 10.2.3), in whole seconds and never too early.
pub fn after(mut response: Response, wait: Life) -> Response {
    let seconds = u64::try_from(wait.as_duration().as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// Sends the browser on with a GET, to one of our own places.
pub fn go(place: Place) -> Response {
    see_other(place.path())
}

/// Sends the browser on with a GET.
pub fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(error) => Broken(Fault::broken("writing a redirect", error)).into_response(),
    }
}

/// What ends a handler early: an answer already made, or a fault.
#[derive(Debug)]
pub struct Rejection(Box<Response>);

impl From<Response> for Rejection {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        Broken(fault).into_response().into()
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// Eight letters and digits that are hard to confuse when read aloud.
pub fn reference() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let bytes: [u8; 8] = Dice.bytes().unwrap_or_default();
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// A fault as an answer: logged with a reference; [`crate::page::explain`] gives it the caller's form.
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
        let reference = reference();
        let busy = self.0.passes();
        let request_id = request::id().map(tracing::field::display);
        tracing::error!(%reference, request_id, fault = %self.0, "a request could not be answered");
        let status = if busy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
        let mut response = status.into_response();
        response.extensions_mut().insert(Reference { reference, busy, what: self.0.what() });
        response
    }
}
