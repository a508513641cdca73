//! The ground every module stands on: time, randomness, parsed types, places and faults.
//! It knows no rule and no database table.

pub mod actor;
pub mod clock;
pub mod dice;
pub mod email;
pub mod endpoint;
pub mod error;
pub mod fold;
pub mod ids;
pub mod language;
pub mod lifetimes;
pub mod name;
pub mod network;
pub mod place;
pub mod public_key;
pub mod redirect_uri;
pub mod seal;
pub mod vocabulary;

pub use actor::Actor;
pub use clock::{Clock, Life, Timestamp};
pub use dice::{Dice, Digest, Secret};
pub use email::Email;
pub use endpoint::Endpoint;
pub use error::Fault;
pub use language::{Language, Names};
pub use lifetimes::Lifetimes;
pub use name::SignInName;
pub use network::{Address, Networks};
pub use place::Place;
pub use redirect_uri::RedirectUri;
pub use seal::{Seal, Sealed};
pub use vocabulary::{AccountKind, EServiceCode, Profile, Role, StaffRole};
