//! What a person sees when something went wrong, was refused or broke: a page, in their language, with a reference
//! where somebody has to look. Programs get the status and the reference as JSON.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::json;
use tower::ServiceExt as _;

use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::{Actor, Fault};
use crate::http::answer::{self, Broken, Early, Reference, Unexplained};
use crate::http::error::ErrorKind;
use crate::http::{Again, Caller};

use super::error::{self, ErrorPage};
use super::framed::Framed as _;
use super::refusal;

/// How long a broken answer waits for its line: the database may be what broke.
const PATIENCE: Duration = Duration::from_secs(2);

/// Puts the reference into the trail, where Customer Service finds it. If that breaks as well, the log has it.
/// A server at its bound isn't asked to write more.
async fn remember(app: &App, asked: &str, broken: &Reference) {
    if broken.busy {
        return;
    }
    let deed = Deed::new(DeedKind::RequestBroke).subject(asked).reference(&broken.reference);
    let deed = deed.detail("broke", broken.what);
    let written =
        tokio::time::timeout(PATIENCE, app.act(Actor::of(Who::Visitor), async |tx| tx.record(deed).await)).await;
    if !matches!(written, Ok(Ok(()))) {
        tracing::warn!(reference = %broken.reference, "the trail has no line of this reference");
    }
}

/// Gives what went wrong, or was refused, the form that its caller reads: a page; of what broke, where they take one.
pub async fn explain(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let wants_page = answer::takes_page(&parts.headers);
    let asked = format!("{} {}", parts.method, parts.uri.path());
    let caller = if wants_page { Caller::from_request_parts(&mut parts, &app).await.ok() } else { None };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(early) = response.extensions_mut().remove::<Unexplained>() {
        let page = early_page(&app, early, response.status()).await;
        response = in_place_of(&response, page.unwrap_or_else(|fault| Broken(fault).into_response()));
    }
    let Some(broken) = response.extensions().get::<Reference>().cloned() else { return response };
    remember(&app, &asked, &broken).await;
    let Some(frame) = caller.and_then(|caller| caller.frame(&app).ok()) else {
        return told_to_program(&response, broken);
    };
    let kind = if broken.busy { ErrorKind::Busy } else { ErrorKind::Broken };
    let page = ErrorPage { reference: Some(broken.reference), ..ErrorPage::new(frame, kind) };
    told(answer::page(response.status(), &page), broken.busy)
}

async fn early_page(app: &App, early: Unexplained, status: StatusCode) -> Result<Response, Fault> {
    Ok(match early.what {
        Early::Error(kind) => answer::page(status, &ErrorPage::new(early.caller.frame(app)?, kind)),
        Early::BadRequest(detail) => {
            let page = ErrorPage::new(early.caller.frame(app)?, ErrorKind::BadRequest);
            answer::page(status, &ErrorPage { detail: Some(detail), ..page })
        }
        Early::AnothersForm { account, beginning } => {
            answer::page(status, &error::of_another(app, &early.caller, account, beginning).await?)
        }
        Early::Refusal(refusal) => answer::page(status, &refusal::page(app, &early.caller, &refusal).await?),
    })
}

/// Shows the page of a form that came out of date again, as whoever sent it would open it, with what they typed.
pub async fn show_again(State(pages): State<Router>, request: Request, next: Next) -> Response {
    let (headers, peer) = match *request.method() {
        Method::POST => (request.headers().clone(), request.extensions().get::<ConnectInfo<SocketAddr>>().copied()),
        _ => return next.run(request).await,
    };
    let mut response = next.run(request).await;
    let Some(again) = response.extensions_mut().remove::<Again>() else { return response };
    let Ok(mut shown) = Request::get(&again.page).body(Body::empty()) else { return response };
    *shown.headers_mut() = headers;
    shown.headers_mut().remove(header::CONTENT_TYPE);
    shown.headers_mut().remove(header::CONTENT_LENGTH);
    if let Some(peer) = peer {
        shown.extensions_mut().insert(peer);
    }
    shown.extensions_mut().insert(again);
    let Ok(mut page) = pages.oneshot(shown).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = response.status();
    }
    page
}

/// The page keeps what the door and the layers around it said beside their bare answer: cookies, policies.
fn in_place_of(bare: &Response, mut page: Response) -> Response {
    let said = bare.headers().iter().filter(|(name, _)| **name != header::CONTENT_LENGTH);
    for (name, value) in said {
        page.headers_mut().append(name.clone(), value.clone());
    }
    page
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
