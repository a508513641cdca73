//! Passkeys (WebAuthn level 3): what signs in without a password, as second factor, and as proof of being there still.
//! Each answer counts once, for the challenge, the browser, the site and the person it was made for; whoever it lets
//! in, access was asked about.

mod chromium;
mod enrolment;
mod forged;
mod races;
mod second_step;
mod sign_in;
mod step_up;

/// Where people keep theirs.
pub const PAGE: &str = "/account/security/passkeys";
