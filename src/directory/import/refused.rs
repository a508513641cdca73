//! Why a whole file, or one row of it, isn't taken, in words that say what to do.

use std::fmt;

/// The largest file read, in bytes: about two million contacts.
pub const LARGEST: usize = 256 << 20;

/// Why nothing of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// It is larger than a directory can be.
    #[error("the file has {megabytes} MiB, more than the {} read at once: split it", LARGEST >> 20)]
    TooLarge { megabytes: usize },
    /// It is UTF-16.
    #[error("the file is UTF-16: export it as UTF-8 or Windows-1252")]
    Utf16,
    /// It has NUL characters.
    #[error("line {line}: the file has a NUL character, so it is no text: export it as CSV in UTF-8 or Windows-1252")]
    Nul { line: usize },
    /// A quote never closes.
    #[error("line {line}: a quote opens here and never closes: close it, or double it if it belongs to the text")]
    OpenQuote { line: u64 },
    /// It has no header.
    #[error("the file is empty: its first line must name the columns")]
    Empty,
    /// It is neither kind of file.
    #[error(
        "the first line names no columns of a companies or contacts file: it must be `{companies}` or `{contacts}`"
    )]
    UnknownKind {
        /// The header of a companies file.
        companies: String,
        /// The header of a contacts file.
        contacts: String,
    },
    /// A column isn't known.
    #[error("column {found} is not known; did you mean `{nearest}`? Correct or remove it")]
    UnknownColumn {
        found: Quoted,
        /// The known column most like it.
        nearest: &'static str,
    },
    /// A column stands twice.
    #[error("column `{0}` stands twice: remove one")]
    DoubleColumn(&'static str),
    /// Columns are missing.
    #[error("missing {}: add {} to the first line \
        and to every row", list(.0), if .0.len() == 1 { "it" } else { "them" })]
    MissingColumns(Vec<&'static str>),
}

fn list(columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    format!("{} {}", if columns.len() == 1 { "column" } else { "columns" }, names.join(", "))
}

/// A row that isn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// The line of the file it begins on, counted from 1.
    pub line: u64,
    /// Its ERP reference, where the row is whole enough to trust it.
    pub reference: Option<String>,
    /// The column at fault, unless the whole row is.
    pub column: Option<&'static str>,
    /// What is wrong and what to do.
    pub reason: String,
}

impl fmt::Display for RejectedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// A text from a file, shortened and with control characters escaped, so that it can stand in a terminal or a log.
#[derive(Clone, PartialEq, Eq, derive_more::Display, derive_more::Debug)]
#[debug("{_0}")]
pub struct Quoted(String);

impl Quoted {
    const LONGEST: usize = 60;

    pub fn new(text: &str) -> Self {
        let end = text.char_indices().nth(Self::LONGEST).map_or(text.len(), |(at, _)| at);
        let more = if end < text.len() { "…" } else { "" };
        let plain = |char: char| matches!(char, '\'' | '"' | '\\');
        let shown: String = text[..end]
            .chars()
            .map(|char| if plain(char) { char.to_string() } else { char.escape_debug().to_string() })
            .collect();
        Self(format!("`{shown}{more}`"))
    }
}
