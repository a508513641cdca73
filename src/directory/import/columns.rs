//! The columns of the two kinds of files, and which of them a file has.

use super::refused::{FileRefused, Quoted};

/// The kinds of files, told apart by their headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `companies.csv`; it comes first, for contacts name their company.
    Companies,
    /// `contacts.csv`.
    Contacts,
}

impl FileKind {
    /// The columns a file of this kind must have.
    pub const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Companies => &["ref", "name", "accounting_validated_at", "first_order_at"],
            Self::Contacts => &["company_ref", "ref", "last_name", "first_name", "email", "phone", "mobile"],
        }
    }

    /// The columns it may have; what a file says nothing about stays as it is.
    pub const fn optional(self) -> &'static [&'static str] {
        match self {
            Self::Companies => &["blocked", "branches", "e_services", "networks"],
            Self::Contacts => &["type", "title", "language", "newsletter", "branch", "active"],
        }
    }

    /// What its rows are, for people.
    pub const fn rows(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Contacts => "contacts",
        }
    }

    fn columns(self) -> impl Iterator<Item = &'static str> {
        self.required().iter().chain(self.optional()).copied()
    }

    fn column(self, name: &str) -> Option<&'static str> {
        self.columns().find(|column| *column == name)
    }

    fn header(self) -> String {
        self.columns().collect::<Vec<_>>().join(",")
    }
}

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Columns {
    /// The kind of file they make it.
    pub kind: FileKind,
    /// Their names, in the file's order.
    pub names: Vec<&'static str>,
}

impl Columns {
    /// Reads a header. Order and case are free.
    pub fn read(cells: &[String]) -> Result<Self, FileRefused> {
        let mut found: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        // Spreadsheets leave delimiters behind the last column.
        while found.last().is_some_and(String::is_empty) {
            found.pop();
        }
        let kind = kind_of(&found)?;
        let mut names = Vec::new();
        for name in &found {
            let column = kind.column(name).ok_or_else(|| unknown(kind, name))?;
            if names.contains(&column) {
                return Err(FileRefused::DoubleColumn(column));
            }
            names.push(column);
        }
        let missing: Vec<_> = kind.required().iter().copied().filter(|column| !names.contains(column)).collect();
        if missing.is_empty() { Ok(Self { kind, names }) } else { Err(FileRefused::MissingColumns(missing)) }
    }
}

/// The kind that more of the names belong to.
fn kind_of(names: &[String]) -> Result<FileKind, FileRefused> {
    let known = |kind: FileKind| names.iter().filter(|name| kind.column(name).is_some()).count();
    match known(FileKind::Companies).cmp(&known(FileKind::Contacts)) {
        std::cmp::Ordering::Greater => Ok(FileKind::Companies),
        std::cmp::Ordering::Less => Ok(FileKind::Contacts),
        std::cmp::Ordering::Equal => Err(FileRefused::UnknownKind {
            companies: FileKind::Companies.header(),
            contacts: FileKind::Contacts.header(),
        }),
    }
}

fn unknown(kind: FileKind, name: &str) -> FileRefused {
    let nearest = kind.columns().min_by_key(|column| strsim::damerau_levenshtein(column, name));
    FileRefused::UnknownColumn { found: Quoted::new(name), nearest: nearest.unwrap_or_default() }
}
