//! The client credentials grant (RFC 6749 section 4.4): a service asks in its own name. There is no person, no company
//! and nothing to refresh; the token says what the operator lets the service do.

use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::authorization::access_token;
use crate::base::{Actor, Dice, Fault};
use crate::keys::{Algorithm, TokenType};
use crate::oidc::claims::Issuance;
use crate::oidc::client_request::{ClientRequest, Failed};
use crate::oidc::errors::{Error, ErrorCode};
use crate::oidc::parameters::Parameters;
use crate::relying_party::{AccessTokens, RelyingParty, Scopes};

use super::issue::Tokens;

/// The token of a service that proved who it is. Public clients can't, and have no such scope.
pub(super) async fn tokens(
    app: &App,
    by: Actor,
    ClientRequest { client, parameters }: &ClientRequest,
) -> Result<Tokens, Failed> {
    let scope = scope(client, parameters)?;
    let access_token = match client.access_token {
        AccessTokens::Opaque => {
            let token = app.act(by, async |tx| access_token::issue(tx, None, &client.id, &scope).await).await?;
            token.expose().to_owned()
        }
        AccessTokens::Jwt => sign(app, client, &scope)?,
    };
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in: app.config.lives.token.as_seconds(),
        scope: scope.to_string(),
        id_token: None,
        refresh_token: None,
    })
}

/// Everything the service may do, or what it names of that; a service that names more is misconfigured and should hear
/// it.
fn scope(client: &RelyingParty, parameters: &Parameters) -> Result<Scopes, Error> {
    let allowed = client.scope.of_services();
    if client.is_public() || allowed.is_empty() {
        return Err(Error::new(ErrorCode::UnauthorizedClient, "this client acts for people only"));
    }
    let Some(asked) = parameters.get("scope") else { return Ok(allowed) };
    Scopes::all_of(asked, &allowed)
        .filter(|scope| !scope.is_empty())
        .ok_or(Error::new(ErrorCode::InvalidScope, "scope names something this client may not ask for in its own name"))
}

/// An access token whose subject is the client itself (RFC 9068 section 2.2).
#[derive(Serialize)]
struct ServiceToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    scope: String,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

fn sign(app: &App, client: &RelyingParty, scope: &Scopes) -> Result<String, Fault> {
    let issuance = Issuance { issuer: &app.config.issuer, now: app.clock.now(), life: app.config.lives.token };
    let claims = ServiceToken {
        iss: issuance.issuer,
        sub: &client.id,
        aud: issuance.issuer,
        client_id: &client.id,
        scope: scope.to_string(),
        jti: Dice.id(issuance.now)?,
        iat: issuance.now.seconds(),
        exp: (issuance.now + issuance.life).seconds(),
    };
    app.keys.sign(Algorithm::Es256, TokenType::Access, &claims)
}
