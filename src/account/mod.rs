//! Accounts: the means to sign in. Names, passwords, second factors, passkeys, remembered browsers, mailed links.
//! Whether a person may use theirs is not decided here but in `access`; who is signed in now, in `session`.

pub mod device;
pub mod factor;
pub mod link;
mod names;
pub mod passkey;
pub mod password;
mod record;

pub use link::{LinkPurpose, MailedLink};
pub use names::{
    Created, Credentials, change_password, create, create_staff, credentials, has_password, known_of, login_of,
    prove_mailbox, rehash, set_language, set_password, take_up, void_password,
};
pub use record::{AccountRecord, by_id, by_name, close, disable, enable, lock, names};
