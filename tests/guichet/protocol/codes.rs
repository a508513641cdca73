//! Authorization codes: short-lived, bound to whoever asked, proved before they are spent, spent once (RFC 6749 section
//! 4.1, RFC 7636).

use crate::world::{Browser, Code, RelyingParty, World, both};

async fn assert_refused(portal: &RelyingParty, code: &Code, fields: &[(&str, &str)], why: &str) {
    let mut bent = code.redemption();
    for (name, value) in fields {
        bent.retain(|(key, _)| key != name);
        if !value.is_empty() {
            bent.push((*name, *value));
        }
    }
    let answer = portal.token(&bent).await;
    assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_grant"), "{why}: {}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store", "{why}");
}

both! {
    async fn a_proof_that_does_not_fit_is_refused_and_does_not_spend_the_code(world) {
        let portal = world.client("portal");
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        for (fields, why) in [
            (vec![("code_verifier", "x".repeat(43))], "another verifier"),
            (vec![("code_verifier", String::new())], "no verifier"),
            (vec![("code_verifier", "short".to_owned())], "a verifier that is none"),
            (vec![("code_verifier", format!("{}=", crate::world::VERIFIER))], "a padded verifier"),
            (
                vec![("code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned())],
                "the challenge as verifier",
            ),
            (vec![("redirect_uri", "http://localhost:8090/callback/".to_owned())], "another address"),
            (vec![("redirect_uri", String::new())], "no address"),
        ] {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_refused(&portal, &code, &fields, why).await;
        }
        portal.tokens(&code).await;
    }
}

both! {
    async fn a_code_is_worth_nothing_to_another_relying_party_and_stays_good(world) {
        let portal = world.client("portal");
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        for other in ["demo-web", "demo-spa", "old-fashioned"] {
            assert_refused(&world.client(other), &code, &[], other).await;
        }
        portal.tokens(&code).await;
    }
}

both! {
    async fn a_code_lives_60_seconds(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let in_time = portal.authorize(&mut browser).await;
        world.advance("55s");
        portal.tokens(&in_time).await;
        let late = portal.authorize(&mut browser).await;
        world.advance("60s");
        assert_refused(&portal, &late, &[], "late").await;
    }
}

both! {
    async fn a_spent_code_is_refused_and_ends_all_that_it_gave(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let other = portal.enter(&mut browser).await;
        let code = portal.authorize(&mut browser).await;
        let tokens = portal.tokens(&code).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
        assert_refused(&portal, &code, &[], "spent").await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
        assert_eq!(portal.userinfo(&other.access).await.status(), 200, "another sign-in's tokens stay");
    }
}

both! {
    async fn a_replay_is_recognised_long_after_the_code_expired(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let tokens = portal.tokens(&code).await;
        world.advance("2min");
        world.mails().await;
        assert_refused(&portal, &code, &[], "spent, and expired").await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
    }
}

both! {
    /// RFC 9700 section 4.8.2.
    async fn a_verifier_for_a_request_without_challenge_is_refused(world) {
        let old = world.client("old-fashioned");
        let mut browser = world.signed_in("alice").await;
        let ask = old.ask().without("code_challenge").without("code_challenge_method");
        let answer = old.arrive(&mut browser, &ask).await;
        let code = old.code(&ask, &answer);
        assert_refused(&old, &code, &[("code_verifier", crate::world::VERIFIER)], "downgrade").await;
        old.tokens(&code).await;
    }
}

async fn code_for(world: &World, browser: &mut Browser, redirect_uri: &str) -> (RelyingParty, Code) {
    let old = world.client("old-fashioned");
    let ask = old.ask().with("redirect_uri", redirect_uri);
    let answer = old.arrive(browser, &ask).await;
    let code = answer.parameter("code").unwrap();
    (
        old,
        Code { secret: code, verifier: Some(crate::world::VERIFIER.to_owned()), redirect_uri: redirect_uri.to_owned() },
    )
}

both! {
    async fn a_code_sent_to_one_address_is_not_redeemed_under_another_registered_one(world) {
        let mut browser = world.signed_in("alice").await;
        let (old, code) = code_for(&world, &mut browser, "http://localhost:9102/other").await;
        assert_refused(&old, &code, &[("redirect_uri", "http://localhost:9102/callback")], "mix-up").await;
        old.tokens(&code).await;
    }
}

both! {
    async fn made_up_codes_are_refused(world) {
        let portal = world.client("portal");
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let flipped: String = code.secret.chars().rev().collect();
        for made_up in ["x", "' or 1=1 --", &"a".repeat(43), &"a".repeat(10_000), &flipped, &code.secret.to_lowercase()]
        {
            assert_refused(&portal, &code, &[("code", made_up)], made_up).await;
        }
        portal.tokens(&code).await;
    }
}

both! {
    async fn a_code_can_not_be_guessed(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20 {
            let code = portal.authorize(&mut browser).await.secret;
            // 256 bits in base64url.
            assert_eq!(code.len(), 43, "{code}");
            assert!(seen.insert(code[..16].to_owned()));
        }
    }
}
