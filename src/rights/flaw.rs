//! What is wrong with a policy: which file and line, and why.

use std::fmt;

/// Something in a file of the policy that can't be used, or that contradicts another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {why}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct Flaw {
    file: String,
    line: Option<u64>,
    why: String,
}

impl Flaw {
    pub(super) fn new(file: String, line: Option<u64>, why: impl Into<String>) -> Self {
        Self { file, line, why: why.into() }
    }
}

/// Why a policy isn't taken up: one flaw at least.
#[derive(Debug, thiserror::Error)]
pub struct RefusedPolicy(pub(super) Vec<Flaw>);

impl fmt::Display for RefusedPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0[..] {
            [] => f.write_str("the policy is refused"),
            [flaw] => flaw.fmt(f),
            [flaw, more @ ..] => write!(f, "{flaw} (and {} more: `guichet policy test` lists them)", more.len()),
        }
    }
}

impl From<Flaw> for RefusedPolicy {
    fn from(flaw: Flaw) -> Self {
        Self(vec![flaw])
    }
}

/// The number of a line in one file, if it is about one, and what is wrong with it.
pub(super) type Finding = (Option<u64>, String);

/// A table held against what decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// How many decisions agreed with the table.
    pub(super) agreed: usize,
    pub(super) wrong: Vec<Finding>,
}

/// A policy held against the decisions that people reviewed.
#[derive(Debug)]
pub struct ReviewReport {
    /// How many decisions agreed.
    pub agreed: usize,
    pub flaws: Vec<Flaw>,
}
