//! What a command prints, and in which language it speaks of rules.

use std::io::{self, Write as _};

use crate::base::Language;

/// Prints a line on standard output. Whoever reads may stop reading, as `head` does.
pub(super) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// The language of the terminal, as the environment names it.
pub(super) fn language() -> Language {
    let tag = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|tag| !tag.is_empty()));
    tag.and_then(|tag| Language::from_tag(tag.split('.').next().unwrap_or_default())).unwrap_or_default()
}
