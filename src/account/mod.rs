//! Accounts: the means to sign in. Names, passwords, second factors, passkeys, links, memberships, sessions and
//! devices; the vendor's people. Whether a person may use theirs is not decided here but in `access`.

mod activity;
mod close;
mod device;
pub mod factor;
mod guess;
pub mod halfway;
pub mod link;
mod membership;
mod names;
pub mod passkey;
mod password;
pub mod policy;
mod proof;
mod record;
mod session;
pub mod sign_in;
mod staff;
pub mod staff_sign_in;
mod unlock;

pub use activity::{Happened, TOLD, activity};
pub use close::{NotClosed, close, left_behind};
pub use device::{Device, devices, forget, forget_all, recognise, sweep};
pub use guess::{Claim, Guess};
pub use link::{Link, Purpose};
pub use membership::{Grant, admit, disable_membership, login_of_contact};
pub use names::{
    Credentials, NameTaken, change_password, create, credentials, known_of, login_of, prove_mailbox, rehash,
    set_language, set_password, void_password,
};
pub use password::{Hasher, LONGEST as LONGEST_PASSWORD, Settings as PasswordSettings, Turn, Verdict};
pub use proof::{Acr, Proof};
pub use record::{Record, by_id, by_name, disable, enable, names};
pub use session::{
    Because, Begin, Opened, Session, Strengthening, begin, choose, end, end_all, end_others, end_run_out, find, holds,
    is_stale, list, lose, lose_all, renew, strengthen, sweep_sessions, touch,
};
pub use staff::{
    Invited, NotStaff, StaffMember, bind_subject, dismiss, invite, invite_by, set_staff_roles, staff, staff_by_email,
    staff_by_subject, staff_member,
};
pub use unlock::{locked, unlock};
