//! What pages share, whoever shows them: the frame around each, errors, refusals, what is said after a sign-out, the
//! files they load. It knows the caller but no single page, and gives early answers the form that their caller reads.

pub mod assets;
mod error;
mod explain;
mod frame;
mod framed;
mod refusal;
pub mod scopes;
mod sign_out;

pub use error::ErrorPage;
pub use explain::{explain, explain_to_program, show_again};
pub use frame::{Errors, FieldError, Frame, HelpContact, Link, SignedIn, Stressed};
pub use framed::Framed;
pub use refusal::{ConditionRow, ConditionValues, RefusalPage};
pub use sign_out::{LoggedOutPage, LogoutPage};
