//! Accounts: the means to sign in. Names, passwords, memberships, sessions and devices.
//! Whether a person may use theirs is not decided here but in `access`.

mod device;
mod membership;
mod names;
mod password;
pub mod policy;
mod record;
mod session;
pub mod sign_in;

pub use device::recognise;
pub use membership::{Grant, admit, login_of_contact};
pub use names::{Credentials, NameTaken, create, credentials, login_of, rehash, set_password};
pub use password::{Hasher, LONGEST as LONGEST_PASSWORD, Settings as PasswordSettings, TooLong, Verdict};
pub use record::{Record, by_name, disable, enable, names};
pub use session::{ACR, Because, Begin, Opened, Session, begin, choose, end, end_all, find, is_stale, list, sweep, touch};
