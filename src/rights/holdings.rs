//! The two sides of a decision: what a contact holds at a company, and whose the resource is.

use std::collections::BTreeSet;

use crate::base::vocabulary::{EServiceCode, Profile, Role};

/// What one contact holds at one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// The company's ERP reference, as relying parties name it in a resource.
    pub company: String,
    /// The one branch the contact is limited to, if any (R-RGT-6).
    pub branch: Option<String>,
    /// How much they see.
    pub profile: Profile,
    /// What they may do beyond it.
    pub roles: BTreeSet<Role>,
    /// The e-services ticked for them that the company still subscribes to (R-RGT-3).
    pub e_services: BTreeSet<EServiceCode>,
}

/// Whose the resource is, as far as the one who asks says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resource<'a> {
    /// The ERP reference of the company it belongs to; without one, the question is about the contact's own company.
    pub company: Option<&'a str>,
    /// The branch it belongs to; without one, it is the whole company's.
    pub branch: Option<&'a str>,
}

/// Why a resource is out of a contact's reach, whatever they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutOfReach {
    Company,
    Branch,
}

impl Holdings {
    /// Whether the resource is out of reach: another company's always is (R-RGT-8), another branch's is for a contact
    /// limited to one (R-RGT-6). What belongs to no branch in particular stays within everyone's reach.
    pub(super) fn out_of_reach(&self, resource: &Resource<'_>) -> Option<OutOfReach> {
        if resource.company.is_some_and(|company| company != self.company) {
            return Some(OutOfReach::Company);
        }
        match (&self.branch, resource.branch) {
            (Some(own), Some(other)) if own != other => Some(OutOfReach::Branch),
            (Some(_) | None, Some(_) | None) => None,
        }
    }
}
