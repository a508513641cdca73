//! Revocation (RFC 7009): a client gives back what it was given. A refresh token takes everything along that hangs from
//! the same sign-in, an access token nothing but itself.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::app::App;
use crate::audit::EndReason;
use crate::authorization::{self, access_token, refresh};
use crate::base::actor::Who;
use crate::base::ids::AuthorizationId;
use crate::base::{Fault, Secret, Timestamp};
use crate::http::Caller;
use crate::store::{Tx, View};

use super::client_request::{self, Failed};
use super::errors::Error;
use super::presented::Presented;

/// POST.
pub async fn post(State(app): State<App>, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    client_request::answer(revoke(&app, &caller, &headers, &body).await)
}

async fn revoke(app: &App, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Result<StatusCode, Failed> {
    let asked = client_request::read(app, caller, headers, body).await?;
    let token = asked.parameters.get("token").ok_or(Error::request("token is missing"))?;
    let found = match Presented::read(app, token) {
        Some(presented) => app.look(async |view| find(view, presented).await).await?,
        None => None,
    };
    // Section 2.2: for a token that is none, or none any more, there is nothing to do and nothing to mend.
    let Some(found) = found else { return Ok(StatusCode::OK) };
    if found.client != asked.client.id {
        // Section 2.1: the request is refused and the client is told. Who shows a token of 256 random bits, or our
        // signature, has it already: that it exists is no news.
        return Err(Error::grant("the token was given to another client").into());
    }
    let by = caller.acts_as(Who::Client(found.client));
    app.act(by, async |tx| take_back(tx, found.what).await).await?;
    Ok(StatusCode::OK)
}

/// A token that was given to some client.
struct Found {
    client: String,
    what: What,
}

enum What {
    Signed { jti: uuid::Uuid, expires_at: Timestamp },
    Opaque(Secret),
    Refresh(AuthorizationId),
}

/// `token_type_hint` isn't needed: the text itself says where to look.
async fn find(view: &mut View, presented: Presented) -> Result<Option<Found>, Fault> {
    let secret = match presented {
        Presented::Signed(token) => {
            return Ok(token
                .jti
                .map(|jti| Found { client: token.client, what: What::Signed { jti, expires_at: token.expires_at } }));
        }
        Presented::Opaque(secret) => secret,
    };
    if let Some(token) = access_token::find(&mut view.db, &secret, view.now).await? {
        return Ok(Some(Found { client: token.client, what: What::Opaque(secret) }));
    }
    let token = refresh::find(&mut view.db, &secret).await?;
    Ok(token.map(|token| Found { client: token.authorization.client, what: What::Refresh(token.authorization.sid) }))
}

/// Of a refresh token the whole authorization ends (section 2.1: the access tokens of the same grant go along): a used
/// one counts too, since its client wants no more of the family.
async fn take_back(tx: &mut Tx, what: What) -> Result<(), Fault> {
    match what {
        What::Signed { jti, expires_at } => access_token::revoke_signed(tx, jti, expires_at).await,
        What::Opaque(secret) => access_token::revoke_opaque(tx, &secret).await,
        What::Refresh(sid) => authorization::end(tx, sid, EndReason::Revoked).await.map(drop),
    }
}
