//! The setting for the official conformance suite: what is printed works as printed, by the profile Basic OP's means.

use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::world::PASSWORD;
use crate::world::wire::{Demonstration, Wire};

const CALLBACK: &str = "https://suite.example:8443/test/a/guichet/callback";

/// The claims of OpenID Connect Core section 5.1 that the directory can fill.
const CLAIMS: [&str; 9] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "locale",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
];

/// The configuration among what the demonstration prints.
fn plan(told: &str) -> Value {
    let from = told.find("\n{\n").unwrap();
    let to = told[from..].find("\n}\n").unwrap();
    serde_json::from_str(&told[from..from + to + 2]).unwrap()
}

/// Signs in for that client, whose secret goes into the form; UserInfo's answer.
async fn userinfo(demonstration: &Demonstration, plan: &Value, section: &str) -> Value {
    let mut browser = Wire::to(&demonstration.issuer);
    let id = plan[section]["client_id"].as_str().unwrap();
    let ask = [
        ("response_type", "code"),
        ("client_id", id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile email phone address"),
    ];
    let ask = format!("/oauth2/authorize?{}", Serializer::new(String::new()).extend_pairs(ask).finish());
    let answer = browser.walk(&ask, plan["server"]["login_hint"].as_str().unwrap()).await;
    assert!(answer.as_str().starts_with(CALLBACK), "{answer}");
    let code = answer.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let redemption = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("client_id", id),
        ("client_secret", plan[section]["client_secret"].as_str().unwrap()),
    ];
    let tokens = browser.post("/oauth2/token", &redemption).await.unwrap().json();
    browser.userinfo(tokens["access_token"].as_str().unwrap()).await.unwrap().json()
}

#[tokio::test]
async fn every_client_of_the_printed_plan_signs_its_person_in_with_all_claims_of_the_directory() {
    let demonstration = Demonstration::start(&["--conformance", "https://suite.example:8443"]);
    let plan = plan(&demonstration.told);
    assert_eq!(plan["server"]["discoveryUrl"], format!("{}/.well-known/openid-configuration", demonstration.issuer));
    for section in ["client", "client2", "client_secret_post"] {
        let person = userinfo(&demonstration, &plan, section).await;
        let missing: Vec<_> = CLAIMS.iter().filter(|claim| person.get(**claim).is_none()).collect();
        assert!(missing.is_empty(), "{section}: {missing:?} are missing in {person}");
        assert_eq!(person["email_verified"], true);
    }
}

/// The suite's browser names pages and elements: a page that loses one would stop it.
#[tokio::test]
async fn the_printed_browser_finds_its_way_to_the_sign_in_and_its_elements() {
    let demonstration = Demonstration::start(&["--conformance", "https://suite.example:8443"]);
    let plan = plan(&demonstration.told);
    let mut browser = Wire::to(&demonstration.issuer);
    let ask = format!("/oauth2/authorize?response_type=code&client_id=client&scope=openid&redirect_uri={CALLBACK}");
    let sent = browser.get(&ask).await.unwrap();
    let tasks = plan["browser"][0]["tasks"].as_array().unwrap();
    let pattern = tasks[0]["match"].as_str().unwrap().trim_end_matches('*').replacen(&demonstration.issuer, "", 1);
    assert!(sent.header("location").starts_with(&pattern), "{pattern} {}", sent.header("location"));
    let page = browser.get(sent.header("location")).await.unwrap().page();
    for command in tasks[0]["commands"].as_array().unwrap() {
        let id = command[2].as_str().unwrap();
        assert!(page.has(id), "the sign-in lacks {id}");
    }
    let refused = browser
        .get("/oauth2/authorize?response_type=code&client_id=client&redirect_uri=https://suite.example:8443/other")
        .await;
    let task = |name: &str| tasks.iter().find(|task| task["task"] == name).unwrap();
    assert!(refused.unwrap().shows(task("Refused")["commands"][0][2].as_str().unwrap()));

    browser.sign_in(plan["server"]["login_hint"].as_str().unwrap(), PASSWORD).await.unwrap();
    let sent = browser.get(&format!("{ask}&max_age=0")).await.unwrap();
    let again = task("Prove again");
    let pattern = again["match"].as_str().unwrap().trim_end_matches('*').replacen(&demonstration.issuer, "", 1);
    assert!(sent.header("location").starts_with(&pattern), "{pattern} {}", sent.header("location"));
    let page = browser.get(sent.header("location")).await.unwrap().page();
    for command in again["commands"].as_array().unwrap() {
        let id = command[2].as_str().unwrap();
        assert!(page.has(id), "the page lacks {id}");
    }
}
