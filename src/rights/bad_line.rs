//! What is said of a line that can't be used, in any file of `policies/`.

/// A line of a policy file that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {why}")]
pub struct BadLine {
    file: String,
    line: usize,
    why: String,
}

impl BadLine {
    pub(super) fn new(file: &str, line: usize, why: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, why: why.into() }
    }
}
