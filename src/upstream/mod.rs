//! The vendor's own OpenID provider, at which staff may sign in instead: here Guichet is the relying party.
//! It says who somebody is, or that an answer can't be believed, and why. Whose account that is, `upstream::staff`
//! decides; no page is known.

mod attempt;
mod claims;
mod provider;
mod settings;
pub mod staff;

pub use attempt::{Attempt, LIFE, begin, redeem, sweep};
pub use claims::Vouched;
pub use provider::{Departure, Provider, Purpose, Trouble};
pub use settings::Settings;
