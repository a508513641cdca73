//! Claims that a relying party may ask for one by one (OpenID Connect Core section 5.5), each part of what one scope
//! opens.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::vocabulary::words;

use super::{Scope, Scopes};

words! {
    /// One claim about a person.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Claim, "claim" {
        /// First and last name.
        Name = "name",
        GivenName = "given_name",
        FamilyName = "family_name",
        Locale = "locale",
        Email = "email",
        /// Whether its owner proved to read it.
        EmailVerified = "email_verified",
        PhoneNumber = "phone_number",
        /// Whether its owner proved to answer it.
        PhoneNumberVerified = "phone_number_verified",
        /// The company acted for.
        Company = "company",
        AccessProfile = "access_profile",
        Roles = "roles",
        Entitlements = "entitlements",
    }
}

impl Claim {
    /// The scope it belongs to, whose consent it takes.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Name | Self::GivenName | Self::FamilyName | Self::Locale => Scope::Profile,
            Self::Email | Self::EmailVerified => Scope::Email,
            Self::PhoneNumber | Self::PhoneNumberVerified => Scope::Phone,
            Self::Company => Scope::Company,
            Self::AccessProfile | Self::Roles | Self::Entitlements => Scope::Rights,
        }
    }

    /// Whether one of these scopes opens it.
    pub fn is_open_to(self, scope: &Scopes) -> bool {
        scope.has(self.scope())
    }
}

/// What was asked for one by one, and where it is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub userinfo: BTreeSet<Claim>,
    /// In the ID token.
    pub id_token: BTreeSet<Claim>,
}

impl Claims {
    /// The scopes they belong to.
    pub fn scopes(&self) -> Scopes {
        self.userinfo.union(&self.id_token).map(|claim| claim.scope()).collect()
    }

    /// Those that these scopes open.
    #[must_use]
    pub fn within(&self, allowed: &Scopes) -> Self {
        let open =
            |claims: &BTreeSet<Claim>| claims.iter().copied().filter(|claim| claim.is_open_to(allowed)).collect();
        Self { userinfo: open(&self.userinfo), id_token: open(&self.id_token) }
    }
}
