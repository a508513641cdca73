//! A lost second factor: Customer Service asks that it be taken away, the owner is told at once, and it happens a day
//! later unless they object. Whoever talks Customer Service into it still has to hope that the owner reads no mail for
//! a day.

use crate::access;
use crate::account::lock;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::ids::{AccountId, FactorResetId};
use crate::base::{Fault, Timestamp};
use crate::store::{self, Tx};

use super::{enrolled, remove_all};

pub use super::pending_reset::{FactorReset, due, give_up, stop, told, untold, waiting};

/// What came of asking for a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetRequest {
    /// It is to happen then at the earliest.
    Due(Timestamp),
    /// The account has no second factor.
    NoFactor,
    /// Somebody asked already, and it is to happen then.
    Already(Timestamp),
    /// No mailbox is surely the owner's: nobody could be warned, and object.
    NobodyToTell,
}

/// Asks for it, in the name of whoever this unit of work is done by. Answers when it is to happen at the earliest: so
/// long after the owner was told, which the timetable sees to at once.
pub async fn ask(tx: &mut Tx, account: AccountId) -> Result<ResetRequest, Fault> {
    lock(tx, account).await?;
    if enrolled(&mut tx.db, account).await?.is_none() {
        return Ok(ResetRequest::NoFactor);
    }
    if access::reader(&mut tx.db, account).await?.is_none() {
        return Ok(ResetRequest::NobodyToTell);
    }
    let (id, due_at) = (FactorResetId(tx.dice.id(tx.now)?), tx.now + tx.lives.factor_reset);
    let asked_by = match tx.by.who {
        Who::Account(staff) => Some(staff),
        Who::Visitor | Who::Client(_) | Who::Operator | Who::Timetable => None,
    };
    // The index lets one wait at a time: of two who ask at once one is told of the other.
    let asked = store::execute!(
        tx.db,
        "insert into factor_resets (id, account, asked_by, asked_at, due_at) values ($1, $2, $3, $4, $5) \
         on conflict (account) where done_at is null and cancelled_at is null do nothing",
        id,
        account,
        asked_by,
        tx.now,
        due_at
    )?;
    if asked == 0 {
        let waiting = waiting(&mut tx.db, account).await?;
        return Ok(ResetRequest::Already(waiting.map_or(due_at, |waiting| waiting.due_at)));
    }
    let deed = Deed::new(DeedKind::FactorResetAsked).account(account);
    // The day begins when the mail server took the letter.
    let letter = tx.record_and_tell(deed.until(due_at)).await?;
    store::execute!(tx.db, "update factor_resets set letter = $2 where id = $1", id, letter)?;
    Ok(ResetRequest::Due(due_at))
}

/// Takes every second factor away, once: answers false where another server did, or it was stopped meanwhile.
pub async fn carry_out(tx: &mut Tx, reset: FactorReset) -> Result<bool, Fault> {
    lock(tx, reset.account).await?;
    let sql = "update factor_resets set done_at = $2 \
         where id = $1 and due_at <= $2 and told_at is not null and done_at is null and cancelled_at is null";
    let done = store::execute!(tx.db, sql, reset.id, tx.now)?;
    if done == 0 {
        return Ok(false);
    }
    tx.record(Deed::new(DeedKind::FactorResetDone).account(reset.account)).await?;
    remove_all(tx, reset.account).await.map(|_| true)
}
