//! The token endpoint (RFC 6749 section 3.2): one pipeline of numbered phases. A grant says how it is proven and spent;
//! it can't leave out what comes before or after, since each phase takes what only the one before it makes.

mod client_credentials;
mod code;
mod issue;
mod refresh;

use crate::audit::EndReason;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::{self, AuthorizationFacts};
use crate::app::App;
use crate::authorization;
use crate::base::actor::Who;
use crate::base::ids::AuthorizationId;
use crate::base::{Address, Fault};
use crate::http::Caller;
use crate::oidc::client_request::{self, ClientRequest, Failed, PostedParameters};
use crate::oidc::door;
use crate::oidc::errors::{Error, ErrorCode};
use crate::relying_party::RelyingParty;
use crate::store::Tx;

use issue::{Granted, Tokens};

/// POST.
pub async fn post(State(app): State<App>, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    client_request::answer(exchange(&app, &caller, (&headers, &body)).await)
}

async fn exchange(app: &App, caller: &Caller, posted: PostedParameters<'_>) -> Result<Tokens, Failed> {
    // 1 and 2. The form is read, and the client proves who it is.
    let asked = client_request::read(app, caller, posted).await?;
    let client = asked.client;
    let by = caller.acts_as(Who::Client(client.id.clone()));
    // 3. What it brings is proven to be its own.
    let proven = match prove(app, &asked).await? {
        Brought::OfAPerson(proven) => proven,
        Brought::Nothing => return client_credentials::tokens(app, by, &asked).await,
    };
    // 4 and 5. It is spent, and access is asked, in one unit of work: what a refusal ends is ended.
    let entering = Entering { client, address: caller.address };
    let granted = app.act(by, async |tx| redeem(tx, entering, *proven).await).await??;
    // 6 and 7. Claims are made and signed when nothing is locked any more.
    Ok(issue::sign(app, client, &granted)?)
}

/// What a client brings.
enum Brought {
    /// Something that speaks for a person, proven to be the client's own.
    OfAPerson(Box<Proven>),
    /// Nothing but its own name.
    Nothing,
}

enum Proven {
    Code(authorization::code::ProvenCode),
    Refresh(refresh::ProvenRefreshToken),
}

/// Phase 3: each grant's own proof.
async fn prove(app: &App, asked: &ClientRequest<'_>) -> Result<Brought, Failed> {
    match asked.parameters.get("grant_type") {
        Some("authorization_code") => Ok(Brought::OfAPerson(Box::new(Proven::Code(code::prove(app, asked).await?)))),
        Some("refresh_token") => Ok(Brought::OfAPerson(Box::new(Proven::Refresh(refresh::prove(app, asked).await?)))),
        Some("client_credentials") => Ok(Brought::Nothing),
        Some(_) => Err(Error::new(
            ErrorCode::UnsupportedGrantType,
            "grant_type must be authorization_code, refresh_token or client_credentials",
        )
        .into()),
        None => Err(Error::request("grant_type is missing").into()),
    }
}

/// Who redeems, and from where.
#[derive(Clone, Copy)]
struct Entering<'a> {
    client: &'a RelyingParty,
    address: Option<Address>,
}

/// Phases 4 and 5, in each grant's own order. A refusal is an answer and is committed.
async fn redeem(tx: &mut Tx, entering: Entering<'_>, proven: Proven) -> Result<Result<Granted, Error>, Fault> {
    match proven {
        Proven::Code(code) => code::redeem(tx, entering, code).await,
        Proven::Refresh(token) => refresh::redeem(tx, entering, token).await,
    }
}

/// Someone whose access was found to hold in this unit of work.
struct Admitted(AuthorizationFacts);

/// Phase 5: access is asked at this door too (fault 2), of the rows as they are now.
async fn admit(tx: &mut Tx, entering: Entering<'_>, sid: AuthorizationId) -> Result<Result<Admitted, Error>, Fault> {
    let at = (tx.now, tx.lives.session_idle);
    let Some(hanging) = access::of_authorization(&mut tx.db, sid).await?.filter(|hanging| hanging.is_live(at)) else {
        return Ok(Err(Error::grant("the sign-in behind this grant has ended")));
    };
    let standing = door::judge(entering.client, &hanging, entering.address, at);
    if standing.is_final() {
        authorization::end(tx, sid, EndReason::AccessLost).await?;
    }
    if !standing.holds() {
        return Ok(Err(Error::grant("access does not hold for the person behind this grant")));
    }
    if hanging.tokens_issued_at.is_none() && !authorization::mark_tokens_issued(tx, sid).await? {
        return Ok(Err(Error::grant("the sign-in behind this grant has ended")));
    }
    Ok(Ok(Admitted(hanging)))
}
