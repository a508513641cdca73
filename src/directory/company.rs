//! Companies and their branches (R-DIR-1).

use std::collections::BTreeSet;

use sqlx::types::Json;

use crate::audit::{Deed, DeedKind};
use crate::base::fold::folded;
use crate::base::ids::CompanyId;
use crate::base::{EServiceCode, Fault, Networks, Timestamp};
use crate::store::{self, Db, Keyset, Tx};

use super::composed;

/// A customer company.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Company {
    pub id: CompanyId,
    /// The ERP's reference.
    #[sqlx(rename = "ref")]
    pub reference: String,
    pub name: String,
    /// When Accounting validated its record (R-DIR-1).
    pub accounting_validated_at: Option<Timestamp>,
    /// When it first ordered (R-DIR-1).
    pub first_order_at: Option<Timestamp>,
    /// Since when it is blocked (R-DIR-1).
    pub erp_blocked_at: Option<Timestamp>,
    /// The e-services it subscribes to (R-RGT-3).
    #[sqlx(json)]
    pub subscriptions: BTreeSet<EServiceCode>,
    /// The networks the vendor limits its people to; none listed limits nobody (R-RGT-6).
    #[sqlx(json)]
    pub vendor_networks: Networks,
}

/// A branch of a company.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Branch {
    pub company: CompanyId,
    /// Its code, unique within the company.
    pub code: String,
    pub name: String,
}

/// Blocks a company: nobody there gets in any more (R-DIR-1). Answers whether it was open.
pub async fn block(tx: &mut Tx, company: CompanyId) -> Result<bool, Fault> {
    let sql = "update companies set blocked_at = $2, revision = revision + 1 where id = $1 and blocked_at is null";
    let changed = store::execute!(tx.db, sql, company, tx.now)? > 0;
    tx.record_if(changed, Deed::new(DeedKind::CompanyBlocked).company(company)).await
}

/// Lets a company in again that staff blocked. Answers whether they had.
pub async fn unblock(tx: &mut Tx, company: CompanyId) -> Result<bool, Fault> {
    let sql =
        "update companies set blocked_at = null, revision = revision + 1 where id = $1 and blocked_at is not null";
    let changed = store::execute!(tx.db, sql, company)? > 0;
    tx.record_if(changed, Deed::new(DeedKind::CompanyUnblocked).company(company)).await
}

macro_rules! companies {
    ($rest:literal) => {
        concat!(
            "select id, ref, name, accounting_validated_at, first_order_at, erp_blocked_at, subscriptions, \
             vendor_networks \
             from companies ",
            $rest
        )
    };
}

pub(super) use companies;

/// The company with this id.
pub async fn company(db: &mut Db, id: CompanyId) -> Result<Option<Company>, Fault> {
    store::optional!(*db, Company, companies!("where id = $1"), id)
}

/// Writes a company's row, so that whoever decides over several rows of it does so after one another.
pub async fn bump(tx: &mut Tx, id: CompanyId) -> Result<(), Fault> {
    store::execute!(tx.db, "update companies set revision = revision + 1 where id = $1", id).map(drop)
}

/// The company with this ERP reference.
pub async fn company_by_ref(db: &mut Db, reference: &str) -> Result<Option<Company>, Fault> {
    store::optional!(*db, Company, companies!("where ref = $1"), composed(reference))
}

/// The branches of a company, in the order of their codes.
pub async fn branches(db: &mut Db, company: CompanyId) -> Result<Vec<Branch>, Fault> {
    store::all!(*db, Branch, "select company, code, name from branches where company = $1 order by code", company)
}

/// The companies with these ERP references, those that exist.
pub(super) async fn companies_by_refs(db: &mut Db, references: &BTreeSet<&str>) -> Result<Vec<Company>, Fault> {
    let mut found = Vec::new();
    for keys in Keyset::lots(references.iter().copied())? {
        found.extend(store::all!(*db, Company, companies!("where ref in (select key from json_each($1))"), keys)?);
    }
    Ok(found)
}

/// The branches of the companies with these ERP references.
pub(super) async fn branches_by_refs(db: &mut Db, references: &BTreeSet<&str>) -> Result<Vec<Branch>, Fault> {
    let mut found = Vec::new();
    for keys in Keyset::lots(references.iter().copied())? {
        found.extend(store::all!(
            *db,
            Branch,
            "select b.company, b.code, b.name from branches b join companies c on c.id = b.company \
             where c.ref in (select key from json_each($1))",
            keys
        )?);
    }
    Ok(found)
}

/// Every company whose record Accounting has validated, with its ERP reference.
pub(super) async fn validated_companies(db: &mut Db) -> Result<Vec<(CompanyId, String)>, Fault> {
    store::all!(*db, (CompanyId, String), "select id, ref from companies where accounting_validated_at is not null")
}

/// Writes a company's record, a new one or anew; its reference stays.
pub(super) async fn put_company(tx: &mut Tx, company: &Company) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "insert into companies (id, ref, name, accounting_validated_at, first_order_at, erp_blocked_at, \
         subscriptions, vendor_networks, own_networks, search, revision, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, '[]', $7, '[]', $9, 1, $8, $8) \
         on conflict (id) do update set name = excluded.name, search = excluded.search, \
         accounting_validated_at = excluded.accounting_validated_at, first_order_at = excluded.first_order_at, \
         erp_blocked_at = excluded.erp_blocked_at, vendor_networks = excluded.vendor_networks, \
         revision = companies.revision + 1, updated_at = excluded.updated_at",
        company.id,
        company.reference.as_str(),
        company.name.as_str(),
        company.accounting_validated_at,
        company.first_order_at,
        company.erp_blocked_at,
        Json(&company.vendor_networks),
        tx.now,
        searched(company),
    )?;
    subscribe(tx, company.id, &company.subscriptions).await
}

/// What a company is found by, and where it stands in a list.
fn searched(company: &Company) -> String {
    folded(&format!("{} {}", company.name, company.reference))
}

/// The e-services a company subscribes to (R-RGT-3), and the rows by which its subscribers are found: nobody else
/// writes either.
async fn subscribe(tx: &mut Tx, company: CompanyId, subscriptions: &BTreeSet<EServiceCode>) -> Result<(), Fault> {
    let sql = "update companies set subscriptions = $2 where id = $1 and subscriptions <> $2";
    if store::execute!(tx.db, sql, company, Json(subscriptions))? == 0 {
        return Ok(());
    }
    store::execute!(tx.db, "delete from company_subscriptions where company = $1", company)?;
    for code in subscriptions {
        let sql = "insert into company_subscriptions (company, e_service) values ($1, $2)";
        store::execute!(tx.db, sql, company, code)?;
    }
    Ok(())
}

/// Takes back that Accounting validated the company's record: the ERP no longer has one.
pub(super) async fn withdraw_validation(tx: &mut Tx, company: CompanyId) -> Result<(), Fault> {
    let sql =
        "update companies set accounting_validated_at = null, revision = revision + 1, updated_at = $2 where id = $1";
    store::execute!(tx.db, sql, company, tx.now)?;
    Ok(())
}

/// Adds a branch, or gives it another name.
pub(super) async fn put_branch(tx: &mut Tx, branch: &Branch) -> Result<(), Fault> {
    let sql = "insert into branches (company, code, name) values ($1, $2, $3) on conflict (company, code) do update \
         set name = excluded.name";
    store::execute!(tx.db, sql, branch.company, branch.code.as_str(), branch.name.as_str())?;
    Ok(())
}

/// Demands a second factor of everybody at a company from now on, or no longer. Answers whether that is a change.
pub async fn require_second_factor(tx: &mut Tx, company: CompanyId, required: bool) -> Result<bool, Fault> {
    let sql = "update companies set second_factor_required_at = $2, updated_at = $3 where id = $1 \
        and (second_factor_required_at is null) = $4";
    let changed = store::execute!(tx.db, sql, company, required.then_some(tx.now), tx.now, required)?;
    let what = if required { DeedKind::CompanyFactorDemanded } else { DeedKind::CompanyFactorNotDemanded };
    tx.record_if(changed > 0, Deed::new(what).company(company)).await
}
