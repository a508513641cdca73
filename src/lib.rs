//! Guichet: an OpenID provider for customer portals.

pub mod access;
pub mod account;
pub mod audit;
pub mod base;
pub mod keys;
pub mod mail;
pub mod store;
