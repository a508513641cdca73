//! One question, asked at every door: may this person act, as this contact, here, now?
//! It reads every subject's rows, in one query and never from a cache, and calls none of them.

mod administrators;
mod authorization;
mod condition;
mod door;
mod facts;
mod reader;
mod staff;
mod verdict;

pub use administrators::administrators;
pub(crate) use authorization::live_session;
pub use authorization::{AuthorizationFacts, SessionFacts, TokenFacts, of_authorization, of_opaque_token, of_token};
pub use condition::{Condition, Lasting};
pub use door::{Door, counts};
pub use facts::{
    AccountFacts, Candidate, CompanyFacts, ContactFacts, Known, MembershipFacts, Snapshot, of_account, of_company,
    of_contact, of_membership,
};
pub use reader::{Reader, reader, readers_at};
pub use staff::{
    SecondFactor, StaffCircumstances, StaffCondition, StaffRules, StaffSnapshot, StaffVerdict, judge_staff, of_staff,
};
pub use verdict::{Circumstances, Met, Unmet, Verdict, judge, judge_from, judge_without_caller, may_come_back};
