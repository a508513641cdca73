//! Consent: asked once, remembered until it is withdrawn or the scope grows.

use guichet::base::Place;

use crate::world::{World, both};

both! {
    async fn consent_is_asked_once_per_relying_party_and_person(world) {
        let (portal, web) = (world.client("portal"), world.client("demo-web"));
        let mut browser = world.signed_in("alice").await;
        let page = browser.open(&portal.ask().path()).await;
        assert!(page.shows("consent-allow") && page.shows("consent-deny"), "{}", page.text());
        portal.authorize(&mut browser).await;
        assert!(portal.receives(&browser.open(&portal.ask().path()).await), "remembered");
        assert!(
            portal.receives(&world.signed_in("alice").await.open(&portal.ask().path()).await),
            "remembered in another browser"
        );
        assert!(browser.open(&web.ask().path()).await.shows("consent-allow"), "another relying party");
        assert!(
            world.signed_in("carl").await.open(&portal.ask().path()).await.shows("consent-allow"),
            "another person"
        );
    }
}

both! {
    async fn a_refusal_is_told_and_not_remembered(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        for _ in 0..2 {
            let page = browser.open(&portal.ask().path()).await;
            assert!(page.shows("consent-deny"), "{}", page.text());
            let denied = browser.submit("consent-deny", &[]).await;
            let answer = browser.follow(denied).await;
            assert_eq!(portal.error(&answer), "access_denied");
        }
    }
}

both! {
    async fn consent_is_asked_again_when_the_scope_grows_and_not_when_it_shrinks(world) {
        let narrow = world.client("portal").scope("openid company");
        let wide = world.client("portal").scope("openid company rights");
        let mut browser = world.signed_in("alice").await;
        narrow.authorize(&mut browser).await;
        let silent = browser.open(&wide.ask().with("prompt", "none").path()).await;
        assert_eq!(wide.error(&silent), "consent_required");
        let page = browser.open(&wide.ask().path()).await;
        assert!(page.shows("consent-allow"), "{:?}", page.location());
        wide.authorize(&mut browser).await;
        for portal in [&narrow, &wide] {
            assert!(portal.receives(&browser.open(&portal.ask().path()).await));
        }
        let tokens = narrow.enter(&mut browser).await;
        assert_eq!(tokens.access_claims()["scope"], "openid company", "less is given where less is asked");
    }
}

both! {
    async fn prompt_consent_asks_again(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        world.advance("1s");
        let ask = portal.ask().with("prompt", "consent");
        assert!(browser.open(&ask.path()).await.shows("consent-allow"));
        world.advance("1s");
        let allowed = browser.submit("consent-allow", &[]).await;
        let answer = browser.follow(allowed).await;
        portal.code(&ask, &answer);
    }
}

const WITHDRAW: &str = "/account/consents/withdraw";

/// Withdraws the one consent that my account shows.
async fn withdraw(world: &World, who: &str) {
    let mut browser = world.signed_in(who).await;
    let listed = browser.get("/account/security").await.page().values(WITHDRAW, "consent");
    let answer = browser.send_form_to(WITHDRAW, ("consent", &listed[0])).await;
    assert_eq!(answer.header("location"), "/account/security?done=application");
    assert!(browser.get("/account/security").await.page().values(WITHDRAW, "consent").is_empty());
}

both! {
    async fn withdrawing_a_consent_ends_its_tokens_and_codes_and_asks_anew(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let tokens = portal.enter(&mut browser).await;
        let in_flight = portal.authorize(&mut browser).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);

        withdraw(&world, "alice").await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
        let answer = portal.redeem(&in_flight).await;
        assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_grant"));
        assert!(browser.open(&portal.ask().path()).await.shows("consent-allow"));
        portal.enter(&mut browser).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401, "a new consent revives nothing");
    }
}

both! {
    /// Fault 3.
    async fn nobody_withdraws_another_persons_consent(world) {
        let portal = world.client("portal");
        let mut alice = world.signed_in("alice").await;
        let tokens = portal.enter(&mut alice).await;
        let listed = alice.get("/account/security").await.page().values(WITHDRAW, "consent");
        let mut bruno = world.signed_in("bruno").await;
        bruno.get("/account").await;
        let csrf = bruno.csrf();
        for consent in [&listed[0], "01890000-0000-7000-8000-000000000000"] {
            let answer = bruno.post(WITHDRAW, &[("csrf", &csrf), ("consent", consent)]).await;
            assert_eq!(answer.status(), 404, "somebody else's and nobody's answer alike");
        }
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
    }
}

both! {
    /// RFC 8252 section 8.6: every program on the machine can be the one that asks, on any port.
    async fn a_native_client_is_asked_for_consent_each_time_and_never_answered_silently(world) {
        let mut browser = world.signed_in("alice").await;
        for id in ["demo-native", "installed", "in-a-scheme-of-its-own"] {
            let native = world.client(id);
            let silent = native.ask().with("prompt", "none");
            for _ in 0..2 {
                assert_eq!(native.error(&browser.open(&silent.path()).await), "consent_required", "{id}");
                let page = browser.open(&native.ask().path()).await;
                assert!(page.shows("consent-allow"), "{id}: {:?}", page.location());
                let mut rival = browser.clone();
                let other = rival.open(&native.ask().path()).await;
                assert!(other.shows("consent-allow"), "{id}");
                let allowed = browser.submit("consent-allow", &[]).await;
                native.code(&native.ask(), &browser.follow(allowed).await);
                let id_of = other.page().values(Place::Consent.path(), "interaction").remove(0);
                let again = rival.open(&format!("/oauth2/authorize?interaction={id_of}")).await;
                assert!(again.shows("consent-allow"), "the consent was to another request: {:?}", again.location());
            }
        }
    }
}

both! {
    /// A page in the browser and a server have addresses and secrets that nobody else has.
    async fn a_client_of_the_web_is_remembered_public_or_not(world) {
        let mut browser = world.signed_in("alice").await;
        for id in ["demo-spa", "demo-web"] {
            let party = world.client(id);
            party.authorize(&mut browser).await;
            assert!(party.authorize_silently(&mut browser).await, "{id}");
        }
    }
}
