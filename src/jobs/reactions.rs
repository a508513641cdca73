//! Carries reactions out, each in one unit of work with its claim: both happen, or neither.

use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault, Life, Timestamp};
use crate::events::{Event, Reaction};
use crate::store::Tx;
use crate::{authorization, backchannel, events, session};

/// What only a newer server understands is looked at again after so long.
const LATER: Life = Life::minutes(1);

/// Carries out every reaction that waits.
pub(super) async fn react(app: &App) -> Result<(), Fault> {
    while app.look(async |view| events::are_waiting(&mut view.db, view.now).await).await? {
        let mut claimed = None;
        let reacted = act(app, async |tx| {
            let Some(waiting) = events::claim(tx).await? else { return Ok(false) };
            claimed = Some(waiting.id);
            let Some((what, reaction)) = waiting.what() else {
                tracing::warn!(reaction = %waiting.id, "a reaction of a newer server waits for it");
                return events::postpone(tx, waiting.id, LATER).await.map(|()| true);
            };
            if !carry_out(app, tx, (what, reaction), waiting.at).await? {
                events::postpone(tx, waiting.id, Life::seconds(0)).await?;
            }
            Ok(true)
        });
        match (reacted.await, claimed) {
            (Ok(true), _) => tokio::task::yield_now().await,
            // Another server was faster, and goes on with the rest.
            (Ok(false), _) => return Ok(()),
            (Err(fault), Some(id)) => {
                tracing::error!(reaction = %id, %fault, "a reaction broke and is tried again later");
                let why = fault.to_string();
                act(app, async |tx| events::step_back(tx, id, &why).await).await?;
            }
            (Err(fault), None) => return Err(fault),
        }
    }
    Ok(())
}

/// Does some of it; answers whether nothing is left to do.
async fn carry_out(app: &App, tx: &mut Tx, (what, reaction): (Event, Reaction), at: Timestamp) -> Result<bool, Fault> {
    match reaction {
        Reaction::RelyingParties => backchannel::prepare(tx, &app.relying_parties, what, at).await,
        Reaction::Sessions => session::lose_all(tx, what, at).await,
        Reaction::WaysIn => authorization::void_lost_ways_in(tx, what).await.map(|()| true),
    }
}

async fn act<T>(app: &App, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
    app.act(Actor::of(Who::Timetable), work).await
}
