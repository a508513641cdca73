//! Reads the cells of the demonstration's own tables.

use std::collections::BTreeSet;

use crate::base::Fault;

/// The words of a cell, between bars.
pub(super) fn each<T: Ord>(words: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<BTreeSet<T>, Fault> {
    words.split('|').filter(|word| !word.is_empty()).map(parse).collect()
}

pub(super) fn unreadable(error: impl std::fmt::Display) -> Fault {
    Fault::broken("the demonstration's accounts", error.to_string())
}
