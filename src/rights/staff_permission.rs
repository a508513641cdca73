//! What the vendor's own people may do, by casbin shards of their own: a role has duties, and what no rule allows is no
//! duty of it. No contact has a holder word of these rules (R-DEL-6).

use std::collections::{BTreeMap, BTreeSet};

use casbin::{Adapter as _, CoreApi as _, DefaultModel, Enforcer, MemoryAdapter};

use crate::base::StaffRole;
use crate::base::vocabulary::words;

use super::rules::MODEL;

words! {
    /// Something that staff may do: what it is done to, and what is done.
    StaffPermission, "duty of staff" {
        /// Find companies and see their standing.
        ViewCompanies = "company.view",
        /// Block a company and let it in again (R-DIR-1).
        BlockCompanies = "company.block",
        /// Demand a second factor of everybody there (R-RGT-6).
        DemandOfCompanies = "company.demand_factor",
        /// Find contacts and see their standing.
        ViewContacts = "contact.view",
        /// Open the limits of a contact's account.
        Unlock = "contact.unlock",
        /// End the sessions of a contact's account.
        EndSessions = "contact.end_sessions",
        /// Switch a contact's account off and on.
        SwitchAccounts = "contact.switch",
        /// Have the lost second factor of a contact's account taken away, and stop that.
        ResetFactors = "contact.reset_factor",
        /// Demand a second factor of a contact.
        DemandOfContacts = "contact.demand_factor",
        /// See the vendor's people.
        ViewStaff = "staff.view",
        /// Invite them, give them roles, dismiss them.
        ManageStaff = "staff.manage",
        /// Read what concerns customers.
        AuditCustomers = "audit.customers",
        /// Read what concerns the service and its staff.
        AuditService = "audit.service",
    }
}

impl StaffPermission {
    /// What it is done to, and what is done.
    fn parts(self) -> (&'static str, &'static str) {
        self.as_str().split_once('.').unwrap_or((self.as_str(), ""))
    }
}

/// The rules, one shard per thing that something is done to.
const SHARDS: [(&str, &str); 4] = [
    ("company", include_str!("../../policies/staff/company.csv")),
    ("contact", include_str!("../../policies/staff/contact.csv")),
    ("staff", include_str!("../../policies/staff/staff.csv")),
    ("audit", include_str!("../../policies/staff/audit.csv")),
];

/// The rules in force; without any, nobody has a duty.
#[derive(Default)]
pub(super) struct Duties(BTreeMap<&'static str, Enforcer>);

impl Duties {
    /// Loads the shards. A line whose words nobody knows is refused, with its file and number.
    pub(super) async fn load() -> Result<Self, String> {
        let model = DefaultModel::from_str(MODEL).await.map_err(|error| error.to_string())?;
        let mut shards = BTreeMap::new();
        for (object, text) in SHARDS {
            let mut rules = Vec::new();
            for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            {
                rules.push(
                    read(object, line).map_err(|why| format!("policies/staff/{object}.csv, line {number}: {why}"))?,
                );
            }
            let mut adapter = MemoryAdapter::default();
            adapter.add_policies("p", "p", rules).await.map_err(|error| error.to_string())?;
            shards.insert(object, Enforcer::new(model.clone(), adapter).await.map_err(|error| error.to_string())?);
        }
        Ok(Self(shards))
    }

    /// Whether one of the roles has the duty. What can't be evaluated is none, and is logged.
    pub(super) fn allow(&self, roles: &BTreeSet<StaffRole>, duty: StaffPermission) -> bool {
        let (object, action) = duty.parts();
        let held: Vec<String> = roles.iter().map(|role| format!("staff:{role}")).collect();
        let decided = self.0.get(object).map(|shard| shard.enforce((held, object, action)));
        match decided {
            Some(Ok(allowed)) => allowed,
            Some(Err(error)) => {
                tracing::error!(%error, %duty, "a duty of staff can't be decided and is refused");
                false
            }
            None => false,
        }
    }
}

/// A rule of staff: it only ever allows, for roles that exist, duties that exist.
fn read(shard: &str, line: &str) -> Result<Vec<String>, String> {
    let ["p", holder, object, action, "allow"] = line.split(',').map(str::trim).collect::<Vec<_>>()[..] else {
        return Err("a rule is `p, staff:role, object, action, allow`".to_owned());
    };
    let role = holder.strip_prefix("staff:").ok_or_else(|| format!("`{holder}` is no role of staff"))?;
    role.parse::<StaffRole>().map_err(|error| error.to_string())?;
    format!("{object}.{action}").parse::<StaffPermission>().map_err(|error| error.to_string())?;
    if object != shard {
        return Err(format!("this file has the rules on `{shard}`, not on `{object}`"));
    }
    Ok([holder, object, action, "allow"].map(str::to_owned).to_vec())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{StaffPermission, read};
    use crate::base::StaffRole;
    use crate::rights::Policy;

    const REVIEWED: &str = include_str!("../../policies/staff/decisions.csv");

    #[tokio::test]
    async fn every_role_has_exactly_the_duties_that_people_reviewed() {
        let policy = Policy::load().await.unwrap();
        let mut lines = REVIEWED.lines().filter(|line| !line.starts_with('#'));
        let duties: Vec<StaffPermission> =
            lines.next().unwrap().split(',').skip(1).map(|word| word.parse().unwrap()).collect();
        assert_eq!(duties, StaffPermission::ALL, "the table has a column for every duty");
        let mut seen = Vec::new();
        for line in lines {
            let (role, cells) = line.split_once(',').unwrap();
            let roles: BTreeSet<StaffRole> = if role == "-" { BTreeSet::new() } else { [role.parse().unwrap()].into() };
            let expected: Vec<bool> = cells
                .split(',')
                .map(|cell| ["no", "yes"].iter().position(|word| *word == cell).unwrap() == 1)
                .collect();
            assert_eq!(expected.len(), duties.len(), "{role}");
            for (duty, expected) in duties.iter().zip(expected) {
                assert_eq!(policy.permits_staff(&roles, *duty), expected, "{role} {duty}");
            }
            seen.extend(roles);
        }
        assert_eq!(seen, StaffRole::ALL, "the table has a line for every role");
    }

    #[test]
    fn a_rule_with_an_unknown_word_is_refused() {
        for line in [
            "p, role:account_admin, company, view, allow",
            "p, staff:admin, company, view, allow",
            "p, staff:operator, company, delete, allow",
            "p, staff:operator, contact, view, allow",
            "p, staff:operator, company, view, deny",
        ] {
            assert!(read("company", line).is_err(), "{line}");
        }
    }
}
