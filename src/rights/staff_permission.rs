//! What the vendor's own people may do, by casbin shards of their own: a role has duties, and what no rule allows is no
//! duty of it. No contact has a holder word of these rules (R-DEL-6).

use std::collections::{BTreeMap, BTreeSet};

use casbin::{CoreApi as _, DefaultModel, Enforcer};

use crate::base::StaffRole;
use crate::base::vocabulary::words;

use super::files::{self, PolicyFiles};
use super::flaw::{Findings, Flaw};
use super::rules;

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

/// The things that something is done to, each with a shard of its own in `staff/`.
const OBJECTS: [&str; 4] = ["company", "contact", "staff", "audit"];

/// The rules in force; without any, nobody has a duty.
#[derive(Default)]
pub(super) struct Duties(BTreeMap<&'static str, Enforcer>);

/// The rules as they were read, as casbin's adapters want them.
pub(super) struct Read(Vec<(&'static str, Vec<Vec<String>>)>);

impl Read {
    pub(super) async fn enforced_by(self, model: &DefaultModel) -> casbin::Result<Duties> {
        let mut shards = BTreeMap::new();
        for (object, rules) in self.0 {
            shards.insert(object, rules::shard(model, rules).await?);
        }
        Ok(Duties(shards))
    }
}

impl Duties {
    /// Reads the shards. A line whose words nobody knows is refused.
    pub(super) fn read(files: &PolicyFiles) -> Result<Read, Flaw> {
        let mut shards = Vec::new();
        for object in OBJECTS {
            let file = format!("staff/{object}.csv");
            let rules = files::numbered(files.text(&file))
                .map(|(number, line)| read(object, line).map_err(|why| files.flaw(&file, (Some(number), why))));
            shards.push((object, rules.collect::<Result<_, Flaw>>()?));
        }
        Ok(Read(shards))
    }

    /// Holds them against the table that people reviewed: a line for every role and one for none, a column for every
    /// duty.
    pub(super) fn review(&self, text: &str) -> Findings {
        let mut findings = Findings::default();
        let (header, records) = files::table(text);
        let columns: Vec<&str> =
            ["role"].into_iter().chain(StaffPermission::ALL.iter().map(|duty| duty.as_str())).collect();
        if !header.iter().eq(columns.iter().copied()) {
            findings.wrong.push((files::line(&header), format!("the header is `{}`", columns.join(","))));
            return findings;
        }
        let mut awaited: BTreeSet<Option<StaffRole>> = StaffRole::ALL.iter().copied().map(Some).chain([None]).collect();
        for record in records {
            match self.review_line(&record, &mut awaited) {
                Ok(agreed) => findings.agreed += agreed,
                Err(why) => findings.wrong.push((files::line(&record), why)),
            }
        }
        let missing = awaited.into_iter().map(|role| role.map_or("-", StaffRole::as_str));
        findings.wrong.extend(missing.map(|role| (None, format!("`{role}` has no line: add it"))));
        findings
    }

    fn review_line(
        &self,
        record: &csv::StringRecord,
        awaited: &mut BTreeSet<Option<StaffRole>>,
    ) -> Result<usize, String> {
        let word = record.get(0).unwrap_or_default();
        let role = (word != "-").then(|| word.parse::<StaffRole>()).transpose().map_err(|error| error.to_string())?;
        if !awaited.remove(&role) {
            return Err(format!("`{word}` stands twice"));
        }
        if record.len() != StaffPermission::ALL.len() + 1 {
            return Err(format!("a line has {} cells", StaffPermission::ALL.len() + 1));
        }
        let roles = role.into_iter().collect();
        for (duty, cell) in StaffPermission::ALL.iter().zip(record.iter().skip(1)) {
            if self.allow(&roles, *duty) != files::yes_or_no(cell)? {
                return Err(format!("{duty}: people say {cell}, the rules say otherwise: correct one of them"));
            }
        }
        Ok(StaffPermission::ALL.len())
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
    use super::{StaffPermission, read};
    use crate::base::StaffRole;
    use crate::rights::PolicyFiles;
    use crate::rights::tests::{POLICY, flaws};

    const TABLE: &str = "staff/decisions.csv";

    #[test]
    fn every_role_has_exactly_the_duties_that_people_reviewed() {
        let findings = POLICY.review(&PolicyFiles::embedded());
        assert!(findings.flaws.is_empty(), "{:?}", findings.flaws);
        assert_eq!(StaffRole::ALL.len(), 3);
        assert_eq!(POLICY.duties().count(), 15);
    }

    #[test]
    fn a_wrong_line_of_the_table_is_named() {
        let told =
            |from: &str, to: &str| flaws(&PolicyFiles::embedded().with(TABLE, |text| text.replacen(from, to, 1)));
        let named = "policies/staff/decisions.csv, line 6: staff.view: people say no, the rules say otherwise";
        assert!(told("no,no,no,no,yes,yes,no,yes", "no,no,no,no,no,yes,no,yes").contains(named));
        assert!(told("operator,", "captain,").contains("line 6: `captain` is no staff role"));
        assert!(told("operator,", "captain,").contains("decisions.csv: `operator` has no line"));
        assert!(told("operator,", "support_agent,").contains("line 6: `support_agent` stands twice"));
        assert!(told("no,yes,no,yes\n", "no,yes,no,maybe\n").is_empty(), "nothing is replaced");
        assert!(told("yes,yes,no,yes", "yes,yes,no").contains("line 6: a line has 14 cells"));
        assert!(told("yes,yes,no,yes", "yes,yes,no,maybe").contains("line 6: `maybe` is neither yes nor no"));
        assert!(told("role,", "roles,").contains("line 2: the header is `role,company.view"));
        assert_eq!(StaffPermission::ALL.len(), 13);
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
