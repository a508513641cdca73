//! `[staff]`: where the vendor's people come from.

use serde::{Deserialize, Serialize};

use crate::access::{SecondFactor, StaffRules};
use crate::base::Networks;
use crate::staff;

/// The section.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StaffSettings {
    /// The networks they may come from; none listed limits nobody.
    pub networks: Networks,
    /// The vendor's own OpenID provider, where they may sign in instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<staff::upstream::Settings>,
    /// Whether they need a second factor. They do: no file can say otherwise, only the demonstration.
    #[serde(skip)]
    pub second_factor: SecondFactor,
}

impl StaffSettings {
    /// What `access` judges them by.
    pub fn rules(&self) -> StaffRules<'_> {
        StaffRules { networks: &self.networks, second_factor: self.second_factor }
    }
}
