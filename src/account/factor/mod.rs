//! Second factors: authenticator apps and the recovery codes that stand in for them.
//! A factor is enrolled only after what exists was proven, and counts at every door through `access`, which reads these rows.

mod guess;
mod recovery;
mod require;
pub mod reset;
#[cfg(test)]
mod tests;
mod totp;

pub use guess::FactorGuess;
pub use recovery::{HOW_MANY, RecoveryCode, left, renew, spend};
pub use require::{Requirement, is_required, require};
pub use totp::{Enrolled, Offer, Replacing, Seed, accept, find, offer, offered, prove, sweep};

use crate::audit::{Deed, What, record};
use crate::base::ids::AccountId;
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Tx};

use super::device;

/// Since when an account has a second factor.
pub async fn enrolled(db: &mut Db, account: AccountId) -> Result<Option<Timestamp>, Fault> {
    let sql = "select proven_at from totp_factors where account = $1 and proven_at is not null";
    Ok(store::optional!(*db, (Timestamp,), sql, account)?.map(|(proven_at,)| proven_at))
}

/// Takes away whatever second factors an account has, with recovery codes, remembered devices and offers. Answers whether it had one.
/// Whoever calls decided that its owner, or staff on their behalf, may do so.
pub async fn remove_all(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    lock(tx, account).await?;
    let had = enrolled(&mut tx.db, account).await?.is_some();
    store::execute!(tx.db, "delete from totp_factors where account = $1", account)?;
    store::execute!(tx.db, "delete from recovery_codes where account = $1", account)?;
    device::forget_second_factors(tx, account).await?;
    if had {
        reset::stop(tx, account).await?;
        record(tx, Deed::new(What::FactorRemoved).account(account)).await?;
    }
    Ok(had)
}

/// Whatever changes the factors of one account happens one after the other.
async fn lock(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    store::execute!(tx.db, "update accounts set password_hash = password_hash where id = $1", account).map(drop)
}
