//! Where a second factor is demanded of an account: of itself, or by what it may act as (`membership`, `directory`).

use crate::audit::{Deed, DeedKind};
use crate::base::Fault;
use crate::base::ids::AccountId;
use crate::store::{self, Db, Tx};

/// Demands a second factor of an account wherever it acts, from now on or no longer. Whoever has none enrols one at the
/// next sign-in, and is asked at once where they are signed in. Answers whether that is a change.
pub async fn require(tx: &mut Tx, account: AccountId, required: bool) -> Result<bool, Fault> {
    let sql = "update accounts set second_factor_required_at = $2 where id = $1 \
         and (second_factor_required_at is null) = $3";
    let changed = store::execute!(tx.db, sql, account, required.then_some(tx.now), required)?;
    let what = if required { DeedKind::FactorDemanded } else { DeedKind::FactorNotDemanded };
    tx.record_if(changed > 0, Deed::new(what).account(account)).await
}

/// Whether a second factor is demanded of an account, by itself or at any company it may act for.
pub async fn is_required(db: &mut Db, account: AccountId) -> Result<bool, Fault> {
    let sql = "select a.id from accounts a where a.id = $1 and (a.second_factor_required_at is not null or exists (\
               select 1 from memberships m join companies c on c.id = m.company \
               where m.account = a.id and m.refused_at is null and m.detached_at is null \
               and (m.second_factor_required_at is not null or c.second_factor_required_at is not null)))";
    Ok(store::optional!(*db, (AccountId,), sql, account)?.is_some())
}
