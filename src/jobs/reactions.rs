//! Carries reactions out: each is claimed, and then carried out in one unit of work with being done.

use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault, Life, Timestamp};
use crate::events::{Event, PendingReaction, Reaction};
use crate::store::Tx;
use crate::{authorization, backchannel, events, session};

/// What only a newer server understands is looked at again after so long.
const LATER: Life = Life::minutes(1);

/// Carries out every reaction that is due.
pub(super) async fn react(app: &App) -> Result<(), Fault> {
    while app.look(async |view| events::are_due(&mut view.db, view.now).await).await? {
        // Another server may have been faster, and goes on with the rest.
        let Some(claimed) = act(app, async |tx| events::claim(tx).await).await? else { return Ok(()) };
        if let Err(fault) = act(app, async |tx| take_turn(app, tx, &claimed).await).await {
            tracing::error!(reaction = %claimed.id, %fault, "a reaction broke and is tried again later");
            let why = fault.to_string();
            act(app, async |tx| events::failed(tx, &claimed, &why).await).await?;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// The row is settled first, by whoever's turn it still is: what is done then stands or falls with that.
async fn take_turn(app: &App, tx: &mut Tx, claimed: &PendingReaction) -> Result<(), Fault> {
    if !events::done(tx, claimed).await? {
        return Ok(());
    }
    let rest = match claimed.what() {
        Some(what) if carry_out(app, tx, what, claimed.turn.created_at).await? => return Ok(()),
        Some(_) => Life::seconds(0),
        None => {
            tracing::warn!(reaction = %claimed.id, "a reaction of a newer server waits for it");
            LATER
        }
    };
    events::postpone(tx, claimed.id, rest).await
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
