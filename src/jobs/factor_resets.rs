//! Second factors that were lost: their owners are told, and a day later they go.

use crate::account::factor::reset::{self, FactorReset};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault};
use crate::mail::letters::Change;
use crate::web::notices::{self, Owner};

/// Tells whoever isn't told, and carries out what is due.
pub(super) async fn go_on(app: &App) -> Result<(), Fault> {
    while let Some(lost) = app.look(async |view| reset::untold(&mut view.db).await).await? {
        tell(app, lost).await?;
    }
    while let Some(lost) = app.look(async |view| reset::due(&mut view.db, view.now).await).await? {
        carry_out(app, lost).await?;
    }
    Ok(())
}

/// Whoever has no mailbox that is surely theirs couldn't object: then nothing is reset.
async fn tell(app: &App, lost: FactorReset) -> Result<(), Fault> {
    let owner = Owner::away(app, lost.account).await?;
    let letter = owner.map(|owner| owner.of_change(Change::FactorResetAsked)).transpose()?;
    app.act(Actor::of(Who::Timetable), async |tx| {
        if letter.is_none() {
            return reset::stop(tx, lost.account).await.map(drop);
        }
        if reset::tell(tx, lost.id).await? { notices::post(tx, app, letter).await } else { Ok(()) }
    })
    .await?;
    app.postman.wake();
    Ok(())
}

async fn carry_out(app: &App, lost: FactorReset) -> Result<(), Fault> {
    let owner = Owner::away(app, lost.account).await?;
    let letter = owner.map(|owner| owner.of_change(Change::FactorReset)).transpose()?;
    app.act(
        Actor::of(Who::Timetable),
        async |tx| {
            if reset::carry_out(tx, lost).await? { notices::post(tx, app, letter).await } else { Ok(()) }
        },
    )
    .await?;
    app.postman.wake();
    Ok(())
}
