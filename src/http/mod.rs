//! What every door over HTTP shares: who calls and from where, cookies, forms, headers, pages and errors.
//! It knows no single page.

pub mod address;
pub mod answer;
pub mod assets;
pub mod broken;
mod caller;
mod carried;
pub mod consent;
pub mod cookies;
mod csrf;
pub mod errand;
pub mod error;
pub mod form_post;
mod guard;
pub mod headers;
mod holder;
pub mod logout;
pub mod page;
pub mod refusal;
mod staff;

pub use caller::{Caller, mark_browser};
pub use carried::Carried;
pub use csrf::{Posted, is_ours};
pub use guard::{Fresh, Person, Visitor, at_a_page, home, reauthentication, stands_elsewhere, wanted_by};
pub use holder::Holder;
pub use page::Frame;
pub use staff::Staff;
