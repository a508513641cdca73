//! Passkeys (WebAuthn): keys that answer a challenge for this site only, once their user is verified. One signs in
//! without a password, and serves as second factor. Nothing here draws a page: browsers are told what to ask for, and
//! what they bring back is judged.

mod ceremony;
mod kept;
mod site;
mod stored;

pub use ceremony::{Binding, CeremonyPurpose, LIFE, begin, redeem, sweep};
pub use kept::{Enrolment, MOST, Name, Removal, confine, count, doubt, enrol, find, handle, list, remove, rename};
pub use site::{CeremonyState, Newcomer, PasskeyFlaw, SignedChallenge, Site, VerifiedPasskey};
pub use stored::StoredPasskey;
/// What is kept of a passkey: nothing of it is secret.
pub use webauthn_rs::prelude::Passkey as Key;
