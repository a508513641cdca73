//! The review of the policy against `decisions.csv`, the expected decisions that people wrote and review.
//!
//! The table must be whole: a line for every profile, role or none, and e-service that a rule names or none; a column
//! for every action on every type of object. What it leaves out is wrong just as what it contradicts.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::base::vocabulary::{EServiceCode, NotACode, Profile, Role, UnknownWord};

use super::files::{self, PolicyFiles};
use super::flaw::{Finding, Findings, RefusedPolicy, ReviewReport};
use super::holdings::{Holdings, Resource};
use super::policy::Policy;
use super::question::{Object, Question};
use super::rules::Principal;

const TABLE: &str = "decisions.csv";
const STAFF_TABLE: &str = "staff/decisions.csv";

/// The columns that say whom a line is about.
const KEYS: [&str; 3] = ["profile", "role", "e_service"];
/// What a cell for none holds.
const NONE: &str = "-";
/// The e-service that lines without one ask for.
const ASKED_WITHOUT_ONE: &str = "eligibilite";

/// What one line of the table is about: someone who holds this and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    profile: Profile,
    /// The one role, if any.
    role: Option<Role>,
    /// The one e-service, if any.
    e_service: Option<EServiceCode>,
}

impl Policy {
    /// Reads the rules and holds them against the decisions that people reviewed. The embedded ones were, by the tests.
    pub async fn load(files: &PolicyFiles) -> Result<Self, RefusedPolicy> {
        let policy = Self::parse(files).await?;
        if files.are_embedded {
            return Ok(policy);
        }
        let flaws = policy.review(files).flaws;
        if flaws.is_empty() { Ok(policy) } else { Err(RefusedPolicy(flaws)) }
    }

    /// Holds the rules against the tables `decisions.csv`, of contacts and of staff.
    pub fn review(&self, files: &PolicyFiles) -> ReviewReport {
        let mut report = files.report(TABLE, review_table(self, files.text(TABLE)));
        let staff = files.report(STAFF_TABLE, self.duties.review(files.text(STAFF_TABLE)));
        report.agreed += staff.agreed;
        report.flaws.extend(staff.flaws);
        report
    }
}

/// Runs a table against a policy.
pub(super) fn review_table(policy: &Policy, text: &str) -> Findings {
    let (table, wrong) = Table::read(text);
    let mut findings = Findings { agreed: 0, wrong };
    let mut awaited = rows(policy);
    for (row, cells) in table.lines {
        let mut wrong = |why: String| findings.wrong.push((files::line(&cells), why));
        for ((object, action), place) in &table.columns {
            match compare(policy, &row, (*object, action), cells.get(*place).unwrap_or_default()) {
                Ok(()) => findings.agreed += 1,
                Err(why) => wrong(format!("{row}, {object}.{action}: {why}")),
            }
        }
        if !awaited.remove(&row) {
            wrong(format!("{row}: no rule can make a difference about it: leave the line out"));
        }
    }
    findings.wrong.extend(awaited.into_iter().map(|row| (None, format!("{row}: no line: add it"))));
    findings
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
    fn read(text: &str) -> (Self, Vec<Finding>) {
        let (header, records) = files::table(text);
        let (columns, mut wrong) = read_header(&header);
        let mut table = Self { columns, lines: BTreeMap::new() };
        for cells in records {
            let at = |why| (files::line(&cells), why);
            match read_row(&cells, &header).map(|row| table.lines.entry(row)) {
                Err(why) => wrong.push(at(why)),
                Ok(Entry::Occupied(above)) => wrong.push(at(format!("{}: stands twice", above.key()))),
                Ok(Entry::Vacant(free)) => {
                    free.insert(cells);
                }
            }
        }
        (table, wrong)
    }
}

/// Finds every action's column, and names those that are missing or stand for nothing.
fn read_header(header: &csv::StringRecord) -> (Columns, Vec<Finding>) {
    let mut columns = Columns::new();
    let mut wrong = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let needless = |name: &str| format!("column `{name}` is no action, or stands twice: leave it out");
    for (place, name) in header.iter().enumerate().skip(KEYS.len()) {
        if places.insert(name, place).is_some() {
            wrong.push(needless(name));
        }
    }
    for object in Object::ALL {
        for action in object.actions() {
            let name = format!("{object}.{action}");
            match places.remove(name.as_str()) {
                Some(place) => drop(columns.insert((*object, action), place)),
                None => wrong.push(format!("no column `{name}`: add it")),
            }
        }
    }
    wrong.extend(places.into_keys().map(needless));
    (columns, wrong.into_iter().map(|why| (files::line(header), why)).collect())
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
        .rules()
        .iter()
        .filter_map(|rule| match &rule.holder {
            Principal::EService(code) => Some(code),
            Principal::AnyProfile | Principal::Profile(_) | Principal::Role(_) | Principal::EServiceAsked => None,
        })
        .collect()
}

fn compare(policy: &Policy, row: &Row, (object, action): (Object, &str), cell: &str) -> Result<(), String> {
    let expected = files::yes_or_no(cell)?;
    let asked = row.e_service.as_ref().map_or(ASKED_WITHOUT_ONE, EServiceCode::as_str);
    let question = Question::parse(object.as_str(), action, Some(asked)).map_err(|error| error.to_string())?;
    let (decision, rule) = policy.explain(&row.holdings(), &question, &Resource::default());
    if decision.allowed == expected {
        return Ok(());
    }
    let rules = if decision.allowed { "yes" } else { "no" };
    let by = rule.map_or_else(String::new, |rule| {
        let (file, line) = rule.place();
        format!(" by {file}, line {line}")
    });
    Err(format!("people say {cell}, the rules say {rules}{by}: correct one of them"))
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
