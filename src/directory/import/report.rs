//! What an import did, for people and for spreadsheets.

use std::fmt;

use super::rows::File;
use super::{FileKind, RejectedRow};

/// The share of the directory, in percent, that a full file may deactivate without force.
pub const MOST_DEACTIVATED: u64 = 5;

/// What applying a file did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// What people call the file.
    pub file: String,
    pub kind: FileKind,
    /// How many rows did what; all zero where the file was refused.
    pub counts: Counts,
    /// Its bad rows, in the file's order.
    pub rejections: Vec<RejectedRow>,
    /// Why nothing of it was applied, unless it was.
    pub refusal: Option<ImportRefusal>,
}

/// What applying a file would do.
pub(super) struct Forecast {
    pub(super) counts: Counts,
    /// Rows that the directory makes bad: an unknown company, an email that another contact has.
    pub(super) rejections: Vec<RejectedRow>,
    /// How many of the file's kind are active before, counted for full files only.
    pub(super) active: u64,
}

/// How many companies or contacts an import touched, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Came into the directory.
    pub created: u64,
    /// Changed, and stayed as active as they were.
    pub updated: u64,
    /// Were as the file says.
    pub unchanged: u64,
    /// Became inactive at the ERP, or an active customer no more (R-DIR-1).
    pub deactivated: u64,
    /// Became active again at the ERP, or an active customer.
    pub reactivated: u64,
}

/// What becomes of one company or contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportChange {
    Created,
    Updated,
    Unchanged,
    Deactivated,
    Reactivated,
}

impl ImportChange {
    /// The change of something that existed.
    pub fn between<T: PartialEq>(before: &T, after: &T, is_active: impl Fn(&T) -> bool) -> Self {
        match (is_active(before), is_active(after)) {
            (true, false) => Self::Deactivated,
            (false, true) => Self::Reactivated,
            (true, true) | (false, false) if before == after => Self::Unchanged,
            (true, true) | (false, false) => Self::Updated,
        }
    }
}

impl Counts {
    pub(super) fn add(&mut self, change: ImportChange) {
        match change {
            ImportChange::Created => self.created += 1,
            ImportChange::Updated => self.updated += 1,
            ImportChange::Unchanged => self.unchanged += 1,
            ImportChange::Deactivated => self.deactivated += 1,
            ImportChange::Reactivated => self.reactivated += 1,
        }
    }
}

/// Why nothing of a file was applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// A row is bad and the import strict.
    #[error(
        "nothing was changed, because rows are bad and --strict was given: correct them, or import without --strict"
    )]
    Strict,
    /// A bad row hides whom it is about.
    #[error(
        "nothing was changed: with --full everyone the file lacks is made inactive, \
         and a bad row whose ref can't be read hides who that is: \
         correct it"
    )]
    Blurred,
    /// A full file would deactivate too many.
    #[error(
        "nothing was changed: the file would deactivate {deactivated} of {active}, more than {MOST_DEACTIVATED} %: \
         check that it is complete, \
         then add --force"
    )]
    TooMany {
        /// How many it would deactivate.
        deactivated: u64,
        /// How many are active.
        active: u64,
    },
}

impl ImportReport {
    pub(super) fn new(file: &File, forecast: Forecast, refusal: Option<ImportRefusal>) -> Self {
        let mut rejections = file.rejections.clone();
        rejections.extend(forecast.rejections);
        rejections.sort_by_key(|rejection| rejection.line);
        let counts = if refusal.is_some() { Counts::default() } else { forecast.counts };
        Self { file: file.name.clone(), kind: file.kind(), counts, rejections, refusal }
    }

    /// Whether every row was applied.
    pub fn is_clean(&self) -> bool {
        self.refusal.is_none() && self.rejections.is_empty()
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, kind, counts, rejections, refusal } = self;
        if let Some(refusal) = refusal {
            return write!(f, "{file} ({}): {} rejected; {refusal}", kind.rows(), rejections.len());
        }
        write!(
            f,
            "{file} ({}): {} created, {} updated, {} unchanged, {} deactivated, {} reactivated, {} rejected",
            kind.rows(),
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.deactivated,
            counts.reactivated,
            rejections.len(),
        )
    }
}
