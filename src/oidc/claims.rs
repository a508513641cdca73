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
use crate::base::{EServiceCode, Language, Life, Profile, Role, Timestamp};
use crate::relying_party::{Claim, Scope, Scopes};

/// The company acted for.
#[derive(Debug, Serialize)]
pub struct CompanyClaim<'a> {
    id: CompanyId,
    #[serde(rename = "ref")]
    reference: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
}

/// CompanyClaim and rights: alike in the ID token, the access token and UserInfo.
#[derive(Debug, Serialize)]
pub struct CompanyClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<CompanyClaim<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_profile: Option<Profile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<&'a BTreeSet<Role>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlements: Option<BTreeSet<EServiceCode>>,
}

impl<'a> CompanyClaims<'a> {
    /// What the scope lets through.
    pub fn of(person: &'a Snapshot, scope: &Scopes) -> Self {
        Self::telling(person, |claim| claim.is_open_to(scope))
    }

    fn telling(person: &'a Snapshot, tells: impl Fn(Claim) -> bool) -> Self {
        let company = || CompanyClaim {
            id: person.company.id,
            reference: &person.company.reference,
            name: &person.company.name,
            branch: person.membership.branch.as_deref(),
        };
        Self {
            company: tells(Claim::Company).then(company),
            access_profile: tells(Claim::AccessProfile).then_some(person.membership.profile),
            roles: tells(Claim::Roles).then_some(&person.membership.roles),
            entitlements: tells(Claim::Entitlements).then(|| person.entitlements()),
        }
    }
}

/// The person, as far as scopes and single claims let it be told (OpenID Connect Core section 5.1).
#[derive(Debug, Serialize)]
pub struct UserClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number_verified: Option<bool>,
    #[serde(flatten)]
    standing: CompanyClaims<'a>,
}

impl<'a> UserClaims<'a> {
    fn of(person: &'a Snapshot, tells: impl Fn(Claim) -> bool) -> Self {
        let number = person.contact.phone.as_deref().or(person.contact.mobile.as_deref());
        Self {
            name: tells(Claim::Name).then(|| person.contact.full_name()),
            given_name: tells(Claim::GivenName).then_some(&person.contact.first_name),
            family_name: tells(Claim::FamilyName).then_some(&person.contact.last_name),
            locale: person.language().filter(|_| tells(Claim::Locale)).map(Language::code),
            email: tells(Claim::Email).then_some(&person.contact.email),
            email_verified: tells(Claim::EmailVerified).then_some(person.email_is_proven()),
            phone_number: number.filter(|_| tells(Claim::PhoneNumber)),
            // Nobody proves telephone numbers to us.
            phone_number_verified: number.filter(|_| tells(Claim::PhoneNumberVerified)).map(|_| false),
            standing: CompanyClaims::telling(person, tells),
        }
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
    standing: CompanyClaims<'a>,
}

impl<'a> AccessToken<'a> {
    /// The claims of a token for that authorization, acting as that person.
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
            standing: CompanyClaims::of(person, &authorization.scope),
        }
    }
}

/// An ID token (OpenID Connect Core section 2). What the scopes `profile`, `email` and `phone` open is for UserInfo
/// only, unless a claim is asked for here by its name (section 5.5).
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
    portrait: UserClaims<'a>,
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
    pub fn new(issuance: Issuance<'a>, echo: Echo<'a>, authorization: &'a Authorization, person: &'a Snapshot) -> Self {
        let by_name = &authorization.claims.id_token;
        let by_scope = |claim: Claim| {
            matches!(claim.scope(), Scope::Company | Scope::Rights) && claim.is_open_to(&authorization.scope)
        };
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
            portrait: UserClaims::of(person, |claim| by_name.contains(&claim) || by_scope(claim)),
        }
    }
}

/// The left half of the token's SHA-256 (OpenID Connect Core section 3.1.3.6); both our algorithms hash with it.
fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(access_token.as_bytes())[..16])
}

/// What UserInfo answers (OpenID Connect Core section 5.3.2).
#[derive(Debug, Serialize)]
pub struct UserInfo<'a> {
    sub: AccountId,
    #[serde(flatten)]
    portrait: UserClaims<'a>,
}

impl<'a> UserInfo<'a> {
    /// What the scope lets through, and what was asked for by name.
    pub fn of(person: &'a Snapshot, scope: &Scopes, by_name: &BTreeSet<Claim>) -> Self {
        let portrait = UserClaims::of(person, |claim| by_name.contains(&claim) || claim.is_open_to(scope));
        Self { sub: person.account.id, portrait }
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
