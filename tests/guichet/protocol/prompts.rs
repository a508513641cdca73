//! `prompt`, `max_age`, `login_hint` and `id_token_hint` (OpenID Connect Core section 3.1.2.1).

use crate::world::{PASSWORD, both};

both! {
    async fn prompt_none_answers_at_once_or_says_what_is_missing(world) {
        let portal = world.client("portal");
        let ask = portal.ask().with("prompt", "none");
        let mut browser = world.browser();
        let answer = browser.open(&ask.path()).await;
        assert_eq!(portal.error(&answer), "login_required");

        browser.sign_in("alice", PASSWORD).await;
        let answer = browser.open(&ask.path()).await;
        assert_eq!(portal.error(&answer), "consent_required");

        portal.authorize(&mut browser).await;
        let answer = browser.open(&ask.path()).await;
        portal.code(&ask, &answer);
    }
}

both! {
    async fn prompt_none_does_not_choose_a_company_for_the_person(world) {
        let portal = world.client("portal");
        let mut browser = world.browser();
        browser.sign_in("ines", PASSWORD).await;
        let answer = browser.open(&portal.ask().with("prompt", "none").path()).await;
        assert_eq!(portal.error(&answer), "account_selection_required");
    }
}

both! {
    /// R-DIR-6: she is asked on the way, once, and the relying party learns her choice.
    async fn ines_is_asked_for_her_company_on_the_way_to_a_relying_party(world) {
        let portal = world.client("portal");
        let mut browser = world.browser();
        let ask = portal.ask();
        browser.open(&ask.path()).await;
        let answer = browser.give_password("ines", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("company-choice"), "{}", page.text());
        let answer = browser.press("company", "C-1002").await;
        let page = browser.follow(answer).await;
        assert!(page.shows("consent-allow"), "{}", page.text());
        let answer = browser.submit("consent-allow", &[]).await;
        let answer = browser.follow(answer).await;
        let tokens = portal.tokens(&portal.code(&ask, &answer)).await;
        assert_eq!(tokens.id_claims()["company"]["ref"], "C-1002");
        portal.authorize(&mut browser).await;
    }
}

both! {
    async fn prompt_login_asks_again_and_moves_auth_time(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let ask = portal.ask().with("max_age", "10000");
        let answer = portal.arrive(&mut browser, &ask).await;
        let first = portal.tokens(&portal.code(&ask, &answer)).await.id_claims()["auth_time"].as_i64().unwrap();

        world.advance("10min");
        let again = ask.with("prompt", "login");
        let page = browser.open(&again.path()).await;
        assert!(page.shows("login-submit"), "{}", page.text());
        let answer = browser.give_password("alice", PASSWORD).await;
        let answer = browser.follow(answer).await;
        let later = portal.tokens(&portal.code(&again, &answer)).await.id_claims()["auth_time"].as_i64().unwrap();
        assert!(later >= first + 600, "{first} {later}");
    }
}

both! {
    async fn max_age_asks_again_when_the_sign_in_is_too_old_and_0_always(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        world.advance("5min");
        let ask = portal.ask().with("max_age", "600");
        let young = browser.open(&ask.path()).await;
        let mut before = portal.tokens(&portal.code(&ask, &young)).await.id_claims()["auth_time"].as_i64().unwrap();
        for max_age in ["299", "0"] {
            let ask = portal.ask().with("max_age", max_age);
            let page = browser.open(&ask.path()).await;
            assert!(page.shows("reauth-submit"), "max_age={max_age}: {:?} {}", page.location(), page.text());
            let silent = browser.open(&ask.clone().with("prompt", "none").path()).await;
            assert_eq!(portal.error(&silent), "login_required", "max_age={max_age}");
            browser.open(&ask.path()).await;
            world.advance("1s");
            let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
            let answer = browser.follow(answer).await;
            let moved = portal.tokens(&portal.code(&ask, &answer)).await.id_claims()["auth_time"].as_i64().unwrap();
            assert!(moved >= before + 300, "max_age={max_age}: {before} {moved}");
            before = moved;
            world.advance("5min");
        }
    }
}

both! {
    /// The dispatcher asks again: a step can't be left out by going back to it with the interaction alone.
    async fn prompt_login_can_not_be_skipped_by_returning_to_the_dispatcher(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        let page = browser.open(&portal.ask().with("prompt", "login").path()).await;
        let path = format!("/oauth2/authorize?interaction={}", page.page().values("/login", "interaction")[0]);
        let page = browser.open(&path).await;
        assert!(page.shows("login-submit"), "{:?}", page.location());
        let page = browser.open(&format!("{path}&prompt=")).await;
        assert!(!portal.receives(&page), "{:?}", page.location());
    }
}

both! {
    async fn select_account_asks_who_it_is(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        let ask = portal.ask().with("prompt", "select_account");
        let page = browser.open(&ask.path()).await;
        assert!(page.shows("login-submit"), "{:?}", page.location());
        world.advance("1s");
        let answer = browser.give_password("carl", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("consent-allow"), "carl never consented: {:?}", page.location());
    }
}

both! {
    async fn a_login_hint_is_proposed_and_escaped(world) {
        let portal = world.client("portal");
        for hint in ["bruno@durand.example", "\"><script>alert(1)</script>", "'; drop table accounts; --"] {
            let page = world.browser().open(&portal.ask().with("login_hint", hint).path()).await;
            assert_eq!(page.page().attribute("#login-username", "value"), hint);
            assert!(!page.text().contains("<script>"));
        }
    }
}

both! {
    async fn an_id_token_hint_of_another_person_is_login_required(world) {
        let portal = world.client("portal");
        let mut alice = world.signed_in("alice").await;
        let tokens = portal.enter(&mut alice).await;
        let ask = portal.ask().with("prompt", "none").with("id_token_hint", &tokens.id);
        let answer = alice.open(&ask.path()).await;
        portal.code(&ask, &answer);

        let mut bruno = world.signed_in("bruno").await;
        portal.authorize(&mut bruno).await;
        let answer = bruno.open(&ask.path()).await;
        assert_eq!(portal.error(&answer), "login_required");

        let access = ask.with("id_token_hint", &tokens.access);
        let answer = alice.open(&access.path()).await;
        assert_eq!(portal.error(&answer), "invalid_request", "an access token is no ID token");
    }
}

both! {
    async fn none_stands_alone_and_the_others_together(world) {
        let portal = world.client("portal");
        for prompt in ["none login", "none consent", "none select_account", "login none", "none none-of-these"] {
            let answer = world.browser().get(&portal.ask().with("prompt", prompt).path()).await;
            assert_eq!(portal.error(&answer), "invalid_request", "{prompt}");
        }
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        world.advance("1s");
        let ask = portal.ask().with("prompt", "consent login unknown");
        assert!(browser.open(&ask.path()).await.shows("login-submit"));
        world.advance("1s");
        let answer = browser.give_password("alice", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("consent-allow"), "{:?}", page.location());
        let allowed = browser.submit("consent-allow", &[]).await;
        let answer = browser.follow(allowed).await;
        portal.code(&ask, &answer);
    }
}

both! {
    /// A page of ours could help, but none may be shown; where none could, access is denied.
    async fn prompt_none_tells_an_account_to_be_completed_from_an_access_that_does_not_hold(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        let ask = portal.ask().with("prompt", "none");
        let alice = "id = (select account from sign_in_names where name = 'alice@durand.example')";
        world.database().execute(&format!("update accounts set mailbox_proven_at = null where {alice}")).await;
        assert_eq!(portal.error(&browser.open(&ask.path()).await), "interaction_required");
        let limited = "update companies set vendor_networks = '[\"192.0.2.0/24\"]' where ref = 'C-1001'";
        world.database().execute(limited).await;
        assert_eq!(portal.error(&browser.open(&ask.path()).await), "access_denied");
    }
}

both! {
    /// Whoever signs in, the answer is about the person hinted at or about nobody.
    async fn a_hint_counts_after_a_sign_in_too(world) {
        let portal = world.client("portal");
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        let ask = portal.ask().with("id_token_hint", &tokens.id);
        let mut browser = world.browser();
        assert!(browser.open(&ask.path()).await.shows("login-submit"));
        let answer = browser.give_password("bruno", PASSWORD).await;
        assert_eq!(portal.error(&browser.follow(answer).await), "login_required");

        world.advance("10min");
        let mut browser = world.signed_in("alice").await;
        let answer = browser.open(&ask.path()).await;
        portal.code(&ask, &answer);
    }
}

both! {
    async fn display_and_claims_locales_are_taken_whatever_they_say(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        for (name, value) in [
            ("display", "page"),
            ("display", "popup"),
            ("display", "touch"),
            ("display", "wap"),
            ("display", "hologram"),
            ("claims_locales", "fr-CA en de"),
            ("claims_locales", "\"><x"),
            ("ui_locales", "xx"),
            ("login_hint", "nobody@example.com"),
            ("acr_values", "urn:example:any 1fa"),
        ] {
            let ask = portal.ask().with(name, value);
            let answer = browser.open(&ask.path()).await;
            portal.code(&ask, &answer);
        }
    }
}
