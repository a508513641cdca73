//! The authorization code grant (RFC 6749 section 4.1.3): proven first, so that a wrong verifier doesn't spend the code; then spent once.

use crate::app::App;
use crate::authorization::code::{self, Proof, Unproven};
use crate::base::{Fault, Secret};
use crate::oidc::errors::Error;
use crate::oidc::parameters::Parameters;
use crate::relying_party::RelyingParty;
use crate::store::Tx;

use super::{Failed, Spent};

/// Finds the code and proves that it was given to this client, for this redirect URI and this verifier.
pub(super) async fn prove(app: &App, client: &RelyingParty, parameters: &Parameters) -> Result<code::Proven, Failed> {
    let presented = Secret::presented(parameters.get("code").ok_or(Error::request("code is missing"))?);
    let found = app.look(async |view| code::find(&mut view.db, &presented).await).await?;
    let found = found.ok_or(Error::grant("the code is unknown or too old"))?;
    let proof = Proof { client: &client.id, redirect_uri: parameters.get("redirect_uri"), verifier: parameters.get("code_verifier") };
    found.prove(proof).map_err(|unproven| Failed::Refused(refusal(unproven)))
}

/// Another client's code answers like one that doesn't exist (SECURITY 3).
const fn refusal(unproven: Unproven) -> Error {
    match unproven {
        Unproven::Client => Error::grant("the code is unknown or too old"),
        Unproven::RedirectUri => Error::grant("redirect_uri isn't the one of the authorization request"),
        Unproven::Verifier => Error::grant("code_verifier doesn't fit the code_challenge"),
    }
}

/// Spends the code. A replay has ended what the code gave when this answers.
pub(super) async fn spend(tx: &mut Tx, proven: code::Proven) -> Result<Result<Spent, Error>, Fault> {
    Ok(match code::spend(tx, proven).await? {
        code::Spent::Now(code) => Ok(Spent { authorization: code.authorization, nonce: code.nonce, wants_auth_time: code.wants_auth_time }),
        code::Spent::TooLate => Err(Error::grant("the code is unknown or too old")),
        code::Spent::Before => Err(Error::grant("the code was used before; what it gave has ended")),
    })
}
