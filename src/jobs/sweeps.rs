//! What is swept: rows that nobody asks for any more go, table by table, in one list. Each subject says which of its
//! own those are.

use futures_util::future::BoxFuture;

use crate::account::{self, device, factor, passkey};
use crate::app::App;
use crate::authorization::{self, code, interaction};
use crate::base::actor::Who;
use crate::base::{Actor, Fault};
use crate::relying_party::assertion;
use crate::session::{self, pending};
use crate::staff::upstream;
use crate::store::Tx;
use crate::{audit, backchannel, events, limits, mail};

use super::runs;

/// Removes some rows in a unit of work, and answers how many.
type Sweep = for<'t> fn(&'t mut Tx) -> BoxFuture<'t, Result<u64, Fault>>;

/// What hangs from something is swept before it.
const SWEEPS: &[(&str, Sweep)] = &[
    ("codes", |tx| Box::pin(code::sweep(tx))),
    ("tokens", |tx| Box::pin(authorization::sweep_tokens(tx))),
    ("logout deliveries", |tx| Box::pin(backchannel::sweep(tx))),
    ("authorizations", |tx| Box::pin(authorization::sweep(tx))),
    ("sessions", |tx| Box::pin(session::sweep(tx))),
    ("pending sign-ins", |tx| Box::pin(pending::sweep(tx))),
    ("interactions", |tx| Box::pin(interaction::sweep(tx))),
    ("client assertions", |tx| Box::pin(assertion::sweep(tx))),
    ("upstream attempts", |tx| Box::pin(upstream::sweep(tx))),
    ("links", |tx| Box::pin(account::link::sweep(tx))),
    ("passkey ceremonies", |tx| Box::pin(passkey::sweep(tx))),
    ("offered seeds", |tx| Box::pin(factor::sweep(tx))),
    ("devices", |tx| Box::pin(device::sweep(tx))),
    ("events", |tx| Box::pin(events::sweep(tx))),
    ("mail", |tx| Box::pin(mail::sweep(tx))),
    ("audit trail", |tx| Box::pin(audit::sweep(tx))),
    ("limits", |tx| Box::pin(limits::sweep(tx))),
    ("jobs", |tx| Box::pin(runs::sweep(tx))),
];

/// Sweeps everything. One that fails keeps no other from its turn; the first fault is told in the end.
pub(super) async fn run(app: App) -> Result<(), Fault> {
    let mut told = Ok(());
    for (what, sweep) in SWEEPS {
        if let Err(fault) = until_none_is_left(app.clone(), *sweep).await {
            tracing::warn!(what, %fault, "a sweep failed and is tried again at its next time");
            told = told.and(Err(fault));
        }
    }
    told
}

/// In short units of work: requests get their turn in between.
pub(super) async fn until_none_is_left(app: App, sweep: Sweep) -> Result<(), Fault> {
    while app.act(Actor::of(Who::Timetable), async |tx| sweep(tx).await).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}
