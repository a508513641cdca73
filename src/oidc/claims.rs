//! Claims: what tokens and UserInfo say of a person, from the one snapshot that access judged.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use serde::Serialize;
use uuid::Uuid;

use crate::access::Snapshot;
use crate::authorization::Authorization;
use crate::base::ids::{AccountId, AuthorizationId, CompanyId};
use crate::base::{EServiceCode, Life, Profile, Role, Timestamp};
use crate::relying_party::{Scope, Scopes};

/// The company acted for.
#[derive(Debug, Serialize)]
pub struct Company<'a> {
    id: CompanyId,
    #[serde(rename = "ref")]
    reference: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
}

/// Company and rights (CONTRACT, Provider): alike in the ID token, the access token and UserInfo.
#[derive(Debug, Serialize)]
pub struct Standing<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<Company<'a>>,
    #[serde(flatten)]
    rights: Option<Rights<'a>>,
}

#[derive(Debug, Serialize)]
struct Rights<'a> {
    access_profile: Profile,
    roles: &'a BTreeSet<Role>,
    entitlements: BTreeSet<EServiceCode>,
}

impl<'a> Standing<'a> {
    /// What the scope lets through.
    #[must_use]
    pub fn of(person: &'a Snapshot, scope: &Scopes) -> Self {
        let company = scope.has(Scope::Company).then(|| Company {
            id: person.company,
            reference: &person.company_ref,
            name: &person.company_name,
            branch: person.branch.as_deref(),
        });
        let rights = scope.has(Scope::Rights).then(|| Rights {
            access_profile: person.profile,
            roles: &person.roles,
            entitlements: person.entitlements(),
        });
        Self { company, rights }
    }
}

/// When tokens are made, by whom, and how long they live.
#[derive(Clone, Copy, Debug)]
pub struct Issuance<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `iat`.
    pub now: Timestamp,
    /// `exp` lies this much later.
    pub life: Life,
}

/// An access token (RFC 9068 section 2.2). Its audience is this provider, where UserInfo is.
#[derive(Debug, Serialize)]
pub struct AccessToken<'a> {
    iss: &'a str,
    sub: AccountId,
    aud: &'a str,
    client_id: &'a str,
    scope: String,
    sid: AuthorizationId,
    jti: Uuid,
    iat: i64,
    exp: i64,
    auth_time: i64,
    acr: &'a str,
    #[serde(flatten)]
    standing: Standing<'a>,
}

impl<'a> AccessToken<'a> {
    /// The claims of a token for that authorization, acting as that person.
    #[must_use]
    pub fn new(issuance: Issuance<'a>, jti: Uuid, authorization: &'a Authorization, person: &'a Snapshot) -> Self {
        Self {
            iss: issuance.issuer,
            sub: authorization.account,
            aud: issuance.issuer,
            client_id: &authorization.client,
            scope: authorization.scope.to_string(),
            sid: authorization.sid,
            jti,
            iat: issuance.now.seconds(),
            exp: (issuance.now + issuance.life).seconds(),
            auth_time: authorization.auth_time.seconds(),
            acr: &authorization.acr,
            standing: Standing::of(person, &authorization.scope),
        }
    }
}

/// An ID token (OpenID Connect Core section 2). Claims of `profile`, `email` and `phone` are for UserInfo only.
#[derive(Debug, Serialize)]
pub struct IdToken<'a> {
    iss: &'a str,
    sub: AccountId,
    aud: &'a str,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: &'a str,
    amr: &'a [String],
    at_hash: String,
    sid: AuthorizationId,
    #[serde(flatten)]
    standing: Standing<'a>,
}

/// What an ID token says beside its authorization.
#[derive(Clone, Copy, Debug)]
pub struct Echo<'a> {
    /// The `nonce` of the request; none is invented.
    pub nonce: Option<&'a str>,
    /// Whether `auth_time` was asked for or registered.
    pub auth_time: bool,
    /// The access token beside it, which `at_hash` binds to it.
    pub access_token: &'a str,
}

impl<'a> IdToken<'a> {
    /// The claims of an ID token for that authorization, acting as that person.
    #[must_use]
    pub fn new(issuance: Issuance<'a>, echo: Echo<'a>, authorization: &'a Authorization, person: &'a Snapshot) -> Self {
        Self {
            iss: issuance.issuer,
            sub: authorization.account,
            aud: &authorization.client,
            exp: (issuance.now + issuance.life).seconds(),
            iat: issuance.now.seconds(),
            auth_time: echo.auth_time.then_some(authorization.auth_time.seconds()),
            nonce: echo.nonce,
            acr: &authorization.acr,
            amr: &authorization.amr,
            at_hash: at_hash(echo.access_token),
            sid: authorization.sid,
            standing: Standing::of(person, &authorization.scope),
        }
    }
}

/// The left half of the token's SHA-256 (OpenID Connect Core section 3.1.3.6); both our algorithms hash with it.
fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(access_token.as_bytes())[..16])
}

/// What UserInfo answers (OpenID Connect Core section 5.1 and 5.4).
#[derive(Debug, Serialize)]
pub struct UserInfo<'a> {
    sub: AccountId,
    #[serde(flatten)]
    profile: Option<Named<'a>>,
    #[serde(flatten)]
    email: Option<Mailbox<'a>>,
    #[serde(flatten)]
    phone: Option<Phone<'a>>,
    #[serde(flatten)]
    standing: Standing<'a>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: String,
    given_name: &'a str,
    family_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Mailbox<'a> {
    email: &'a str,
    email_verified: bool,
}

#[derive(Debug, Serialize)]
struct Phone<'a> {
    phone_number: &'a str,
    phone_number_verified: bool,
}

impl<'a> UserInfo<'a> {
    /// What the scope lets through.
    #[must_use]
    pub fn of(person: &'a Snapshot, scope: &Scopes) -> Self {
        let number = person.phone.as_deref().or(person.mobile.as_deref());
        Self {
            sub: person.account,
            profile: scope.has(Scope::Profile).then(|| Named {
                name: person.full_name(),
                given_name: &person.first_name,
                family_name: &person.last_name,
                locale: person.language.as_deref(),
            }),
            email: scope.has(Scope::Email).then_some(Mailbox { email: &person.email, email_verified: person.email_is_proven() }),
            // Nobody proves telephone numbers to us.
            phone: number.filter(|_| scope.has(Scope::Phone)).map(|phone_number| Phone { phone_number, phone_number_verified: false }),
            standing: Standing::of(person, scope),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn at_hash_is_the_one_of_the_specification() {
        // OpenID Connect Core appendix A.3.
        assert_eq!(super::at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
