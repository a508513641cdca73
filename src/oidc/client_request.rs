//! A request that a client sends by itself, not through a browser: a form, read strictly, from a client that proves who
//! it is (RFC 6749 section 2.3 and 3.2, RFC 7009 section 2.1, RFC 7662 section 2.1).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::http::answer::Broken;
use crate::http::{Caller, request};
use crate::relying_party::RelyingParty;

use super::client_auth;
pub use super::client_auth::Failed;
use super::errors::Error;
use super::parameters::Parameters;

/// A request whose client is proven.
pub struct ClientRequest {
    pub client: Arc<RelyingParty>,
    pub parameters: Parameters,
}

/// Reads the form and proves the client.
pub async fn read(app: &App, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Result<ClientRequest, Failed> {
    let parameters = Parameters::of_form(headers, body).map_err(|unreadable| Error::request(unreadable.why()))?;
    if parameters.has_repeated() {
        return Err(Error::request("a parameter was sent twice").into());
    }
    let client = client_auth::authenticate(app, caller, headers, &parameters).await?;
    request::note_client(&client.id);
    Ok(ClientRequest { client, parameters })
}

/// The answer, which is kept nowhere (RFC 6749 section 5.1), errors included.
pub fn answer(answer: Result<impl IntoResponse, Failed>) -> Response {
    let mut response = match answer {
        Ok(answer) => answer.into_response(),
        Err(Failed::Refused(refused)) => refused.answer(),
        Err(Failed::TooMany(closed)) => client_auth::too_many(closed),
        Err(Failed::Broken(fault)) => Broken(fault).into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
