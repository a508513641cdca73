//! Guichet: an OpenID provider for customer portals.

pub mod access;
pub mod account;
pub mod audit;
pub mod authorization;
pub mod base;
pub mod keys;
pub mod relying_party;
pub mod rights;
pub mod store;
