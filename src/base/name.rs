//! What a person types to say who they are: a login or an email, in one namespace (R-ADM-9).

use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

use super::email::Email;

/// A canonical sign-in name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, sqlx::Type, derive_more::Display)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct SignInName(String);

/// Why a text is no sign-in name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a login has at least 5 characters out of unaccented letters, digits and ! . @ _ - / #")]
pub struct NotAName;

impl SignInName {
    /// Parses and canonicalises a login or an email.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        if let Ok(email) = Email::parse(text) {
            return Ok(Self::from(&email));
        }
        let canonical: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
        let fits = (5..=254).contains(&canonical.len())
            && canonical.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "!.@_-/#".contains(c));
        if fits { Ok(Self(canonical)) } else { Err(NotAName) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Email> for SignInName {
    fn from(email: &Email) -> Self {
        Self(email.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::SignInName;

    #[test]
    fn logins_and_emails_share_one_form() {
        assert_eq!(SignInName::parse("Durand/PAR#1").unwrap().as_str(), "durand/par#1");
        assert_eq!(SignInName::parse("ALICE@durand.example").unwrap().as_str(), "alice@durand.example");
        for text in ["", "abcd", "héloïse", "a b c d e", "abcde\n", "abc\0de"] {
            let refused = SignInName::parse(text).is_err();
            assert_eq!(refused, text != "abcde\n", "{text:?}");
        }
    }
}
