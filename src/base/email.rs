//! Email addresses in their one canonical form (fault 5): NFKC, lower case, the domain as the DNS has it (RFC 5890),
//! and nothing that could start a header or a second address.

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use url::Host;

/// A canonical email address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, sqlx::Type, derive_more::Display)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Email(String);

/// Why a text is no email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct NotAnEmail;

impl Email {
    /// Parses and canonicalises an address.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let canonical: String = text.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let (local, domain) = canonical.rsplit_once('@').ok_or(NotAnEmail)?;
        let email = format!("{local}@{}", registered(domain).ok_or(NotAnEmail)?);
        if is_local_part(local) && email.len() <= 254 { Ok(Self(email)) } else { Err(NotAnEmail) }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An RFC 5321 dot-string, with the letters of any language (RFC 6531); quoted parts are not for people's mailboxes.
fn is_local_part(local: &str) -> bool {
    !local.is_empty()
        && local.len() <= 64
        && local.split('.').all(|atom| {
            !atom.is_empty() && atom.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
        })
}

/// The domain in the DNS's letters: `müller.example` and `xn--mller-kva.example` are one.
fn registered(domain: &str) -> Option<String> {
    // The parser of addresses undoes escapes, leaves out what can't be seen and reads numbers as addresses.
    if !domain.chars().all(|c| c.is_alphanumeric() || "-.。".contains(c)) {
        return None;
    }
    match Host::parse(domain) {
        Ok(Host::Domain(domain)) if is_domain(&domain) => Some(domain),
        Ok(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => None,
    }
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom(format!("`{text}` is no email address")))
    }
}

#[cfg(test)]
mod tests {
    use super::Email;
    use proptest::prelude::*;

    #[test]
    fn one_mailbox_has_one_form() {
        for text in ["Alice@Durand.Example", " alice@durand.example ", "ａlice@durand.example"] {
            assert_eq!(Email::parse(text).unwrap().as_str(), "alice@durand.example");
        }
    }

    #[test]
    fn a_domain_of_any_alphabet_has_one_form() {
        for text in [
            "josé@müller.example",
            "jose\u{301}@mu\u{308}ller.example",
            "JOSÉ@MÜLLER.example",
            "josé@xn--mller-kva.example",
            "josé@XN--MLLER-KVA.example",
            "josé@müller。example",
        ] {
            assert_eq!(Email::parse(text).unwrap().as_str(), "josé@xn--mller-kva.example", "{text}");
        }
        for text in [
            "a@192.0.2.1",
            "a@0x7f.1",
            "a@[::1]",
            "a@xn--a.example",
            "a@b%2Ec.d",
            "a@b_c.d",
            "a@b.c\u{200b}",
            "a@b\u{ad}b.c",
            "a@b.c.",
        ] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn headers_lists_and_halves_are_refused() {
        for text in [
            "",
            "alice",
            "@durand.example",
            "alice@",
            "a b@c.d",
            "a@b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "a@b.c,x@y.z",
            "a@b..c",
            "a@localhost",
            "a\0@b.c",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own_canonical_form(text in "\\PC{0,40}@\\PC{0,20}\\.\\PC{1,6}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()).unwrap(), email);
            }
        }
    }
}
