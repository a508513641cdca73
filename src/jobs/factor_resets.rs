//! Second factors that were lost: their owners are told, and a day after the letter reached them they go.

use crate::account::factor::reset::{self, FactorReset};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::MailId;
use crate::base::{Actor, Fault};
use crate::mail::{self, Fate};
use crate::notice::letters::AccountChange;
use crate::notice::{self, Owner};

/// Sees to it that everybody is told, and carries out what is due.
pub(super) async fn go_on(app: &App) -> Result<(), Fault> {
    for lost in app.look(async |view| reset::untold(&mut view.db).await).await? {
        match lost.letter {
            None => write(app, lost).await?,
            Some(letter) => follow(app, lost, letter).await?,
        }
    }
    while let Some(lost) = app.look(async |view| reset::due(&mut view.db, view.now).await).await? {
        carry_out(app, lost).await?;
    }
    Ok(())
}

/// Whoever has no mailbox that is surely theirs couldn't object: then nothing is reset.
async fn write(app: &App, lost: FactorReset) -> Result<(), Fault> {
    let owner = Owner::away(&app.notice, lost.account).await?;
    let letter = owner.map(|owner| owner.of_change(AccountChange::FactorResetAsked)).transpose()?;
    app.act(Actor::of(Who::Timetable), async |tx| {
        let Some(letter) = letter else { return reset::give_up(tx, lost.account).await.map(drop) };
        if !reset::lacks_letter(tx, lost.id).await? {
            return Ok(());
        }
        let id = letter.post(tx, &app.notice).await?;
        reset::written(tx, lost.id, id).await
    })
    .await?;
    app.postman.wake();
    Ok(())
}

/// Where the letter is: whoever never got it couldn't object either.
async fn follow(app: &App, lost: FactorReset, letter: MailId) -> Result<(), Fault> {
    match app.look(async |view| mail::fate(&mut view.db, letter).await).await? {
        Fate::Waits => Ok(()),
        Fate::Taken(at) => app.act(Actor::of(Who::Timetable), async |tx| reset::told(tx, lost.id, at).await).await,
        Fate::Lost => {
            app.act(Actor::of(Who::Timetable), async |tx| reset::give_up(tx, lost.account).await.map(drop)).await
        }
    }
}

async fn carry_out(app: &App, lost: FactorReset) -> Result<(), Fault> {
    let owner = Owner::away(&app.notice, lost.account).await?;
    let letter = owner.map(|owner| owner.of_change(AccountChange::FactorReset)).transpose()?;
    app.act(Actor::of(Who::Timetable), async |tx| {
        if reset::carry_out(tx, lost).await? { notice::post(tx, &app.notice, letter).await } else { Ok(()) }
    })
    .await?;
    app.postman.wake();
    Ok(())
}
