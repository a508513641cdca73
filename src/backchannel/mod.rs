//! OpenID Connect Back-Channel Logout 1.0: relying parties are told that a sign-in they were given is over, whatever
//! ended it. What is to be told is written with the reaction to an event, and leaves from an outbox of its own. It
//! knows neither why something ended nor who asked for it.

mod courier;
mod delivery;
mod token;

use crate::authorization;
use crate::base::{Fault, Timestamp};
use crate::events::Event;
use crate::relying_party::RelyingParties;
use crate::store::Tx;

pub use courier::{Context, Round, deliver_due};
pub use delivery::sweep;

/// Puts a logout token on its way for each sign-in that hung from what ended, where its relying party was given tokens
/// and listens. One call takes some of them; it answers whether none is left.
pub async fn prepare(tx: &mut Tx, parties: &RelyingParties, what: Event, at: Timestamp) -> Result<bool, Fault> {
    let closing = authorization::close(tx, what, at).await?;
    let known = closing.closed.iter().filter(|closed| closed.tokens_issued_at.is_some());
    for closed in
        known.filter(|closed| parties.find(&closed.client).is_some_and(|party| party.backchannel_logout_uri.is_some()))
    {
        delivery::put(tx, closed).await?;
    }
    Ok(closing.is_complete)
}
