//! What only the demonstration answers, and only to its own machine: a mailbox to read and a clock to move.

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;

use crate::app::App;
use crate::base::{Life, Place};
use crate::demo::mailbox::MailboxPage;
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::jobs;
use crate::mail::{Mailbox, Sent};
use crate::page::Framed as _;

const MAILBOX_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action \
    'self'; frame-ancestors 'none'; base-uri 'none'";

/// `/dev/…`
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .route(Place::DemoMailbox.path(), get(mailbox))
        .route(Place::DemoMailboxJson.path(), get(mailbox_json))
        .route(Place::DemoClock.path(), post(move_clock))
        .route_layer(from_fn_with_state(app.clone(), from_this_machine))
}

/// A page of elsewhere whose name was made to lead here for a moment reads no mail, and moves no clock.
async fn from_this_machine(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    let host: Option<Authority> = request.uri().authority().cloned().or(named);
    let origin = request.headers().get(header::ORIGIN);
    let is_own = host.filter(|host| is_loopback(host, app.config.listen.port())).is_some_and(|host| {
        origin.is_none_or(|origin| *origin == format!("http://{host}") || *origin == format!("https://{host}"))
    });
    if is_own {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "this is for the demonstration's own machine and pages only\n").into_response()
    }
}

/// Whether a name of this machine is meant, at that port.
fn is_loopback(host: &Authority, port: u16) -> bool {
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| host.host().eq_ignore_ascii_case(own));
    is_loopback && !host.as_str().contains('@') && host.port_u16().unwrap_or(80) == port
}

async fn mailbox(State(app): State<App>, caller: Caller) -> Result<Response, Rejection> {
    let page = MailboxPage { frame: caller.frame(&app)?, mails: newest_first(&app) };
    let mut response = answer::page(StatusCode::OK, &page);
    // Mails carry their styles inline, and what is framed inherits this page's policy.
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAILBOX_POLICY));
    Ok(response)
}

async fn mailbox_json(State(app): State<App>) -> Json<Vec<Sent>> {
    Json(newest_first(&app))
}

fn newest_first(app: &App) -> Vec<Sent> {
    let mut mails = app.mailbox.as_ref().map(Mailbox::letters).unwrap_or_default();
    mails.reverse();
    mails
}

#[derive(Deserialize)]
struct Advance {
    advance: String,
}

/// Moves the clock; what is due by then has run when this answers.
async fn move_clock(State(app): State<App>, Form(form): Form<Advance>) -> Result<Response, Rejection> {
    let Some(by) = Life::parse(&form.advance) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, "write advance=73h: a whole number and s, min, h or d\n")
            .into_response());
    };
    app.clock.advance(by);
    jobs::run_due(&app).await?;
    Ok(Json(serde_json::json!({ "now": app.clock.now().to_string() })).into_response())
}
