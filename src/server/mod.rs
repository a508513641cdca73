//! Joins the doors into one router, wraps it in what every answer needs, and serves it until told to stop.

mod first_byte;
mod listener;
mod request_log;
mod signals;
mod tls;
#[cfg(test)]
pub(crate) mod trial;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_server::Handle;
use tower::ServiceExt as _;
use tower::util::ThenLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::{App, CannotStart};
use crate::base::{Fault, Place};
use crate::http::answer::{self, Broken};
use crate::http::error::ErrorKind;
use crate::http::{Caller, headers, mark_browser};
use crate::jobs::Jobs;
use crate::{account, oidc, page, web};

pub use listener::{Listener, listen};
pub use signals::{ProcessSignal, Signals, stopped};
pub use tls::{Pair, ServedCertificate, Unusable};

/// The longest body read: forms and token requests are small.
const LONGEST_BODY: usize = 64 * 1024;

/// The longest a request may take, a slow client's body included.
const LONGEST_REQUEST: Duration = Duration::from_mins(1);

/// How long running requests may go on once the server was told to stop.
const LONGEST_GOODBYE: Duration = Duration::from_secs(10);

/// Every door. `more` are pages that only the demonstration has.
pub fn router(app: &App, more: Router<App>) -> Router {
    // The outermost layer first, and each group has its own stack: one layered over another is one more box around
    // every route.
    let headers = headers::secure(app);
    let log = from_fn_with_state(app.clone(), request_log::follow);
    let bounds = (
        CatchPanicLayer::custom(panicked),
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST_REQUEST),
        DefaultBodyLimit::max(LONGEST_BODY),
    );
    let pages = web::routes().merge(oidc::pages());
    let shown_again = pages.clone().layer(from_fn_with_state(app.clone(), mark_browser)).with_state(app.clone());
    let pages = pages.merge(more).fallback(not_found).method_not_allowed_fallback(wrong_method).layer((
        log.clone(),
        headers.clone(),
        from_fn_with_state(app.clone(), page::explain),
        bounds,
        from_fn_with_state(shown_again, page::show_again),
        from_fn_with_state(app.clone(), mark_browser),
    ));
    let programs = Router::new().route(Place::Readyz.path(), get(ready)).merge(oidc::endpoints(app));
    // What lies ready reads no body, waits for nobody and can't break.
    let at = app.clone();
    let explain = ThenLayer::new(move |Ok(answer): Result<_, Infallible>| {
        let app = at.clone();
        async move { Ok::<_, Infallible>(page::explain_to_program(app, Response::into_response(answer)).await) }
    });
    let documents = Router::new().route(Place::Healthz.path(), get(async || "ok\n")).merge(oidc::documents(app));
    let doors = documents
        .layer((log.clone(), headers.clone()))
        .merge(programs.layer((log, headers, explain, bounds)))
        .merge(pages)
        .with_state(app.clone());
    if app.config.prefix().is_empty() { doors } else { behind(app.config.prefix().to_owned(), doors) }
}

/// Every door behind the issuer's path; nothing else answers before it but the well-known documents about that path
/// (RFC 8414 section 3.1).
fn behind(prefix: String, doors: Router) -> Router {
    Router::new().fallback(async move |mut request: Request| {
        let Some(path) = within(&prefix, request.uri()) else { return StatusCode::NOT_FOUND.into_response() };
        *request.uri_mut() = path;
        let Ok(response) = doors.oneshot(request).await;
        response
    })
}

/// What stands behind the prefix of an address.
fn within(prefix: &str, asked: &Uri) -> Option<Uri> {
    let path = match asked.path().strip_prefix("/.well-known/") {
        Some(document) => format!("/.well-known/{}", document.strip_suffix(prefix)?),
        None => asked.path().strip_prefix(prefix)?.to_owned(),
    };
    let query = asked.query().map(|query| format!("?{query}")).unwrap_or_default();
    match path.as_str() {
        "" => format!("/{query}").parse().ok(),
        path if path.starts_with('/') => format!("{path}{query}").parse().ok(),
        _ => None,
    }
}

/// Serves until `stop` answers, then lets running requests and the running job finish. The last thing said before is
/// where to.
pub async fn serve(
    app: App,
    listener: Listener,
    more: Router<App>,
    stop: impl Future<Output = ()>,
) -> Result<(), CannotStart> {
    let jobs = Jobs::start(&app).await?;
    tokio::task::spawn_blocking(account::password::policy::warm_up);
    // The port may have been the system's choice.
    let listen = listener.address().unwrap_or(app.config.listen);
    let (tls, database, issuer) = (listener.is_secure(), app.store.kind(), &app.config.issuer);
    tracing::info!(%listen, tls, database, issuer, "Guichet serves");
    let handle = Handle::new();
    let stopping = async {
        stop.await;
        handle.graceful_shutdown(Some(LONGEST_GOODBYE));
        std::future::pending::<Infallible>().await
    };
    let ended = tokio::select! {
        ended = listener.serve(router(&app, more), handle.clone()) => ended,
        never = stopping => match never {},
    };
    jobs.stop().await;
    app.store.close().await;
    ended.map_err(|error| CannotStart::Fault(Fault::broken("serving", error)))
}

/// Ready is who can reach the database.
async fn ready(State(app): State<App>) -> Response {
    match app.look(async |view| crate::keys::list(&mut view.db).await).await {
        Ok(_) => "ready\n".into_response(),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database can't be reached\n").into_response()
        }
    }
}

async fn not_found(caller: Caller) -> Response {
    answer::trouble(&caller, ErrorKind::NotFound)
}

async fn wrong_method(caller: Caller) -> Response {
    answer::wrong_method(&caller)
}

fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Broken(Fault::broken("a request", words.unwrap_or("panicked").to_owned())).into_response()
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn only_what_stands_behind_the_issuers_path_is_a_door() {
        for (asked, door) in [
            ("/auth", Some("/")),
            ("/auth/", Some("/")),
            ("/auth/login?a=b", Some("/login?a=b")),
            ("/auth?a=b", Some("/?a=b")),
            ("/.well-known/openid-configuration/auth", Some("/.well-known/openid-configuration")),
            ("/.well-known/openid-configuration", None),
            ("/.well-knownauth", None),
            ("/authlogin", None),
            ("/login", None),
            ("/", None),
        ] {
            let found = within("/auth", &asked.parse().unwrap());
            assert_eq!(found.map(|door| door.to_string()).as_deref(), door, "{asked}");
        }
    }
}
