//! What a companies file changes (R-DIR-1, R-DIR-3).
//!
//! A branch that the file no longer lists stays: people may be limited to it (R-RGT-6), and without it they would see
//! more. A company that a full file lacks has no record at the ERP any more, so none that Accounting has validated
//! (R-DIR-1).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::audit::{Deed, DeedKind};
use crate::base::ids::CompanyId;
use crate::base::{Fault, Timestamp};
use crate::directory::company::{
    Branch, Company, branches_by_refs, companies_by_refs, put_branch, put_company, validated_companies,
    withdraw_validation,
};
use crate::store::Tx;

use super::report::{Counts, Forecast, ImportChange};
use super::rows::{File, ImportLine, ImportedCompany};

/// The statements that bring the directory to what the file says.
#[derive(Default)]
pub(super) struct CompanyPlan {
    insert: Vec<Company>,
    update: Vec<Company>,
    branches: Vec<Branch>,
    withdraw: Vec<CompanyId>,
    /// Companies among those to update that are no active customers any more.
    inactive: Vec<CompanyId>,
}

/// Compares the file with the directory. With `absence`, the companies that file doesn't mention are absent from the
/// ERP.
pub(super) async fn plan(
    tx: &mut Tx,
    lines: &[ImportLine<ImportedCompany>],
    absence: Option<&File>,
) -> Result<(CompanyPlan, Forecast), Fault> {
    let mut plan = CompanyPlan::default();
    let mut forecast = Forecast { counts: Counts::default(), rejections: Vec::new(), active: 0 };
    let mut stored = Stored::read(tx, lines).await?;
    for line in lines {
        forecast.counts.add(plan.compare(tx, &line.row, &mut stored)?);
    }
    if let Some(file) = absence {
        let mentioned = file.mentioned();
        let validated = validated_companies(&mut tx.db).await?;
        forecast.active = validated.len() as u64;
        plan.withdraw = validated
            .into_iter()
            .filter(|(_, reference)| !mentioned.contains(reference.as_str()))
            .map(|(id, _)| id)
            .collect();
        forecast.counts.deactivated += plan.withdraw.len() as u64;
    }
    Ok((plan, forecast))
}

/// The companies of the file that the directory has.
struct Stored {
    companies: HashMap<String, Company>,
    branches: HashMap<CompanyId, BTreeMap<String, String>>,
}

impl Stored {
    async fn read(tx: &mut Tx, lines: &[ImportLine<ImportedCompany>]) -> Result<Self, Fault> {
        let references: BTreeSet<&str> = lines.iter().map(|line| line.row.reference.as_str()).collect();
        let companies = companies_by_refs(&mut tx.db, &references).await?;
        let companies = companies.into_iter().map(|company| (company.reference.clone(), company)).collect();
        let mut branches: HashMap<CompanyId, BTreeMap<String, String>> = HashMap::new();
        for branch in branches_by_refs(&mut tx.db, &references).await? {
            branches.entry(branch.company).or_default().insert(branch.code, branch.name);
        }
        Ok(Self { companies, branches })
    }
}

impl CompanyPlan {
    fn compare(&mut self, tx: &Tx, row: &ImportedCompany, stored: &mut Stored) -> Result<ImportChange, Fault> {
        let before = stored.companies.remove(&row.reference);
        let after = wanted(row, before.as_ref(), CompanyId(tx.dice.id(tx.now)?), tx.now);
        let branches = stored.branches.remove(&after.id).unwrap_or_default();
        let added = self.add_branches(after.id, row.branches.over(BTreeMap::new()), &branches);
        let Some(before) = before else {
            self.insert.push(after);
            return Ok(ImportChange::Created);
        };
        let change = ImportChange::between(&before, &after, is_active_customer);
        if change == ImportChange::Deactivated {
            self.inactive.push(after.id);
        }
        if before != after {
            self.update.push(after);
        }
        Ok(if change == ImportChange::Unchanged && added { ImportChange::Updated } else { change })
    }

    /// Plans the branches that are new or renamed, and answers whether there are any.
    fn add_branches(
        &mut self,
        company: CompanyId,
        wanted: BTreeMap<String, String>,
        stored: &BTreeMap<String, String>,
    ) -> bool {
        let before = self.branches.len();
        let changed = wanted.into_iter().filter(|(code, name)| stored.get(code) != Some(name));
        self.branches.extend(changed.map(|(code, name)| Branch { company, code, name }));
        self.branches.len() > before
    }

    /// Writes what the plan says.
    pub(super) async fn write(&self, tx: &mut Tx, progress: &(dyn Fn(u64, u64) + Send + Sync)) -> Result<(), Fault> {
        let total = (self.insert.len() + self.update.len() + self.branches.len() + self.withdraw.len()) as u64;
        let mut done = 0..;
        let mut step = || progress(done.next().unwrap_or(total) + 1, total);
        for company in self.insert.iter().chain(&self.update) {
            put_company(tx, company).await?;
            step();
        }
        for branch in &self.branches {
            put_branch(tx, branch).await?;
            step();
        }
        for company in &self.withdraw {
            withdraw_validation(tx, *company).await?;
            step();
        }
        for company in self.update.iter().map(|company| company.id).chain(self.withdraw.iter().copied()) {
            tx.record(Deed::new(DeedKind::CompanyChanged).company(company)).await?;
        }
        for company in self.inactive.iter().chain(&self.withdraw) {
            tx.record(Deed::new(DeedKind::CompanyLost).company(*company)).await?;
        }
        Ok(())
    }
}

/// The company as it shall be.
fn wanted(row: &ImportedCompany, before: Option<&Company>, new: CompanyId, now: Timestamp) -> Company {
    let blocked_before = before.and_then(|company| company.erp_blocked_at);
    let blocked = row.blocked.over(blocked_before.is_some());
    Company {
        id: before.map_or(new, |company| company.id),
        reference: row.reference.clone(),
        name: row.name.clone(),
        accounting_validated_at: row.accounting_validated_at,
        first_order_at: row.first_order_at,
        erp_blocked_at: blocked.then(|| blocked_before.unwrap_or(now)),
        subscriptions: row.e_services.over(before.map(|company| company.subscriptions.clone()).unwrap_or_default()),
        vendor_networks: row.networks.over(before.map(|company| company.vendor_networks.clone()).unwrap_or_default()),
    }
}

/// R-DIR-1, to count by; whether somebody gets in is `access`'s to say.
fn is_active_customer(company: &Company) -> bool {
    company.accounting_validated_at.is_some() && company.first_order_at.is_some() && company.erp_blocked_at.is_none()
}
