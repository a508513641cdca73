//! Why a command can't be done: one line that says what is wrong and what to do.

use std::fmt::{self, Write as _};

use crate::app::CannotStart;
use crate::base::Fault;
use crate::config::RefusedConfig;
use crate::keys::CannotUse;
use crate::rights::Flaw;
use crate::server::Unusable;
use crate::store::CannotOpen;

/// A command that can't be done.
#[derive(Debug, derive_more::Display)]
#[display("{}", one_line(_0))]
pub(super) struct Failure(String);

impl Failure {
    /// What is wrong, and what to do.
    pub(super) fn new(what: impl fmt::Display, advice: &str) -> Self {
        Self(format!("{what}: {advice}"))
    }
}

/// A text on one line that no control character in it can turn into two, or into another colour.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' => line.push_str("; "),
            c if is_unprintable(c) => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line
}

/// Control characters, line separators and marks that turn the direction of writing.
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl From<RefusedConfig> for Failure {
    fn from(refused: RefusedConfig) -> Self {
        Self(refused.to_string())
    }
}

impl From<CannotOpen> for Failure {
    fn from(cannot: CannotOpen) -> Self {
        Self(cannot.to_string())
    }
}

impl From<Flaw> for Failure {
    fn from(flaw: Flaw) -> Self {
        Self(flaw.to_string())
    }
}

impl From<Unusable> for Failure {
    fn from(unusable: Unusable) -> Self {
        Self(unusable.to_string())
    }
}

impl From<CannotUse> for Failure {
    fn from(cannot: CannotUse) -> Self {
        match cannot {
            CannotUse::Fault(fault) => fault.into(),
            CannotUse::NoMasterKey { .. }
            | CannotUse::UnreadableMasterKey { .. }
            | CannotUse::NotAMasterKey { .. }
            | CannotUse::MasterKeyExists { .. }
            | CannotUse::UnwritableMasterKey { .. }
            | CannotUse::WrongMasterKey { .. } => Self(cannot.to_string()),
        }
    }
}

impl From<CannotStart> for Failure {
    fn from(cannot: CannotStart) -> Self {
        match cannot {
            CannotStart::Keys(keys) => keys.into(),
            CannotStart::Store(store) => store.into(),
            CannotStart::Fault(fault) => fault.into(),
            CannotStart::Settings(_) | CannotStart::Mail(_) => Self(cannot.to_string()),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let advice = match fault {
            Fault::Database(_) => "check the database with `guichet doctor`, then try again",
            Fault::Broken { .. } => "check with `guichet doctor`",
            Fault::Busy(_) => "try again later",
        };
        Self::new(fault, advice)
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, one_line};

    #[test]
    fn a_failure_is_one_line_whatever_it_quotes() {
        let failure = Failure::new("`a\r\nINFO all is well\u{1b}[2K\u{202e}\u{85}`", "do this");
        assert_eq!(failure.to_string(), "`a\\u000d; INFO all is well\\u001b[2K\\u202e\\u0085`: do this");
        assert_eq!(one_line("  Télécom \n"), "Télécom");
    }
}
