//! Signing in with name and password, what is refused there and how it is told, and the sessions it begins. Passkeys,
//! second steps and the vendor's provider have rooms of their own.

mod password;
mod refusals;
mod sessions;
mod spellings;
