//! Rights (R-RGT): whether what a contact holds at a company lets them do one thing with one resource.
//!
//! The profile allows viewing; roles and e-services add actions; a profile's denials win over all of them (R-RGT-5).
//! The rules are data: `policies/` has a casbin model, a small shard of rules per type of object, and `decisions.csv`,
//! the table of expected decisions that people review, which is part of the policy: one that decides otherwise isn't
//! taken up. What a contact holds travels in each question.
//!
//! This module doesn't know who is asking, from where, or whether they may be here at all: `access` does. It reads no
//! table and keeps nothing between two decisions.

pub mod e_services;
mod files;
mod flaw;
mod holdings;
mod policy;
mod question;
mod reason;
mod review;
mod rules;
mod staff_permission;
#[cfg(test)]
mod tests;

pub use e_services::{Catalogue, EService, Group};
pub use files::PolicyFiles;
pub use flaw::{Flaw, RefusedPolicy, ReviewReport};
pub use holdings::{Holdings, Resource};
pub use policy::Policy;
pub use question::{
    CertificateAction, ContactAction, EServiceAction, InvoiceAction, Object, OrderAction, Question, SubscriptionAction,
    TicketAction, Unknown,
};
pub use reason::{Decision, Reason, profile_key, role_key};
pub use rules::Rule;
pub use staff_permission::StaffPermission;
