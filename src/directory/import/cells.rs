//! The values of cells, each parsed once. An error says what to write instead.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;

use crate::base::{EServiceCode, Email, Language, Networks, Timestamp};

use super::refused::Quoted;

const LONGEST_REFERENCE: usize = 64;
const LONGEST_TEXT: usize = 200;
const LONGEST_PHONE: usize = 40;

/// An ERP reference or the code of a branch: no blanks, nothing invisible.
pub(super) fn reference(cell: &str) -> Result<String, String> {
    let unfit = |char: char| char.is_whitespace() || is_invisible(char);
    match cell {
        "" => Err("is empty: every row needs one".to_owned()),
        _ if cell.contains(unfit) => {
            Err(format!("{} has a blank or an invisible character: remove it", Quoted::new(cell)))
        }
        _ => within(LONGEST_REFERENCE, cell.to_owned()),
    }
}

/// A text there must be.
pub(in crate::directory) fn text(cell: &str) -> Result<String, String> {
    optional_text(cell)?.ok_or_else(|| "is empty: every row needs one".to_owned())
}

/// A text. Line breaks become blanks, for names stand in headers of mails and in lines of logs.
pub(in crate::directory) fn optional_text(cell: &str) -> Result<Option<String>, String> {
    let line: String = cell.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    if line.contains(is_invisible) {
        return Err(format!("{} has an invisible character: remove it", Quoted::new(cell)));
    }
    if line.is_empty() { Ok(None) } else { within(LONGEST_TEXT, line).map(Some) }
}

/// Controls, and marks that reverse the direction of what follows.
fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
        || matches!(char, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}')
}

fn within(longest: usize, text: String) -> Result<String, String> {
    let length = text.chars().count();
    if length <= longest { Ok(text) } else { Err(format!("has {length} characters: write at most {longest}")) }
}

/// A day or an instant, or nothing.
pub(super) fn time(cell: &str) -> Result<Option<Timestamp>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let unfit = || format!("{} is no date: write it like 2026-01-31 or 2026-01-31T08:30:00Z", Quoted::new(cell));
    Timestamp::parse(cell).map(Some).ok_or_else(unfit)
}

/// Yes or no; an empty cell is no.
pub(super) fn flag(cell: &str) -> Result<bool, String> {
    match cell.to_lowercase().as_str() {
        "1" | "true" | "yes" | "oui" | "vrai" | "x" => Ok(true),
        "0" | "false" | "no" | "non" | "faux" | "" => Ok(false),
        _ => Err(format!("{} is neither yes nor no: write 1 or 0", Quoted::new(cell))),
    }
}

/// Yes or no, said in so many words: an empty cell takes nobody's access.
pub(super) fn stated_flag(cell: &str) -> Result<bool, String> {
    if cell.is_empty() { Err("is empty: write 1 or 0".to_owned()) } else { flag(cell) }
}

/// An email in its one canonical form.
pub(super) fn email(cell: &str) -> Result<Email, String> {
    if cell.is_empty() {
        return Err("is empty: every contact needs one (R-DIR-2)".to_owned());
    }
    Email::parse(cell)
        .map_err(|_| format!("{} is no email address: write one, like alice@company.example", Quoted::new(cell)))
}

/// A phone number as it was typed, or nothing.
pub(in crate::directory) fn phone(cell: &str) -> Result<Option<String>, String> {
    let Some(number) = optional_text(cell)? else { return Ok(None) };
    let sane = number.chars().all(|char| char.is_ascii_digit() || "+ ().-/".contains(char));
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if sane && digits >= 3 {
        within(LONGEST_PHONE, number).map(Some)
    } else {
        Err(format!(
            "{} is no phone number: write digits, blanks and + ( ) . - /, like +33 1 99 00 12 34",
            Quoted::new(cell)
        ))
    }
}

/// A language Guichet speaks, or nothing.
pub(in crate::directory) fn language(cell: &str) -> Result<Option<Language>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let unfit = || format!("Guichet doesn't speak {}: write fr or en, or leave it empty", Quoted::new(cell));
    Language::from_tag(cell).map(Some).ok_or_else(unfit)
}

/// Branches by code, written `PAR:Paris|LYO:Lyon`.
pub(super) fn branches(cell: &str) -> Result<BTreeMap<String, String>, String> {
    let mut branches = BTreeMap::new();
    for part in parts(cell) {
        let unfit = || format!("{} is no branch: write code and name, like PAR:Paris|LYO:Lyon", Quoted::new(part));
        let (code, name) = part.split_once(':').ok_or_else(unfit)?;
        let code = reference(code.trim()).map_err(|_| unfit())?;
        let name = text(name).map_err(|_| unfit())?;
        if branches.insert(code, name).is_some() {
            return Err(format!("{} has a code that stands twice: remove one", Quoted::new(part)));
        }
    }
    Ok(branches)
}

/// Codes of e-services, written `eligibilite|fci`.
pub(super) fn e_services(cell: &str) -> Result<BTreeSet<EServiceCode>, String> {
    let unfit = |part| format!("{} is no e-service: write codes like eligibilite|fci", Quoted::new(part));
    parts(cell).map(|part| EServiceCode::parse(part).map_err(|_| unfit(part))).collect()
}

/// Networks, written `192.0.2.0/24|2001:db8::/32`.
pub(super) fn networks(cell: &str) -> Result<Networks, String> {
    let words = parts(cell).collect::<Vec<_>>().join(" ");
    Networks::parse(&words).map_err(|error| error.to_string())
}

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty())
}
