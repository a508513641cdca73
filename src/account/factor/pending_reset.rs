//! A lost second factor that waits to be taken away: its owner is told, and it may be stopped until its time has come.

use crate::account::lock;
use crate::audit::{Deed, DeedKind};
use crate::base::ids::{AccountId, FactorResetId, MailId};
use crate::base::{Fault, Timestamp};
use crate::mail;
use crate::store::{self, Db, Tx};

/// A reset that is neither done nor stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorReset {
    pub id: FactorResetId,
    pub account: AccountId,
    pub due_at: Timestamp,
    pub told_at: Option<Timestamp>,
    pub letter: Option<MailId>,
}

/// The reset that waits for an account.
pub async fn waiting(db: &mut Db, account: AccountId) -> Result<Option<FactorReset>, Fault> {
    let sql = "select id, account, due_at, told_at, letter from factor_resets where account = $1 and done_at is null \
        and cancelled_at is null";
    store::optional!(*db, FactorReset, sql, account)
}

/// Stops the reset that waits: somebody objected, or the factor isn't lost after all. Answers whether there was one.
pub async fn stop(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    cancel(tx, account, Deed::new(DeedKind::FactorResetStopped)).await
}

/// Stops the reset that waits because its owner can't be told: whoever couldn't object loses nothing.
pub async fn give_up(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let because = "the owner could not be told";
    cancel(tx, account, Deed::new(DeedKind::FactorResetStopped).detail("because", because)).await
}

async fn cancel(tx: &mut Tx, account: AccountId, deed: Deed) -> Result<bool, Fault> {
    lock(tx, account).await?;
    let sql = "update factor_resets set cancelled_at = $2 where account = $1 and done_at is null \
        and cancelled_at is null returning letter";
    let stopped = store::optional!(tx.db, (Option<MailId>,), sql, account, tx.now)?;
    let Some((letter,)) = stopped else { return Ok(false) };
    if let Some(letter) = letter {
        mail::withdraw(tx, letter).await?;
    }
    tx.record(deed.account(account)).await.map(|()| true)
}

/// Those whose letters weren't seen arriving yet.
pub async fn untold(db: &mut Db) -> Result<Vec<FactorReset>, Fault> {
    let sql = "select id, account, due_at, told_at, letter from factor_resets \
               where told_at is null and done_at is null and cancelled_at is null \
               order by id limit 100";
    store::all!(*db, FactorReset, sql)
}

/// The owner's mail server took the letter then: the day begins.
pub async fn told(tx: &mut Tx, id: FactorResetId, at: Timestamp) -> Result<(), Fault> {
    let sql =
        "update factor_resets set told_at = $2, due_at = $3 where id = $1 and told_at is null and cancelled_at is null";
    store::execute!(tx.db, sql, id, at, at + tx.lives.factor_reset).map(drop)
}

/// A reset whose time has come.
pub async fn due(db: &mut Db, now: Timestamp) -> Result<Option<FactorReset>, Fault> {
    let sql = "select id, account, due_at, told_at, letter from factor_resets \
        where due_at <= $1 and told_at is not null and done_at is null and cancelled_at is null \
        order by due_at, id limit 1";
    store::optional!(*db, FactorReset, sql, now)
}
