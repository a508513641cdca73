//! Guichet: an OpenID provider for customer portals.

pub mod base;
pub mod store;
