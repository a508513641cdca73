//! Answers that are none: for another challenge, site, browser, purpose or person, of nobody verified, of no key, twice
//! (WebAuthn section 7.2).

use crate::world::{Browser, PASSWORD, Passkey, Settled, World, both};

/// What a test does to a passkey.
type Bend = fn(&mut Passkey, &Passkey);

/// Sends an answer at the sign-in page; nobody gets in.
async fn assert_refused(browser: &mut Browser, settled: &Settled, what: &str) {
    let answer = browser.settle("passkey-submit", settled).await;
    assert_eq!(answer.status(), 401, "{what}: {:?}", answer.location());
    assert!(answer.cookie("guichet_session").is_none() && answer.shows("error-title"), "{what}");
}

async fn at_sign_in(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.get("/login").await;
    browser
}

both! {
    async fn an_answer_counts_once(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let mut browser = at_sign_in(&world).await;
        let mut again = browser.clone();
        let settled = passkey.sign(&browser.challenge().await);
        assert_eq!(browser.settle("passkey-submit", &settled).await.status(), 303);
        assert_refused(&mut again, &settled, "the same again").await;
        assert_refused(&mut at_sign_in(&world).await, &settled, "in another browser").await;
    }
}

both! {
    async fn an_answer_is_for_one_challenge_of_one_browser_and_in_time(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let (mut one, mut other) = (at_sign_in(&world).await, at_sign_in(&world).await);
        let (first, second, foreign) = (one.challenge().await, one.challenge().await, other.challenge().await);
        let swapped = Settled { ceremony: second["ceremony"].as_str().unwrap().to_owned(), ..passkey.sign(&first) };
        assert_refused(&mut one, &swapped, "another challenge").await;
        assert_refused(&mut one, &passkey.sign(&foreign), "another browser's").await;
        let late = one.challenge().await;
        world.advance("5min");
        assert_refused(&mut one, &passkey.sign(&late), "too late").await;
        for ceremony in ["", "x", "00000000-0000-0000-0000-000000000000"] {
            let settled = Settled { ceremony: ceremony.to_owned(), ..passkey.sign(&late) };
            assert_refused(&mut one, &settled, ceremony).await;
        }
    }
}

both! {
    async fn an_answer_is_of_this_site_with_its_user_verified_and_signed_by_its_key(world) {
        let passkey = world.browser().with_passkey("alice").await;
        let stranger = world.browser().with_passkey("carl").await;
        let bends: [(&str, Bend); 8] = [
            ("another origin", |passkey, _| "https://evil.example".clone_into(&mut passkey.origin)),
            ("another port", |passkey, _| "http://localhost:9999".clone_into(&mut passkey.origin)),
            ("another scheme", |passkey, _| "https://localhost:8080".clone_into(&mut passkey.origin)),
            ("a subdomain", |passkey, _| "http://evil.localhost:8080".clone_into(&mut passkey.origin)),
            ("another site", |passkey, _| "evil.example".clone_into(&mut passkey.site)),
            ("nobody verified", |passkey, _| passkey.verifies_user = false),
            ("somebody else's handle", |passkey, stranger| passkey.handle.clone_from(&stranger.handle)),
            ("somebody else's key", |passkey, stranger| passkey.id.clone_from(&stranger.id)),
        ];
        for (what, bend) in bends {
            let (mut bent, mut browser) = (passkey.clone(), at_sign_in(&world).await);
            bend(&mut bent, &stranger);
            let settled = bent.sign(&browser.challenge().await);
            assert_refused(&mut browser, &settled, what).await;
        }
        let mut browser = at_sign_in(&world).await;
        assert_eq!(browser.use_passkey(&mut passkey.clone()).await.status(), 303, "unbent it opens");
    }
}

both! {
    async fn what_can_not_be_read_is_refused_like_the_rest(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        for bad in ["", "x", "{}", "[]", "null", r#"{"id":"x"}"#, &"[".repeat(5000)] {
            let mut browser = at_sign_in(&world).await;
            let challenge = browser.challenge().await;
            let settled = Settled { credential: (*bad).to_owned(), ..passkey.sign(&challenge) };
            assert_refused(&mut browser, &settled, bad).await;
        }
        let mut browser = at_sign_in(&world).await;
        let challenge = browser.challenge().await;
        let mut settled = passkey.sign(&challenge);
        settled.credential = settled.credential.replace("\"signature\":\"", "\"signature\":\"AA");
        assert_refused(&mut browser, &settled, "another signature").await;
    }
}

both! {
    /// An answer for the second step isn't one for the sign-in, and the other way round; nor is one made for somebody
    /// else.
    async fn an_answer_is_for_one_purpose_and_person(world) {
        let mut alice = world.browser().with_passkey("alice").await;
        let mut carl = world.browser().with_passkey("carl").await;
        let mut browser = world.browser();
        let answer = browser.sign_in("alice", PASSWORD).await;
        browser.follow(answer).await;
        let second_step = browser.challenge().await;
        let settled = carl.sign(&second_step);
        let answer = browser.settle("passkey-submit", &settled).await;
        assert_eq!(answer.status(), 401, "somebody else's passkey at the second step");
        let mut at_login = browser.clone();
        let second_step = browser.challenge().await;
        at_login.get("/login").await;
        assert_refused(&mut at_login, &alice.sign(&second_step), "the second step's challenge").await;
        let sign_in = at_login.challenge().await;
        let answer = browser.settle("passkey-submit", &alice.sign(&sign_in)).await;
        assert_eq!(answer.status(), 401, "the sign-in's challenge");
        assert!(browser.cookie("session").is_none());
    }
}

both! {
    /// Another site neither asks for challenges nor answers them.
    async fn every_door_of_passkeys_takes_our_own_pages_only(world) {
        let mut browser = world.signed_in("alice").await;
        let doors = [
            "/login/passkey",
            "/login/passkey/challenge",
            "/login/second-factor/passkey",
            "/login/second-factor/passkey/challenge",
            "/reauthenticate/passkey",
            "/reauthenticate/passkey/challenge",
            "/account/security/passkeys",
            "/account/security/passkeys/challenge",
            "/account/security/passkeys/rename",
            "/account/security/passkeys/remove",
        ];
        browser.get("/account").await;
        let token = browser.csrf();
        for door in doors {
            assert_eq!(browser.clone().post(door, &[("name", "x")]).await.status(), 403, "{door} without a token");
            let mut elsewhere =
                browser.clone().with("origin", "https://evil.example").with("sec-fetch-site", "cross-site");
            assert_eq!(
                elsewhere.post(door, &[("csrf", &token), ("name", "x")]).await.status(),
                403,
                "{door} from elsewhere"
            );
        }
        assert_eq!(world.database().execute("delete from passkey_ceremonies").await, 0);
    }
}
