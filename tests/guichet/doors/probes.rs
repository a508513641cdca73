//! One line per door: a request with nothing wrong about it. Whoever adds a route adds its line.

use guichet::base::Place;

use crate::security::ANOTHER;
use crate::world::{PASSWORD, VERIFIER};

/// Every door of a server, and every grant of its token endpoint.
pub const PROBES: &[Probe] = &[
    page(Place::Root),
    page(Place::Login),
    page(Place::Login).asking(&[("interaction", "{interaction}")]),
    form(Place::Login, &[("username", "carl@durand.example"), ("password", PASSWORD)]),
    form(
        Place::Login,
        &[("username", "carl@durand.example"), ("password", PASSWORD), ("interaction", "{interaction}")],
    ),
    page(Place::SecondFactor),
    form(Place::SecondFactor, &[("code", "000000")]),
    form(Place::EnrolFirst, &[("code", "000000")]),
    form(Place::PasskeySignInChallenge, &[]),
    form(Place::PasskeySignIn, SIGNED),
    form(Place::PasskeySecondStepChallenge, &[]),
    form(Place::PasskeySecondStep, SIGNED),
    form(Place::PasskeyReturnChallenge, &[]),
    form(Place::PasskeyReturn, SIGNED),
    page(Place::Reauthenticate),
    page(Place::Reauthenticate).asking(&[("interaction", "{interaction}")]),
    form(Place::Reauthenticate, &[("password", PASSWORD)]),
    form(Place::Reauthenticate, &[("password", PASSWORD), ("interaction", "{interaction}")]),
    page(Place::CompanyChoice),
    page(Place::CompanyChoice).asking(&[("interaction", "{interaction}")]),
    form(Place::CompanyChoice, &[("company", "C-1001")]),
    page(Place::Authorize).asking(&[("interaction", "{interaction}")]),
    page(Place::Consent).asking(&[("interaction", "{interaction}")]),
    form(Place::Consent, &[("interaction", "{interaction}"), ("decision", "allow")]),
    form(Place::Consent, &[("interaction", "{interaction}"), ("decision", "deny")]),
    page(Place::Logout),
    form(Place::Logout, &[]),
    page(Place::Language).asking(&[("to", "fr"), ("back", "/login")]),
    page(Place::Secured),
    page(Place::Account),
    page(Place::Record),
    form(
        Place::Record,
        &[
            ("title", ""),
            ("first_name", "Sam"),
            ("last_name", "Durand"),
            ("phone", "0199001001"),
            ("mobile", ""),
            ("language", "en"),
        ],
    ),
    page(Place::Export),
    page(Place::Close),
    // What would leave nobody to probe again is probed with a wrong password.
    form(Place::Close, &[("password", ANOTHER)]),
    page(Place::Closed),
    page(Place::Security),
    page(Place::ChangePassword),
    form(Place::ChangePassword, &[("current", ANOTHER), ("password", "Tasse-Verte-Pont-9?")]),
    form(Place::EndSession, &[("session", "{session}")]),
    form(Place::ForgetDevice, &[("device", "{device}")]),
    form(Place::WithdrawConsent, &[("consent", "{consent}")]),
    page(Place::Totp),
    form(Place::Totp, &[("code", "000000")]),
    form(Place::RenewRecoveryCodes, &[]),
    form(Place::RemoveTotp, &[]),
    page(Place::Passkeys),
    form(Place::PasskeyChallenge, &[]),
    form(Place::Passkeys, &[("name", "Phone"), ("ceremony", NO_ID), ("credential", "{}")]),
    form(Place::RenamePasskey, &[("passkey", NO_ID), ("name", "Phone")]),
    form(Place::RemovePasskey, &[("passkey", NO_ID)]),
    page(Place::Link),
    form(Place::Link, &[]),
    page(Place::NewPassword),
    form(Place::NewPassword, &[("password", "Corail-Bascule-41")]),
    page(Place::PasswordDone),
    page(Place::Upstream),
    page(Place::UpstreamCallback).asking(&[("code", "x"), ("state", "x")]),
    page(Place::Staff),
    page(Place::StaffCompanies),
    page(Place::StaffCompany),
    form(Place::StaffBlockCompany, &[("open", "true")]),
    form(Place::StaffDemandOfCompany, &[("required", "false")]),
    page(Place::StaffContacts),
    page(Place::StaffContact),
    form(Place::StaffUnlock, &[]),
    form(Place::StaffEndSessions, &[]),
    form(Place::StaffResetFactor, &[("lost", "true")]),
    form(Place::StaffDemandOfContact, &[("required", "false")]),
    form(Place::StaffSwitchAccount, &[("on", "true")]),
    page(Place::StaffPeople),
    form(Place::StaffPeople, &[("name", "Nadia Roux"), ("email", "nadia@guichet.example"), ("operator", "on")]),
    form(Place::StaffRoles, &[("operator", "on")]),
    form(Place::StaffInviteAgain, &[]),
    form(Place::StaffDismiss, &[]),
    page(Place::StaffAudit),
    page(Place::Asset),
    page(Place::Authorize).asking(ASK),
    form(Place::Authorize, ASK),
    page(Place::RelyingPartyLogout),
    form(Place::RelyingPartyLogout, &[("decision", "sign_out")]),
    page(Place::Jwks),
    page(Place::OpenidConfiguration),
    page(Place::ServerMetadata),
    page(Place::Healthz),
    page(Place::Readyz),
    client(
        Place::Token,
        &[
            ("grant_type", "authorization_code"),
            ("code", "{code}"),
            ("redirect_uri", "{redirect_uri}"),
            ("code_verifier", VERIFIER),
        ],
    ),
    client(Place::Token, &[("grant_type", "refresh_token"), ("refresh_token", "{refresh}")]),
    client(Place::Token, &[("grant_type", "client_credentials")]),
    client(Place::Introspect, &[("token", "{access}")]),
    client(Place::Introspect, &[("token", "{refresh}"), ("token_type_hint", "refresh_token")]),
    client(Place::Revoke, &[("token", "{access}")]),
    client(Place::Revoke, &[("token", "{refresh}")]),
    Probe { by: By::Bearer, ..page(Place::UserInfo) },
    Probe { by: By::Bearer, ..form(Place::UserInfo, &[]) },
    // Last, for it ends the sessions of whoever probed before.
    form(Place::EndOtherSessions, &[]),
];

/// An authorization request that a session and a consent answer.
const ASK: &[(&str, &str)] = &[
    ("response_type", "code"),
    ("client_id", "portal"),
    ("redirect_uri", "http://localhost:8090/callback"),
    ("scope", "openid"),
    ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ("code_challenge_method", "S256"),
];

/// The id of nothing.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// What a passkey might have made of a challenge that nobody asked for.
const SIGNED: &[(&str, &str)] = &[
    ("ceremony", NO_ID),
    (
        "credential",
        "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\
         \"response\":{\"authenticatorData\":\"AA\",\"clientDataJSON\":\"AA\",\"signature\":\"AA\"}}",
    ),
];

/// A right request. What stands in braces is what whoever probes has of that kind.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Where.
    pub place: Place,
    /// How.
    pub method: &'static str,
    /// The query.
    pub query: &'static [(&'static str, &'static str)],
    /// The form.
    pub fields: &'static [(&'static str, &'static str)],
    /// Who comes here.
    pub by: By,
}

/// Who a door is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// People in browsers, and everybody.
    Browser,
    /// Programs that say which client they are.
    Client,
    /// Programs with an access token.
    Bearer,
}

const fn page(place: Place) -> Probe {
    Probe { place, method: "GET", query: &[], fields: &[], by: By::Browser }
}

const fn form(place: Place, fields: &'static [(&'static str, &'static str)]) -> Probe {
    Probe { method: "POST", fields, ..page(place) }
}

const fn client(place: Place, fields: &'static [(&'static str, &'static str)]) -> Probe {
    Probe { by: By::Client, ..form(place, fields) }
}

impl Probe {
    const fn asking(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    /// Method and path.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.place.path())
    }

    /// The grant, at the token endpoint.
    pub fn grant(&self) -> Option<&'static str> {
        self.fields.iter().find(|(name, _)| *name == "grant_type").map(|(_, grant)| *grant)
    }

    /// The name of its line in the table: with what tells it from the others at the same door.
    pub fn line(&self) -> String {
        let said: Vec<_> = self.query.iter().chain(self.fields).collect();
        let telling = said.iter().filter_map(|(name, value)| match *name {
            "grant_type" | "decision" => Some(*value),
            "interaction" if self.place != Place::Consent => Some("interaction"),
            "token" => Some(value.trim_matches(['{', '}'])),
            _ => None,
        });
        [self.name()].into_iter().chain(telling.map(str::to_owned)).collect::<Vec<_>>().join(" ")
    }
}
