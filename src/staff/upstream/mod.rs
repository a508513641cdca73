//! The vendor's own OpenID provider, at which staff may sign in instead: here Guichet is the relying party.
//! It says who somebody is, or that an answer can't be believed, and why. Whose account that is, `upstream::linking`
//! decides; no page is known.

mod attempt;
mod claims;
pub mod linking;
mod provider;
mod settings;

pub use attempt::{LIFE, UpstreamAttempt, begin, redeem, sweep};
pub use claims::Vouched;
pub use provider::{Departure, Provider, UpstreamError, UpstreamPurpose};
pub use settings::Settings;
