//! Memberships: an account acting as one contact, with the rights its company gave it.

use std::collections::BTreeSet;

use sqlx::types::Json;

use crate::audit::{Deed, DeedKind};
use crate::base::ids::{AccountId, CompanyId, ContactId, MembershipId};
use crate::base::{EServiceCode, Fault, Networks, Profile, Role, Timestamp};
use crate::events::Event;
use crate::store::{self, Db, Tx};

/// What a membership gives.
#[derive(Clone, Debug)]
pub struct Grant {
    /// How much of the company's data is seen.
    pub profile: Profile,
    /// What may be done beyond seeing.
    pub roles: BTreeSet<Role>,
    pub e_services: BTreeSet<EServiceCode>,
    /// The only branch seen, if there is such a limit.
    pub branch: Option<String>,
    /// The networks the person may come from; none means anywhere.
    pub networks: Networks,
}

/// Lets an account act as a contact, approved by whoever this unit of work is done by.
/// A contact has one live membership at most; the schema refuses a second one.
pub async fn admit(
    tx: &mut Tx,
    account: AccountId,
    contact: ContactId,
    company: CompanyId,
    grant: &Grant,
) -> Result<MembershipId, Fault> {
    let id = MembershipId(tx.dice.id(tx.now)?);
    store::execute!(
        tx.db,
        "insert into memberships (id, account, contact, company, profile, roles, e_services, branch, networks, \
         requested_at, approved_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        id,
        account,
        contact,
        company,
        grant.profile,
        Json(&grant.roles),
        Json(&grant.e_services),
        grant.branch.as_deref(),
        Json(&grant.networks),
        tx.now
    )?;
    let deed = Deed::new(DeedKind::MembershipApproved).account(account).company(company);
    let deed = deed.detail("profile", grant.profile).detail("roles", &grant.roles);
    tx.record(deed.detail("e_services", &grant.e_services)).await?;
    Ok(id)
}

/// Takes an account's access as one contact away, until somebody gives it back (R-DEL-2). Answers whether it had it.
pub async fn disable(tx: &mut Tx, id: MembershipId) -> Result<bool, Fault> {
    let disabled = store::optional!(
        tx.db,
        (AccountId, CompanyId),
        "update memberships set disabled_at = $2 where id = $1 and disabled_at is null returning account, company",
        id,
        tx.now
    )?;
    let Some((account, company)) = disabled else { return Ok(false) };
    tx.record(Deed::new(DeedKind::MembershipDisabled).account(account).company(company).of_row(id)).await?;
    Ok(true)
}

/// The accounts that acted as what an event took away, in one order.
pub async fn accounts_of(db: &mut Db, what: Event) -> Result<Vec<AccountId>, Fault> {
    let rows = match what {
        Event::MembershipDisabled(id) => {
            store::all!(*db, (AccountId,), "select account from memberships where id = $1", id)?
        }
        Event::ContactInactive(id) => {
            let sql = "select distinct account from memberships where contact = $1 order by account";
            store::all!(*db, (AccountId,), sql, id)?
        }
        Event::CompanyInactive(id) => {
            let sql = "select distinct account from memberships where company = $1 order by account";
            store::all!(*db, (AccountId,), sql, id)?
        }
        Event::SessionEnded(_)
        | Event::SessionsEnded(_)
        | Event::AuthorizationEnded(_)
        | Event::AuthorizationsEnded(_)
        | Event::ConsentWithdrawn(_)
        | Event::AccountDisabled(_) => Vec::new(),
    };
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// The login of the account that acts as a contact, if one does.
pub async fn login_of_contact(db: &mut Db, contact: ContactId) -> Result<Option<String>, Fault> {
    let row = store::optional!(
        *db,
        (String,),
        "select n.name from sign_in_names n join memberships m on m.account = n.account \
         where m.contact = $1 and m.refused_at is null and m.detached_at is null order by n.since, n.name limit 1",
        contact
    )?;
    Ok(row.map(|(name,)| name))
}

/// The account's contacts may have another account one day, by a registration of their own.
pub async fn detach_all(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let detached = store::all!(
        tx.db,
        (MembershipId, CompanyId),
        "update memberships set detached_at = $2 where account = $1 and detached_at is null returning id, company",
        account,
        tx.now
    )?;
    for (membership, company) in detached {
        tx.record(Deed::new(DeedKind::MembershipDetached).account(account).company(company).subject(membership))
            .await?;
    }
    Ok(())
}

/// Demands a second factor of an account where it acts as that contact, from now on or no longer (R-DEL-2). Answers
/// whether that is a change.
pub async fn require_second_factor(tx: &mut Tx, id: MembershipId, required: bool) -> Result<bool, Fault> {
    let changed = store::optional!(
        tx.db,
        (AccountId, CompanyId),
        "update memberships set second_factor_required_at = $2 where id = $1 \
         and (second_factor_required_at is null) = $3 returning account, company",
        id,
        required.then_some(tx.now),
        required
    )?;
    let Some((account, company)) = changed else { return Ok(false) };
    let what = if required { DeedKind::FactorDemanded } else { DeedKind::FactorNotDemanded };
    tx.record(Deed::new(what).account(account).company(company).of_row(id)).await?;
    Ok(true)
}

/// Since when a second factor is demanded of one contact for themselves, whatever is demanded of their company.
pub async fn second_factor_required_at(db: &mut Db, id: MembershipId) -> Result<Option<Timestamp>, Fault> {
    let sql = "select second_factor_required_at from memberships where id = $1";
    Ok(store::optional!(*db, (Option<Timestamp>,), sql, id)?.and_then(|(since,)| since))
}
