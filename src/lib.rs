//! Guichet: an OpenID provider for customer portals.

pub mod access;
pub mod base;
pub mod store;
