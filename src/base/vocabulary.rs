//! The words of rights: profiles, roles and the codes of e-services, as claims, policies, files and columns spell them.
//! What each of them allows is not known here; `policies/` says it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that isn't one of those allowed in its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no {kind}; allowed: {}", allowed.join(", "))]
pub struct UnknownWord {
    /// What the word should have been.
    pub kind: &'static str,
    pub found: String,
    /// Every word that may stand there.
    pub allowed: Vec<&'static str>,
}

/// Declares an enum whose variants each have one word, with `ALL`, `as_str`, `Display` and `FromStr` drawn from one
/// list.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident, $kind:literal { $( $(#[$doc:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, derive_more::Display)]
        #[display("{}", self.as_str())]
        pub enum $name { $( $(#[$doc])* $variant ),+ }

        impl $name {
            /// Every one, in the order people are shown.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word ),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::base::vocabulary::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or_else(|| {
                    $crate::base::vocabulary::UnknownWord {
                        kind: $kind,
                        found: text.to_owned(),
                        allowed: Self::ALL.iter().map(|one| one.as_str()).collect(),
                    }
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How much of a company's data a contact sees (R-RGT-1). The order of the variants says nothing about width.
    #[derive(Serialize, Deserialize, sqlx::Type)]
    #[serde(rename_all = "snake_case")]
    #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
    Profile, "profile" {
        /// Sees all data.
        Complete = "complete",
        /// Sees neither invoices nor order amounts.
        Limited = "limited",
        /// Sees invoices only.
        Invoicing = "invoicing",
    }
}

words! {
    /// What a contact may do beyond seeing, any number per contact (R-RGT-2).
    #[derive(Serialize, Deserialize, sqlx::Type)]
    #[serde(rename_all = "snake_case")]
    #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
    Role, "role" {
        /// Everything the company's main user can do, the other roles included.
        AccountAdmin = "account_admin",
        /// Opens support cases and acts on them.
        Tickets = "tickets",
        /// Manages services and control panels.
        Subscriptions = "subscriptions",
        /// Pays outstanding invoices.
        Billing = "billing",
    }
}

words! {
    /// What one of the vendor's own people may do, any number per person. No contact ever holds one (R-DEL-6).
    #[derive(Serialize, Deserialize, sqlx::Type)]
    #[serde(rename_all = "snake_case")]
    #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
    StaffRole, "staff role" {
        /// The directory, requests, unlocking, blocking.
        CustomerService = "customer_service",
        /// Finds contacts and helps them.
        SupportAgent = "support_agent",
        /// Runs the service and its staff, and sees no customer data.
        Operator = "operator",
    }
}

words! {
    /// Whose account it is. An account never changes its kind (R-DEL-6).
    #[derive(Serialize, Deserialize, sqlx::Type)]
    #[serde(rename_all = "snake_case")]
    #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
    AccountKind, "kind of account" {
        /// A person at a customer company.
        Contact = "contact",
        /// One of the vendor's own people.
        Staff = "staff",
    }
}

/// The code of an e-service (R-RGT-3): lower-case letters, digits and `-`, up to 40.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type, derive_more::Display,
)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
pub struct EServiceCode(String);

/// A text that can't be the code of an e-service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no e-service code: 1 to 40 lower-case letters, digits and `-`")]
pub struct NotACode(String);

impl EServiceCode {
    /// The longest code, in characters.
    pub const LONGEST: usize = 40;

    /// Parses a code; nothing is trimmed or folded.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let fits = (1..=Self::LONGEST).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(NotACode(text.to_owned())) }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EServiceCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for EServiceCode {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EServiceCode> for String {
    fn from(code: EServiceCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::types::Json;

    use super::{EServiceCode, Profile, Role};

    #[test]
    fn files_claims_and_columns_spell_a_word_alike() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        for profile in Profile::ALL {
            assert_eq!(serde_json::to_value(profile).unwrap(), profile.as_str());
            assert_eq!(profile.as_str().parse(), Ok(*profile));
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_allowed_ones() {
        let error = "admin".parse::<Role>().unwrap_err().to_string();
        assert_eq!(error, "`admin` is no role; allowed: account_admin, tickets, subscriptions, billing");
        assert!("Complete".parse::<Profile>().is_err());
    }

    #[test]
    fn a_code_has_one_spelling() {
        assert_eq!(EServiceCode::parse("e-just-fibre").unwrap().as_str(), "e-just-fibre");
        for text in ["", "E-RDV", "é", "a b", "a_b", "a\n", "a\0", &"a".repeat(41)] {
            assert!(EServiceCode::parse(text).is_err(), "{text:?}");
            assert!(serde_json::from_value::<EServiceCode>(text.into()).is_err(), "{text:?}");
        }
    }

    #[tokio::test]
    async fn words_are_text_columns_and_sets_are_json_lists() {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        let roles = BTreeSet::from([Role::Billing, Role::AccountAdmin]);
        let (profile, code, list, read): (Profile, EServiceCode, String, Json<BTreeSet<Role>>) =
            sqlx::query_as("select $1, $2, $3, $3")
                .bind(Profile::Limited)
                .bind(EServiceCode::parse("forcage").unwrap())
                .bind(Json(&roles))
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!((profile, code.as_str()), (Profile::Limited, "forcage"));
        assert_eq!((list.as_str(), read.0), (r#"["account_admin","billing"]"#, roles));
    }
}
