//! What every door over HTTP shares: who calls and from where, guards, cookies, forms, headers, answers.
//! It knows no page: what ends a request early is said bare here, and `page` gives it the form that its caller reads.

pub mod address;
mod again;
pub mod answer;
mod caller;
mod carried;
pub mod cookies;
mod credential_owner;
pub mod error;
mod extractor;
pub mod form;
mod guard;
pub mod headers;
pub mod interaction;
pub mod refusal;
pub mod request;
mod staff;
mod stamp;

pub use again::Again;
pub use caller::Caller;
pub use carried::InteractionQuery;
pub use credential_owner::CredentialOwner;
pub(crate) use extractor::guards;
pub use extractor::mark_browser;
pub use form::{EmptyForm, Form, is_ours};
pub use guard::{Fresh, Guard, Person, Visitor, at_a_page, home, reauthentication, stands_elsewhere, wanted_by};
pub use staff::{Duty, OnDuty, Staff, duty};
