//! Closing one's own account, for good: the means to sign in go, the person's record stays (R-DIR-5), and so do the
//! names, which nobody else gets (R-ADM-9).

use crate::access::{self, Snapshot};
use crate::audit::{Deed, What, record};
use crate::base::ids::{AccountId, CompanyId, MembershipId};
use crate::base::{Fault, Role};
use crate::directory;
use crate::events::{self, Happening};
use crate::store::{self, Db, Tx};

use super::session::{Because, end_all};
use super::{device, factor};

/// Why an account can't be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotClosed {
    /// R-DEL-5: these companies, by name, would be left without a usable administrator.
    LastAdministrator(Vec<String>),
    /// The password changed since it was checked, or the account is off already.
    Outdated,
}

/// The companies, by name, whose last usable administrator this account is.
pub async fn left_behind(db: &mut Db, account: AccountId) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for person in administered(db, account).await? {
        let usable = access::administrators(db, person.company).await?;
        if usable.iter().any(|one| one.account == account) && usable.iter().all(|one| one.account == account) {
            names.push(person.company_name);
        }
    }
    Ok(names)
}

async fn administered(db: &mut Db, account: AccountId) -> Result<Vec<Snapshot>, Fault> {
    let mut people = access::of_account(db, account).await?;
    people.retain(|person| person.roles.contains(&Role::AccountAdmin));
    people.sort_by_key(|person| person.company);
    Ok(people)
}

/// Closes it, given the hash that its owner's password was right for.
pub async fn close(tx: &mut Tx, account: AccountId, password_hash: &str) -> Result<Result<(), NotClosed>, Fault> {
    // The companies' rows first, always in the same order: two administrators who leave at once follow one another.
    for person in administered(&mut tx.db, account).await? {
        directory::bump(tx, person.company).await?;
    }
    let left = left_behind(&mut tx.db, account).await?;
    if !left.is_empty() {
        return Ok(Err(NotClosed::LastAdministrator(left)));
    }
    let closed = store::execute!(
        tx.db,
        "update accounts set closed_at = $3, disabled_at = $3, password_hash = null, password_set_at = null \
         where id = $1 and password_hash = $2 and disabled_at is null",
        account,
        password_hash,
        tx.now
    )?;
    if closed == 0 {
        return Ok(Err(NotClosed::Outdated));
    }
    record(tx, Deed::new(What::AccountClosed).account(account)).await?;
    events::record(tx, Happening::AccountDisabled(account)).await?;
    end_all(tx, account, Because::Closed).await?;
    factor::remove_all(tx, account).await?;
    device::forget_all(tx, account).await?;
    detach(tx, account).await.map(Ok)
}

/// Its contacts may have another account one day, by a registration of their own.
async fn detach(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let detached = store::all!(
        tx.db,
        (MembershipId, CompanyId),
        "update memberships set detached_at = $2 where account = $1 and detached_at is null returning id, company",
        account,
        tx.now
    )?;
    for (membership, company) in detached {
        record(tx, Deed::new(What::MembershipDetached).account(account).company(company).subject(membership)).await?;
    }
    Ok(())
}
