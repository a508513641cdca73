//! Why a configuration isn't taken, in one line that says what to do.

use std::path::Path;

use figment::error::Kind;

/// A configuration that isn't taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedConfig {
    /// The file can't be read.
    #[error(
        "the configuration {file} can't be read ({cause}): name another one with --config, or write one \
         from `guichet check-config --example`"
    )]
    File { file: String, cause: String },
    /// A key nobody reads.
    #[error("the configuration has an unknown key `{key}`: {advice}")]
    UnknownKey {
        key: String,
        /// The nearest known key.
        advice: String,
    },
    /// A value that can't stand there.
    #[error("{0}")]
    Value(String),
}

impl RefusedConfig {
    pub(super) fn file(file: &Path, cause: &std::io::Error) -> Self {
        Self::File { file: file.display().to_string(), cause: cause.to_string() }
    }

    pub(super) fn from_figment(error: &figment::Error) -> Self {
        let path = error.path.join(".");
        match &error.kind {
            Kind::UnknownField(name, known) => {
                Self::UnknownKey { key: joined(&path, name), advice: nearest(name, known) }
            }
            Kind::Message(_)
            | Kind::InvalidType(..)
            | Kind::InvalidValue(..)
            | Kind::InvalidLength(..)
            | Kind::UnknownVariant(..)
            | Kind::MissingField(_)
            | Kind::DuplicateField(_)
            | Kind::ISizeOutOfRange(_)
            | Kind::USizeOutOfRange(_)
            | Kind::Unsupported(_)
            | Kind::UnsupportedKey(..) => Self::Value(if path.is_empty() {
                format!("the configuration can't be read: {}", error.kind)
            } else {
                format!("the configuration's `{path}` can't be used: {}", error.kind)
            }),
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() || path == name {
        name.to_owned()
    } else {
        format!("{}.{name}", path.trim_end_matches(&format!(".{name}")))
    }
}

fn nearest(name: &str, known: &[&str]) -> String {
    let best = known.iter().max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
    match best {
        Some(best) if strsim::jaro_winkler(name, best) > 0.7 => format!("did you mean `{best}`?"),
        Some(_) | None => format!("known here are {}", known.join(", ")),
    }
}
