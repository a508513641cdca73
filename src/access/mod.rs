//! One question, asked at every door: may this person act, as this contact, here, now?
//! It reads every subject's rows, in one query and never from a cache, and calls none of them.

mod administrators;
mod condition;
mod door;
mod prospect;
mod reader;
mod snapshot;
mod staff;
mod standing;

pub use administrators::administrators;
pub use condition::{Condition, Lasting};
pub use door::{AddressSource, Door, counts, table};
pub use prospect::{Prospect, of_company, of_prospect};
pub use reader::{Reader, reader, readers_at};
pub use snapshot::{
    AuthorizationFacts, Snapshot, TokenFacts, of_account, of_authorization, of_contact, of_membership, of_opaque_token,
    of_token,
};
pub use staff::{
    SecondFactor, StaffCircumstances, StaffCondition, StaffRules, StaffSnapshot, StaffVerdict, judge_staff, of_staff,
};
pub use standing::{Circumstances, Unmet, Verdict, judge, may_come_back};
