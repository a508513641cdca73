//! What the doctor finds, one line each.

use crate::cli::failure::one_line;
use crate::cli::tell;

/// What was found, told as it is found.
#[derive(Default)]
pub(super) struct Chart {
    pub(super) has_failed: bool,
}

impl Chart {
    /// As it should be.
    pub(super) fn ok(&mut self, what: &str, words: impl std::fmt::Display) {
        self.line("ok  ", what, words);
    }

    /// A server works, but perhaps not as meant.
    pub(super) fn warn(&mut self, what: &str, words: impl std::fmt::Display) {
        self.line("warn", what, words);
    }

    /// A server doesn't start or doesn't work.
    pub(super) fn fail(&mut self, what: &str, words: impl std::fmt::Display) {
        self.has_failed = true;
        self.line("FAIL", what, words);
    }

    #[expect(clippy::unused_self, reason = "a line belongs to a chart")]
    fn line(&self, verdict: &str, what: &str, words: impl std::fmt::Display) {
        tell(format!("{verdict}  {what}: {}", one_line(&words.to_string())));
    }
}
