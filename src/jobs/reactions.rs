//! Which event asks for which reaction. A reaction is SQL in one unit of work with the claim of its event: both happen,
//! or neither.

use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault, Life};
use crate::store::Tx;
use crate::{backchannel, events, session};

/// An event whose reaction broke, or that only a newer server understands, is tried again after so long.
const LATER: Life = Life::minutes(1);

/// Reacts to every event that waits.
pub(super) async fn react(app: &App) -> Result<(), Fault> {
    while app.look(async |view| events::are_waiting(&mut view.db, view.now).await).await? {
        let mut claimed = None;
        let reacted = act(app, async |tx| {
            let Some(event) = events::claim(tx).await? else { return Ok(false) };
            claimed = Some(event.id);
            let Some(what) = event.what() else {
                tracing::warn!(event = %event.id, "an event of a newer server waits for it");
                return events::postpone(tx, event.id, LATER).await.map(|()| true);
            };
            // Every ending is told to the relying parties it concerns, and no session lives on what was lost.
            let is_told = backchannel::prepare(tx, &app.relying_parties, what, event.at).await?;
            if !(session::lose_all(tx, what, event.at).await? && is_told) {
                events::postpone(tx, event.id, Life::seconds(0)).await?;
            }
            Ok(true)
        });
        match (reacted.await, claimed) {
            (Ok(true), _) => tokio::task::yield_now().await,
            // Another server was faster, and goes on with the rest.
            (Ok(false), _) => return Ok(()),
            (Err(fault), Some(id)) => {
                tracing::error!(event = %id, %fault, "a reaction broke and is tried again later");
                act(app, async |tx| events::step_back(tx, id, LATER).await).await?;
            }
            (Err(fault), None) => return Err(fault),
        }
    }
    Ok(())
}

async fn act<T>(app: &App, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
    app.act(Actor::of(Who::Timetable), work).await
}
