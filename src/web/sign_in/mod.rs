//! Signing in: with a password or a passkey, by a second step, through the vendor's own provider, for one company; and
//! out again.

pub mod back;
pub mod check;
pub mod company;
pub mod enrol;
pub mod language;
pub mod passkey;
pub mod passkey_again;
pub mod passkey_as_second;
pub mod password;
pub mod reauthenticate;
pub mod second_factor;
pub mod second_step;
pub mod sign_out;
pub mod step;
pub mod upstream;
pub mod welcome;
