//! The authorization code grant (RFC 6749 section 4.1.3): proven first, so that a wrong verifier doesn't spend the
//! code; then spent once.

use crate::access::AuthorizationFacts;
use crate::app::App;
use crate::authorization::code::{self, CodeProof, Unproven};
use crate::authorization::refresh::{self, Family};
use crate::base::{Fault, Secret};
use crate::oidc::client_request::{ClientRequest, Failed};
use crate::oidc::errors::Error;
use crate::relying_party::Scope;
use crate::store::Tx;

use super::admit::{Admitted, Entering, admit};
use super::issue::{Echoed, Granted};

/// Finds the code and proves that it was given to this client, for this redirect URI and this verifier.
pub(super) async fn prove(
    app: &App,
    ClientRequest { client, parameters }: &ClientRequest,
) -> Result<code::ProvenCode, Failed> {
    let presented = Secret::presented(parameters.get("code").ok_or(Error::request("code is missing"))?);
    let found = app.look(async |view| code::find(&mut view.db, &presented).await).await?;
    let found = found.ok_or(Error::grant("the code is unknown or too old"))?;
    let proof = CodeProof {
        client: &client.id,
        redirect_uri: parameters.get("redirect_uri"),
        verifier: parameters.get("code_verifier"),
    };
    found.prove(proof).map_err(|unproven| refusal(unproven).into())
}

/// Another client's code answers like one that doesn't exist (fault 3).
const fn refusal(unproven: Unproven) -> Error {
    match unproven {
        Unproven::Client => Error::grant("the code is unknown or too old"),
        Unproven::RedirectUri => Error::grant("redirect_uri isn't the one of the authorization request"),
        Unproven::Verifier => Error::grant("code_verifier doesn't fit the code_challenge"),
    }
}

/// Spends the code, then asks access: a replay has ended what the code gave when this answers, and a refusal costs no
/// more than a code.
pub(super) async fn redeem(
    tx: &mut Tx,
    entering: Entering<'_>,
    proven: code::ProvenCode,
) -> Result<Result<Granted, Error>, Fault> {
    let code = match code::spend(tx, proven).await? {
        code::SpentCode::Now(code) => *code,
        code::SpentCode::TooLate => return Ok(Err(Error::grant("the code is unknown or too old"))),
        code::SpentCode::Before => return Ok(Err(Error::grant("the code was used before; what it gave has ended"))),
    };
    let admitted = match admit(tx, entering, code.authorization.sid).await? {
        Ok(admitted) => admitted,
        Err(error) => return Ok(Err(error)),
    };
    // A code says that the person is here: it dies with the session even where what it would give outlives that.
    if !admitted.hanging.session_is_live(tx.now, tx.lives.session_idle) {
        return Ok(Err(Error::grant("the session behind this code has ended")));
    }
    let refresh = begin_family(tx, &admitted, code.wants_auth_time).await?;
    let echoed = Echoed { nonce: code.nonce, wants_auth_time: code.wants_auth_time };
    Granted::new(tx, admitted, code.authorization, echoed, refresh).await.map(Ok)
}

/// With `offline_access` the family has a life of its own, without it the session's.
async fn begin_family(
    tx: &mut Tx,
    Admitted { client, hanging }: &Admitted<'_>,
    wants_auth_time: bool,
) -> Result<Option<Secret>, Fault> {
    let of_session = hanging.session.0.as_ref().map(|session| session.expires_at);
    let is_offline = is_offline(hanging) && client.scope.has(Scope::OfflineAccess);
    let until = if is_offline { Some(tx.now + tx.lives.refresh_family) } else { of_session };
    match until.filter(|_| client.refresh_tokens) {
        Some(until) => refresh::begin(tx, Family { sid: hanging.sid, until, wants_auth_time }).await.map(Some),
        None => Ok(None),
    }
}

fn is_offline(hanging: &AuthorizationFacts) -> bool {
    hanging.scope.contains(Scope::OfflineAccess.as_str())
}
