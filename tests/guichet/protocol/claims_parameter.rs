//! The `claims` parameter and `acr` (OpenID Connect Core section 5.5): released by name, never
//! without consent.

use guichet::base::Place;
use guichet::relying_party::Scope;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, Browser, RelyingParty, Tokens, both};

fn asking(portal: &RelyingParty, claims: &Value) -> Ask {
    portal.ask().with("claims", &claims.to_string())
}

async fn tokens(portal: &RelyingParty, browser: &mut Browser, ask: &Ask) -> Tokens {
    let answer = portal.arrive(browser, ask).await;
    portal.tokens(&portal.code(ask, &answer)).await
}

async fn userinfo(portal: &RelyingParty, tokens: &Tokens) -> Value {
    let answer = portal.userinfo(&tokens.access).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()
}

fn names(claims: &Value) -> Vec<&str> {
    claims.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sees(page: &Answer) -> Vec<String> {
    page.page().texts("li")
}

both! {
    async fn claims_asked_for_by_name_are_asked_in_words_and_told_where_they_were_asked_for(world) {
        let portal = world.client("portal").scope("openid");
        let mut browser = world.signed_in("alice").await;
        let asked = json!({
            "userinfo": { "name": null, "email": { "essential": true } },
            "id_token": { "family_name": null, "roles": null },
        });
        let ask = asking(&portal, &asked);
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("consent-allow"), "{}", page.text());
        let sights = sees(&page);
        for words in
            ["your name and your language", "your email address", "your profile, your roles and your e-services there"]
        {
            assert!(sights.iter().any(|sight| sight == words), "{words}: {sights:?}");
        }
        assert!(!sights.iter().any(|sight| sight.contains("phone")), "{sights:?}");

        let tokens = tokens(&portal, &mut browser, &ask).await;
        let told = userinfo(&portal, &tokens).await;
        assert_eq!(names(&told), ["sub", "name", "email"], "{told}");
        assert_eq!(told["email"], "alice@durand.example");
        let id = world.verified(&tokens.id).await;
        assert_eq!((&id["roles"], id["family_name"].is_string()), (&json!(["account_admin"]), true), "{id}");
        for other in ["name", "email", "given_name", "access_profile", "entitlements", "company"] {
            assert!(id.get(other).is_none(), "{other}: {id}");
        }
        let access = tokens.access_claims();
        assert!(access.get("roles").is_none() && access["scope"] == "openid", "{access}");
    }
}

both! {
    async fn what_one_request_asks_by_name_another_does_not_get(world) {
        let portal = world.client("portal").scope("openid");
        let mut browser = world.signed_in("alice").await;
        let with =
            tokens(&portal, &mut browser, &asking(&portal, &json!({ "userinfo": { "phone_number": null } }))).await;
        assert!(userinfo(&portal, &with).await["phone_number"].is_string());
        let without = tokens(&portal, &mut browser, &portal.ask()).await;
        assert_eq!(names(&userinfo(&portal, &without).await), ["sub"]);
    }
}

both! {
    async fn a_claim_takes_the_consent_of_its_scope_each_time_it_is_new(world) {
        let portal = world.client("portal").scope("openid");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        let ask = asking(&portal, &json!({ "id_token": { "email": null } }));
        let silent = browser.open(&ask.clone().with("prompt", "none").path()).await;
        assert_eq!(portal.error(&silent), "consent_required");
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("consent-deny"), "{:?}", page.location());
        let denied = browser.submit("consent-deny", &[]).await;
        assert_eq!(portal.error(&browser.follow(denied).await), "access_denied");

        assert_eq!(tokens(&portal, &mut browser, &ask).await.id_claims()["email"], "alice@durand.example");
        let silent = ask.clone().with("prompt", "none");
        let answer = browser.open(&silent.path()).await;
        assert_eq!(
            portal.tokens(&portal.code(&silent, &answer)).await.id_claims()["email"],
            "alice@durand.example",
            "remembered"
        );
    }
}

both! {
    async fn nobody_gets_by_name_what_it_may_not_ask_for_by_scope(world) {
        let tied = world.client("tied").scope("openid");
        let mut browser = world.signed_in("alice").await;
        let asked = json!({
            "userinfo": { "email": { "essential": true }, "access_profile": null },
            "id_token": { "name": null },
        });
        let ask = asking(&tied, &asked);
        let page = browser.open(&ask.path()).await;
        assert!(
            !sees(&page).iter().any(|sight| sight.contains("email") || sight.contains("name")),
            "{:?}",
            sees(&page)
        );
        let tokens = tokens(&tied, &mut browser, &ask).await;
        assert_eq!(names(&userinfo(&tied, &tokens).await), ["sub", "access_profile"]);
        assert!(tokens.id_claims().get("name").is_none());
    }
}

both! {
    async fn unknown_claims_are_ignored_and_what_is_no_wish_is_invalid_request(world) {
        let portal = world.client("portal").scope("openid");
        let mut browser = world.signed_in("alice").await;
        let unknown = json!({
            "userinfo": { "shoe_size": { "essential": true }, "name#fr": null },
            "id_token": { "picture": null },
            "other": 7,
        });
        let tokens = tokens(&portal, &mut browser, &asking(&portal, &unknown)).await;
        assert_eq!(names(&userinfo(&portal, &tokens).await), ["sub"]);
        for wrong in [
            "x",
            "[]",
            "{\"userinfo\": 7}",
            "{\"id_token\": {\"email\": true}}",
            &"[".repeat(3_000),
            &format!("{{\"x\":\"{}\"}}", "x".repeat(5_000)),
        ] {
            let answer = browser.get(&portal.ask().with("claims", wrong).path()).await;
            assert_eq!(portal.error(&answer), "invalid_request", "{wrong:.40}");
        }
    }
}

both! {
    /// Plain OAuth knows no claims.
    async fn without_openid_claims_are_not_read(world) {
        let portal = world.client("portal").scope("company");
        let mut browser = world.signed_in("alice").await;
        let ask = asking(&portal, &json!({ "userinfo": { "email": null } }));
        assert!(!sees(&browser.open(&ask.path()).await).iter().any(|sight| sight.contains("email")));
        let tokens = tokens(&portal, &mut browser, &ask).await;
        assert!(tokens.id.is_empty());
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 403);
    }
}

both! {
    async fn auth_time_may_be_asked_for_by_name(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let asked = tokens(
            &portal,
            &mut browser,
            &asking(&portal, &json!({ "id_token": { "auth_time": { "essential": true } } })),
        )
        .await;
        assert!(asked.id_claims()["auth_time"].is_i64());
        assert!(portal.enter(&mut browser).await.id_claims().get("auth_time").is_none());
    }
}

both! {
    async fn an_essential_acr_that_no_sign_in_here_has_is_refused_before_anybody_is_bothered(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        for wish in [
            json!({ "essential": true, "values": ["9fa", "urn:example:gold"] }),
            json!({ "essential": true, "value": "9fa" }),
        ] {
            let ask = asking(&portal, &json!({ "id_token": { "acr": wish } }));
            for asked in [ask.clone(), ask.clone().with("prompt", "none"), ask.clone().with("prompt", "login")] {
                assert_eq!(
                    portal.error(&browser.open(&asked.path()).await),
                    "unmet_authentication_requirements",
                    "{}",
                    asked.path()
                );
                assert_eq!(
                    portal.error(&world.browser().open(&asked.path()).await),
                    "unmet_authentication_requirements"
                );
            }
        }
    }
}

both! {
    async fn an_acr_that_is_met_or_only_wished_for_is_answered_with_the_one_there_is(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        for ask in [
            asking(&portal, &json!({ "id_token": { "acr": { "essential": true, "values": ["9fa", "1fa"] } } })),
            asking(&portal, &json!({ "id_token": { "acr": { "essential": true } } })),
            asking(&portal, &json!({ "id_token": { "acr": { "values": ["9fa"] } } })),
            asking(&portal, &json!({ "id_token": { "acr": null } })),
            portal.ask().with("acr_values", "9fa phr"),
            portal.ask().with("acr_values", "1fa"),
        ] {
            assert_eq!(tokens(&portal, &mut browser, &ask).await.id_claims()["acr"], "1fa", "{}", ask.path());
        }
    }
}

both! {
    /// OpenID Connect Core section 5.5.1: `sub` with a value is an answer about that person or none.
    async fn a_subject_asked_for_by_value_is_that_person_or_login_required(world) {
        let portal = world.client("portal");
        let mut alice = world.signed_in("alice").await;
        let sub = portal.enter(&mut alice).await.id_claims()["sub"].clone();
        let mut bruno = world.signed_in("bruno").await;
        portal.authorize(&mut bruno).await;
        for place in ["id_token", "userinfo"] {
            let ask = asking(&portal, &json!({ place: { "sub": { "value": sub } } })).with("prompt", "none");
            let answer = alice.open(&ask.path()).await;
            portal.code(&ask, &answer);
            assert_eq!(portal.error(&bruno.open(&ask.path()).await), "login_required", "{place}");
        }
        let nobody = asking(&portal, &json!({ "id_token": { "sub": { "value": "nobody" } } }));
        assert_eq!(portal.error(&alice.open(&nobody.path()).await), "login_required");
    }
}

both! {
    /// What the operator takes from a client is gone at each door, asked for by scope or by name, before the tokens and
    /// after.
    async fn claims_are_cut_to_what_the_client_may_have_now_at_each_door(world) {
        let wide = world.client("portal").scope("openid email phone profile company rights");
        let names = json!({ "email": null, "phone_number": null, "name": null, "roles": null });
        let ask = asking(&wide, &json!({ "userinfo": names.clone(), "id_token": names }));
        let mut browser = world.signed_in("alice").await;
        let before = tokens(&wide, &mut browser, &ask).await;
        let told = userinfo(&wide, &before).await;
        assert!(told["email"].is_string() && told["phone_number"].is_string() && told["roles"].is_array(), "{told}");
        let unredeemed = wide.code(&ask, &browser.open(&ask.path()).await);

        let narrow = world
            .server_with(|config| {
                let portal = config.clients.iter_mut().find(|client| client.id == "portal").unwrap();
                portal.scope = vec![Scope::Openid, Scope::Profile];
            })
            .await;
        let portal = narrow.client("portal");
        let redeemed = portal.tokens(&unredeemed).await;
        let refreshed = Tokens::of(&portal.refresh(&before.refresh).await);
        for tokens in [&before, &redeemed, &refreshed] {
            let told = userinfo(&portal, tokens).await;
            let introspected = portal.introspect(&tokens.access, &[]).await.json();
            assert!(told["name"].is_string() && introspected["active"] == true, "{told} {introspected}");
            assert_eq!(introspected["scope"], "openid profile");
            for gone in ["email", "email_verified", "phone_number", "roles", "access_profile", "company"] {
                assert!(told.get(gone).is_none() && introspected.get(gone).is_none(), "{gone}: {told} {introspected}");
            }
        }
        for tokens in [&redeemed, &refreshed] {
            let (id, access) = (tokens.id_claims(), tokens.access_claims());
            assert!(id["name"].is_string() && access["scope"] == "openid profile", "{id} {access}");
            for gone in ["email", "phone_number", "roles", "company"] {
                assert!(id.get(gone).is_none() && access.get(gone).is_none(), "{gone}: {id} {access}");
            }
        }
        let family = portal.introspect(&refreshed.refresh, &[]).await.json();
        assert_eq!((&family["active"], &family["scope"]), (&json!(true), &json!("openid profile")));
    }
}

both! {
    /// The page asks for what will be given, also where the operator took something away while it waited.
    async fn nobody_consents_to_what_the_client_may_not_have_any_more(world) {
        let wide = world.client("portal").scope("openid email");
        let mut browser = world.signed_in("alice").await;
        let page = browser.open(&wide.ask().path()).await;
        assert!(sees(&page).iter().any(|sight| sight == "your email address"), "{:?}", sees(&page));
        let narrow = world
            .server_with(|config| {
                let portal = config.clients.iter_mut().find(|client| client.id == "portal").unwrap();
                portal.scope = vec![Scope::Openid];
            })
            .await;
        let asked = Place::Consent.path();
        let here = format!("{asked}?interaction={}", page.page().values(asked, "interaction").remove(0));
        let page = narrow.taking_over(&browser).open(&here).await;
        assert!(page.shows("consent-allow"), "{:?}", page.location());
        assert!(!sees(&page).iter().any(|sight| sight == "your email address"), "{:?}", sees(&page));
    }
}
