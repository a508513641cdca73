//! Second factors: authenticator apps, and the recovery codes that stand in for them. Passkeys are second factors too;
//! what is theirs alone is in `account::passkey`. A factor is enrolled only after what exists was proven, and counts at
//! every door through `access`, which reads these rows.

mod guess;
mod pending_reset;
mod recovery;
mod require;
pub mod reset;
#[cfg(test)]
mod tests;
mod totp;

pub use guess::FactorGuess;
pub use recovery::{HOW_MANY, RecoveryCode, left, renew, renew_with_factor, spend};
pub use require::{is_required, require};
pub use totp::{Enrolled, Offer, Replacing, Seed, accept, find, offer, offered, prove, since, sweep};

use crate::audit::{Deed, DeedKind};
use crate::base::ids::AccountId;
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Tx};

use super::{device, lock, passkey};

/// Since when an account has a second factor, whichever it is.
pub async fn enrolled(db: &mut Db, account: AccountId) -> Result<Option<Timestamp>, Fault> {
    let sql = "select coalesce(totp_since, passkey_since) from accounts where id = $1";
    Ok(store::one!(*db, (Option<Timestamp>,), sql, account)?.0)
}

/// Whether the authenticator app stays: where a second factor is demanded, of this account or of all of its kind,
/// unless a passkey is one too.
pub async fn must_keep_totp(db: &mut Db, account: AccountId, is_demanded: bool) -> Result<bool, Fault> {
    Ok((is_demanded || is_required(db, account).await?) && passkey::list(db, account).await?.is_empty())
}

/// Takes away an account's authenticator app and the offers of another. Answers whether it had one, and needn't keep
/// it.
pub async fn remove_totp(tx: &mut Tx, account: AccountId, is_demanded: bool) -> Result<bool, Fault> {
    lock(tx, account).await?;
    if since(&mut tx.db, account).await?.is_none() || must_keep_totp(&mut tx.db, account, is_demanded).await? {
        return Ok(false);
    }
    store::execute!(tx.db, "delete from totp_factors where account = $1", account)?;
    tell_removal(tx, account, DeedKind::TotpRemoved).await?;
    Ok(true)
}

/// Takes away whatever second factors an account has, with recovery codes, remembered devices and offers. Answers
/// whether it had one. Whoever calls decided that its owner, or staff on their behalf, may do so.
pub async fn remove_all(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    lock(tx, account).await?;
    let had = enrolled(&mut tx.db, account).await?.is_some();
    store::execute!(tx.db, "delete from totp_factors where account = $1", account)?;
    store::execute!(tx.db, "delete from passkeys where account = $1", account)?;
    tidy_up(tx, account).await?;
    tx.record_if(had, Deed::new(DeedKind::FactorsRemoved).account(account)).await
}

/// A factor is gone: what hung from it goes too, and the trail has a line.
pub(super) async fn tell_removal(tx: &mut Tx, account: AccountId, which: DeedKind) -> Result<(), Fault> {
    tidy_up(tx, account).await?;
    tx.record(Deed::new(which).account(account)).await
}

/// Writes down at the account since when it has which factor, after each change of one: what access reads.
pub(super) async fn note_factors(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql = "update accounts set totp_since = (select t.proven_at from totp_factors t where t.account = $1 \
        and t.proven_at is not null), passkey_since = (select min(p.created_at) from passkeys p \
        where p.account = $1) where id = $1";
    store::execute!(tx.db, sql, account).map(drop)
}

/// What devices remember may have been proven by what is gone; recovery codes stand in for a factor and don't outlive
/// the last, nor is there anything left to take away.
async fn tidy_up(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    note_factors(tx, account).await?;
    device::forget_second_factors(tx, account).await?;
    if enrolled(&mut tx.db, account).await?.is_none() {
        store::execute!(tx.db, "delete from recovery_codes where account = $1", account)?;
        pending_reset::stop(tx, account).await?;
    }
    Ok(())
}
