//! Passkeys (WebAuthn): keys that answer a challenge for this site only, once their user is verified. One signs in
//! without a password, and serves as second factor. Nothing here draws a page: browsers are told what to ask for, and
//! what they bring back is judged.

mod ceremony;
mod kept;
mod site;

pub use ceremony::{Binding, CeremonyPurpose, LIFE, begin, redeem, sweep};
pub use kept::{
    Enrolment, MOST, Name, Removal, StoredPasskey, confine, count, doubt, enrol, find, handle, list, remove, rename,
};
pub use site::{CeremonyState, Newcomer, PasskeyFlaw, SignedChallenge, Site, VerifiedPasskey};
/// What is kept of a passkey: nothing of it is secret.
pub use webauthn_rs::prelude::Passkey as Key;
