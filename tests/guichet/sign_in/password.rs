//! Signing in with name and password: who gets in, and what a stranger learns (R-ADM-7).

use std::collections::BTreeSet;

use crate::world::{PASSWORD, World, both};

both! {
    async fn the_right_password_leads_to_my_account(world) {
        for who in ["alice", "bruno", "chloe", "carl", "fanny"] {
            let mut browser = world.browser();
            let answer = browser.sign_in(who, PASSWORD).await;
            assert_eq!((answer.status(), answer.header("location")), (303, "/account"), "{who}");
            let page = browser.follow(answer).await;
            assert_eq!(page.status(), 200);
            assert!(page.text().contains(&crate::world::login(who)) && page.shows("sign-out"), "{}", page.text());
        }
    }
}

both! {
    /// The page, its status and its length are the same; only the form's token and the name typed differ.
    async fn a_stranger_can_not_tell_an_unknown_name_from_a_wrong_password(world) {
        let mut pages = Vec::new();
        for (who, password) in [
            ("alice@durand.example", "Guichet-2026?"),
            ("nobody@durand.example", PASSWORD),
            ("nobody@durand.example", "Guichet-2026?"),
            ("gilles@nouveau.example", PASSWORD),
            ("david@durand.example", PASSWORD),
            ("eve@durand.example", "wrong"),
            ("lea@bloquee.example", "wrong"),
            ("not a name at all", PASSWORD),
        ] {
            let answer = world.browser().sign_in_as(who, password).await;
            assert_eq!(answer.status(), 401, "{who}");
            assert!(answer.cookie("guichet_session").is_none(), "{who}");
            pages.push((who, answer.text_without(&[who])));
        }
        for (who, page) in &pages[1..] {
            assert_eq!(page, &pages[0].1, "{who} is answered differently");
        }
    }
}

both! {
    async fn an_incomplete_form_comes_back_with_what_is_missing(world) {
        let mut browser = world.browser();
        let answer = browser.sign_in("alice@durand.example", "").await;
        assert_eq!(answer.status(), 422);
        assert!(answer.shows("login-password-error") && !answer.shows("login-username-error"));
    }
}

both! {
    /// The whole length counts, and nothing longer is hashed.
    async fn an_over_long_password_is_refused_before_it_is_hashed(world) {
        let long = format!("{PASSWORD}{}", "x".repeat(400));
        assert_eq!(world.browser().sign_in("alice", &long).await.status(), 401);
        let answer = world.browser().sign_in("alice", &"x".repeat(513)).await;
        assert_eq!(answer.status(), 413);
        let unknown = world.browser().sign_in("nobody@durand.example", &"x".repeat(513)).await;
        assert_eq!(unknown.status(), 413);
        let flood = world.browser().sign_in("alice", &"x".repeat(100_000)).await;
        assert_eq!(flood.status(), 413);
    }
}

both! {
    async fn a_sign_in_gives_a_new_session_and_ends_the_one_before(world) {
        let mut browser = world.signed_in("alice").await;
        let mut first = browser.clone();
        let before = browser.cookie("session").unwrap().to_owned();
        browser.open(&world.client("portal").ask().with("prompt", "login").path()).await;
        assert_eq!(browser.give_password("bruno", PASSWORD).await.status(), 303);
        assert_ne!(browser.cookie("session").unwrap(), before);
        assert_eq!(first.get("/account").await.header("location"), "/login", "the earlier session lives on");
    }
}

both! {
    /// Session fixation: what the browser brought is not what it leaves with.
    async fn a_planted_session_is_not_taken_over(world) {
        let mut browser = world.browser();
        let planted = "a".repeat(43);
        browser.plant("guichet_session", &planted);
        assert_eq!(browser.sign_in("alice", PASSWORD).await.status(), 303);
        assert_ne!(browser.cookie("session").unwrap(), planted);
        let mut attacker = world.browser();
        attacker.plant("guichet_session", &planted);
        assert_eq!(attacker.get("/account").await.header("location"), "/login");
    }
}

both! {
    async fn session_cookies_are_out_of_reach_of_scripts_and_other_sites(world) {
        let answer = world.browser().sign_in("alice", PASSWORD).await;
        let cookie = answer.cookie("guichet_session").unwrap();
        let attributes: BTreeSet<&str> = cookie.split("; ").skip(1).collect();
        assert!(cookie.starts_with("guichet_session="), "{cookie}");
        assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax"].into());

        let secure = world.server_with(|config| "https://login.example.com".clone_into(&mut config.issuer)).await;
        let answer = secure.browser().sign_in("alice", PASSWORD).await;
        let cookies: Vec<_> = answer.cookies().collect();
        assert!(cookies.len() >= 2);
        for cookie in cookies {
            assert!(cookie.starts_with("__Host-guichet_") && !cookie.contains("Domain"), "{cookie}");
            let attributes: BTreeSet<&str> = cookie.split("; ").skip(1).collect();
            assert!(attributes.is_superset(&["HttpOnly", "Path=/", "SameSite=Lax", "Secure"].into()), "{cookie}");
        }
        assert!(answer.header("strict-transport-security").starts_with("max-age=31536000"));
    }
}

both! {
    async fn a_password_is_hashed_anew_when_the_costs_rise(world) {
        let hash_of = async |world: &World| {
            let name = guichet::base::SignInName::parse("alice@durand.example").unwrap();
            let found =
                world.app.look(async |view| guichet::account::credentials(&mut view.db, &name).await).await.unwrap();
            found.unwrap().password_hash.unwrap()
        };
        let before = hash_of(&world).await;
        world.signed_in("alice").await;
        assert_eq!(hash_of(&world).await, before, "the same costs ask for nothing");

        let dearer = world.server_with(|config| config.password.passes = 2).await;
        assert_eq!(dearer.browser().sign_in("alice", "wrong").await.status(), 401);
        assert_eq!(hash_of(&world).await, before, "a wrong password changes nothing");
        dearer.signed_in("alice").await;
        let after = hash_of(&world).await;
        assert!(before.contains("t=1,") && after.contains("t=2,"), "{before} {after}");
        dearer.signed_in("alice").await;
        assert_eq!(hash_of(&world).await, after);
    }
}

both! {
    async fn an_unknown_device_is_told_by_mail_once_and_a_known_one_never(world) {
        let mut browser = world.signed_in("alice").await;
        let mails = world.mails().await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "alice@durand.example");
        assert!(mails[0].text.contains("127.0.0.1"), "{}", mails[0].text);

        browser.forget_session();
        assert_eq!(browser.sign_in("alice", PASSWORD).await.status(), 303);
        let mails = world.mails().await;
        assert_eq!(mails.len(), 1, "this browser is known: {:?}", mails.last());

        browser.forget_session();
        assert_eq!(browser.sign_in("bruno", PASSWORD).await.status(), 303);
        let mails = world.mails().await;
        assert_eq!(
            (mails.len(), mails[1].to.as_str()),
            (2, "bruno@durand.example"),
            "it is known to alice's account only"
        );

        world.signed_in("alice").await;
        assert_eq!(world.mails().await.len(), 3);
        world.browser().sign_in("alice", "wrong").await;
        world.browser().sign_in("eve", PASSWORD).await;
        assert_eq!(world.mails().await.len(), 3, "nobody got in");
    }
}

both! {
    async fn a_device_is_forgotten_after_30_days_without_a_sign_in(world) {
        let mut browser = world.signed_in("alice").await;
        for (days, mails) in [("29d", 1), ("29d", 1), ("31d", 2)] {
            world.advance(days);
            browser.forget_session();
            assert_eq!(browser.sign_in("alice", PASSWORD).await.status(), 303);
            assert_eq!(world.mails().await.len(), mails, "after {days}");
        }
    }
}
