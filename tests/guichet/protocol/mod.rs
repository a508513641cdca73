//! What the provider must answer, line by line. The lines are in the order of the specification's summary, each with the module
//! that proves it:
//!
//! | line | tests |
//! |---|---|
//! | PKCE, S256 only; `require_pkce = false` | [`decisions`], [`authorization_request`], [`codes`] |
//! | client assertions: `aud`, legacy audience, `jti` once | [`private_key_jwt`] |
//! | algorithm per client, `kid` and `alg` of every key | [`decisions`] |
//! | no implicit, hybrid or password grant | [`decisions`], [`authorization_request`] |
//! | claims of people at UserInfo, not in the ID token | [`claims`] |
//! | unknown client or address: a page; any other error: back, with `state` and `iss` | [`authorization_request`] |
//! | `request` and `request_uri` refused | [`authorization_request`] |
//! | GET and POST, a cross-site POST without cookies | [`authorization_request`] |
//! | unknown, repeated, empty, unreadable parameters | [`everywhere`], [`authorization_request`] |
//! | `no-store` on every token answer, errors too | [`everywhere`], [`client_authentication`] |
//! | no 5xx | [`never_broken`] |
//! | code: unguessable, once, 60 s, bound, proved before it is spent, reuse ends all | [`codes`]; fifty at once in `races` |
//! | `redirect_uri` exact, loopback ports | [`authorization_request`] |
//! | `response_mode` query and form_post | [`form_post`] |
//! | `prompt`, `max_age`, `id_token_hint`, `login_hint`, `display`, `claims_locales`, `acr_values` | [`prompts`], [`consent`] |
//! | `ui_locales` | `languages`, [`form_post`], [`logout`] |
//! | essential `acr`, the `claims` parameter | [`claims_parameter`] |
//! | `nonce`, `state`: echoed whole or refused, none invented | [`authorization_request`], [`claims`] |
//! | `auth_time` when asked for or registered | [`claims`], [`claims_parameter`] |
//! | without `openid`: plain OAuth | [`claims`], [`claims_parameter`] |
//! | client authentication: basic, post, none; one per request; 401 | [`client_authentication`] |
//! | client authentication: private_key_jwt | [`private_key_jwt`] |
//! | bearer tokens: how they come, 401 and 403 | [`bearer`], [`claims`] |
//! | access tokens and ID tokens never stand in for one another | [`token_types`] |
//! | `iss` on success and error (RFC 9207) | every answer read by `RelyingParty::code` and `::error`; [`form_post`] |
//! | RP-initiated logout | [`logout`] |
//!
//! Refresh, revocation, introspection, rotation of keys and back-channel logout have modules of their own beside this one.

mod authorization_request;
mod bearer;
mod claims;
mod claims_parameter;
mod client_authentication;
mod codes;
mod consent;
mod decisions;
mod everywhere;
mod form_post;
mod logout;
mod never_broken;
mod private_key_jwt;
mod prompts;
mod token_types;
