//! A decision with its reason, and where the words for that reason are.

use crate::base::vocabulary::{EServiceCode, Profile, Role};
use crate::words::Words;

use super::e_services::Catalogue;

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether the contact may.
    pub allowed: bool,
    /// Why, or why not.
    pub because: Reason,
}

/// Why a question was answered as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The profile shows it.
    ProfileGrants(Profile),
    /// A role adds it.
    RoleGrants(Role),
    /// An e-service adds it.
    EServiceGrants(EServiceCode),
    /// The profile takes it away, whatever else is held (R-RGT-5).
    ProfileDenies(Profile),
    /// Nothing that the contact holds grants it.
    NothingGrants,
    /// The resource is another company's (R-RGT-8).
    OtherCompany,
    /// The resource is another branch's than the one the contact is limited to (R-RGT-6).
    OtherBranch,
    /// The policy couldn't be evaluated, and what can't be decided is refused.
    Undecidable,
}

impl From<Reason> for Decision {
    fn from(because: Reason) -> Self {
        Self { allowed: because.grants(), because }
    }
}

impl Reason {
    /// Whether this is a reason to allow.
    pub fn grants(&self) -> bool {
        match self {
            Self::ProfileGrants(_) | Self::RoleGrants(_) | Self::EServiceGrants(_) => true,
            Self::ProfileDenies(_)
            | Self::NothingGrants
            | Self::OtherCompany
            | Self::OtherBranch
            | Self::Undecidable => false,
        }
    }

    /// The key of the sentence for `whom`, `person` or `admin`; it says `{ $held }` where [`Reason::held`] gives one.
    pub fn key(&self, whom: &str) -> String {
        let why = match self {
            Self::ProfileGrants(_) => "profile-grants",
            Self::RoleGrants(_) => "role-grants",
            Self::EServiceGrants(_) => "e-service-grants",
            Self::ProfileDenies(_) => "profile-denies",
            Self::NothingGrants => "nothing-grants",
            Self::OtherCompany => "other-company",
            Self::OtherBranch => "other-branch",
            Self::Undecidable => "undecidable",
        };
        format!("rights-{why}-{whom}")
    }

    /// The sentence for an administrator.
    pub fn to_admin(&self, words: Words, catalogue: &Catalogue) -> String {
        words.tell(&self.key("admin"), &[("held", self.held(words, catalogue).unwrap_or_default())])
    }

    /// What people call the profile, role or e-service that decided.
    pub fn held(&self, words: Words, catalogue: &Catalogue) -> Option<String> {
        match self {
            Self::ProfileGrants(profile) | Self::ProfileDenies(profile) => Some(words.say(profile_key(*profile))),
            Self::RoleGrants(role) => Some(words.say(role_key(*role))),
            Self::EServiceGrants(code) => Some(catalogue.name(code, words.language()).to_owned()),
            Self::NothingGrants | Self::OtherCompany | Self::OtherBranch | Self::Undecidable => None,
        }
    }
}

/// The key of a profile's name; the explanation has the same key with `-explained`.
pub fn profile_key(profile: Profile) -> &'static str {
    match profile {
        Profile::Complete => "rights-profile-complete",
        Profile::Limited => "rights-profile-limited",
        Profile::Invoicing => "rights-profile-invoicing",
    }
}

/// The key of a role's name; the explanation has the same key with `-explained`.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::AccountAdmin => "rights-role-account-admin",
        Role::Tickets => "rights-role-tickets",
        Role::Subscriptions => "rights-role-subscriptions",
        Role::Billing => "rights-role-billing",
    }
}
