//! Where a second factor is demanded: of one account, or of an account acting as one contact. Of a whole company
//! `directory` demands it.

use crate::audit::{Deed, What, record};
use crate::base::ids::{AccountId, MembershipId};
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Tx};

/// Of whom it is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Of the account, wherever it acts: staff, by the operator.
    Account(AccountId),
    /// Of one contact, by their company's administrator.
    Membership(MembershipId),
}

/// Demands a second factor from now on, or no longer. Whoever has none enrols one at the next sign-in, and is asked at
/// once where they are signed in. Answers whether that is a change.
pub async fn require(tx: &mut Tx, whose: Requirement, required: bool) -> Result<bool, Fault> {
    let since = required.then_some(tx.now);
    let sql_of_account =
        "update accounts set second_factor_required_at = $2 where id = $1 and (second_factor_required_at is null) = $3";
    let sql_of_membership = "update memberships set second_factor_required_at = $2 where id = $1 \
        and (second_factor_required_at is null) = $3";
    let (changed, deed) = match whose {
        Requirement::Account(id) => {
            (store::execute!(tx.db, sql_of_account, id, since, required)?, Deed::new(What::FactorRequired).account(id))
        }
        Requirement::Membership(id) => (
            store::execute!(tx.db, sql_of_membership, id, since, required)?,
            Deed::new(What::FactorRequired).subject(id),
        ),
    };
    if changed > 0 {
        record(tx, deed.detail(serde_json::json!({ "required": required }))).await?;
    }
    Ok(changed > 0)
}

/// Since when it is demanded of one contact for themselves, whatever is demanded of their company.
pub async fn required_at(db: &mut Db, membership: MembershipId) -> Result<Option<Timestamp>, Fault> {
    let sql = "select second_factor_required_at from memberships where id = $1";
    Ok(store::optional!(*db, (Option<Timestamp>,), sql, membership)?.and_then(|(since,)| since))
}

/// Whether a second factor is demanded of an account, by itself or at any company it may act for.
pub async fn is_required(db: &mut Db, account: AccountId) -> Result<bool, Fault> {
    let sql = "select a.id from accounts a where a.id = $1 and (a.second_factor_required_at is not null or exists (\
               select 1 from memberships m join companies c on c.id = m.company \
               where m.account = a.id and m.refused_at is null and m.detached_at is null \
               and (m.second_factor_required_at is not null or c.second_factor_required_at is not null)))";
    Ok(store::optional!(*db, (AccountId,), sql, account)?.is_some())
}
