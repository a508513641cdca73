//! What the provider's tokens say of somebody, as far as we believe it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::{Email, StaffRole, Timestamp};

use super::Settings;

/// Every claim that isn't a standard one, roles among them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Others {
    #[serde(flatten)]
    pub(super) all: BTreeMap<String, Value>,
}

impl openidconnect::AdditionalClaims for Others {}

/// Somebody the provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// Who, among all people of all providers: issuer and subject.
    pub subject: String,
    /// Their mailbox, which the provider verified.
    pub email: Email,
    /// What they are called.
    pub name: Option<String>,
    /// What the role claim makes of them; nothing where roles aren't the provider's to say.
    pub roles: Option<BTreeSet<StaffRole>>,
    /// When they proved it to the provider: a session there may be older than the way here.
    pub proven_at: Timestamp,
    /// Whether the provider saw two factors.
    pub by_two_factors: bool,
}

/// The roles that the claim's values stand for: a text, or a list of them. Values that the operator didn't map are
/// nothing here.
pub(super) fn roles(settings: &Settings, claims: &[&BTreeMap<String, Value>]) -> Option<BTreeSet<StaffRole>> {
    let claim = settings.role_claim.as_ref()?;
    let value = claims.iter().find_map(|claims| claims.get(claim));
    let words: Vec<&str> = match value {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    Some(words.into_iter().filter_map(|word| settings.roles.get(word).copied()).collect())
}
