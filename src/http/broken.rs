//! What a person sees when something broke: a page with a reference, in their language. Programs get the status and the
//! reference as JSON.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::app::App;
use crate::audit::{Deed, What, record};
use crate::base::actor::Who;
use crate::base::{Actor, Dice};

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

/// How long a broken answer waits for its line: the database may be what broke.
const PATIENCE: Duration = Duration::from_secs(2);

/// Puts the reference into the trail, where Customer Service finds it. If that breaks as well, the log has it.
/// A server at its bound isn't asked to write more.
async fn remember(app: &App, asked: &str, broken: &Reference) {
    if broken.busy {
        return;
    }
    let deed = Deed::new(What::RequestBroke).subject(asked).reference(&broken.reference);
    let deed = deed.detail(serde_json::json!({ "broke": broken.what }));
    let written =
        tokio::time::timeout(PATIENCE, app.act(Actor::of(Who::Visitor), async |tx| record(tx, deed).await)).await;
    if !matches!(written, Ok(Ok(()))) {
        tracing::warn!(reference = %broken.reference, "the trail has no line of this reference");
    }
}

/// Gives a broken answer the form that its caller reads: a page, where they take one.
pub async fn explain(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let wants_page = answer::takes_page(&parts.headers);
    let asked = format!("{} {}", parts.method, parts.uri.path());
    let caller = if wants_page { Caller::from_request_parts(&mut parts, &app).await.ok() } else { None };
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(broken) = response.extensions().get::<Reference>().cloned() else { return response };
    remember(&app, &asked, &broken).await;
    let Some(frame) = caller.and_then(|caller| caller.frame(&app).ok()) else {
        return told_to_program(&response, broken);
    };
    let trouble = if broken.busy { Trouble::Busy } else { Trouble::Broken };
    let page = ErrorPage { reference: Some(broken.reference), ..ErrorPage::new(frame, trouble) };
    told(answer::page(response.status(), &page), broken.busy)
}

/// Gives a broken answer the form that programs read.
pub async fn explain_to_program(app: App, response: Response) -> Response {
    let Some(broken) = response.extensions().get::<Reference>().cloned() else { return response };
    remember(&app, "a program's request", &broken).await;
    told_to_program(&response, broken)
}

fn told_to_program(response: &Response, broken: Reference) -> Response {
    let what =
        json!({ "error": "server_error", "error_description": "see the reference", "reference": broken.reference });
    told((response.status(), Json(what)).into_response(), broken.busy)
}

fn told(mut explained: Response, busy: bool) -> Response {
    if busy {
        explained.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    explained
}
