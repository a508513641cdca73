//! The rows of a file, parsed and checked as far as that goes without the database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::{EServiceCode, Email, Language, Networks, Timestamp};

use super::cells;
use super::columns::{Columns, FileKind};
use super::refused::{FileRefused, RejectedRow};
use super::text::{CsvRecord, Records, decode, records};

/// A file, read and checked, ready to be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What people call it.
    pub name: String,
    pub rows: Rows,
    pub rejections: Vec<RejectedRow>,
}

/// The good rows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Of a companies file.
    Companies(Vec<ImportLine<ImportedCompany>>),
    /// Of a contacts file.
    Contacts(Vec<ImportLine<ImportedContact>>),
}

/// A row and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine<T> {
    /// The line of the file it begins on, counted from 1.
    pub number: u64,
    pub row: T,
}

/// What a file says of a value: nothing, where it lacks the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// The file lacks the column.
    Nothing,
    Value(T),
}

impl<T: Clone> Told<T> {
    /// What holds afterwards, where this held before.
    pub fn over(&self, before: T) -> T {
        match self {
            Self::Nothing => before,
            Self::Value(value) => value.clone(),
        }
    }
}

/// A company, as the ERP tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedCompany {
    pub reference: String,
    pub name: String,
    pub accounting_validated_at: Option<Timestamp>,
    pub first_order_at: Option<Timestamp>,
    pub blocked: Told<bool>,
    pub branches: Told<BTreeMap<String, String>>,
    pub e_services: Told<BTreeSet<EServiceCode>>,
    pub networks: Told<Networks>,
}

/// A contact, as the ERP tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedContact {
    pub company_ref: String,
    pub reference: String,
    pub last_name: String,
    pub first_name: String,
    pub email: Email,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    /// The column `type`.
    pub kind: Told<Option<String>>,
    pub title: Told<Option<String>>,
    pub language: Told<Option<Language>>,
    pub newsletter: Told<bool>,
    pub branch: Told<Option<String>>,
    pub active: Told<bool>,
}

/// Reads a file. Bad rows are named in the answer; an error says why nothing of the file can be read.
pub fn read(name: &str, bytes: &[u8]) -> Result<File, FileRefused> {
    let text = decode(bytes)?;
    let mut records = records(&text);
    let header = records.next().ok_or(FileRefused::Empty)??;
    let columns = Columns::read(&header.cells)?;
    let (rows, rejections) = match columns.kind {
        FileKind::Companies => sift(records, &columns).map(|(rows, rejections)| (Rows::Companies(rows), rejections))?,
        FileKind::Contacts => sift(records, &columns).map(|(rows, rejections)| (Rows::Contacts(rows), rejections))?,
    };
    Ok(File { name: name.to_owned(), rows, rejections })
}

impl File {
    /// The kind of file.
    pub fn kind(&self) -> FileKind {
        match self.rows {
            Rows::Companies(_) => FileKind::Companies,
            Rows::Contacts(_) => FileKind::Contacts,
        }
    }

    /// Every ERP reference the file mentions, in good rows and bad ones: none of these is absent from it.
    pub(super) fn mentioned(&self) -> BTreeSet<&str> {
        let bad = self.rejections.iter().filter_map(|rejection| rejection.reference.as_deref());
        match &self.rows {
            Rows::Companies(lines) => lines.iter().map(|line| line.row.reference.as_str()).chain(bad).collect(),
            Rows::Contacts(lines) => lines.iter().map(|line| line.row.reference.as_str()).chain(bad).collect(),
        }
    }

    /// Whether a bad row hides whom it is about, so that nobody can be called absent from the file.
    pub(super) fn is_blurred(&self) -> bool {
        self.rejections.iter().any(|rejection| rejection.reference.is_none())
    }
}

/// Parts the good rows from the bad ones.
fn sift<T: Readable>(
    records: Records<'_>,
    columns: &Columns,
) -> Result<(Vec<ImportLine<T>>, Vec<RejectedRow>), FileRefused> {
    let (mut rows, mut rejections) = (Vec::new(), Vec::new());
    let mut seen = HashMap::new();
    for record in records {
        let record = record?;
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let row = Cells { columns, record: &record };
        match row
            .whole()
            .and_then(|()| T::read(&row))
            .and_then(|value| first_of_its_kind(value, record.line, &mut seen))
        {
            Ok(value) => rows.push(ImportLine { number: record.line, row: value }),
            Err(bad) => {
                let reference = row.reference();
                rejections.push(RejectedRow { line: record.line, reference, column: bad.column, reason: bad.reason });
            }
        }
    }
    Ok((rows, rejections))
}

/// Refuses what another row has claimed: a reference, or an email at the same company.
fn first_of_its_kind<T: Readable>(
    value: T,
    line: u64,
    seen: &mut HashMap<(&'static str, String), u64>,
) -> Result<T, Bad> {
    for (column, key) in value.unique() {
        if let Some(first) = seen.get(&(column, key.clone())) {
            return Err(Bad {
                column: Some(column),
                reason: format!("is the same as on line {first}: keep one of the two rows"),
            });
        }
        seen.insert((column, key), line);
    }
    Ok(value)
}

/// Why a row is bad.
struct Bad {
    column: Option<&'static str>,
    reason: String,
}

/// A record seen through its columns.
struct Cells<'a> {
    columns: &'a Columns,
    record: &'a CsvRecord,
}

impl Cells<'_> {
    /// Refuses a record that has not one cell per column; empty cells behind the last column are let go.
    fn whole(&self) -> Result<(), Bad> {
        let (expected, found) = (self.columns.names.len(), self.record.cells.len());
        let spare = self.record.cells.iter().skip(expected).all(|cell| cell.trim().is_empty());
        if found >= expected && spare {
            return Ok(());
        }
        let reason = format!("has {found} cells where the first line has {expected}: check its delimiters and quotes");
        Err(Bad { column: None, reason })
    }

    fn get(&self, column: &str) -> Option<&str> {
        let at = self.columns.names.iter().position(|name| *name == column)?;
        self.record.cells.get(at).map(|cell| cell.trim())
    }

    fn read<T>(&self, column: &'static str, parse: fn(&str) -> Result<T, String>) -> Result<T, Bad> {
        parse(self.get(column).unwrap_or_default()).map_err(|reason| Bad { column: Some(column), reason })
    }

    fn told<T>(&self, column: &'static str, parse: fn(&str) -> Result<T, String>) -> Result<Told<T>, Bad> {
        match self.get(column) {
            None => Ok(Told::Nothing),
            Some(_) => self.read(column, parse).map(Told::Value),
        }
    }

    /// The reference of a bad row. Where cells are missing or hold line breaks, a stray quote may have moved or
    /// swallowed others.
    fn reference(&self) -> Option<String> {
        let torn = self.whole().is_err() || self.record.cells.iter().any(|cell| cell.trim().contains(['\r', '\n']));
        if torn { None } else { self.get("ref").and_then(|cell| cells::reference(cell).ok()) }
    }
}

/// What one kind of row is read from, and what of it may stand only once in a file.
trait Readable: Sized {
    fn read(cells: &Cells<'_>) -> Result<Self, Bad>;
    fn unique(&self) -> Vec<(&'static str, String)>;
}

impl Readable for ImportedCompany {
    fn read(row: &Cells<'_>) -> Result<Self, Bad> {
        Ok(Self {
            reference: row.read("ref", cells::reference)?,
            name: row.read("name", cells::text)?,
            accounting_validated_at: row.read("accounting_validated_at", cells::time)?,
            first_order_at: row.read("first_order_at", cells::time)?,
            blocked: row.told("blocked", cells::flag)?,
            branches: row.told("branches", cells::branches)?,
            e_services: row.told("e_services", cells::e_services)?,
            networks: row.told("networks", cells::networks)?,
        })
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("ref", self.reference.clone())]
    }
}

impl Readable for ImportedContact {
    fn read(row: &Cells<'_>) -> Result<Self, Bad> {
        let contact = Self {
            company_ref: row.read("company_ref", cells::reference)?,
            reference: row.read("ref", cells::reference)?,
            last_name: row.read("last_name", cells::text)?,
            first_name: row.read("first_name", cells::text)?,
            email: row.read("email", cells::email)?,
            phone: row.read("phone", cells::phone)?,
            mobile: row.read("mobile", cells::phone)?,
            kind: row.told("type", cells::optional_text)?,
            title: row.told("title", cells::optional_text)?,
            language: row.told("language", cells::language)?,
            newsletter: row.told("newsletter", cells::flag)?,
            branch: row.told("branch", optional_code)?,
            active: row.told("active", cells::stated_flag)?,
        };
        if contact.phone.is_none() && contact.mobile.is_none() {
            let reason = "is empty, and so is mobile: every contact needs one of the two (R-DIR-2)".to_owned();
            return Err(Bad { column: Some("phone"), reason });
        }
        Ok(contact)
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("ref", self.reference.clone()), ("email", format!("{} {}", self.company_ref, self.email))]
    }
}

fn optional_code(cell: &str) -> Result<Option<String>, String> {
    if cell.is_empty() { Ok(None) } else { cells::reference(cell).map(Some) }
}
