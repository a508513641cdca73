//! The unit of work: one transaction, one instant, one source of randomness, one actor.
//! Subjects receive it; only [`Store::look`], [`Store::act`] and [`Store::rehearse`] begin or commit.

use crate::base::{Actor, Clock, Dice, Fault, Lifetimes, Seal, Timestamp};

use super::open::Letters;
use super::{Db, Store};

/// What reads see.
pub struct View {
    pub db: Db,
    pub now: Timestamp,
    /// The numbers in force.
    pub lives: Lifetimes,
}

/// What writes work with. It commits when the work answers, refusals included, and rolls back on a fault.
pub struct Tx {
    /// Where to read and write.
    pub db: Db,
    /// When this is, the same instant for everything in the unit.
    pub now: Timestamp,
    pub dice: Dice,
    pub by: Actor,
    /// The numbers in force.
    pub lives: Lifetimes,
    /// Whether whoever carries letters away is told of this unit's commit.
    pub posts: bool,
    letters: Letters,
}

impl Tx {
    /// Nobody is written to about what this unit does: a demonstration's people were not there when it was made up.
    pub fn post_no_letters(&mut self) {
        self.letters = Letters::Nobodys;
    }

    /// What seals letters that wait; nothing where none is posted.
    pub fn seal(&self) -> Result<Option<&dyn Seal>, Fault> {
        match &self.letters {
            Letters::SealedBy(seal) => Ok(Some(seal.as_ref())),
            Letters::Nobodys => Ok(None),
            Letters::Undecided => Err(Fault::broken("sealing a letter", "no key was opened for letters")),
        }
    }
}

impl Store {
    /// Reads: each statement sees what was committed before it began.
    pub async fn look<T>(
        &self,
        clock: &Clock,
        lives: &Lifetimes,
        work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut view = View { db: self.reading().await?, now: clock.now(), lives: *lives };
        let answer = work(&mut view).await?;
        view.db.done();
        Ok(answer)
    }

    /// Reads and writes in one transaction, durable when this answers `Ok`.
    pub async fn act<T>(
        &self,
        start: Start<'_>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut tx = self.begin(start).await?;
        match work(&mut tx).await {
            Ok(answer) => {
                tx.db.commit().await?;
                if tx.posts {
                    self.beside.posted.notify_one();
                }
                Ok(answer)
            }
            Err(fault) => {
                // Dropping it would do as well, at the price of the connection.
                if let Err(error) = tx.db.roll_back().await {
                    tracing::info!(%error, "a unit of work that failed was not rolled back but dropped");
                }
                Err(fault)
            }
        }
    }

    /// Does the work and keeps nothing of it: what a dry run answers.
    pub async fn rehearse<T>(
        &self,
        start: Start<'_>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut tx = self.begin(start).await?;
        let answer = work(&mut tx).await?;
        tx.db.roll_back().await?;
        Ok(answer)
    }

    async fn begin(&self, start: Start<'_>) -> Result<Tx, Fault> {
        let db = self.writing().await?;
        // The instant is read once the transaction has begun: waiting for the writer must not age it.
        let (now, letters) = (start.clock.now(), self.beside.letters());
        Ok(Tx { db, now, dice: Dice, by: start.by, lives: *start.lives, posts: false, letters })
    }
}

/// What a writing unit starts from.
pub struct Start<'a> {
    pub by: Actor,
    /// Where the instant comes from.
    pub clock: &'a Clock,
    /// The numbers in force.
    pub lives: &'a Lifetimes,
}
