//! A lost second factor that waits to be taken away: its owner is told, and it may be stopped until its time has come.

use crate::audit::{Deed, DeedKind, record};
use crate::base::ids::{AccountId, FactorResetId, MailId};
use crate::base::{Fault, Timestamp};
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
    let because = serde_json::json!({ "because": "the owner could not be told" });
    cancel(tx, account, Deed::new(DeedKind::FactorResetStopped).detail(because)).await
}

async fn cancel(tx: &mut Tx, account: AccountId, deed: Deed) -> Result<bool, Fault> {
    let sql =
        "update factor_resets set cancelled_at = $2 where account = $1 and done_at is null and cancelled_at is null";
    let stopped = store::execute!(tx.db, sql, account, tx.now)?;
    if stopped > 0 {
        record(tx, deed.account(account)).await?;
    }
    Ok(stopped > 0)
}

/// Those whose owners aren't told yet, the ones without a letter first.
pub async fn untold(db: &mut Db) -> Result<Vec<FactorReset>, Fault> {
    let sql = "select id, account, due_at, told_at, letter from factor_resets \
               where told_at is null and done_at is null and cancelled_at is null \
               order by letter is not null, id limit 100";
    store::all!(*db, FactorReset, sql)
}

/// Whether the letter is still to be written. The row is, so that of two servers one writes it.
pub async fn lacks_letter(tx: &mut Tx, id: FactorResetId) -> Result<bool, Fault> {
    let sql = "update factor_resets set letter = null where id = $1 and letter is null and told_at is null \
        and cancelled_at is null";
    Ok(store::execute!(tx.db, sql, id)? > 0)
}

/// The letter is on its way.
pub async fn written(tx: &mut Tx, id: FactorResetId, letter: MailId) -> Result<(), Fault> {
    store::execute!(tx.db, "update factor_resets set letter = $2 where id = $1", id, letter).map(drop)
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
