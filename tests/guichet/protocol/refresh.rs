//! Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14.2), their rotation, grace and lives: one
//! live token per family, whatever comes back and however often. Fifty at once are in `faults::single_use`.

use crate::world::{Answer, Browser, RelyingParty, Tokens, World, both};

const OFFLINE: &str = "openid company rights offline_access";

fn assert_refused(answer: &Answer, why: &str) {
    assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_grant"), "{why}: {}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store", "{why}");
}

async fn sign_out(browser: &mut Browser) {
    browser.get("/account").await;
    browser.submit("sign-out", &[]).await;
}

async fn offline(world: &World, client: &str, who: &str) -> (RelyingParty, Browser, Tokens) {
    let party = world.client(client).scope(OFFLINE);
    let mut browser = world.signed_in(who).await;
    let tokens = party.enter(&mut browser).await;
    assert_eq!(tokens.answer["scope"], OFFLINE);
    (party, browser, tokens)
}

both! {
    async fn a_refresh_token_is_exchanged_for_new_tokens_and_a_successor(world) {
        for client in ["portal", "demo-web", "demo-spa", "opaque"] {
            let party = world.client(client);
            let first = party.enter(&mut world.signed_in("alice").await).await;
            let second = Tokens::of(&party.refresh(&first.refresh).await);
            let third = Tokens::of(&party.refresh(&second.refresh).await);
            assert!(
                first.refresh != second.refresh && second.refresh != third.refresh && first.access != second.access,
                "{client}"
            );
            assert_eq!((&third.answer["token_type"], &third.answer["expires_in"]), (&"Bearer".into(), &300.into()));
            for tokens in [&first, &second, &third] {
                assert_eq!(party.userinfo(&tokens.access).await.status(), 200, "{client}");
            }
        }
    }
}

both! {
    /// OpenID Connect Core section 12.2.
    async fn the_id_token_of_a_refresh_is_about_the_same_sign_in(world) {
        let party = world.client("old-fashioned");
        let first = party.enter(&mut world.signed_in("alice").await).await;
        world.advance("4min");
        let second = Tokens::of(&party.refresh(&first.refresh).await);
        let (before, after) = (world.verified(&first.id).await, world.verified(&second.id).await);
        for same in ["iss", "sub", "aud", "auth_time", "sid", "acr", "amr"] {
            assert!(after[same] == before[same] && !after[same].is_null(), "{same}: {after}");
        }
        assert!(after["iat"].as_i64() > before["iat"].as_i64());
        assert!(!before["nonce"].is_null() && after["nonce"].is_null(), "the nonce belongs to the request");

        let portal = world.client("portal");
        let first = portal.enter(&mut world.signed_in("alice").await).await;
        let second = Tokens::of(&portal.refresh(&first.refresh).await);
        assert!(first.id_claims()["auth_time"].is_null() && second.id_claims()["auth_time"].is_null(), "not asked for");
    }
}

both! {
    async fn a_used_token_that_comes_back_after_the_grace_ends_all_of_its_sign_in(world) {
        for client in ["demo-web", "demo-spa"] {
            let (party, mut browser, first) = offline(&world, client, "alice").await;
            let other = party.enter(&mut browser).await;
            let second = Tokens::of(&party.refresh(&first.refresh).await);
            world.advance("11s");
            assert_refused(&party.refresh(&first.refresh).await, "replayed");
            assert_refused(&party.refresh(&second.refresh).await, "its successor");
            assert_eq!(party.userinfo(&second.access).await.status(), 401);
            assert_eq!(party.refresh(&other.refresh).await.status(), 200, "another sign-in's family stays");
        }
    }
}

both! {
    async fn a_lost_answer_is_given_once_more_and_never_with_a_second_live_family(world) {
        let (party, _, first) = offline(&world, "demo-spa", "alice").await;
        let lost = Tokens::of(&party.refresh(&first.refresh).await);
        world.advance("5s");
        let again = Tokens::of(&party.refresh(&first.refresh).await);
        assert_ne!(lost.refresh, again.refresh);
        assert_refused(&party.refresh(&first.refresh).await, "once more than once more");
        assert_refused(&party.refresh(&lost.refresh).await, "the answer that was lost");
        let next = Tokens::of(&party.refresh(&again.refresh).await);
        assert_eq!(party.userinfo(&next.access).await.status(), 200, "nothing of this was theft");
    }
}

both! {
    async fn in_the_grace_a_token_whose_successor_was_used_is_refused_and_ends_nothing(world) {
        let (party, _, first) = offline(&world, "demo-web", "alice").await;
        let second = Tokens::of(&party.refresh(&first.refresh).await);
        let third = Tokens::of(&party.refresh(&second.refresh).await);
        assert_refused(&party.refresh(&first.refresh).await, "a replay inside the grace");
        assert_eq!(party.refresh(&third.refresh).await.status(), 200);
    }
}

both! {
    async fn a_retired_successor_that_somebody_kept_gives_the_theft_away(world) {
        let (party, _, first) = offline(&world, "demo-spa", "alice").await;
        let kept = Tokens::of(&party.refresh(&first.refresh).await);
        let again = Tokens::of(&party.refresh(&first.refresh).await);
        world.advance("11s");
        assert_refused(&party.refresh(&kept.refresh).await, "two parties hold the family");
        assert_refused(&party.refresh(&again.refresh).await, "so that it is over for both");
    }
}

both! {
    async fn a_replay_is_recognised_after_the_sweep(world) {
        let (party, _, first) = offline(&world, "demo-web", "alice").await;
        let second = Tokens::of(&party.refresh(&first.refresh).await);
        world.advance("20d");
        world.mails().await;
        assert_refused(&party.refresh(&first.refresh).await, "replayed");
        assert_refused(&party.refresh(&second.refresh).await, "its successor");
    }
}

both! {
    async fn a_refresh_narrows_one_access_token_and_never_widens(world) {
        let party = world.client("demo-web").scope("openid company");
        let first = party.enter(&mut world.signed_in("alice").await).await;
        let ask = async |token: &str, scope: &str| {
            party.token(&[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)]).await
        };
        for wider in ["openid company rights", "rights", "openid offline_access", "openid unheard-of", "directory.read"]
        {
            let answer = ask(&first.refresh, wider).await;
            assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_scope"), "{wider}");
        }
        let narrow = Tokens::of(&ask(&first.refresh, "company").await);
        assert_eq!((&narrow.answer["scope"], &narrow.access_claims()["scope"]), (&"company".into(), &"company".into()));
        assert_eq!(narrow.id, "", "no openid, no ID token");
        assert_eq!(party.userinfo(&narrow.access).await.status(), 403);
        let whole = Tokens::of(&party.refresh(&narrow.refresh).await);
        assert_eq!(whole.answer["scope"], "openid company");
    }
}

both! {
    async fn a_refresh_token_is_worth_nothing_to_another_client_and_stays_good(world) {
        let (party, _, tokens) = offline(&world, "demo-web", "alice").await;
        for other in ["portal", "demo-spa", "opaque"] {
            assert_refused(&world.client(other).refresh(&tokens.refresh).await, other);
        }
        for made_up in ["x", &"a".repeat(43), &tokens.refresh.to_lowercase(), &tokens.access, &tokens.id] {
            assert_refused(&party.refresh(made_up).await, made_up);
        }
        let unproven = party
            .token_as(
                None,
                &[("client_id", "demo-web"), ("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh)],
            )
            .await;
        assert_eq!((unproven.status(), unproven.error().as_str()), (401, "invalid_client"));
        assert_eq!(party.token(&[("grant_type", "refresh_token")]).await.error(), "invalid_request");
        assert_eq!(party.userinfo(&tokens.refresh).await.status(), 401, "no access token");
        assert_eq!(party.refresh(&tokens.refresh).await.status(), 200);
    }
}

both! {
    async fn a_client_that_wants_no_refresh_tokens_gets_none(world) {
        let party = world.client("no-refresh");
        let tokens = party.enter(&mut world.signed_in("alice").await).await;
        assert!(tokens.answer["refresh_token"].is_null());
        assert_eq!(party.refresh("x").await.error(), "unauthorized_client");
    }
}

both! {
    async fn without_offline_access_a_refresh_token_lives_as_long_as_its_session(world) {
        let party = world.client("demo-web");
        let mut browser = world.signed_in("alice").await;
        let (first, second) = (party.enter(&mut browser).await, party.enter(&mut browser).await);
        world.advance("1h");
        let first = Tokens::of(&party.refresh(&first.refresh).await);
        sign_out(&mut browser).await;
        assert_refused(&party.refresh(&first.refresh).await, "signed out");
        assert_refused(&party.refresh(&second.refresh).await, "signed out");

        let mut browser = world.signed_in("alice").await;
        let mut tokens = party.enter(&mut browser).await;
        for _ in 0..7 {
            world.advance("100min");
            browser.get("/account").await;
            tokens = Tokens::of(&party.refresh(&tokens.refresh).await);
        }
        world.advance("30min");
        assert_refused(&party.refresh(&tokens.refresh).await, "twelve hours are over");

        let idle = party.enter(&mut world.signed_in("alice").await).await;
        world.advance("121min");
        assert_refused(&party.refresh(&idle.refresh).await, "nobody was there for two hours");
    }
}

both! {
    async fn with_offline_access_it_outlives_the_session_and_ends_with_the_consent(world) {
        let (party, mut browser, tokens) = offline(&world, "demo-web", "alice").await;
        sign_out(&mut browser).await;
        assert_eq!(party.userinfo(&tokens.access).await.status(), 401, "it was given in the session");
        let tokens = Tokens::of(&party.refresh(&tokens.refresh).await);
        assert_eq!(party.userinfo(&tokens.access).await.status(), 200, "at once, too");
        world.advance("13h");
        let tokens = Tokens::of(&party.refresh(&tokens.refresh).await);
        assert_eq!(party.userinfo(&tokens.access).await.status(), 200);

        let mut browser = world.signed_in("alice").await;
        let withdraw = "/account/consents/withdraw";
        let consents = browser.get("/account/security").await.page().values(withdraw, "consent");
        browser.send_form_to(withdraw, ("consent", &consents[0])).await;
        assert_refused(&party.refresh(&tokens.refresh).await, "withdrawn");
        assert_eq!(party.userinfo(&tokens.access).await.status(), 401);
    }
}

both! {
    /// A code says that the person is here, which offline access doesn't change.
    async fn a_code_in_flight_dies_with_the_session_even_for_offline_access(world) {
        let party = world.client("demo-web").scope(OFFLINE);
        let mut browser = world.signed_in("alice").await;
        let code = party.authorize(&mut browser).await;
        sign_out(&mut browser).await;
        assert_refused(&party.redeem(&code).await, "signed out");
    }
}

both! {
    async fn a_family_ends_after_90_days_and_a_token_unused_for_30(world) {
        let (party, _, tokens) = offline(&world, "demo-web", "alice").await;
        let (_, _, idle) = offline(&world, "demo-web", "alice").await;
        let mut token = tokens.refresh;
        for _ in 0..3 {
            world.advance("29d");
            world.mails().await;
            token = Tokens::of(&party.refresh(&token).await).refresh;
        }
        assert_refused(&party.refresh(&idle.refresh).await, "idle");
        world.advance("3d");
        assert_refused(&party.refresh(&token).await, "the family's end");
    }
}

both! {
    async fn offline_access_is_consented_to_like_anything_else(world) {
        let (plain, offline) = (world.client("demo-web"), world.client("demo-web").scope(OFFLINE));
        let mut browser = world.signed_in("alice").await;
        plain.authorize(&mut browser).await;
        let silent = browser.open(&offline.ask().with("prompt", "none").path()).await;
        assert_eq!(offline.error(&silent), "consent_required");
        let page = browser.open(&offline.ask().path()).await;
        assert!(page.shows("consent-allow") && page.text().contains("while you are away"), "{}", page.text());
        offline.authorize(&mut browser).await;
        assert!(offline.receives(&browser.open(&offline.ask().path()).await), "remembered");

        let unregistered = world.client("portal").scope("openid offline_access");
        assert_eq!(
            unregistered.enter(&mut browser).await.answer["scope"],
            "openid",
            "left out where the client may not ask for it"
        );
        let alone = world.client("demo-web").scope("offline_access");
        let answer = browser.open(&alone.ask().path()).await;
        assert_eq!(alone.error(&answer), "invalid_scope");
    }
}

async fn limit_durand(world: &World, networks: &str) {
    let done = world
        .database()
        .execute(&format!("update companies set vendor_networks = '{networks}' where ref = 'C-1001'"))
        .await;
    assert_eq!(done, 1);
}

both! {
    /// Nobody knows where an absent person is (R-RGT-6).
    async fn offline_access_is_not_given_where_a_network_list_applies(world) {
        let party = world.client("demo-web").scope(OFFLINE);
        let enter = async |browser: &mut Browser| {
            let page = browser.open(&party.ask().path()).await;
            assert!(page.shows("consent-allow") && !page.text().contains("while you are away"), "{}", page.text());
            party.enter(browser).await
        };
        let mut nina = world.browser().from("192.0.2.7");
        assert_eq!(nina.sign_in("nina", crate::world::PASSWORD).await.status(), 303);
        let tokens = enter(&mut nina).await;
        assert_eq!(tokens.answer["scope"], "openid company rights");
        sign_out(&mut nina).await;
        assert_refused(&party.refresh(&tokens.refresh).await, "it was the session's");

        limit_durand(&world, "[\"127.0.0.0/8\"]").await;
        assert_eq!(
            enter(&mut world.signed_in("alice").await).await.answer["scope"],
            "openid company rights",
            "the company's list counts too"
        );
    }
}

both! {
    async fn a_network_list_that_comes_later_refuses_whoever_is_away_and_spends_nothing(world) {
        let (party, mut browser, tokens) = offline(&world, "demo-web", "alice").await;
        limit_durand(&world, "[\"127.0.0.0/8\"]").await;
        let tokens = Tokens::of(&party.refresh(&tokens.refresh).await);
        sign_out(&mut browser).await;
        assert_refused(&party.refresh(&tokens.refresh).await, "away: an unknown address");
        world.advance("1min");
        limit_durand(&world, "[]").await;
        assert_eq!(party.refresh(&tokens.refresh).await.status(), 200, "a passing refusal cost nothing");
    }
}

both! {
    async fn a_public_clients_own_address_counts(world) {
        let here = world.client("demo-spa").from("192.0.2.9");
        let mut nina = world.browser().from("192.0.2.7");
        assert_eq!(nina.sign_in("nina", crate::world::PASSWORD).await.status(), 303);
        let tokens = here.enter(&mut nina).await;
        assert_refused(&world.client("demo-spa").from("203.0.113.9").refresh(&tokens.refresh).await, "from elsewhere");
        assert_eq!(here.refresh(&tokens.refresh).await.status(), 200);
    }
}

both! {
    /// What the operator takes from a client isn't there any more: neither when a code is redeemed nor later.
    async fn without_offline_access_taken_from_the_client_nothing_outlives_the_session(world) {
        let (web, mut browser, tokens) = offline(&world, "demo-web", "alice").await;
        let code = web.authorize(&mut browser).await;
        let narrow = world
            .server_with(|config| {
                let web = config.clients.iter_mut().find(|client| client.id == "demo-web").unwrap();
                web.scope.retain(|scope| *scope != guichet::relying_party::Scope::OfflineAccess);
            })
            .await;
        let web = narrow.client("demo-web");
        let redeemed = web.tokens(&code).await;
        let refreshed = Tokens::of(&web.refresh(&tokens.refresh).await);
        for tokens in [&redeemed, &refreshed] {
            assert_eq!(tokens.answer["scope"], "openid company rights");
        }
        sign_out(&mut browser).await;
        assert_refused(&web.refresh(&redeemed.refresh).await, "redeemed without");
        assert_refused(&web.refresh(&refreshed.refresh).await, "taken away since");
    }
}
