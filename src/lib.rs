//! Guichet: an OpenID provider for customer portals.

pub mod access;
pub mod account;
pub mod app;
pub mod audit;
pub mod authorization;
pub mod base;
//pub mod cli;
pub mod config;
//pub mod demo;
pub mod directory;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod mail;
pub mod oidc;
pub mod relying_party;
pub mod rights;
//pub mod server;
pub mod store;
pub mod web;
pub mod words;
