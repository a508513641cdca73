//! The logout token (OpenID Connect Back-Channel Logout section 2.4).

use serde::Serialize;
use uuid::Uuid;

use crate::base::ids::{AccountId, AuthorizationId};
use crate::base::{Life, Timestamp};

/// Two minutes are what section 2.4 recommends at most. A token is signed for each attempt.
const LIFE: Life = Life::minutes(2);

/// What a logout token says. A `nonce` it must not have, so that it can never pass as an ID token.
#[derive(Debug, Serialize)]
pub(super) struct LogoutToken<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: Uuid,
    sub: AccountId,
    sid: AuthorizationId,
    events: Events,
}

/// The one event that makes it a logout token; there is nothing to say about it.
#[derive(Debug, Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    logout: Nothing,
}

#[derive(Debug, Serialize)]
struct Nothing {}

/// Which token it is: whose it is, to whom, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogoutIssuance<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) jti: Uuid,
    pub(super) now: Timestamp,
}

impl<'a> LogoutToken<'a> {
    /// Says that this sign-in of that account is over.
    pub(super) fn new(issuance: LogoutIssuance<'a>, sub: AccountId, sid: AuthorizationId) -> Self {
        Self {
            iss: issuance.issuer,
            aud: issuance.client,
            iat: issuance.now.seconds(),
            exp: (issuance.now + LIFE).seconds(),
            jti: issuance.jti,
            sub,
            sid,
            events: Events { logout: Nothing {} },
        }
    }
}
