//! Who may decide at a company: its administrators whose own access holds.

use crate::base::ids::CompanyId;
use crate::base::{Fault, Role};
use crate::store::Db;

use super::facts::holders;
use super::{Snapshot, judge_without_caller};

/// The administrators of a company whose own access holds, wherever they may be now (R-DEL-1).
pub async fn administrators(db: &mut Db, company: CompanyId) -> Result<Vec<Snapshot>, Fault> {
    let designated = holders(db, company, Role::AccountAdmin).await?;
    Ok(designated.into_iter().filter(|person| judge_without_caller(person).unmet().is_empty()).collect())
}
