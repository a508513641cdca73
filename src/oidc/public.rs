//! Documents anybody may read, from any origin and from caches: the provider metadata and the keys.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;

/// Short enough that relying parties see what changed soon, long enough to spare a request per sign-in.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ANYBODY: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");
const METHODS_AND_THIS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const A_DAY: HeaderValue = HeaderValue::from_static("86400");

/// The provider metadata.
pub fn metadata(document: &Bytes) -> Response {
    document_of(document.clone(), CACHED)
}

/// The public keys, which caches keep for a part of the time they are published before they sign. Their type is plain
/// JSON, since not every relying party knows `application/jwk-set+json` (RFC 7517 section 8.5.2).
pub async fn jwks(State(app): State<App>) -> Response {
    let cached = format!("public, max-age={}", app.config.keys.cached().as_seconds());
    let cached = HeaderValue::try_from(cached).unwrap_or(CACHED);
    document_of(Bytes::from(app.keys.ring().jwks().to_owned()), cached)
}

/// Answers preflights: a script that asks with a header of its own may read what any other may.
pub async fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY),
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, ANYBODY),
        (header::ACCESS_CONTROL_MAX_AGE, A_DAY),
        (header::ALLOW, METHODS_AND_THIS),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn document_of(body: Bytes, cached: HeaderValue) -> Response {
    let headers =
        [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, cached), (header::ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY)];
    (headers, body).into_response()
}
