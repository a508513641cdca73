//! Importing the ERP's files (R-DIR-3): [`read`] parses and checks a file, [`apply`] brings the directory to what it
//! says.
//!
//! Applying first plans, reading only, and then writes what differs. So a refused file has changed nothing, and a file
//! applied twice writes nothing the second time but its line in the audit trail.

pub(super) mod cells;
mod columns;
mod companies;
mod contacts;
mod refused;
mod report;
mod rows;
mod text;

use serde_json::json;

use crate::audit::{Deed, DeedKind};
use crate::base::Fault;
use crate::store::Tx;

pub use columns::FileKind;
use report::Forecast;

pub use refused::{FileRefused, LARGEST, Quoted, RejectedRow};
pub use report::{Counts, ImportRefusal, ImportReport, MOST_DEACTIVATED};
pub use rows::{File, ImportLine, ImportedCompany, ImportedContact, Rows, Told, read};

/// How a file is applied.
#[derive(Clone, Copy)]
pub struct ImportOptions<'a> {
    /// What the file lacks is inactive at the ERP.
    pub full: bool,
    /// Deactivate more than [`MOST_DEACTIVATED`] percent.
    pub force: bool,
    /// Refuse the file if one row is bad.
    pub strict: bool,
    /// Told how many of how many changes are written.
    pub progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

impl Default for ImportOptions<'_> {
    fn default() -> Self {
        Self { full: false, force: false, strict: false, progress: &|_, _| () }
    }
}

enum Plan {
    Companies(companies::CompanyPlan),
    Contacts(contacts::ContactPlan),
}

/// Applies a file inside one unit of work, and leaves a line in the audit trail.
pub async fn apply(tx: &mut Tx, file: &File, options: ImportOptions<'_>) -> Result<ImportReport, Fault> {
    let (plan, forecast) = match &file.rows {
        Rows::Companies(lines) => {
            let (plan, forecast) = companies::plan(tx, lines, absence(file, options)).await?;
            (Plan::Companies(plan), forecast)
        }
        Rows::Contacts(lines) => {
            let (plan, forecast) = contacts::plan(tx, lines, absence(file, options)).await?;
            (Plan::Contacts(plan), forecast)
        }
    };
    let refusal = refusal(file, &forecast, options);
    if refusal.is_none() {
        match plan {
            Plan::Companies(plan) => plan.write(tx, options.progress).await?,
            Plan::Contacts(plan) => plan.write(tx, options.progress).await?,
        }
    }
    let report = ImportReport::new(file, forecast, refusal);
    tx.record(deed(&report)).await?;
    Ok(report)
}

/// The file, where what it lacks is to be called absent.
fn absence<'f>(file: &'f File, options: ImportOptions<'_>) -> Option<&'f File> {
    options.full.then_some(file)
}

fn refusal(file: &File, forecast: &Forecast, options: ImportOptions<'_>) -> Option<ImportRefusal> {
    let rejected = file.rejections.len() + forecast.rejections.len();
    let deactivated = forecast.counts.deactivated;
    if options.strict && rejected > 0 {
        Some(ImportRefusal::Strict)
    } else if options.full && file.is_blurred() {
        Some(ImportRefusal::Blurred)
    } else if options.full && !options.force && deactivated * 100 > forecast.active * MOST_DEACTIVATED {
        Some(ImportRefusal::TooMany { deactivated, active: forecast.active })
    } else {
        None
    }
}

fn deed(report: &ImportReport) -> Deed {
    let counts = &report.counts;
    Deed::new(DeedKind::DirectoryImported).subject(&report.file).details(json!({
        "rows": report.kind.rows(),
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "deactivated": counts.deactivated,
        "reactivated": counts.reactivated,
        "rejected": report.rejections.len(),
        "refused": report.refusal.as_ref().map(ToString::to_string),
    }))
}
