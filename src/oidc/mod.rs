//! OpenID Connect and OAuth 2.0: one file per part of the specifications.
//! It knows how requests and answers are written, and asks the subjects everything else.

pub mod authorize;
mod claims;
mod client_auth;
mod client_request;
mod cors;
mod discovery;
mod door;
mod errors;
mod hint;
mod introspection;
mod logout;
// Public for the fuzz targets, which are a crate of their own (`tests/fuzz`).
pub mod parameters;
mod presented;
mod public;
mod revocation;
#[cfg(test)]
mod tests;
mod token;
mod userinfo;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};

use crate::app::App;
use crate::base::Place;
use crate::http::{Caller, answer};

/// The doors a browser comes to.
pub fn pages() -> Router<App> {
    Router::new()
        .route(Place::Authorize.path(), never_by_head(get(authorize::get).post(authorize::post)))
        .route(Place::Consent.path(), get(authorize::consent::show).post(authorize::consent::decide))
        .route(Place::RelyingPartyLogout.path(), never_by_head(get(logout::get).post(logout::post)))
}

/// A GET of these doors gives a code away or ends a session, as the specifications want it. A HEAD, which whoever looks
/// at a link sends, must do nothing (RFC 9110 section 9.2.1): there is none.
fn never_by_head(door: MethodRouter<App>) -> MethodRouter<App> {
    let refuse = async |caller: Caller| -> Response {
        ([(header::ALLOW, HeaderValue::from_static("GET, POST"))], answer::wrong_method(&caller)).into_response()
    };
    door.head(refuse).fallback(refuse)
}

/// The documents that lie ready for anybody.
pub fn documents(app: &App) -> Router<App> {
    let document = discovery::document(&app.config.issuer);
    let metadata = get(async move || public::metadata(&document)).options(public::preflight);
    Router::new()
        .route(Place::OpenidConfiguration.path(), metadata.clone())
        .route(Place::ServerMetadata.path(), metadata)
        .route(Place::Jwks.path(), get(public::jwks).options(public::preflight))
}

/// The doors programs come to.
pub fn endpoints(app: &App) -> Router<App> {
    let called_by_scripts = Router::new()
        .route(Place::Token.path(), post(token::post))
        .route(Place::UserInfo.path(), get(userinfo::get).post(userinfo::post))
        .route(Place::Revoke.path(), post(revocation::post))
        .layer(from_fn_with_state(app.clone(), cors::for_relying_parties));
    Router::new().route(Place::Introspect.path(), post(introspection::post)).merge(called_by_scripts)
}
