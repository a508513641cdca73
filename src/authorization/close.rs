//! Closing one's own account, for good: the means to sign in go, the person's record stays (R-DIR-5), and so do the
//! names, which nobody else gets (R-ADM-9).

use crate::access::{self, Snapshot};
use crate::account::{self, device, factor};
use crate::audit::EndReason;
use crate::base::ids::AccountId;
use crate::base::{Fault, Role};
use crate::store::{Db, Tx};
use crate::{directory, membership};

use super::ending::end_account;

/// What came of closing an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountClosing {
    Closed,
    /// R-DEL-5: these companies, by name, would be left without a usable administrator.
    LastAdministrator(Vec<String>),
    /// The password changed since it was checked, or the account is off already.
    Outdated,
}

/// The companies, by name, whose last usable administrator this account is.
pub async fn left_behind(db: &mut Db, account: AccountId) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for person in administered(db, account).await? {
        let usable = access::administrators(db, person.company.id).await?;
        if usable.iter().any(|one| one.account.id == account) && usable.iter().all(|one| one.account.id == account) {
            names.push(person.company.name);
        }
    }
    Ok(names)
}

async fn administered(db: &mut Db, account: AccountId) -> Result<Vec<Snapshot>, Fault> {
    let mut people = access::of_account(db, account).await?;
    people.retain(|person| person.membership.roles.contains(&Role::AccountAdmin));
    people.sort_by_key(|person| person.company.id);
    Ok(people)
}

/// Closes it, given the hash that its owner's password was right for.
pub async fn close_account(tx: &mut Tx, account: AccountId, password_hash: &str) -> Result<AccountClosing, Fault> {
    // The companies' rows first, always in the same order: two administrators who leave at once follow one another.
    for person in administered(&mut tx.db, account).await? {
        directory::bump(tx, person.company.id).await?;
    }
    let left = left_behind(&mut tx.db, account).await?;
    if !left.is_empty() {
        return Ok(AccountClosing::LastAdministrator(left));
    }
    if !account::close(tx, account, password_hash).await? {
        return Ok(AccountClosing::Outdated);
    }
    end_account(tx, account, None, EndReason::Closed).await?;
    factor::remove_all(tx, account).await?;
    device::forget_all(tx, account).await?;
    membership::detach_all(tx, account).await.map(|()| AccountClosing::Closed)
}
