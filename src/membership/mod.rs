//! Memberships: an account acting as one contact, with the rights its company gave it.

mod rights;

use crate::audit::{Deed, DeedKind};
use crate::base::Fault;
use crate::base::ids::{AccountId, CompanyId, ContactId, MembershipId};
use crate::events::Event;
use crate::store::{self, Db, Tx};

pub use rights::{Giver, Grant, set};

/// Lets an account act as a contact, approved by whoever this unit of work is done by.
/// A contact has one live membership at most; the schema refuses a second one.
pub async fn admit(
    tx: &mut Tx,
    account: AccountId,
    (contact, company): (ContactId, CompanyId),
    giver: Giver,
    grant: &Grant,
) -> Result<MembershipId, Fault> {
    let id = MembershipId(tx.dice.id(tx.now)?);
    let sql = "insert into memberships (id, account, contact, company, profile, roles, e_services, networks, \
         requested_at, approved_at) values ($1, $2, $3, $4, 'limited', '[]', '[]', '[]', $5, $5)";
    store::execute!(tx.db, sql, id, account, contact, company, tx.now)?;
    set(tx, id, giver, grant).await?;
    let deed = Deed::new(DeedKind::MembershipApproved).account(account).company(company);
    let deed = deed.detail("profile", grant.profile).detail("roles", &grant.roles);
    tx.record(deed.detail("e_services", &grant.e_services)).await?;
    Ok(id)
}

/// Takes an account's access as one contact away, until somebody gives it back (R-DEL-2). Answers whether it had it.
pub async fn disable(tx: &mut Tx, id: MembershipId) -> Result<bool, Fault> {
    let sql =
        "update memberships set disabled_at = $2 where id = $1 and disabled_at is null returning account, company";
    let disabled = store::optional!(tx.db, (AccountId, CompanyId), sql, id, tx.now)?;
    let Some((account, company)) = disabled else { return Ok(false) };
    tx.record(Deed::new(DeedKind::MembershipDisabled).account(account).company(company).of_row(id)).await?;
    Ok(true)
}

/// The accounts that acted as what an event took away, in one order.
pub async fn accounts_of(db: &mut Db, what: Event) -> Result<Vec<AccountId>, Fault> {
    let (sql, id) = match what {
        Event::MembershipDisabled(id) => ("select account from memberships where id = $1", id.0),
        Event::ContactInactive(id) => {
            ("select distinct account from memberships where contact = $1 order by account", id.0)
        }
        Event::CompanyInactive(id) => {
            ("select distinct account from memberships where company = $1 order by account", id.0)
        }
        Event::SessionEnded(_)
        | Event::SessionsEnded(_)
        | Event::AuthorizationEnded(_)
        | Event::AuthorizationsEnded(_)
        | Event::ConsentWithdrawn(_)
        | Event::AccountDisabled(_) => return Ok(Vec::new()),
    };
    let rows = store::all!(*db, (AccountId,), sql, id)?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// The login of the account that acts as a contact, if one does.
pub async fn login_of_contact(db: &mut Db, contact: ContactId) -> Result<Option<String>, Fault> {
    let sql = "select n.name from sign_in_names n join memberships m on m.account = n.account \
         where m.contact = $1 and m.refused_at is null and m.detached_at is null and n.kind = 'login'";
    let row = store::optional!(*db, (String,), sql, contact)?;
    Ok(row.map(|(name,)| name))
}

/// The account's contacts may have another account one day, by a registration of their own.
pub async fn detach_all(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql =
        "update memberships set detached_at = $2 where account = $1 and detached_at is null returning id, company";
    let detached = store::all!(tx.db, (MembershipId, CompanyId), sql, account, tx.now)?;
    for (membership, company) in detached {
        tx.record(Deed::new(DeedKind::MembershipDetached).account(account).company(company).subject(membership))
            .await?;
    }
    Ok(())
}

/// Demands a second factor of an account where it acts as that contact, from now on or no longer (R-DEL-2). Answers
/// whether that is a change.
pub async fn require_second_factor(tx: &mut Tx, id: MembershipId, required: bool) -> Result<bool, Fault> {
    let sql = "update memberships set second_factor_required_at = $2 where id = $1 \
         and (second_factor_required_at is null) = $3 returning account, company";
    let changed = store::optional!(tx.db, (AccountId, CompanyId), sql, id, required.then_some(tx.now), required)?;
    let Some((account, company)) = changed else { return Ok(false) };
    let what = if required { DeedKind::FactorDemanded } else { DeedKind::FactorNotDemanded };
    tx.record(Deed::new(what).account(account).company(company).of_row(id)).await?;
    Ok(true)
}
