//! "Security": the password, sessions, devices and applications, by their owner alone; and what happened of late.

use crate::world::{Answer, Authenticator, Browser, Kind, PASSWORD, World, both, login};

/// A password that the policy takes and nobody has.
pub const ANOTHER: &str = "Velo-Rouge-Lune-4!";

/// Fills in the page that changes the password.
pub async fn change_password(browser: &mut Browser, current: &str, new: &str) -> Answer {
    browser.open_freshly("/account/security/password").await;
    browser.submit("password-submit", &[("current", current), ("password", new)]).await
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status() == 200
}

both! {
    async fn the_password_changes_for_whoever_knows_it_and_only_to_one_that_the_policy_takes(world) {
        let mut browser = world.signed_in("bruno").await;
        for (current, new, status) in [
            ("", ANOTHER, 422),
            (PASSWORD, "", 422),
            (PASSWORD, "too-Short1!", 422),
            (PASSWORD, "Password123!", 422),
            (PASSWORD, "Bruno-Perrin-2026!", 422),
            (PASSWORD, "Marseille13000!", 422),
            (PASSWORD, "M0tdep4sse-2026", 422),
            (PASSWORD, "Guichet-Velo-42", 422),
            (PASSWORD, "Forgetful-Velo-42", 422),
            (PASSWORD, PASSWORD, 422),
            ("Not-My-Password-1", ANOTHER, 401),
        ] {
            let answer = change_password(&mut browser, current, new).await;
            assert_eq!(answer.status(), status, "{current:?} {new:?}");
            assert!(answer.shows("error-title") && answer.shows("password-submit"), "{}", answer.text());
            assert!(!answer.text().contains(ANOTHER), "what was typed is shown");
        }
        assert_eq!(change_password(&mut browser, PASSWORD, &"x".repeat(513)).await.status(), 413);
        let answer = change_password(&mut browser, PASSWORD, ANOTHER).await;
        assert_eq!(
            (answer.status(), answer.header("location")),
            (303, "/account/security?done=password"),
            "{}",
            answer.text()
        );
        let page = browser.follow(answer).await;
        assert_eq!(page.status(), 200, "this session stays");
        assert!(page.text().contains("Your password is changed"), "{}", page.text());
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.status(), 401);
        assert_eq!(world.browser().sign_in("bruno", ANOTHER).await.status(), 303);
    }
}

both! {
    async fn another_password_ends_every_other_session_and_all_that_applications_hold(world) {
        let mut browser = world.signed_in("alice").await;
        let mut stolen = browser.clone();
        let mut elsewhere = world.signed_in("alice").await;
        let web = world.client("demo-web").scope("openid offline_access");
        let tokens = web.enter(&mut browser).await;
        let mut bruno = world.signed_in("bruno").await;
        assert_eq!(change_password(&mut browser, PASSWORD, ANOTHER).await.status(), 303);
        assert!(is_signed_in(&mut browser).await);
        assert!(!is_signed_in(&mut stolen).await, "session fixation: the secret is another one now");
        assert!(!is_signed_in(&mut elsewhere).await);
        assert_eq!(web.refresh(&tokens.refresh).await.error(), "invalid_grant");
        assert_eq!(web.userinfo(&tokens.access).await.status(), 401);
        assert!(is_signed_in(&mut bruno).await, "nobody else is concerned");
    }
}

/// What ended is ended on every server at once.
#[tokio::test]
async fn a_session_ended_by_another_password_is_ended_on_another_server() {
    let Some(world) = World::on(Kind::Postgres).await else { return };
    let other = world.second_server().await;
    let mut elsewhere = other.signed_in("alice").await;
    let mut browser = world.signed_in("alice").await;
    assert_eq!(change_password(&mut browser, PASSWORD, ANOTHER).await.status(), 303);
    assert!(!is_signed_in(&mut elsewhere).await);
    assert_eq!(other.browser().sign_in("alice", PASSWORD).await.status(), 401);
}

both! {
    /// A stolen session gets no more guesses than the sign-in page gives.
    async fn wrong_passwords_at_this_page_count_with_those_at_the_sign_in(world) {
        let mut browser = world.signed_in("bruno").await;
        for attempt in 0..5 {
            assert_eq!(change_password(&mut browser, "Not-My-Password-1", ANOTHER).await.status(), 401, "{attempt}");
            let mut closed = browser.clone();
            closed.forget_session();
            assert_eq!(closed.sign_in("bruno", "wrong").await.status(), 401, "{attempt}");
        }
        let answer = change_password(&mut browser, PASSWORD, ANOTHER).await;
        assert_eq!(answer.status(), 429, "{}", answer.text());
        assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
        world.advance("16min");
        assert_eq!(change_password(&mut browser, PASSWORD, ANOTHER).await.status(), 303);
    }
}

both! {
    async fn every_other_session_ends_at_one_press_and_its_owner_is_told(world) {
        let mut browser = world.signed_in("carl").await;
        let mut others = [world.signed_in("carl").await, world.signed_in("carl").await];
        browser.get("/account/security").await;
        let answer = browser.submit("sessions-end-others", &[]).await;
        assert_eq!(answer.header("location"), "/account/security?done=other-sessions");
        assert!(is_signed_in(&mut browser).await);
        for other in &mut others {
            assert!(!is_signed_in(other).await);
        }
        let (mail, _) = world.last_mail("carl").await;
        assert!(mail.subject.contains("other sessions"), "{}", mail.subject);
        assert!(!browser.get("/account/security").await.shows("sessions-end-others"), "there is no other");
    }
}

both! {
    /// What one signs in with changes for whoever proved not long ago who they are, with the second factor where there
    /// is one.
    async fn a_new_password_and_the_end_of_an_account_ask_for_a_fresh_proof(world) {
        let theo = Authenticator::of(&world, "theo");
        let mut remembered = world.browser();
        let answer = remembered.sign_in("theo", PASSWORD).await;
        remembered.follow(answer).await;
        remembered.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
        let page = remembered.get("/account/security").await.text();
        assert!(page.contains("recovery-codes-left") && page.contains("asks for a code again"), "{page}");
        remembered.forget_session();
        assert_eq!(remembered.sign_in("theo", PASSWORD).await.header("location"), "/account");
        let mut old = world.signed_in("bruno").await;
        world.advance("11min");
        for path in ["/account/security/password", "/account/close"] {
            for browser in [&mut remembered, &mut old] {
                let asked = browser.get(path).await;
                assert!(
                    asked.header("location").starts_with("/reauthenticate?for="),
                    "{path}: {}",
                    asked.header("location")
                );
                browser.get("/account/security").await;
                let csrf = browser.csrf();
                let fields = [("csrf", csrf.as_str()), ("current", PASSWORD), ("password", ANOTHER)];
                assert!(
                    browser.post(path, &fields).await.header("location").starts_with("/reauthenticate?for="),
                    "{path}"
                );
            }
        }
        assert!(old.open_freshly("/account/security/password").await.shows("password-current"));
        assert!(
            remembered.open_freshly("/account/security/password").await.shows("totp-submit"),
            "the password alone isn't enough"
        );
        assert_eq!(remembered.give_code(&theo.code()).await.header("location"), "/account/security/password");
    }
}

fn devices(answer: &Answer) -> Vec<String> {
    answer.page().values("/account/devices/forget", "device")
}

both! {
    async fn a_forgotten_device_is_an_unknown_one_again(world) {
        let mut browser = world.signed_in("bruno").await;
        let known = devices(&browser.get("/account/security").await);
        assert_eq!(known.len(), 1);
        let answer = browser.send_form_to("/account/devices/forget", ("device", &known[0])).await;
        assert_eq!(answer.header("location"), "/account/security?done=device");
        assert!(devices(&browser.get("/account/security").await).is_empty());
        assert!(is_signed_in(&mut browser).await, "the session goes on");
        let told = world.mails().await.len();
        browser.forget_session();
        assert_eq!(browser.sign_in("bruno", PASSWORD).await.status(), 303);
        assert_eq!(world.mails().await.len(), told + 1, "its owner is told of a sign-in from an unknown device");
    }
}

both! {
    /// Fault 3: an id of somebody else's answers like one that doesn't exist.
    async fn nobody_reaches_another_persons_device_session_or_consent(world) {
        let mut alice = world.signed_in("alice").await;
        world.client("portal").authorize(&mut alice).await;
        let forms = alice.get("/account/security").await.page().forms();
        let mut bruno = world.signed_in("bruno").await;
        bruno.get("/account/security").await;
        let csrf = bruno.csrf();
        for (path, field) in [
            ("/account/sessions/end", "session"),
            ("/account/devices/forget", "device"),
            ("/account/consents/withdraw", "consent"),
        ] {
            let Some(form) = forms.iter().find(|form| form.action == path) else { continue };
            let foreign = bruno.post(path, &[("csrf", &csrf), (field, form.field(field))]).await;
            let missing = bruno.post(path, &[("csrf", &csrf), (field, "01890000-0000-7000-8000-000000000000")]).await;
            assert_eq!((foreign.status(), foreign.text()), (404, missing.text()), "{path}");
        }
        let again = alice.get("/account/security").await.page().forms();
        assert_eq!(again.len(), forms.len(), "nothing of alice's changed");
    }
}

both! {
    async fn no_form_about_ones_own_account_is_taken_without_its_token(world) {
        let mut browser = world.signed_in("bruno").await;
        for (path, fields) in [
            ("/account/security/password", vec![("current", PASSWORD), ("password", ANOTHER)]),
            ("/account/sessions/end-others", vec![]),
            ("/account/devices/forget", vec![("device", "01890000-0000-7000-8000-000000000000")]),
            ("/account/record", vec![("first_name", "Evil")]),
            ("/account/close", vec![("password", PASSWORD)]),
        ] {
            assert_eq!(browser.post(path, &fields).await.status(), 403, "{path}");
            assert_eq!(world.browser().post(path, &fields).await.status(), 403, "{path} by a stranger");
        }
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.status(), 303, "nothing changed");
    }
}

both! {
    async fn whoever_isnt_signed_in_is_led_to_the_sign_in(world) {
        for path in
            ["/account/security", "/account/security/password", "/account/record", "/account/close", "/account/export"]
        {
            let answer = world.browser().get(path).await;
            assert_eq!((answer.status(), answer.header("location")), (303, "/login"), "{path}");
        }
    }
}

both! {
    async fn recent_activity_tells_in_plain_words_what_happened_and_from_where(world) {
        assert_eq!(world.browser().from("198.51.100.9").sign_in("bruno", "wrong").await.status(), 401);
        let mut browser = world.signed_in("bruno").await;
        world.client("portal").authorize(&mut browser).await;
        change_password(&mut browser, PASSWORD, ANOTHER).await;
        let english = browser.get("/account/security").await.text();
        for told in ["A sign-in was refused", "198.51.100.9", "Signed in", "Entered ", "Password set", "Chrome"] {
            assert!(english.contains(told), "{told}: {english}");
        }
        let french = browser.clone().with("accept-language", "fr").get("/account/security").await.text();
        for told in ["Connexion refusée", "Mot de passe défini", "Sécurité"] {
            assert!(french.contains(told), "{told}: {french}");
        }
        let mut other = world.signed_in("alice").await;
        assert!(!other.get("/account/security").await.text().contains("198.51.100.9"), "{} is bruno's", login("bruno"));
    }
}
