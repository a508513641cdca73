//! The portal's routes, and what holds for every answer.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use url::Url;

use crate::app::{Portal, Shared};
use crate::layout::language;
use crate::sign_in::guard::Reader;
use crate::sign_in::{self, backchannel_logout, sign_out};
use crate::{certificates, dashboard, invoices, orders, tickets};

/// Serves until `stop` resolves.
pub async fn serve(
    portal: Portal,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(Arc::new(portal))).with_graceful_shutdown(stop).await
}

pub fn router(portal: Shared) -> Router {
    Router::new()
        .route("/", get(dashboard::home))
        .route("/sign-in", get(sign_in::begin))
        .route("/callback", get(sign_in::callback))
        .route("/sign-out", post(sign_out::sign_out))
        .route("/backchannel-logout", post(backchannel_logout::receive))
        .route("/language", post(language::switch))
        .route("/orders", get(orders::list))
        .route("/orders/{reference}", get(orders::detail))
        .route("/invoices", get(invoices::list))
        .route("/invoices/{file}", get(invoices::document))
        .route("/tickets", get(tickets::list))
        .route("/tickets/{reference}", get(tickets::detail))
        .route("/certificates", get(certificates::list))
        .route("/assets/portal.css", get(stylesheet))
        .route("/assets/portal.svg", get(emblem))
        .route("/favicon.ico", get(emblem))
        .fallback(async |reader: Reader| reader.shell.not_found())
        .layer(from_fn_with_state(Arc::clone(&portal), same_site_posts))
        .layer(from_fn_with_state(Arc::clone(&portal), security_headers))
        .with_state(portal)
}

async fn stylesheet() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/portal.css"))
}

async fn emblem() -> Response {
    asset("image/svg+xml", include_str!("assets/portal.svg"))
}

fn asset(kind: &'static str, body: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=3600")], body).into_response()
}

/// No page of another site posts here, whatever cookies the browser would send along.
async fn same_site_posts(State(portal): State<Shared>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_ours(request.headers(), &portal.settings.base) {
        return (StatusCode::FORBIDDEN, "This form was sent from another site.").into_response();
    }
    next.run(request).await
}

/// Browsers name the origin of a form in one of two headers; a caller that sends neither is not a browser.
fn is_ours(headers: &HeaderMap, base: &Url) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    headers.get(ORIGIN).is_none_or(|origin| origin.as_bytes() == base.origin().ascii_serialization().as_bytes())
}

/// A form may lead to the provider and back: browsers apply `form-action` along redirects.
async fn security_headers(State(portal): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let provider = Url::parse(&portal.settings.issuer).map(|url| url.origin().ascii_serialization());
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {} {}",
        portal.settings.base.origin().ascii_serialization(),
        provider.unwrap_or_default(),
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
