//! Scopes: what a relying party may ask to see, as requests, consents, tokens and metadata spell it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::vocabulary::words;

words! {
    /// One scope this release knows. Others are ignored where they are asked for (RFC 6749 section 3.3).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Scope, "scope" {
        /// An ID token, and `sub` at UserInfo (OpenID Connect Core section 3.1.2.1).
        Openid = "openid",
        /// Names and language.
        Profile = "profile",
        Email = "email",
        Phone = "phone",
        /// The postal address. The directory holds none, so that nothing is told.
        Address = "address",
        /// The company acted for.
        Company = "company",
        /// Profile, roles and e-services at that company.
        Rights = "rights",
        /// To go on while the person is away (OpenID Connect Core section 11).
        OfflineAccess = "offline_access",
        /// A service reads the directory.
        #[serde(rename = "directory.read")]
        DirectoryRead = "directory.read",
        /// A service writes the directory.
        #[serde(rename = "directory.write")]
        DirectoryWrite = "directory.write",
        /// A service asks for decisions.
        Decisions = "decisions",
        /// A service registers support tickets.
        #[serde(rename = "support.tickets")]
        SupportTickets = "support.tickets",
    }
}

impl Scope {
    /// Whether a service asks for it in its own name (RFC 6749 section 4.4); all others are about a person, who is
    /// asked.
    pub const fn is_for_services(self) -> bool {
        match self {
            Self::DirectoryRead | Self::DirectoryWrite | Self::Decisions | Self::SupportTickets => true,
            Self::Openid
            | Self::Profile
            | Self::Email
            | Self::Phone
            | Self::Address
            | Self::Company
            | Self::Rights
            | Self::OfflineAccess => false,
        }
    }
}

/// A set of scopes. As text they are separated by blanks, as JSON and in columns they are a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// The scopes among these words that are known; the others are left out.
    pub fn known<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        words.into_iter().filter_map(|word| word.parse().ok()).collect()
    }

    /// The scopes these words name, provided that all of them are among `allowed`.
    pub fn all_of(words: &str, allowed: &Self) -> Option<Self> {
        let words = words.split(' ').filter(|word| !word.is_empty());
        words.map(|word| word.parse().ok().filter(|scope| allowed.has(*scope))).collect()
    }

    /// Those a service asks for in its own name.
    #[must_use]
    pub fn of_services(&self) -> Self {
        self.iter().filter(|scope| scope.is_for_services()).collect()
    }

    /// Those a person is asked about.
    #[must_use]
    pub fn of_people(&self) -> Self {
        self.without(&self.of_services())
    }

    /// Whether the scope is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether all of `asked` are among them.
    pub fn cover(&self, asked: &Self) -> bool {
        self.0.is_superset(&asked.0)
    }

    /// Those in both sets.
    #[must_use]
    pub fn within(&self, allowed: &Self) -> Self {
        Self(self.0.intersection(&allowed.0).copied().collect())
    }

    /// Those in either set.
    #[must_use]
    pub fn with(&self, more: &Self) -> Self {
        Self(self.0.union(&more.0).copied().collect())
    }

    /// Those that aren't among `others`.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).copied().collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, in the order people are shown.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Scope, Scopes};

    #[test]
    fn unknown_scopes_are_ignored_and_the_rest_has_one_order() {
        let asked = Scopes::known("rights quantum openid openid OPENID".split(' '));
        assert_eq!(asked.to_string(), "openid rights");
        assert!(asked.has(Scope::Rights) && !asked.has(Scope::Email));
        assert!(Scopes::known([""]).is_empty());
    }

    #[test]
    fn what_is_asked_of_a_grant_lies_within_it_or_is_refused_whole() {
        let granted = Scopes::known(["openid", "company"]);
        assert_eq!(Scopes::all_of("company", &granted).unwrap().to_string(), "company");
        for wider in ["company rights", "company quantum", "OPENID"] {
            assert_eq!(Scopes::all_of(wider, &granted), None, "{wider}");
        }
        let both = Scopes::known(["openid", "offline_access", "directory.read"]);
        assert_eq!(
            (both.of_people().to_string().as_str(), both.of_services().to_string().as_str()),
            ("openid offline_access", "directory.read")
        );
    }

    #[test]
    fn a_consent_covers_what_it_holds_and_nothing_more() {
        let held = Scopes::known(["openid", "email"]);
        assert!(held.cover(&Scopes::known(["email"])));
        assert!(!held.cover(&Scopes::known(["openid", "phone"])));
        assert_eq!(held.with(&Scopes::known(["phone"])).to_string(), "openid email phone");
        assert_eq!(held.within(&Scopes::known(["openid", "phone"])).to_string(), "openid");
    }
}
