//! An account as an operator sees it: its names, the times of its life, and the switch that turns it off.

use crate::audit::{Deed, DeedKind};
use crate::base::ids::AccountId;
use crate::base::{Fault, SignInName, Timestamp};
use crate::store::{self, Db, Tx};

/// An account's own row, without what is secret in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRecord {
    pub id: AccountId,
    pub kind: String,
    pub created_at: Timestamp,
    pub activated_at: Option<Timestamp>,
    pub mailbox_proven_at: Option<Timestamp>,
    pub password_set_at: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
}

/// The account that goes by a name.
pub async fn by_name(db: &mut Db, name: &SignInName) -> Result<Option<AccountRecord>, Fault> {
    let sql = "select a.id, a.kind, a.created_at, a.activated_at, a.mailbox_proven_at, a.password_set_at, \
         a.disabled_at from accounts a join sign_in_names n on n.account = a.id where n.name = $1";
    store::optional!(*db, AccountRecord, sql, name)
}

/// The account with this id.
pub async fn by_id(db: &mut Db, account: AccountId) -> Result<Option<AccountRecord>, Fault> {
    let sql = "select id, kind, created_at, activated_at, mailbox_proven_at, password_set_at, disabled_at \
         from accounts where id = $1";
    store::optional!(*db, AccountRecord, sql, account)
}

/// The names of an account, its login first.
pub async fn names(db: &mut Db, account: AccountId) -> Result<Vec<String>, Fault> {
    let sql = "select name from sign_in_names where account = $1 order by kind desc, name";
    let rows = store::all!(*db, (String,), sql, account)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Switches an account off; whoever calls ends its sessions. Answers whether it was on.
pub async fn disable(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let sql = "update accounts set disabled_at = $2 where id = $1 and disabled_at is null";
    let switched = store::execute!(tx.db, sql, account, tx.now)?;
    tx.record_if(switched > 0, Deed::new(DeedKind::AccountDisabled).account(account)).await
}

/// Switches an account on again, unless its owner closed it for good. Answers whether it was off.
pub async fn enable(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let sql = "update accounts set disabled_at = null where id = $1 and disabled_at is not null and closed_at is null";
    let switched = store::execute!(tx.db, sql, account)?;
    tx.record_if(switched > 0, Deed::new(DeedKind::AccountEnabled).account(account)).await
}

/// Closes an account for good, given the hash that its owner's password was right for. Answers whether it was on, and
/// the password still that one.
pub async fn close(tx: &mut Tx, account: AccountId, password_hash: &str) -> Result<bool, Fault> {
    let sql = "update accounts set closed_at = $3, disabled_at = $3, password_hash = null, password_set_at = null \
         where id = $1 and password_hash = $2 and disabled_at is null";
    let closed = store::execute!(tx.db, sql, account, password_hash, tx.now)?;
    tx.record_if(closed > 0, Deed::new(DeedKind::AccountClosed).account(account)).await
}

/// Whatever changes what hangs from one account happens one after the other, from here to the end of the unit.
pub async fn lock(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    store::execute!(tx.db, "update accounts set password_hash = password_hash where id = $1", account).map(drop)
}
