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
//! - [`notice`] letters: what each deed tells whom, in words, and the postman
//! - [`backchannel`] tells relying parties that a sign-in is over
//! - [`staff`] the vendor's own people, and the vendor's own OpenID provider, where they may sign in instead
//! - [`authorization`] what one sign-in gave one relying party, and what ends with an account's sign-ins
//! - [`relying_party`] the applications that ask for sign-ins
//! - [`session`] how somebody signs in, in which browsers an account is signed in now, and what ends that
//! - [`membership`] an account acting as one contact, with the rights its company gave it
//! - [`account`] the means to sign in: names, passwords, second factors, passkeys, remembered browsers, mailed links
//! - [`directory`] companies, branches, contacts, and their import (R-DIR)
//! - [`audit`] who did what: the table of deeds, each with its letters and its event
//! - [`access`] may this person act, as this contact, here, now?
//! - [`rights`] what a contact may do, by policy (R-RGT)
//! - [`mail`] the outbox; [`events`] what others react to
//! - [`queue`] claim, back-off and giving up, under letters, logout tokens and reactions
//! - [`keys`] the master key and the signing keys; [`limits`] how many attempts may fail; [`outbound`] calls to other
//!   people's servers
//! - [`store`] one unit of work over SQLite and PostgreSQL
//! - [`words`] every sentence, in French and in English, and whose service speaks
//! - [`base`] time, randomness, parsed types, places, faults
//!
//! # Seven ideas
//!
//! Comments cite them by number (`idea 4`).
//!
//! 1. **One question, asked at every door.** May this person act, as this contact, here, now? [`access`] reads the
//!    facts by one query, never cached, and evaluates every named condition on them, purely; no other module decides a
//!    condition. The answer names *all* that are unmet, each with a sentence for whoever reads it, and whether it is
//!    passing or final. The door table says which condition counts at which door and whose address is looked at. An
//!    address that is unknown where a list applies refuses.
//! 2. **A unit of work.** Doors neither begin nor commit: [`app::App::look`] reads, [`app::App::act`] is one
//!    transaction, one instant, one source of randomness, one actor, and SQL only: hashing, signing and rendering
//!    happen outside. It commits refusals too, for a refusal is a value and may leave traces; a [`base::Fault`] is what
//!    broke, and rolls it back. What was answered is durable.
//! 3. **A deed is one row of one table.** Whatever somebody does, by a page, a program, the command line or a job, is a
//!    deed of one closed list ([`audit::DeedKind`]). Its row says which letters go to whom and which event it raises;
//!    `tx.record(deed)` writes all of it in the unit that does it. A letter is posted as an intent: mailbox,
//!    Message-ID and the ids of its facts, sealed. It is written, and its link made, when it is taken up, if what it
//!    leads to still stands.
//! 4. **The row decides.** Single use, transitions and limits are one conditional statement, true with fifty requests
//!    at once and with two servers. A rule over several rows, such as that an administrator remains, first changes the
//!    row that owns them, and looks in a later statement of the same unit: PostgreSQL would otherwise let two demotions
//!    through.
//! 5. **One root per sign-in.** Every code, refresh token and opaque token hangs from one row of `authorizations`,
//!    whose id is the `sid`. It is live when the row and every ancestor are. To end something is one update of one row,
//!    and one event; nothing fans out, so nothing can be forgotten. [`jobs`] alone carries out reactions, after the
//!    commit, each once and by itself. A token never changes company.
//! 6. **Who may come in stands in the signature.** A handler's guard is an extractor, and a form of our pages is read
//!    only together with one ([`http::Form`]): for whom it was shown to, in the session as it was then, about what its
//!    page spoke of; otherwise it does nothing. URLs are variants of one enum, each is routed, and all of them lie
//!    behind the issuer's path.
//! 7. **One mechanism, many uses.** There is one kind of mailed link, one timetable, one queue, one counter
//!    of attempts. Whoever needs a second one widens the first.
//!
//! Besides: secrets are stored as digests or sealed, and never logged.
//!
//! # Seven faults
//!
//! By these others' providers fell, again and again. They are invariants here, tested as cross products, and comments
//! cite them by number (`fault 3`).
//!
//! 1. **Single use that isn't atomic:** codes, links, steps of authenticator apps, assertions. Of fifty at once, on two
//!    servers, with a crash in between, one wins.
//! 2. **A second path that misses a check:** refresh, import, the command line. Access is asked at every door.
//! 3. **Checking the parent, the header or the session, not the target.** An id from another company answers exactly
//!    like one that doesn't exist.
//! 4. **A disabled subject living on** in another credential: session, access token, refresh token, code, link.
//! 5. **Canonicalising per route.** Emails, logins, addresses and redirect URIs have one parsed type each, made at the
//!    door.
//! 6. **Trusting forwarded headers.** They count from configured proxies only; a chain that can't be parsed denies.
//! 7. **Failing open.** What can't be read, verified or reached refuses.
//!
//! # Glossary
//!
//! Where the field has a word, the code uses it: interaction, consent, grant, claim, scope, assertion, introspection.
//! These are the words that are ours, or that we use more narrowly than others do.
//!
//! | here | elsewhere |
//! |---|---|
//! | contact, company | whom the vendor's ERP knows: a customer's employee, and the customer (a tenant) |
//! | membership | an account acting as one contact: a person may have several, one per company |
//! | e-service, profile, role | what a contact holds at a company, and what rights are derived from (R-RGT) |
//! | staff, duty | the vendor's own people, and a permission of theirs ([`rights::StaffPermission`]) |
//! | door | a policy enforcement point ([`access::Door`]); "doors" also means the modules that speak HTTP |
//! | snapshot, facts | the attributes that a decision is made on ([`access::Snapshot`]) |
//! | candidate | a contact whom access may be given to, or was ([`access::Candidate`]) |
//! | standing, verdict | the decision: every condition, met or not ([`access::Verdict`]) |
//! | passing, final | of an unmet condition: refuse now, or end what hangs from it ([`access::Lasting`]) |
//! | place | a route, a URL of ours ([`base::Place`]) |
//! | unit of work | a transaction ([`store::Tx`]), or the connection that reads without one ([`store::View`]) |
//! | interaction | an authorization request that waits for its person, as in node-oidc-provider |
//! | pending sign-in | a session not yet begun: the password was right, the second factor isn't proven yet |
//! | authorization | what one sign-in gave one relying party; its id is the `sid` (elsewhere: a grant) |
//! | family | a refresh token and all that it was exchanged for (RFC 9700 section 4.14.2) |
//! | end reason | why a session or an authorization ended ([`audit::EndReason`]) |
//! | deed | an audit event: what somebody did, in one line of the trail ([`audit::DeedKind`]) |
//! | event | what others react to: a domain event in a transactional outbox ([`events`]) |
//! | told | notified: an owner is told by a letter, a relying party by a logout token |
//! | letter, notice | a mail, and one that tells an account's owner of a change ([`notice`]) |
//! | intent | a letter that is posted but not written yet: a message in a transactional outbox ([`mail::Intent`]) |
//! | reaction | a handler of a domain event: one row per event and reaction ([`events::Reaction`]) |
//! | postman, courier | the workers that hand over mail ([`notice`]) and logout tokens ([`backchannel`]) |
//! | alarm, "It wasn't me" | the link in a letter by which an owner disowns a change and locks the account |
//! | device | a browser an account was signed in from before: a remembered browser |
//! | dice | the source of randomness ([`base::Dice`]) |
//! | life, lifetimes | a duration ([`base::Life`]), and the configured ones ([`base::Lifetimes`]): TTLs |
//! | seal | to encrypt with a key derived from the master key ([`base::Seal`]) |
//! | fault, refusal | an internal error ([`base::Fault`]), and a no that is an answer |
//! | `R-OWN-3` and the like | the access rules of `policies/RULES.md` |

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
pub mod queue;
pub mod relying_party;
pub mod rights;
pub mod server;
pub mod session;
pub mod staff;
pub mod store;
pub mod web;
pub mod words;
