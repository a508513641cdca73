//! A setting for the official conformance suite of the OpenID Foundation: the static clients it signs in with, and the
//! configuration that its test plans are started with. It knows the suite's addresses, and nothing of its tests.

use serde_json::{Value, json};
use url::Url;

use crate::base::{Fault, Place, RedirectUri};
use crate::relying_party::Settings;

use super::world::{PASSWORD, declared};

/// What the suite calls this provider; its addresses hold it.
const ALIAS: &str = "guichet";

/// Who it signs in: every claim that the directory can fill is filled, and there is one company to act for.
const PERSON: &str = "alice@durand.example";

/// Every scope of OpenID Connect Core; clients may ask for those that this release knows.
const SCOPE: [&str; 6] = ["openid", "profile", "email", "phone", "address", "offline_access"];

/// The plans of the profiles aimed at, as the suite's `run-test-plan.py` writes them.
const PLANS: [&str; 5] = [
    "oidcc-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]",
    "oidcc-config-certification-test-plan",
    "oidcc-formpost-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]",
    "oidcc-rp-initiated-logout-certification-test-plan[response_type=code][client_registration=static_client]",
    "oidcc-backchannel-rp-initiated-logout-certification-test-plan[response_type=code]\
     [client_registration=static_client]",
];

/// A conformance suite.
#[derive(Clone, Debug)]
pub struct Suite {
    origin: String,
}

/// Why a text is no address of a suite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be the address of a conformance suite: write it like https://localhost.emobix.co.uk:8443")]
pub struct NotASuite(String);

impl Suite {
    /// The suite at that address, which is an origin: https, or http on loopback.
    pub fn at(address: &str) -> Result<Self, NotASuite> {
        let refused = || NotASuite(address.chars().take(200).collect());
        let url = Url::parse(address).map_err(|_| refused())?;
        let is_origin = url.path() == "/" && url.query().is_none();
        let suite = Self { origin: url.origin().ascii_serialization() };
        // What can't be registered is no address either: another scheme, a user, a fragment.
        let fits =
            is_origin && [address, &suite.path("callback")].into_iter().all(|uri| RedirectUri::parse(uri).is_ok());
        if fits { Ok(suite) } else { Err(refused()) }
    }

    /// Where the suite answers for this provider.
    fn path(&self, end: &str) -> String {
        format!("{}/test/a/{ALIAS}/{end}", self.origin)
    }

    /// Its clients, as a configuration would declare them.
    pub fn clients(&self) -> Result<Vec<Settings>, Fault> {
        let mut clients =
            declared(&include_str!("conformance.toml").replace("SUITE", self.path("").trim_end_matches('/')))?;
        for client in &mut clients {
            client.scope = SCOPE.iter().filter_map(|word| word.parse().ok()).collect();
        }
        Ok(clients)
    }

    /// What its operator has to know of the provider at `issuer`.
    pub fn briefing(&self, issuer: &str) -> Result<String, Fault> {
        let plan = serde_json::to_string_pretty(&self.plan(issuer)?)
            .map_err(|cause| Fault::broken("writing the test plan", cause))?;
        let origin = &self.origin;
        let [callback, back, told] =
            ["callback", "post_logout_redirect", "backchannel_logout"].map(|end| self.path(end));
        let plans = PLANS.join("\n  ");
        Ok(format!(
            "For the conformance suite at {origin}, the configuration of its test plans, alias {ALIAS}:\n\n{plan}\n\n\
             Every client answers at {callback} and {back},\n\
             and is told of a logout at {told}, on loopback or at a public address.\n\
             A certificate of the suite's own must be in the file that SSL_CERT_FILE names when this provider starts.\n\
             `browser` signs in as {PERSON} and consents; without that section you do so yourself. The plans:\n\n  \
             {plans}\n\n\
             The suite must reach the issuer, and finds fault with http. It is served on loopback only: put a proxy \
             that speaks TLS\nbefore it and name that one's address with --issuer. A container reaches loopback only \
             with the network of its host.\n"
        ))
    }

    /// The configuration of a test plan.
    fn plan(&self, issuer: &str) -> Result<Value, Fault> {
        let clients = self.clients()?;
        let client = |id: &str| {
            let declared = clients.iter().find(|client| client.id == id);
            json!({ "client_id": id, "client_secret": declared.and_then(|client| client.secret.as_deref()) })
        };
        Ok(json!({
            "alias": ALIAS,
            "description": "Guichet",
            "server": {
                "discoveryUrl": format!("{issuer}{}", Place::OpenidConfiguration.path()),
                "login_hint": PERSON,
            },
            "client": client("client"),
            "client2": client("client2"),
            "client_secret_post": client("client-post"),
            "browser": [self.sign_in(issuer), self.sign_out(issuer)],
        }))
    }

    /// What the suite's browser does when it is sent to sign in. It also proves with a picture that it was asked, or
    /// refused by a page, where a test wants to know that.
    fn sign_in(&self, issuer: &str) -> Value {
        // The consent is asked below the sign-in: the question mark leaves it out.
        let login = format!("{issuer}{}?*", Place::Login.path());
        let at = |place: Place| format!("{issuer}{}*", place.path());
        json!({
            "match": at(Place::Authorize),
            "tasks": [
                { "task": "Sign in", "optional": true, "match": login, "commands": [
                    picture("login-submit"),
                    ["text", "id", "login-username", PERSON],
                    ["text", "id", "login-password", PASSWORD],
                    ["click", "id", "login-submit"],
                ] },
                // `max_age` asks the person who is signed in already.
                { "task": "Prove again", "optional": true, "match": at(Place::Reauthenticate), "commands": [
                    picture("reauth-submit"),
                    ["text", "id", "reauth-password", PASSWORD],
                    ["click", "id", "reauth-submit"],
                ] },
                { "task": "Consent", "optional": true, "match": at(Place::Consent), "commands": [
                    ["click", "id", "consent-allow"],
                ] },
                { "task": "Refused", "optional": true, "match": at(Place::Authorize), "commands": [
                    picture("error-title"),
                ] },
                { "task": "Answered", "optional": true, "match": format!("{}*", self.path("callback")), "commands": [
                    ["wait", "id", "submission_complete", 10],
                ] },
            ],
        })
    }

    /// What the suite's browser does when it is sent to sign out.
    fn sign_out(&self, issuer: &str) -> Value {
        let here = format!("{issuer}{}*", Place::RelyingPartyLogout.path());
        json!({
            "match": &here,
            "tasks": [
                { "task": "Confirm", "optional": true, "match": &here, "commands": [
                    ["click", "id", "logout-confirm", "optional"],
                ] },
                { "task": "Signed out here", "optional": true, "match": &here, "commands": [
                    picture("logged-out-title"),
                ] },
                {
                    "task": "Signed out there",
                    "optional": true,
                    "match": format!("{}*", self.path("post_logout_redirect")),
                },
            ],
        })
    }
}

/// Waits for an element, and takes a picture where the running test asked for one.
fn picture(id: &str) -> Value {
    json!(["wait", "id", id, 10, ".*", "update-image-placeholder-optional"])
}

#[cfg(test)]
mod tests {
    use super::Suite;
    use crate::relying_party;

    const HERE: &str = "http://localhost:8080";

    #[test]
    fn a_suite_is_an_origin_that_may_be_answered_to() {
        for address in
            ["https://localhost.emobix.co.uk:8443", "https://www.certification.openid.net/", "http://127.0.0.1:8443"]
        {
            assert!(Suite::at(address).is_ok(), "{address}");
        }
        for address in [
            "",
            "suite.example",
            "http://suite.example",
            "https://suite.example/path",
            "https://suite.example/?x",
            "https://suite.example/#x",
            "https://me@suite.example",
            "javascript:alert(1)",
        ] {
            assert!(Suite::at(address).is_err(), "{address}");
        }
    }

    #[test]
    fn the_plan_holds_the_secrets_and_addresses_that_are_registered() {
        let suite = Suite::at("https://suite.example:8443/").unwrap();
        let clients = suite.clients().unwrap();
        relying_party::check(&clients).unwrap();
        let plan = suite.plan(HERE).unwrap();
        for (section, id) in [("client", "client"), ("client2", "client2"), ("client_secret_post", "client-post")] {
            let client = clients.iter().find(|client| client.id == id).unwrap();
            assert_eq!(plan[section]["client_id"], id);
            assert_eq!(plan[section]["client_secret"].as_str(), client.secret.as_deref());
            assert!(client.secret.as_ref().is_some_and(|secret| secret.len() >= 32), "{id}");
            assert_eq!(client.redirect_uris[0].as_str(), "https://suite.example:8443/test/a/guichet/callback");
            assert_eq!(
                client.post_logout_redirect_uris[0].as_str(),
                "https://suite.example:8443/test/a/guichet/post_logout_redirect"
            );
            let backchannel = client.backchannel_logout_uri.as_ref().map(ToString::to_string);
            assert_eq!(backchannel.as_deref(), Some("https://suite.example:8443/test/a/guichet/backchannel_logout"));
            assert!(!client.require_pkce, "{id}");
        }
        assert_eq!(plan["server"]["discoveryUrl"], format!("{HERE}/.well-known/openid-configuration"));
    }
}
