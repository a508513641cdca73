//! What the provider must answer, line by line. The lines are in the order of the specification's summary, each with
//! the module that proves it:
//!
//! | line | tests |
//! |---|---|
//! | **Decisions** | |
//! | PKCE, S256 only; `require_pkce = false` | [`decisions`], [`authorization_request`], [`codes`] |
//! | refresh tokens rotate, reuse ends the family, a lost answer is given once more | [`refresh`], `faults::single_use`
//! |
//! | client assertions: `aud`, legacy audience, `jti` once | [`private_key_jwt`], `faults::single_use` |
//! | algorithm per client, `kid` and `alg` of every key | [`decisions`] |
//! | no implicit, hybrid or password grant | [`decisions`], [`authorization_request`] |
//! | claims of people at UserInfo, not in the ID token | [`claims`] |
//! | unknown client or address: a page; any other error: back, with `state` and `iss` | [`authorization_request`],
//! `faults::one_form` |
//! | `request` and `request_uri` refused | [`authorization_request`] |
//! | GET and POST, a cross-site POST without cookies | [`authorization_request`], `doors` |
//! | **Everywhere** | |
//! | unknown, repeated, empty parameters; NUL and invalid UTF-8 | [`everywhere`], [`authorization_request`] |
//! | `no-store` on every token answer, errors too | [`everywhere`], `doors::programs` |
//! | no 5xx | [`never_broken`], [`everywhere`] |
//! | **Core** | |
//! | code: unguessable, once, 60 s, bound, proved before it is spent, reuse ends all | [`codes`], `faults::single_use`,
//! `faults::living_on` |
//! | `redirect_uri` exact, loopback ports | [`authorization_request`], `faults::one_form` |
//! | `response_mode` query and form_post; `form-action` admits the client | [`form_post`], [`form_action`] |
//! | `prompt`, `max_age`, `id_token_hint`, `login_hint`, `display`, `claims_locales`, `acr_values` | [`prompts`],
//! [`consent`] |
//! | `ui_locales` | `doors::languages`, [`form_post`], [`logout`] |
//! | essential `acr`, the `claims` parameter | [`claims_parameter`] |
//! | `nonce` echoed, none invented; `state` and `nonce` whole or refused | [`authorization_request`], [`claims`] |
//! | `auth_time` when asked for or registered | [`claims`], [`claims_parameter`] |
//! | `offline_access` needs consent | [`refresh`] |
//! | without `openid`: plain OAuth | [`claims`], [`claims_parameter`] |
//! | refresh never widens; its ID token keeps iss, sub, aud, auth_time | [`refresh`] |
//! | client authentication: basic, post, none; one per request; 401 and challenge | [`client_authentication`],
//! `doors::programs` |
//! | client authentication: private_key_jwt | [`private_key_jwt`] |
//! | services in their own name | [`client_credentials`] |
//! | bearer tokens: scheme, two ways, query; 401 and 403 | [`bearer`], [`claims`], `doors::programs` |
//! | revocation | [`revocation`] |
//! | introspection | [`introspection`] |
//! | tokens of one type never stand in for another | [`token_types`] |
//! | `iss` on success and error (RFC 9207) | every answer read by `RelyingParty::code` and `::error`; [`form_post`] |
//! | rotation: published before used, kept as long as what it signed | `operations::rotation` |
//! | RP-initiated logout | [`logout`], [`everywhere`] |
//! | back-channel logout: the token, retries, no redirects, no private addresses | [`backchannel`] |
//! | back-channel logout: whatever ends a sign-in | `faults::living_on`, [`backchannel`] |

mod authorization_request;
mod backchannel;
mod bearer;
mod claims;
mod claims_parameter;
mod client_authentication;
mod client_credentials;
mod codes;
mod conformance;
mod consent;
mod decisions;
mod everywhere;
mod foreign;
mod form_action;
mod form_post;
mod introspection;
mod logout;
mod never_broken;
mod private_key_jwt;
mod prompts;
mod refresh;
mod revocation;
mod token_types;
