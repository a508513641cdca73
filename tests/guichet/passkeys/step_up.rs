//! Where a relying party, or a page of ours, asks for more or for it again: `phr` is what a passkey proves, and nothing
//! else does.

use serde_json::{Value, json};

use crate::world::{Answer, Ask, Authenticator, Browser, PASSWORD, RelyingParty, both};

fn essential(portal: &RelyingParty, acr: &str) -> Ask {
    portal.ask().with("claims", &json!({ "id_token": { "acr": { "essential": true, "value": acr } } }).to_string())
}

async fn id_claims(portal: &RelyingParty, ask: &Ask, browser: &mut Browser, answer: Answer) -> Value {
    let mut answer = browser.follow(answer).await;
    if answer.shows("consent-allow") {
        answer = browser.submit("consent-allow", &[]).await;
        answer = browser.follow(answer).await;
    }
    portal.tokens(&portal.code(ask, &answer)).await.id_claims()
}

both! {
    async fn a_running_session_is_strengthened_by_a_passkey_alone(world) {
        let portal = world.client("portal");
        let mut browser = world.browser();
        browser.sign_in("alice", PASSWORD).await;
        let (mut passkey, _) = browser.add_passkey().await;
        let first = portal.enter(&mut browser).await;
        assert_eq!(first.id_claims()["acr"], "2fa", "a passkey just made answered no challenge of a sign-in");
        let before = browser.clone();
        let ask = essential(&portal, "phr");
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("reauth-password") && page.shows("passkey-submit"), "{:?} {}", page.location(), page.text());
        let answer = browser.use_passkey(&mut passkey).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        let claims = id_claims(&portal, &ask, &mut browser, answer).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["pop", "user", "mfa"])));
        assert_eq!(before.clone().get("/account").await.header("location"), "/login", "under a new secret");
        assert_eq!(portal.userinfo(&first.access).await.status(), 200, "what was held before goes on");
    }
}

both! {
    async fn whoever_has_a_passkey_is_led_to_it_also_after_the_password(world) {
        let portal = world.client("portal");
        let theo = Authenticator::of(&world, "theo");
        let mut owner = world.browser();
        owner.sign_in_twice("theo", &theo).await;
        let (mut passkey, _) = owner.add_passkey().await;
        let (ask, mut browser) = (essential(&portal, "phr"), world.browser());
        browser.open(&ask.path()).await;
        let answer = browser.give_password("theo", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(
            page.shows("passkey-submit") && !page.shows("totp-code") && !page.shows("recovery-code"),
            "{}",
            page.text()
        );
        let answer = browser.use_passkey(&mut passkey).await;
        assert_eq!(id_claims(&portal, &ask, &mut browser, answer).await["acr"], "phr");
    }
}

both! {
    async fn where_only_a_passkey_will_do_whoever_has_none_is_not_held_up(world) {
        let portal = world.client("portal");
        let ask = essential(&portal, "phr");
        let mut browser = world.browser();
        browser.open(&ask.path()).await;
        let answer = browser.give_password("alice", PASSWORD).await;
        let answer = browser.follow(answer).await;
        assert_eq!(portal.error(&answer), "unmet_authentication_requirements");
        let mut theo = world.browser();
        theo.sign_in_twice("theo", &Authenticator::of(&world, "theo")).await;
        let answer = theo.open(&ask.path()).await;
        assert_eq!(portal.error(&answer), "unmet_authentication_requirements", "an app is no passkey");
        let mut ines = world.signed_in("ines").await;
        let answer = ines.open(&ask.path()).await;
        assert_eq!(portal.error(&answer), "unmet_authentication_requirements", "before she chose a company");
    }
}

both! {
    async fn a_wish_for_phr_is_met_where_it_can_be(world) {
        let portal = world.client("portal");
        let wish = portal.ask().with("acr_values", "phr 2fa");
        let mut passkey = world.browser().with_passkey("alice").await;
        let mut carl = world.signed_in("carl").await;
        portal.enter(&mut carl).await;
        let answer = carl.get(&wish.path()).await;
        assert_eq!(id_claims(&portal, &wish, &mut carl, answer).await["acr"], "1fa", "nobody is sent back for nothing");
        let mut alice = world.browser();
        alice.open(&wish.path()).await;
        let answer = alice.use_passkey(&mut passkey).await;
        assert_eq!(id_claims(&portal, &wish, &mut alice, answer).await["acr"], "phr");
    }
}

both! {
    async fn our_own_pages_take_a_passkey_as_fresh_proof(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let mut browser = world.browser();
        browser.sign_in_by(&mut passkey).await;
        world.advance("11min");
        assert_eq!(
            browser.get(super::PAGE).await.header("location"),
            "/reauthenticate?for=%2Faccount%2Fsecurity%2Fpasskeys"
        );
        let page = browser.open(super::PAGE).await;
        assert!(page.shows("passkey-submit"));
        let mut stranger = world.browser().with_passkey("carl").await;
        assert_eq!(browser.use_passkey(&mut stranger).await.status(), 401, "somebody else's");
        assert_eq!(browser.use_passkey(&mut passkey).await.header("location"), super::PAGE);
        assert!(browser.open(super::PAGE).await.shows("passkey-add"));
    }
}
