//! Who may decide at a company: its administrators whose own access holds.

use crate::base::Fault;
use crate::base::ids::CompanyId;
use crate::store::Db;

use super::Snapshot;
use super::snapshot::designated;
use super::standing::holds_anywhere;

/// The administrators of a company whose own access holds, wherever they may be now (R-DEL-1).
pub async fn administrators(db: &mut Db, company: CompanyId) -> Result<Vec<Snapshot>, Fault> {
    Ok(designated(db, company).await?.into_iter().filter(holds_anywhere).collect())
}
