//! Second factors that were lost: their owners are told, and a day after the letter reached them they go.

use crate::account::factor::reset::{self, FactorReset};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault};
use crate::mail::{self, Fate};

/// Sees to it that everybody is told, and carries out what is due.
pub(super) async fn go_on(app: &App) -> Result<(), Fault> {
    for lost in app.look(async |view| reset::untold(&mut view.db).await).await? {
        follow(app, lost).await?;
    }
    while let Some(lost) = app.look(async |view| reset::due(&mut view.db, view.now).await).await? {
        app.act(Actor::of(Who::Timetable), async |tx| reset::carry_out(tx, lost).await).await?;
    }
    Ok(())
}

/// Where the letter is: whoever never got it couldn't object either.
async fn follow(app: &App, lost: FactorReset) -> Result<(), Fault> {
    let fate = match lost.letter {
        Some(letter) => app.look(async |view| mail::fate(&mut view.db, letter).await).await?,
        None => Fate::Lost,
    };
    match fate {
        Fate::Waits => Ok(()),
        Fate::Taken(at) => app.act(Actor::of(Who::Timetable), async |tx| reset::told(tx, lost.id, at).await).await,
        Fate::Lost => {
            app.act(Actor::of(Who::Timetable), async |tx| reset::give_up(tx, lost.account).await.map(drop)).await
        }
    }
}
