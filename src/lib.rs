//! Guichet: an OpenID provider for customer portals. Whoever signs in is a *contact* of a *customer company*; Guichet
//! decides whether they may, as what, from where, and tells relying parties over OpenID Connect.
//!
//! # The map, in reading order
//!
//! Dependencies point down only; modules on one line don't know each other (`tests/architecture.rs` checks it).
//!
//! - `gallery` (in tests) every page and letter, in both languages, held against what all of them promise
//! - [`cli`] the command line: what an operator types, and one clear line when it can't be done
//! - [`demo`] a small world to try everything in, on loopback
//! - [`server`] joins the doors into one router, serves and stops gracefully
//! - [`jobs`] the timetable: what runs without anybody asking
//! - [`web`] pages for people; [`oidc`] the endpoints of OAuth 2.0 and OpenID Connect
//! - [`page`] what both show: the frame around pages, errors, refusals
//! - [`http`] who is asking: callers, guards, cookies, forms, headers, bare answers
//! - [`app`] what every request can reach; [`config`] every subject's settings in one file
//! - [`notice`] what account owners are written, and to which mailbox
//! - [`backchannel`] tells relying parties that a sign-in is over
//! - [`authorization`] what one sign-in gave one relying party: errands, consents, codes, tokens
//! - [`relying_party`] the applications that ask for sign-ins
//! - [`staff`] the vendor's own people, and the vendor's own OpenID provider, where they may sign in instead
//! - [`session`] how somebody signs in, and in which browsers an account is signed in now
//! - [`membership`] an account acting as one contact, with the rights its company gave it
//! - [`account`] the means to sign in: names, passwords, second factors, passkeys, remembered browsers, mailed links
//! - [`directory`] companies, branches, contacts, and their import (R-DIR)
//! - [`access`] may this person act, as this contact, here, now?
//! - [`rights`] what a contact may do, by policy (R-RGT)
//! - [`audit`] who did what; [`events`] what others react to; [`mail`] the outbox; [`keys`] the master key and the
//!   signing keys;
//!   [`limits`] how many attempts may fail; [`outbound`] calls to other people's servers
//! - [`store`] one unit of work over SQLite and PostgreSQL
//! - [`words`] every sentence, in French and in English, and whose service speaks
//! - [`base`] time, randomness, parsed types, places, faults
//!
//! # What always holds
//!
//! - Every door asks [`access`], on one snapshot read by one query and never cached; no other module decides a
//!   condition.
//! - Doors neither begin nor commit: [`app::App::look`] reads, [`app::App::act`] is one transaction, one instant, one
//!   actor.
//!   Inside it there is SQL and nothing slow; what was answered is durable.
//! - The row decides: single use, transitions and limits are one conditional statement each.
//! - Everything a relying party holds hangs from one row of `authorizations` and is dead when that row or an ancestor
//!   is.
//! - An ending is one row written and one event; [`jobs`] alone turns events into reactions, after the commit, each
//!   once.
//! - A refusal is a value, a [`base::Fault`] is what broke. A text from outside is parsed once, at the door.
//! - Secrets are stored as digests or sealed, and never logged.

pub mod access;
pub mod account;
pub mod app;
pub mod audit;
pub mod authorization;
pub mod backchannel;
pub mod base;
pub mod cli;
pub mod config;
pub mod demo;
pub mod directory;
pub mod events;
#[cfg(test)]
mod gallery;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod mail;
pub mod membership;
pub mod notice;
pub mod oidc;
pub mod outbound;
pub mod page;
pub mod relying_party;
pub mod rights;
pub mod server;
pub mod session;
pub mod staff;
pub mod store;
pub mod web;
pub mod words;
