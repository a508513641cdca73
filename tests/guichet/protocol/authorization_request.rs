//! The authorization endpoint: which errors are told to the relying party, and which to the person only (RFC 6749
//! section 4.1.2.1).

use axum::body::Body;
use axum::http::Request;

use serde_json::json;

use crate::world::{Ask, Code, PASSWORD, VERIFIER, World, both};

both! {
    /// Before the relying party and its address are known, nobody is sent anywhere.
    async fn an_unknown_client_or_address_gets_a_page_and_no_redirect(world) {
        let native = world.client("demo-native");
        let portal = world.client("portal");
        let mut asks = vec![
            portal.ask().with("client_id", "nobody"),
            portal.ask().with("client_id", "Portal"),
            portal.ask().without("client_id"),
            portal.ask().without("redirect_uri"),
            portal.ask().and("client_id", "portal"),
            portal.ask().and("redirect_uri", "http://localhost:8090/callback"),
            native.ask().with("redirect_uri", "http://127.0.0.1:port/callback"),
            native.ask().with("redirect_uri", "http://127.0.0.1.evil.example/callback"),
            native.ask().with("redirect_uri", "http://127.0.0.1:1234/other"),
            native.ask().with("redirect_uri", "http://localhost:1234/callback"),
        ];
        for uri in [
            "http://localhost:8090/callback/",
            "http://localhost:8090/Callback",
            "http://localhost:8090/callback?x=1",
            "http://localhost:8090/callback#x",
            "http://LOCALHOST:8090/callback",
            "http://localhost:8091/callback",
            "https://localhost:8090/callback",
            "http://localhost:8090@evil.example/callback",
            "http://localhost:8090/../callback",
            "http://localhost:8090/%63allback",
            "http://localhost:8090\\@evil.example/callback",
            "//localhost:8090/callback",
            "javascript:alert(1)",
            "http://localhost:9001/callback",
        ] {
            asks.push(portal.ask().with("redirect_uri", uri));
        }
        for ask in asks {
            let answer = world.signed_in("alice").await.get(&ask.path()).await;
            assert_eq!(answer.status(), 400, "{}", ask.path());
            assert!(answer.location().is_none() && answer.shows("error-title"), "{}", ask.path());
        }
    }
}

both! {
    /// RFC 8252 section 7.3, for each of the two literals that is registered.
    async fn a_loopback_address_may_vary_in_its_port_only(world) {
        let mut browser = world.signed_in("alice").await;
        for (client, host, path) in [
            ("demo-native", "127.0.0.1", "/callback"),
            ("installed", "[::1]", "/callback"),
            ("installed", "127.0.0.1", ""),
        ] {
            let native = world.client(client);
            for port in ["", ":1", ":4711", ":65535"] {
                let ask = native.ask().with("redirect_uri", &format!("http://{host}{port}{path}"));
                let answer = native.arrive(&mut browser, &ask).await;
                let to = answer.header("location");
                assert!(
                    to.starts_with(&format!("http://{host}{port}{path}?")),
                    "{client} {host}{port}{path}: {to} {}",
                    answer.text()
                );
                assert!(answer.parameter("code").is_some(), "{to}");
            }
        }
        for (client, uri) in [
            ("demo-native", "http://[::1]:4711/callback"),
            ("demo-native", "http://127.0.0.2:4711/callback"),
            ("demo-native", "http://127.0.0.1:4711"),
            ("demo-native", "https://127.0.0.1:4711/callback"),
            ("installed", "http://[::1]:4711"),
            ("installed", "http://[::1]:4711/callback/"),
            ("installed", "http://[::1]:4711/Callback"),
            ("installed", "http://[::1]:4711/callback?x=1"),
            ("installed", "http://[::1]:4711@evil.example/callback"),
            ("installed", "http://[::1].evil.example/callback"),
            ("installed", "http://[::1]:65536/callback"),
            ("installed", "http://[::1]:/callback"),
            ("installed", "http://[0:0:0:0:0:0:0:1]:4711/callback"),
            ("installed", "http://[::ffff:127.0.0.1]:4711/callback"),
            ("installed", "http://[::2]:4711/callback"),
            ("installed", "http://127.0.0.1:4711/"),
            ("installed", "http://127.0.0.1:4711/callback"),
            ("installed", "http://localhost:4711/callback"),
        ] {
            let answer = browser.get(&world.client(client).ask().with("redirect_uri", uri).path()).await;
            assert!(
                answer.status() == 400 && answer.location().is_none() && answer.shows("error-title"),
                "{client} {uri}"
            );
        }
    }
}

both! {
    /// RFC 6749 section 4.1.3: the port that varies is part of the address that the code is bound to.
    async fn a_code_sent_to_one_port_is_redeemed_under_that_port_only(world) {
        let mut browser = world.signed_in("alice").await;
        for (client, host) in [("demo-native", "127.0.0.1"), ("installed", "[::1]")] {
            let native = world.client(client);
            let ask = native.ask().with("redirect_uri", &format!("http://{host}:4711/callback"));
            let answer = native.arrive(&mut browser, &ask).await;
            let secret = answer.parameter("code").unwrap_or_else(|| panic!("{client}: {}", answer.text()));
            for port in [":4712", ":1", ""] {
                let code = Code {
                    secret: secret.clone(),
                    verifier: Some(VERIFIER.to_owned()),
                    redirect_uri: format!("http://{host}{port}/callback"),
                };
                let refused = native.redeem(&code).await;
                assert_eq!((refused.status(), refused.error().as_str()), (400, "invalid_grant"), "{host}{port}");
            }
            let code = Code {
                secret,
                verifier: Some(VERIFIER.to_owned()),
                redirect_uri: format!("http://{host}:4711/callback"),
            };
            native.tokens(&code).await;
        }
    }
}

/// What is wrong with a request, and the error it gets.
fn wrong(ask: &Ask) -> Vec<(Ask, &'static str)> {
    vec![
        (ask.clone().without("response_type"), "invalid_request"),
        (ask.clone().with("response_type", "token"), "unsupported_response_type"),
        (ask.clone().with("response_type", "code id_token"), "unsupported_response_type"),
        (ask.clone().with("response_type", "id_token"), "unsupported_response_type"),
        (ask.clone().without("code_challenge").without("code_challenge_method"), "invalid_request"),
        (ask.clone().with("code_challenge_method", "plain"), "invalid_request"),
        (ask.clone().without("code_challenge_method"), "invalid_request"),
        (ask.clone().with("code_challenge", "too-short"), "invalid_request"),
        (ask.clone().with("scope", "quantum"), "invalid_scope"),
        (ask.clone().with("prompt", "none login"), "invalid_request"),
        (ask.clone().with("max_age", "-1"), "invalid_request"),
        (ask.clone().with("max_age", "soon"), "invalid_request"),
        (ask.clone().with("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"),
        (ask.clone().with("request_uri", "https://evil.example/request"), "request_uri_not_supported"),
        (ask.clone().with("request_uri", "urn:ietf:params:oauth:request_uri:x"), "request_uri_not_supported"),
        (ask.clone().and("scope", "openid"), "invalid_request"),
        (ask.clone().and("nonce", "again"), "invalid_request"),
        (ask.clone().and("response_type", "code"), "invalid_request"),
        (ask.clone().and("prompt", "login").and("prompt", "login"), "invalid_request"),
        (ask.clone().with("response_mode", "fragment"), "invalid_request"),
        (ask.clone().with("nonce", &"n".repeat(2001)), "invalid_request"),
    ]
}

both! {
    async fn every_other_error_goes_back_with_the_exact_state_and_who_says_so(world) {
        let portal = world.client("portal");
        for (ask, error) in wrong(&portal.ask()) {
            let answer = world.browser().get(&ask.path()).await;
            assert_eq!(portal.error(&answer), error, "{}", ask.path());
            let posted = world.browser().post("/oauth2/authorize", &ask.fields()).await;
            assert_eq!(portal.error(&posted), error, "POST {}", ask.path());
        }
    }
}

both! {
    async fn parameters_nobody_knows_and_empty_ones_are_ignored(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let ask = portal
            .ask()
            .and("x-unknown", "1")
            .and("x-unknown", "2")
            .and("request", "")
            .and("prompt", "")
            .and("display", "popup");
        let ask =
            ask.and("resource", "https://a.example").and("resource", "https://b.example").and("claims_locales", "fr");
        let answer = portal.arrive(&mut browser, &ask.clone().without("x-unknown").and("x-unknown", "1")).await;
        portal.code(&ask, &answer);
    }
}

both! {
    async fn what_is_no_text_is_refused_with_400(world) {
        for query in ["state=%00", "state=%FF", "nonce=a%00b", "%00=1", "scope=openid%00", "login_hint=%C3"] {
            let path = world.client("portal").ask().without(query.split('=').next().unwrap()).path();
            let answer = world.signed_in("alice").await.get(&format!("{path}&{query}")).await;
            assert_eq!(answer.status(), 400, "{query}");
            assert!(answer.location().is_none(), "{query}");
        }
    }
}

both! {
    async fn state_and_nonce_come_back_whole_at_any_length_up_to_the_bound(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        for length in [1, 500, 1000] {
            let (state, nonce) = ("é".repeat(length), "nn".repeat(length));
            let ask = portal.ask().with("state", &state).with("nonce", &nonce);
            let answer = portal.arrive(&mut browser, &ask).await;
            let code = portal.code(&ask, &answer);
            assert_eq!(portal.tokens(&code).await.id_claims()["nonce"], nonce.as_str());
        }
        let without = portal.ask().without("state").without("nonce");
        let answer = portal.arrive(&mut browser, &without).await;
        assert_eq!(answer.parameter("state"), None);
        let claims = portal.tokens(&portal.code(&without, &answer)).await.id_claims();
        assert!(claims.get("nonce").is_none(), "no nonce is invented");
    }
}

both! {
    /// Whatever the alphabet: the bound counts bytes. The request is kept while the person signs in and consents.
    async fn state_and_nonce_at_the_bound_survive_the_way_through_our_pages(world) {
        let portal = world.client("portal");
        for (who, letter) in [("alice", "x"), ("bruno", "\u{e9}"), ("carl", "\u{1f511}")] {
            let room = letter.repeat(2000 / letter.len() - 1);
            let (state, nonce) = (room.clone() + "!", room + "?");
            let ask = portal.ask().with("state", &state).with("nonce", &nonce);
            let mut browser = world.browser();
            let page = if who == "alice" {
                browser.open(&ask.path()).await
            } else {
                browser.post("/oauth2/authorize", &ask.fields()).await
            };
            let page = browser.follow(page).await;
            assert!(page.shows("login-submit"), "{who}: {:?}", page.location());
            let answer = browser.give_password(who, PASSWORD).await;
            let page = browser.follow(answer).await;
            assert!(page.shows("consent-allow"), "{who}: {:?}", page.location());
            let allowed = browser.submit("consent-allow", &[]).await;
            let code = portal.code(&ask, &browser.follow(allowed).await);
            assert_eq!(portal.tokens(&code).await.id_claims()["nonce"], nonce.as_str(), "{who}");
        }
    }
}

both! {
    /// A state over the bound isn't echoed at all: half of one would be another.
    async fn one_byte_over_the_bound_is_invalid_request(world) {
        let portal = world.client("portal");
        for letter in ["x", "\u{e9}", "\u{1f511}"] {
            let mut browser = world.signed_in("alice").await;
            let long = letter.repeat(2000 / letter.len()) + "x";
            let answer = browser.get(&portal.ask().with("state", &long).path()).await;
            assert!(portal.receives(&answer), "{:?}", answer.location());
            assert_eq!(
                (answer.parameter("error").as_deref(), answer.parameter("state")),
                (Some("invalid_request"), None)
            );
            let answer = browser.get(&portal.ask().with("nonce", &long).path()).await;
            assert_eq!(portal.error(&answer), "invalid_request");
        }
    }
}

both! {
    /// The longest nonce of each alphabet, and of characters that JSON writes in six, beside every claim there is.
    async fn every_id_token_we_issue_is_a_hint_we_know(world) {
        let portal = world.client("portal").scope("openid profile email phone company rights");
        let claims = json!({ "id_token": {
            "name": null, "given_name": null, "family_name": null, "email": null, "phone_number": null, "roles": null,
        } });
        for letter in ["x", "\u{e9}", "\u{1f511}", "\u{1}", "\""] {
            let mut browser = world.signed_in("alice").await;
            let nonce = letter.repeat(2000 / letter.len());
            let ask = portal.ask().with("nonce", &nonce).with("claims", &claims.to_string());
            let code = portal.code(&ask, &portal.arrive(&mut browser, &ask).await);
            let tokens = portal.tokens(&code).await;
            assert_eq!(tokens.id_claims()["nonce"], nonce.as_str());
            let ask = portal.ask().with("id_token_hint", &tokens.id).with("prompt", "none");
            portal.code(&ask, &browser.get(&ask.path()).await);
            let left = browser.get(&format!("/oauth2/logout?id_token_hint={}", tokens.id)).await;
            assert!(left.shows("logged-out-title"), "{letter:?}: {}", left.text());
        }
    }
}

both! {
    /// The browser that posts from another site sends no cookie along: the person goes on with the session they have.
    async fn a_cross_site_post_without_cookies_is_answered_in_the_browsers_own_session(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        portal.authorize(&mut browser).await;
        let ask = portal.ask();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(ask.fields()).finish();
        let request = Request::post("/oauth2/authorize").header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("origin", "http://localhost:8090").header("sec-fetch-site", "cross-site");
        let parked = world.browser().send(request.body(Body::from(body)).unwrap()).await;
        assert!(
            parked.cookie("guichet_session").is_none() && parked.cookie("guichet_browser").is_none(),
            "it would replace the browser's own"
        );
        let answer = browser.follow(parked).await;
        portal.code(&ask, &answer);
    }
}

async fn interaction_of(world: &World, ask: &Ask) -> (crate::world::Browser, String) {
    let mut browser = world.browser();
    let answer = browser.open(&ask.path()).await;
    assert!(answer.shows("login-submit"), "{}", answer.text());
    (browser, answer.page().values("/login", "interaction").remove(0))
}

both! {
    /// Login CSRF and mix-up: an interaction belongs to the browser that brought it.
    async fn an_interaction_can_not_be_finished_in_another_browser(world) {
        let portal = world.client("portal");
        let (mut attacker, interaction) = interaction_of(&world, &portal.ask()).await;
        let mut victim = world.signed_in("alice").await;
        let answer = victim.get(&format!("/oauth2/authorize?interaction={interaction}")).await;
        assert_eq!(answer.status(), 400, "{:?} {}", answer.location(), answer.text());
        assert!(answer.location().is_none());
        let answer = attacker.give_password("alice", PASSWORD).await;
        let answer = attacker.follow(answer).await;
        assert!(answer.shows("consent-allow"), "its own browser goes on: {}", answer.text());
    }
}

both! {
    async fn an_interaction_is_forgotten_after_an_hour(world) {
        let portal = world.client("portal");
        let (mut browser, interaction) = interaction_of(&world, &portal.ask()).await;
        world.advance("61min");
        let answer = browser.get(&format!("/oauth2/authorize?interaction={interaction}")).await;
        assert_eq!(answer.status(), 400, "{:?}", answer.location());
        assert!(answer.location().is_none());
    }
}

both! {
    /// R-RGT-3.
    async fn whoever_lacks_the_e_service_of_a_relying_party_is_not_signed_in_there(world) {
        let tied = world.client("tied");
        let mut alice = world.signed_in("alice").await;
        tied.enter(&mut alice).await;
        let mut bruno = world.signed_in("bruno").await;
        let answer = tied.arrive(&mut bruno, &tied.ask()).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["e-service".to_owned()]));
        assert!(!tied.receives(&answer));
        let silent = tied.arrive(&mut bruno, &tied.ask().with("prompt", "none")).await;
        assert_eq!(tied.error(&silent), "access_denied");
    }
}

both! {
    /// R-RGT-6: the browser's address counts here; at the token endpoint it is the session's last, not the portal's
    /// own.
    async fn nina_enters_a_relying_party_from_her_network_only(world) {
        let portal = world.client("portal");
        let mut browser = world.browser().from("192.0.2.7");
        browser.sign_in("nina", PASSWORD).await;
        let tokens = portal.enter(&mut browser).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);

        let mut elsewhere = browser.clone().from("198.51.100.1");
        let answer = portal.arrive(&mut elsewhere, &portal.ask()).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["network".to_owned()]));
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401, "her session was last seen elsewhere");
    }
}
