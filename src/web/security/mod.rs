//! "Security": how I sign in, and where I am signed in.

pub mod new_passkey;
mod new_secret;
pub mod overview;
pub mod passkeys;
pub mod password;
pub mod seeds;
pub mod totp;
pub mod views;
