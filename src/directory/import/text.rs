//! From the bytes of a file to its records: encoding, delimiter, quotes and lines.
//! It knows no column. Unlike the csv crate it tells the physical line each record begins on, and refuses a quote that
//! never closes, which would swallow the rest of the file in silence.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use encoding_rs::WINDOWS_1252;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::refused::{FileRefused, LARGEST};

/// One record, its cells as they stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CsvRecord {
    /// The line of the file it begins on, counted from 1.
    pub line: u64,
    /// Its cells, quotes removed.
    pub cells: Vec<String>,
}

/// The text of a file: UTF-8 with or without a byte-order mark, Windows-1252 where it is no UTF-8; letters composed, so
/// that a reference or a name that another program leaves in parts is the same.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileRefused> {
    if bytes.len() > LARGEST {
        return Err(FileRefused::TooLarge { megabytes: bytes.len() >> 20 });
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(FileRefused::Utf16);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let line = bytes[..at].split(|byte| *byte == b'\n').count();
        return Err(FileRefused::Nul { line });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if is_nfc(text) => Ok(Cow::Borrowed(text)),
        Ok(text) => Ok(Cow::Owned(text.nfc().collect())),
        Err(_) => Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// The records of a text, empty lines left out. The first line decides between `,` and `;`.
pub(super) fn records(text: &str) -> Records<'_> {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let semicolons = header.matches(';').count();
    let delimiter = if semicolons > header.matches(',').count() { ';' } else { ',' };
    Records { rest: text.chars().peekable(), line: 1, delimiter }
}

/// What [`records`] answers.
pub(super) struct Records<'a> {
    rest: Peekable<Chars<'a>>,
    line: u64,
    delimiter: char,
}

impl Iterator for Records<'_> {
    type Item = Result<CsvRecord, FileRefused>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.end_of_line() {}
        self.rest.peek()?;
        Some(self.record())
    }
}

impl Records<'_> {
    fn record(&mut self) -> Result<CsvRecord, FileRefused> {
        let line = self.line;
        let mut cells = vec![self.cell()?];
        while self.rest.next_if_eq(&self.delimiter).is_some() {
            cells.push(self.cell()?);
        }
        self.end_of_line();
        Ok(CsvRecord { line, cells })
    }

    fn cell(&mut self) -> Result<String, FileRefused> {
        let mut cell = String::new();
        if self.rest.next_if_eq(&'"').is_some() {
            self.quoted(&mut cell)?;
        }
        let delimiter = self.delimiter;
        while let Some(char) = self.rest.next_if(|char| *char != delimiter && !matches!(char, '\r' | '\n')) {
            cell.push(char);
        }
        Ok(cell)
    }

    /// Reads up to the closing quote; a doubled quote is one quote.
    fn quoted(&mut self, cell: &mut String) -> Result<(), FileRefused> {
        let opened = self.line;
        loop {
            let Some(char) = self.rest.next() else { return Err(FileRefused::OpenQuote { line: opened }) };
            if char == '"' && self.rest.next_if_eq(&'"').is_none() {
                return Ok(());
            }
            let ends_line = char == '\n' || (char == '\r' && self.rest.peek() != Some(&'\n'));
            self.line += u64::from(ends_line);
            cell.push(char);
        }
    }

    /// Steps over one end of line, in any of its three spellings.
    fn end_of_line(&mut self) -> bool {
        let returned = self.rest.next_if_eq(&'\r').is_some();
        let fed = self.rest.next_if_eq(&'\n').is_some();
        self.line += u64::from(returned || fed);
        returned || fed
    }
}
