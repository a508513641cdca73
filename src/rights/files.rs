//! The files a policy is made of: an operator's folder, or the embedded ones. A folder has all of them: what it lacks
//! isn't made up for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use super::flaw::{Finding, Findings, Flaw, ReviewReport};

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../policies/", $name)))),+]
    };
}

const EMBEDDED: [(&str, &str); 15] = embedded![
    "model.conf",
    "order.csv",
    "invoice.csv",
    "ticket.csv",
    "certificate.csv",
    "subscription.csv",
    "contact.csv",
    "e_service.csv",
    "e_services.csv",
    "decisions.csv",
    "staff/company.csv",
    "staff/contact.csv",
    "staff/staff.csv",
    "staff/audit.csv",
    "staff/decisions.csv",
];

/// Every file of a policy, as it was at one moment.
#[derive(Clone, Debug)]
pub struct PolicyFiles {
    /// Where they stand, as an operator looks them up.
    folder: String,
    /// Whether they are the embedded ones, unchanged.
    pub(super) are_embedded: bool,
    texts: BTreeMap<&'static str, Cow<'static, str>>,
}

impl PolicyFiles {
    /// The ones this program was built with.
    pub fn embedded() -> Self {
        let texts = EMBEDDED.into_iter().map(|(name, text)| (name, Cow::Borrowed(text)));
        Self { folder: "policies".to_owned(), are_embedded: true, texts: texts.collect() }
    }

    /// Those of a folder, or the embedded ones where there is none.
    pub fn read(folder: Option<&Path>) -> Result<Self, Flaw> {
        let Some(folder) = folder else { return Ok(Self::embedded()) };
        let read = |(name, _)| {
            let file = folder.join(name);
            let text = std::fs::read_to_string(&file).map_err(|cause| {
                let why = format!(
                    "can't be read ({cause}): `guichet policy write FOLDER` writes every file that a folder of \
                     policies needs"
                );
                Flaw::new(file.display().to_string(), None, why)
            })?;
            Ok((name, Cow::Owned(text)))
        };
        let texts = EMBEDDED.into_iter().map(read).collect::<Result<_, Flaw>>()?;
        Ok(Self { folder: folder.display().to_string(), are_embedded: false, texts })
    }

    /// Each file's name within its folder, and its text.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.texts.iter().map(|(name, text)| (*name, text.as_ref()))
    }

    /// A file that nobody knows is empty.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", AsRef::as_ref)
    }

    /// Where a line stands, as an operator looks it up.
    pub fn place(&self, name: &str) -> String {
        Path::new(&self.folder).join(name).display().to_string()
    }

    pub(super) fn flaw(&self, name: &str, (line, why): Finding) -> Flaw {
        Flaw::new(self.place(name), line, why)
    }

    pub(super) fn report(&self, name: &str, findings: Findings) -> ReviewReport {
        let flaws = findings.wrong.into_iter().map(|finding| self.flaw(name, finding)).collect();
        ReviewReport { agreed: findings.agreed, flaws }
    }

    /// The same with one of them rewritten.
    #[cfg(test)]
    pub(super) fn with(mut self, name: &str, rewrite: impl FnOnce(&str) -> String) -> Self {
        self.are_embedded = false;
        let text = self.texts.get_mut(name).unwrap();
        *text = Cow::Owned(rewrite(text));
        self
    }
}

/// The lines that say something, with their numbers.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// The header of a table, and the records below it. Each knows its own line, where the reader of a whole file would
/// count from the comments before it.
pub(super) fn table(text: &str) -> (StringRecord, impl Iterator<Item = StringRecord>) {
    let mut records = numbered(text).map(|(number, line)| {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.has_headers(false).trim(csv::Trim::All).from_reader(line.as_bytes());
        let mut record = reader.records().next().and_then(Result::ok).unwrap_or_default();
        let mut position = csv::Position::new();
        position.set_line(number);
        record.set_position(Some(position));
        record
    });
    (records.next().unwrap_or_default(), records)
}

/// Where a line of a table stands.
pub(super) fn line(record: &StringRecord) -> Option<u64> {
    record.position().map(csv::Position::line)
}

/// What people wrote into a cell of a table of decisions.
pub(super) fn yes_or_no(cell: &str) -> Result<bool, String> {
    match cell {
        "yes" => Ok(true),
        "no" => Ok(false),
        found => Err(format!("`{found}` is neither yes nor no")),
    }
}
