//! Step-up: relying parties ask for more, or for it again (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1, RFC 9470),
//! and a company that begins to demand a second factor does so at every door.

use serde_json::{Value, json};

use super::company_requires;
use crate::world::{Ask, Authenticator, Browser, PASSWORD, RelyingParty, both};

fn essential(portal: &RelyingParty, acr: &str) -> Ask {
    portal.ask().with("claims", &json!({ "id_token": { "acr": { "essential": true, "value": acr } } }).to_string())
}

async fn id_claims(portal: &RelyingParty, ask: &Ask, browser: &mut Browser, answer: crate::world::Answer) -> Value {
    let mut answer = browser.follow(answer).await;
    if answer.shows("consent-allow") {
        answer = browser.submit("consent-allow", &[]).await;
        answer = browser.follow(answer).await;
    }
    portal.tokens(&portal.code(ask, &answer)).await.id_claims()
}

/// A browser in which theo is signed in, remembered from an earlier sign-in.
async fn remembered(world: &crate::world::World, theo: &Authenticator) -> Browser {
    let mut browser = world.browser();
    let answer = browser.sign_in("theo", PASSWORD).await;
    browser.follow(answer).await;
    browser.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
    browser.forget_session();
    world.advance("1h");
    assert_eq!(browser.sign_in("theo", PASSWORD).await.header("location"), "/account");
    browser
}

both! {
    async fn the_answer_tells_how_strong_the_sign_in_was_and_by_what_means(world) {
        let (portal, theo) = (world.client("portal"), Authenticator::of(&world, "theo"));
        let mut browser = world.browser();
        browser.sign_in_twice("theo", &theo).await;
        let claims = portal.enter(&mut browser).await.id_claims();
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2fa"), &json!(["pwd", "otp", "mfa"])));

        world.advance("30s");
        let mut browser = remembered(&world, &theo).await;
        let claims = portal.enter(&mut browser).await.id_claims();
        assert_eq!(
            (&claims["acr"], &claims["amr"]),
            (&json!("1fa"), &json!(["pwd"])),
            "a remembered browser proves one factor now"
        );

        let mut browser = world.signed_in("carl").await;
        let (_, codes) = browser.enrol(&world).await;
        let mut other = world.browser();
        let answer = other.sign_in("carl", PASSWORD).await;
        other.follow(answer).await;
        other.submit("totp-submit", &[("recovery_code", &codes[0])]).await;
        let claims = portal.enter(&mut other).await.id_claims();
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2fa"), &json!(["pwd", "mfa"])));
        let metadata = world.browser().get("/.well-known/openid-configuration").await.json();
        assert_eq!(metadata["acr_values_supported"], json!(["1fa", "2fa", "phr"]));
    }
}

both! {
    async fn an_essential_acr_is_asked_of_a_remembered_browser_in_the_session_and_at_the_sign_in(world) {
        let (portal, theo) = (world.client("portal"), Authenticator::of(&world, "theo"));
        let mut browser = remembered(&world, &theo).await;
        portal.enter(&mut browser).await;
        let ask = essential(&portal, "2fa");
        let silent = browser.open(&ask.clone().with("prompt", "none").path()).await;
        assert_eq!(portal.error(&silent), "login_required");

        let before = browser.cookie("session").unwrap().to_owned();
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("reauth-password") && page.text().contains("theo@durand.example"), "{:?}", page.location());
        let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("totp-submit"), "{:?}", page.location());
        let answer = browser.give_code(&theo.code()).await;
        let claims = id_claims(&portal, &ask, &mut browser, answer).await;
        assert_eq!(claims["acr"], "2fa");
        assert_ne!(browser.cookie("session").unwrap(), before, "a new secret at step-up");

        // Not signed in, but remembered: the interaction is heard at the sign-in already.
        browser.forget_session();
        world.advance("30s");
        browser.open(&ask.path()).await;
        let answer = browser.give_password("theo", PASSWORD).await;
        assert_eq!(answer.header("location"), "/login/second-factor");
        browser.follow(answer).await;
        let answer = browser.give_code(&theo.code()).await;
        assert_eq!(id_claims(&portal, &ask, &mut browser, answer).await["acr"], "2fa");
    }
}

both! {
    async fn who_has_no_second_factor_enrols_one_for_an_essential_acr_and_goes_on(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.enter(&mut browser).await;
        let ask = essential(&portal, "2fa");
        browser.open(&ask.path()).await;
        let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
        let page = browser.follow(answer).await;
        let app = Authenticator::told_by(&world, &page);
        let page = browser.submit("totp-enable", &[("code", &app.code())]).await;
        let next = page.page().attribute("#recovery-codes-kept", "href");
        let answer = browser.get(&next).await;
        assert_eq!(id_claims(&portal, &ask, &mut browser, answer).await["acr"], "2fa");
    }
}

both! {
    async fn acr_values_is_a_wish_met_by_who_can_and_never_a_refusal(world) {
        let (portal, theo) = (world.client("portal"), Authenticator::of(&world, "theo"));
        let ask = portal.ask().with("acr_values", "urn:example:any 2fa");
        let mut alice = world.signed_in("alice").await;
        portal.enter(&mut alice).await;
        let answer = alice.get(&ask.path()).await;
        assert_eq!(id_claims(&portal, &ask, &mut alice, answer).await["acr"], "1fa", "she has no second factor");

        let mut browser = remembered(&world, &theo).await;
        portal.enter(&mut browser).await;
        let silent = ask.clone().with("prompt", "none");
        let answer = browser.get(&silent.path()).await;
        assert_eq!(id_claims(&portal, &silent, &mut browser, answer).await["acr"], "1fa", "no page may be shown");
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("reauth-password"), "{:?}", page.location());
        let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
        browser.follow(answer).await;
        let answer = browser.give_code(&theo.code()).await;
        assert_eq!(id_claims(&portal, &ask, &mut browser, answer).await["acr"], "2fa");

        let less = portal.ask().with("acr_values", "1fa");
        let answer = browser.get(&less.path()).await;
        assert_eq!(
            id_claims(&portal, &less, &mut browser, answer).await["acr"],
            "1fa",
            "one of what is wished for, which two factors satisfy"
        );
    }
}

both! {
    async fn max_age_proves_the_same_person_again_with_the_second_factor_and_keeps_what_others_hold(world) {
        let (portal, other) = (world.client("portal"), world.client("demo-web"));
        let theo = Authenticator::of(&world, "theo");
        let mut browser = world.browser();
        browser.sign_in_twice("theo", &theo).await;
        let held = other.enter(&mut browser).await;
        let first = portal.enter(&mut browser).await;
        world.advance("2min");
        let ask = portal.ask().with("max_age", "60");
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("reauth-password"), "{:?}", page.location());
        let before = browser.clone();
        let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("totp-submit"), "{:?}", page.location());
        let answer = browser.give_code(&theo.code()).await;
        let again = id_claims(&portal, &ask, &mut browser, answer).await;
        assert!(
            again["auth_time"].as_i64().unwrap() >= first.id_claims()["auth_time"].as_i64().unwrap_or_default() + 120,
            "{again}"
        );
        assert_eq!(other.userinfo(&held.access).await.status(), 200, "other relying parties are not signed out");
        assert_eq!(
            before.clone().get("/account").await.header("location"),
            "/login",
            "the secret of before is of no use"
        );
    }
}

both! {
    /// The door table: what was signed in by one factor is refused everywhere until two are proven, and works again by
    /// those who did.
    async fn a_company_that_begins_to_demand_two_factors_does_so_at_every_door(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let held = portal.enter(&mut browser).await;
        let in_flight = portal.authorize(&mut browser).await;
        company_requires(&world, true).await;

        assert_eq!(portal.userinfo(&held.access).await.status(), 401);
        assert_eq!(portal.redeem(&in_flight).await.error(), "invalid_grant");
        assert_eq!(portal.refresh(&held.refresh).await.error(), "invalid_grant");
        assert!(!world.client("demo-rs").finds_active(&held.access).await);
        assert!(browser.get("/account").await.header("location").starts_with("/reauthenticate"));
        let ask = portal.ask();
        let silent = browser.open(&ask.clone().with("prompt", "none").path()).await;
        assert_eq!(portal.error(&silent), "login_required");
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("reauth-password"), "{:?}", page.location());
        let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
        let page = browser.follow(answer).await;
        let app = Authenticator::told_by(&world, &page);
        browser.submit("totp-enable", &[("code", &app.code())]).await;
        let tokens = portal.enter(&mut browser).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
        assert_eq!(portal.userinfo(&held.access).await.status(), 401, "what one factor gave stays what it was");

        company_requires(&world, false).await;
        let mut bruno = world.signed_in("bruno").await;
        assert_eq!(bruno.get("/account").await.status(), 200);
    }
}

both! {
    /// Only pages of this very site are gone back to.
    async fn reauthentication_leads_nowhere_else(world) {
        let mut browser = world.signed_in("alice").await;
        for back in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("for", back).finish();
            browser.get(&format!("/reauthenticate?{query}")).await;
            let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
            assert_eq!((answer.status(), answer.header("location")), (303, "/account"), "{back}");
        }
        assert_eq!(world.browser().get("/reauthenticate").await.header("location"), "/login");
    }
}
