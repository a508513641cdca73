//! The vendor's own people: who they are, what they may do, and the vendor's own provider, at which they may sign in.
//! Customers' contacts are never among them (R-DEL-6).

mod member;
pub mod upstream;
pub mod vouched;

pub use member::{
    Invitation, Invited, InvitedBy, StaffChange, StaffMember, StaffState, bind_subject, by_email, by_subject, dismiss,
    find, invite, invite_again, search, set_roles,
};
