//! What a person sees when something broke: a page with a reference, in their language. Programs get the status and the reference as JSON.

use axum::Json;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::base::Dice;

use super::Caller;
use super::answer::{self, Reference};
use super::error::{ErrorPage, Trouble};

/// Eight letters and digits that are hard to confuse when read aloud.
#[must_use]
pub fn reference() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let bytes: [u8; 8] = Dice.bytes().unwrap_or_default();
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// Gives a broken answer the form that its caller reads: a page, where they take one.
pub async fn explain(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let wants_page =
        parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let caller = if wants_page { Caller::from_request_parts(&mut parts, &app).await.ok() } else { None };
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(broken) = response.extensions().get::<Reference>().cloned() else { return response };
    let Some(frame) = caller.and_then(|caller| caller.frame(&app).ok()) else { return explain_to_program(response) };
    let trouble = if broken.busy { Trouble::Busy } else { Trouble::Broken };
    let page = ErrorPage { reference: Some(broken.reference), ..ErrorPage::new(frame, trouble) };
    told(answer::page(response.status(), &page), broken.busy)
}

/// Gives a broken answer the form that programs read.
pub fn explain_to_program(response: impl IntoResponse) -> Response {
    let response = response.into_response();
    let Some(Reference { reference, busy }) = response.extensions().get().cloned() else { return response };
    let what = json!({ "error": "server_error", "error_description": "see the reference", "reference": reference });
    told((response.status(), Json(what)).into_response(), busy)
}

fn told(mut explained: Response, busy: bool) -> Response {
    if busy {
        explained.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    explained
}
