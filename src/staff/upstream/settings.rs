//! `[staff.upstream]` in the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::{Endpoint, Secret, StaffRole};

/// The section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the provider is called on the sign-in page.
    pub name: String,
    /// Its issuer, exactly.
    pub issuer: String,
    /// What Guichet is called there.
    pub client_id: String,
    /// The secret it has there.
    #[serde(default, skip_serializing)]
    pub client_secret: Option<String>,
    /// A file that holds the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// Further scopes to ask for, besides `openid` and `email`.
    #[serde(default)]
    pub scope: Vec<String>,
    /// The claim that says what somebody is there. Whoever has a role by it needs no invitation; without one, all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_claim: Option<String>,
    /// Which value of that claim is which role here.
    #[serde(default)]
    pub roles: BTreeMap<String, StaffRole>,
    /// The `acr` values by which the provider says that it saw two factors. The method `mfa` in `amr` says so too.
    #[serde(default)]
    pub second_factor_acr: BTreeSet<String>,
}

impl Settings {
    /// The secret, from wherever it stands; a sentence where it can't be had.
    pub fn secret(&self) -> Result<Secret, String> {
        let text = match (&self.client_secret, &self.client_secret_file) {
            (Some(secret), None) => secret.clone(),
            (None, Some(file)) => std::fs::read_to_string(file).map_err(|error| {
                format!("staff.upstream.client_secret_file {} can't be read ({error})", file.display())
            })?,
            (None, None) | (Some(_), Some(_)) => {
                return Err("staff.upstream: set client_secret or client_secret_file, and only one of them".to_owned());
            }
        };
        Ok(Secret::presented(text.trim_end_matches(['\r', '\n'])))
    }

    /// Whether the values fit together.
    pub fn check(&self) -> Result<(), String> {
        if self.role_claim.is_some() == self.roles.is_empty() {
            return Err("staff.upstream: role_claim names a claim and roles says what its values are, both or neither"
                .to_owned());
        }
        Endpoint::parse(&self.issuer).map_err(|error| format!("staff.upstream.issuer: {error}"))?;
        if self.client_id.is_empty() || self.name.is_empty() {
            return Err("staff.upstream: name and client_id can't be empty".to_owned());
        }
        Ok(())
    }
}
