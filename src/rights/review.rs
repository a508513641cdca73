//! The review of the policy against `policies/decisions.csv`, the expected decisions that people wrote and review.
//!
//! The table must be whole: a line for every profile, role or none, and e-service that a rule names or none; a column
//! for every action on every type of object. What it leaves out is a problem just as what it contradicts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::base::Fault;
use crate::base::vocabulary::{EServiceCode, NotACode, Profile, Role, UnknownWord};

use super::holdings::{Holdings, Resource};
use super::policy::Policy;
use super::question::{Object, Question};
use super::reason::Reason;
use super::rules::Principal;

const TABLE: &str = include_str!("../../policies/decisions.csv");
/// The columns that say whom a line is about.
const KEYS: [&str; 3] = ["profile", "role", "e_service"];
/// What a cell for none holds.
const NONE: &str = "-";
/// The e-service that lines without one ask for.
const ASKED_WITHOUT_ONE: &str = "eligibilite";

/// What one line of the table is about: someone who holds this and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub profile: Profile,
    /// The one role, if any.
    pub role: Option<Role>,
    /// The one e-service, if any.
    pub e_service: Option<EServiceCode>,
}

/// What the review found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewReport {
    /// How many decisions agreed with the table.
    pub agreed: usize,
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with the table or with the policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A line can't be read as one.
    #[error("line {line}: {why}")]
    BadLine {
        /// Its number in the file.
        line: u64,
        why: String,
    },
    /// A line stands twice.
    #[error("{0}: stands twice")]
    RepeatedLine(Row),
    /// A line is missing.
    #[error("{0}: no line")]
    MissingLine(Row),
    /// A line for what no rule can make a difference about.
    #[error("{0}: not a line of this table")]
    NeedlessLine(Row),
    /// A column is missing.
    #[error("no column `{0}`")]
    MissingColumn(String),
    /// A column is of no action that exists, or stands twice.
    #[error("column `{0}` is no action, or stands twice")]
    NeedlessColumn(String),
    /// A cell says neither yes nor no.
    #[error("{row}, {column}: `{found}` is neither yes nor no")]
    BadCell { row: Row, column: String, found: String },
    /// The policy decides otherwise than people did.
    #[error("{row}, {column}: people say {}, the policy says {}: {because:?}", yes(*expected), yes(!*expected))]
    Disagreement {
        row: Row,
        column: String,
        /// What the table says.
        expected: bool,
        because: Reason,
    },
}

/// Runs the embedded table against the embedded policy.
pub async fn review() -> Result<ReviewReport, Fault> {
    Ok(review_table(&Policy::load().await?, TABLE))
}

impl ReviewReport {
    /// Whether the policy decides exactly as the table says, and the table says everything.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.agreed > 0 && self.problems.is_empty()
    }
}

/// Runs a table against a policy.
pub(super) fn review_table(policy: &Policy, text: &str) -> ReviewReport {
    let (table, problems) = Table::read(text);
    let mut report = ReviewReport { agreed: 0, problems };
    let mut awaited = rows(policy);
    for (row, cells) in table.lines {
        for ((object, action), place) in &table.columns {
            match compare(policy, &row, *object, action, cells.get(*place).unwrap_or_default()) {
                Ok(()) => report.agreed += 1,
                Err(problem) => report.problems.push(problem),
            }
        }
        if !awaited.remove(&row) {
            report.problems.push(Problem::NeedlessLine(row));
        }
    }
    report.problems.extend(awaited.into_iter().map(Problem::MissingLine));
    report
}

/// Where each action's column is.
type Columns = BTreeMap<(Object, &'static str), usize>;

/// The table as it was read: where each column is, and each line's cells.
#[derive(Default)]
struct Table {
    columns: Columns,
    lines: BTreeMap<Row, csv::StringRecord>,
}

impl Table {
    fn read(text: &str) -> (Self, Vec<Problem>) {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let (columns, mut problems) = read_header(&header);
        let mut table = Self { columns, lines: BTreeMap::new() };
        for record in reader.records() {
            let line = record.as_ref().ok().and_then(|cells| cells.position()).map_or(0, csv::Position::line);
            match record.map_err(|error| error.to_string()).and_then(|cells| Ok((read_row(&cells, &header)?, cells))) {
                Err(why) => problems.push(Problem::BadLine { line, why }),
                Ok((row, cells)) => {
                    if table.lines.insert(row.clone(), cells).is_some() {
                        problems.push(Problem::RepeatedLine(row));
                    }
                }
            }
        }
        (table, problems)
    }
}

/// Finds every action's column, and names those that are missing or stand for nothing.
fn read_header(header: &csv::StringRecord) -> (Columns, Vec<Problem>) {
    let mut columns = Columns::new();
    let mut problems = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, name) in header.iter().enumerate().skip(KEYS.len()) {
        if places.insert(name, place).is_some() {
            problems.push(Problem::NeedlessColumn(name.to_owned()));
        }
    }
    for object in Object::ALL {
        for action in object.actions() {
            let name = format!("{object}.{action}");
            match places.remove(name.as_str()) {
                Some(place) => drop(columns.insert((*object, action), place)),
                None => problems.push(Problem::MissingColumn(name)),
            }
        }
    }
    problems.extend(places.into_keys().map(|name| Problem::NeedlessColumn(name.to_owned())));
    (columns, problems)
}

fn read_row(cells: &csv::StringRecord, header: &csv::StringRecord) -> Result<Row, String> {
    if !header.iter().take(KEYS.len()).eq(KEYS) {
        return Err(format!("the first columns are {}", KEYS.join(", ")));
    }
    if cells.len() > header.len() {
        return Err("more cells than columns".to_owned());
    }
    let key = |place| cells.get(place).unwrap_or_default();
    let held = |place| Some(key(place)).filter(|word| *word != NONE);
    Ok(Row {
        profile: key(0).parse().map_err(|error: UnknownWord| error.to_string())?,
        role: held(1).map(str::parse).transpose().map_err(|error: UnknownWord| error.to_string())?,
        e_service: held(2).map(str::parse).transpose().map_err(|error: NotACode| error.to_string())?,
    })
}

/// Every line the table must have.
fn rows(policy: &Policy) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for profile in Profile::ALL {
        for role in [None].into_iter().chain(Role::ALL.iter().copied().map(Some)) {
            rows.insert(Row { profile: *profile, role, e_service: None });
            for code in e_services_that_matter(policy) {
                rows.insert(Row { profile: *profile, role, e_service: Some(code.clone()) });
            }
        }
    }
    rows
}

/// The e-services that some rule names: those that change a decision about anything but themselves.
fn e_services_that_matter(policy: &Policy) -> BTreeSet<&EServiceCode> {
    policy
        .rules
        .iter()
        .filter_map(|rule| match &rule.holder {
            Principal::EService(code) => Some(code),
            Principal::AnyProfile | Principal::Profile(_) | Principal::Role(_) | Principal::EServiceAsked => None,
        })
        .collect()
}

fn compare(policy: &Policy, row: &Row, object: Object, action: &str, cell: &str) -> Result<(), Problem> {
    let column = || format!("{object}.{action}");
    let expected = match cell {
        "yes" => true,
        "no" => false,
        found => return Err(Problem::BadCell { row: row.clone(), column: column(), found: found.to_owned() }),
    };
    let asked = row.e_service.as_ref().map_or(ASKED_WITHOUT_ONE, EServiceCode::as_str);
    let question = Question::parse(object.as_str(), action, Some(asked))
        .map_err(|error| Problem::BadLine { line: 1, why: error.to_string() })?;
    let decision = policy.decide(&row.holdings(), &question, &Resource::default());
    if decision.allowed == expected {
        return Ok(());
    }
    Err(Problem::Disagreement { row: row.clone(), column: column(), expected, because: decision.because })
}

impl Row {
    fn holdings(&self) -> Holdings {
        Holdings {
            company: String::new(),
            branch: None,
            profile: self.profile,
            roles: self.role.into_iter().collect(),
            e_services: self.e_service.clone().into_iter().collect(),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.map_or(NONE, Role::as_str);
        let e_service = self.e_service.as_ref().map_or(NONE, EServiceCode::as_str);
        write!(f, "{},{role},{e_service}", self.profile)
    }
}

fn yes(allowed: bool) -> &'static str {
    if allowed { "yes" } else { "no" }
}
