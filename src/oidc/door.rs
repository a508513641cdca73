//! The door of clients: access asked for a person about whom a client brings a code or a token (idea 1).

use crate::access::{self, AuthorizationFacts, Circumstances, Door, Verdict};
use crate::app::App;
use crate::audit::EndReason;
use crate::authorization;
use crate::base::{Actor, Address, Fault, Life, Timestamp};
use crate::relying_party::RelyingParty;

/// A public client runs where the person is; a server doesn't, so that there the session's last address counts
/// (R-RGT-6). `idle` is the time a session may lie unused.
pub fn judge(
    client: &RelyingParty,
    hanging: &AuthorizationFacts,
    caller: Option<Address>,
    now: Timestamp,
    idle: Life,
) -> Verdict {
    let (door, address) = if client.is_public() {
        (Door::PublicClient, caller)
    } else {
        (Door::ConfidentialClient, hanging.last_address(now, idle))
    };
    judge_from(client, hanging, door, address)
}

/// The same where door and address are known. What the sign-in proved counts, not what its session may have proven
/// since: a token stays what it was given for.
pub fn judge_from(
    client: &RelyingParty,
    hanging: &AuthorizationFacts,
    door: Door,
    address: Option<Address>,
) -> Verdict {
    let (e_service, second_factor_at) = (client.e_service.as_ref(), hanging.second_factor_at);
    access::judge(&hanging.person, Circumstances { door, address, e_service, second_factor_at })
}

/// Whether that standing lets a token through. A final refusal ends the authorization, so that nothing comes back with
/// the access.
pub async fn lets_through(
    app: &App,
    by: Actor,
    hanging: &AuthorizationFacts,
    standing: &Verdict,
) -> Result<bool, Fault> {
    if standing.is_final() {
        app.act(by, async |tx| authorization::end(tx, hanging.sid, EndReason::AccessLost).await).await?;
    }
    Ok(standing.holds())
}
