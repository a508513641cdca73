//! Rights (R-RGT): whether what a contact holds at a company lets them do one thing with one resource.
//!
//! The profile allows viewing; roles and e-services add actions; a profile's denials win over all of them (R-RGT-5).
//! The rules are data: `policies/` has a casbin model, a small shard of rules per type of object, and `decisions.csv`,
//! the table of expected decisions that people review. What a contact holds travels in each question.
//!
//! This module doesn't know who is asking, from where, or whether they may be here at all: `access` does. It reads no
//! table and keeps nothing between two decisions.

mod bad_line;
pub mod e_services;
mod holdings;
mod policy;
mod question;
mod reason;
// Nothing but the policy's tests asks for it.
#[cfg(test)]
mod review;
mod rules;
mod staff_permission;
#[cfg(test)]
mod tests;

pub use e_services::{Catalogue, EService, Group};
pub use holdings::{Holdings, Resource};
pub use policy::Policy;
pub use question::{
    CertificateAction, ContactAction, EServiceAction, InvoiceAction, Object, OrderAction, Question, SubscriptionAction,
    TicketAction, Unknown,
};
pub use reason::{Decision, Reason, e_service_key, profile_key, role_key};
pub use staff_permission::StaffPermission;
