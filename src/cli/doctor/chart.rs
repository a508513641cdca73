//! What the doctor finds, one line each.

use crate::cli::failure::one_line;
use crate::cli::tell;

/// What was found of one thing.
pub(super) enum Finding {
    /// As it should be.
    Fine(String),
    /// A server works, but perhaps not as meant.
    Warn(String),
    /// A server doesn't start or doesn't work.
    Fail(String),
}

/// What was found, told as it is found.
#[derive(Default)]
pub(super) struct Chart {
    pub(super) has_failed: bool,
}

impl Chart {
    pub(super) fn add(&mut self, what: &str, finding: Finding) {
        self.has_failed |= matches!(finding, Finding::Fail(_));
        let (verdict, words) = match finding {
            Finding::Fine(words) => ("ok  ", words),
            Finding::Warn(words) => ("warn", words),
            Finding::Fail(words) => ("FAIL", words),
        };
        tell(format!("{verdict}  {what}: {}", one_line(&words)));
    }
}
