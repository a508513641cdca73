//! Second factors that were lost: their owners are told, and a day later they go.

use crate::account::factor_reset::{self, FactorReset};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault, Language};
use crate::mail::letters::Change;
use crate::web::notices::{self, Owner};

/// Tells whoever isn't told, and carries out what is due.
pub(super) async fn go_on(app: &App) -> Result<(), Fault> {
    while let Some(reset) = app.look(async |view| factor_reset::untold(&mut view.db).await).await? {
        tell(app, reset).await?;
    }
    while let Some(reset) = app.look(async |view| factor_reset::due(&mut view.db, view.now).await).await? {
        carry_out(app, reset).await?;
    }
    Ok(())
}

/// Whoever has no mailbox that is surely theirs couldn't object: then nothing is reset.
async fn tell(app: &App, reset: FactorReset) -> Result<(), Fault> {
    let owner = Owner::of(app, reset.account, Language::default()).await?;
    let letter = owner.map(|owner| owner.of_change(Change::FactorResetAsked, None)).transpose()?;
    app.act(Actor::of(Who::Timetable), async |tx| {
        if letter.is_none() {
            return factor_reset::cancel(tx, reset.account).await.map(drop);
        }
        if factor_reset::tell(tx, reset.id).await? { notices::post(tx, app, letter).await } else { Ok(()) }
    })
    .await?;
    app.postman.wake();
    Ok(())
}

async fn carry_out(app: &App, reset: FactorReset) -> Result<(), Fault> {
    let owner = Owner::of(app, reset.account, Language::default()).await?;
    let letter = owner.map(|owner| owner.of_change(Change::FactorReset, None)).transpose()?;
    app.act(Actor::of(Who::Timetable), async |tx| {
        if factor_reset::carry_out(tx, reset).await? { notices::post(tx, app, letter).await } else { Ok(()) }
    })
    .await?;
    app.postman.wake();
    Ok(())
}
