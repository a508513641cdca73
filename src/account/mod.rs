//! Accounts: the means to sign in. Names, passwords, second factors, memberships, sessions and devices.
//! Whether a person may use theirs is not decided here but in `access`.

mod device;
pub mod factor;
mod guess;
pub mod halfway;
mod membership;
mod names;
mod password;
pub mod policy;
mod proof;
mod record;
mod session;
pub mod sign_in;

pub use device::{recognise, sweep};
pub use guess::{Claim, Guess};
pub use membership::{Grant, admit, disable_membership, login_of_contact};
pub use names::{Credentials, NameTaken, create, credentials, login_of, rehash, set_password};
pub use password::{Hasher, LONGEST as LONGEST_PASSWORD, Settings as PasswordSettings, Turn, Verdict};
pub use proof::{Acr, Proof};
pub use record::{Record, by_name, disable, enable, names};
pub use session::{
    Because, Begin, Opened, Session, Strengthening, begin, choose, end, end_all, end_run_out, find, is_stale, list, lose, lose_all,
    strengthen, sweep_sessions, touch,
};
