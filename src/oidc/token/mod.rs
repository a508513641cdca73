//! The token endpoint (RFC 6749 section 3.2): one pipeline of numbered phases. A grant says how it is proven and spent;
//! it can't leave out what comes before or after, since each phase takes what only the one before it makes.

mod admit;
mod client_credentials;
mod code;
mod issue;
mod refresh;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::app::App;
use crate::authorization;
use crate::base::Fault;
use crate::base::actor::Who;
use crate::http::Caller;
use crate::oidc::client_request::{self, ClientRequest, Failed};
use crate::oidc::errors::{Error, ErrorCode};
use crate::store::Tx;

use admit::Entering;
use issue::{Granted, Tokens};

/// POST.
pub async fn post(State(app): State<App>, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    client_request::answer(exchange(&app, &caller, &headers, &body).await)
}

async fn exchange(app: &App, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Result<Tokens, Failed> {
    // 1 and 2. The form is read, and the client proves who it is.
    let asked = client_request::read(app, caller, headers, body).await?;
    let client = &*asked.client;
    let by = caller.acts_as(Who::Client(client.id.clone()));
    if asked.parameters.get("grant_type") == Some("client_credentials") {
        // It brings nothing but its own name.
        return client_credentials::tokens(app, by, &asked).await;
    }
    // 3. What it brings is proven to be its own.
    let proven = prove(app, &asked).await?;
    // 4 and 5. It is spent, and access is asked, in one unit of work: what a refusal ends is ended.
    let entering = Entering { client, address: caller.address };
    let granted = app.act(by, async |tx| redeem(tx, entering, proven).await).await??;
    // 6 and 7. Claims are made and signed when nothing is locked any more.
    Ok(issue::sign(app, client, &granted)?)
}

/// Something that speaks for a person, proven to be the client's own.
enum Proven {
    Code(authorization::code::ProvenCode),
    Refresh(refresh::ProvenRefreshToken),
}

/// Phase 3: each grant's own proof.
async fn prove(app: &App, asked: &ClientRequest) -> Result<Proven, Failed> {
    let why = "grant_type must be authorization_code, refresh_token or client_credentials";
    match asked.parameters.get("grant_type") {
        Some("authorization_code") => Ok(Proven::Code(code::prove(app, asked).await?)),
        Some("refresh_token") => Ok(Proven::Refresh(refresh::prove(app, asked).await?)),
        Some(_) => Err(Error::new(ErrorCode::UnsupportedGrantType, why).into()),
        None => Err(Error::request("grant_type is missing").into()),
    }
}

/// Phases 4 and 5, in each grant's own order. A refusal is an answer and is committed.
async fn redeem(tx: &mut Tx, entering: Entering<'_>, proven: Proven) -> Result<Result<Granted, Error>, Fault> {
    match proven {
        Proven::Code(code) => code::redeem(tx, entering, code).await,
        Proven::Refresh(token) => refresh::redeem(tx, entering, token).await,
    }
}
