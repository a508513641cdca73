//! The claims that Guichet adds to those of OpenID Connect, in the ID token and at UserInfo alike.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

/// What the scopes `company` and `rights` give. All of it may be missing: a member of the vendor's staff has no
/// company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerClaims {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_profile: Option<String>,
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default)]
    pub entitlements: Vec<String>,
    /// Identifies the sign-in, in ID tokens and logout tokens; UserInfo doesn't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

impl AdditionalClaims for CustomerClaims {}

/// The company a person acts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Identifies the company at the provider, for life.
    pub id: String,
    /// The reference in the vendor's ERP, under which the portal files its data.
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    /// The one branch that the person is limited to, if any (R-RGT-6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}
