//! The rights of a membership: one function writes them, and the rows by which they are asked from the other side.

use std::collections::BTreeSet;

use sqlx::types::Json;

use crate::base::ids::{CompanyId, MembershipId};
use crate::base::{EServiceCode, Fault, Networks, Profile, Role};
use crate::store::{self, Tx};

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

/// Who gives rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// The vendor, whom no rights of their own limit (R-DEL-5).
    Vendor,
}

/// Gives a membership these rights in the place of those it had, and is the only one that does. An e-service that the
/// company doesn't subscribe to is a mistake of whoever calls (R-RGT-3).
pub async fn set(tx: &mut Tx, id: MembershipId, giver: Giver, grant: &Grant) -> Result<(), Fault> {
    let sql = "update memberships set profile = $2, roles = $3, e_services = $4, branch = $5, networks = $6 \
        where id = $1 returning company, (select co.subscriptions from companies co where co.id = company)";
    let (company, Json(subscriptions)) = store::one!(
        tx.db,
        (CompanyId, Json<BTreeSet<EServiceCode>>),
        sql,
        id,
        grant.profile,
        Json(&grant.roles),
        Json(&grant.e_services),
        grant.branch.as_deref(),
        Json(&grant.networks)
    )?;
    match giver {
        Giver::Vendor if grant.e_services.is_subset(&subscriptions) => {}
        Giver::Vendor => return Err(Fault::broken("giving rights", "the company doesn't subscribe to each e-service")),
    }
    store::execute!(tx.db, "delete from membership_roles where membership = $1", id)?;
    for role in &grant.roles {
        let sql = "insert into membership_roles (role, company, membership) values ($1, $2, $3)";
        store::execute!(tx.db, sql, *role, company, id)?;
    }
    store::execute!(tx.db, "delete from membership_e_services where membership = $1", id)?;
    for code in &grant.e_services {
        let sql = "insert into membership_e_services (e_service, company, membership) values ($1, $2, $3)";
        store::execute!(tx.db, sql, code, company, id)?;
    }
    Ok(())
}
