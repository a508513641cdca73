//! The refresh grant (RFC 6749 section 6): access is asked before the token is spent, so that a passing refusal (a
//! network, say) costs its client nothing but this answer.

use crate::app::App;
use crate::authorization::refresh::{self, RefreshToken, SpentRefreshToken};
use crate::base::{Fault, Secret};
use crate::oidc::client_request::{ClientRequest, Failed};
use crate::oidc::errors::{Error, ErrorCode};
use crate::relying_party::{Scope, Scopes};
use crate::store::Tx;

use super::admit::{Entering, admit};
use super::issue::{Echoed, Granted};

/// A refresh token that was given to the client that brings it.
pub(super) struct ProvenRefreshToken {
    token: RefreshToken,
    scope: Scopes,
}

/// Finds the token and proves that it was given to this client, for no less than is asked now.
pub(super) async fn prove(
    app: &App,
    ClientRequest { client, parameters }: &ClientRequest,
) -> Result<ProvenRefreshToken, Failed> {
    if !client.refresh_tokens {
        return Err(Error::new(ErrorCode::UnauthorizedClient, "this client gets no refresh tokens").into());
    }
    let presented =
        Secret::presented(parameters.get("refresh_token").ok_or(Error::request("refresh_token is missing"))?);
    let found = app.look(async |view| refresh::find(&mut view.db, &presented).await).await?;
    // Another client's token answers like one that doesn't exist (fault 3).
    let token = found.filter(|token| token.authorization.client == client.id).ok_or(UNKNOWN)?;
    // What the operator took from the client since isn't given again.
    let granted = token.authorization.scope.within(&client.scope);
    let scope = match parameters.get("scope") {
        Some(narrower) => Scopes::all_of(narrower, &granted)
            .filter(|scope| !scope.is_empty())
            .ok_or(Error::new(ErrorCode::InvalidScope, "scope names something that wasn't granted"))?,
        None => granted,
    };
    Ok(ProvenRefreshToken { token, scope })
}

const UNKNOWN: Error = Error::grant("the refresh token is unknown or too old");

/// Asks access, then exchanges the token. The next one is good for the whole scope again, whatever this answer is
/// narrowed to.
pub(super) async fn redeem(
    tx: &mut Tx,
    entering: Entering<'_>,
    proven: ProvenRefreshToken,
) -> Result<Result<Granted, Error>, Fault> {
    let ProvenRefreshToken { token, scope } = proven;
    let admitted = match admit(tx, entering, token.authorization.sid).await? {
        Ok(admitted) => admitted,
        Err(error) => return Ok(Err(error)),
    };
    // What the operator took from the client since: without it the family has the session's life.
    let goes_on_alone = entering.client.scope.has(Scope::OfflineAccess);
    if !goes_on_alone && !admitted.hanging.session_is_live(tx.now, tx.lives.session_idle) {
        return Ok(Err(Error::grant("the session behind this grant has ended")));
    }
    let successor = match refresh::spend(tx, &token).await? {
        SpentRefreshToken::For(successor) => successor,
        SpentRefreshToken::TooLate => return Ok(Err(UNKNOWN)),
        SpentRefreshToken::Already => return Ok(Err(Error::grant("the refresh token was used just before"))),
        SpentRefreshToken::Replayed => {
            return Ok(Err(Error::grant("the refresh token was used before; what it gave has ended")));
        }
    };
    // No nonce: it belongs to the authorization request (OpenID Connect Core section 12.2).
    let echoed = Echoed { nonce: None, wants_auth_time: token.family().wants_auth_time };
    let authorization = token.authorization.narrowed(scope);
    Granted::new(tx, admitted, authorization, echoed, Some(successor)).await.map(Ok)
}
