//! Sign-in in two steps.

use super::{company_requires, person_must, subjects};
use crate::world::{Authenticator, Browser, Cause, PASSWORD, both};

/// What a half-made sign-in opens: nothing.
async fn assert_outside(browser: &mut Browser, what: &str) {
    assert!(browser.cookie("session").is_none(), "{what}");
    assert_eq!(browser.get("/account").await.header("location"), "/login", "{what}");
    assert_eq!(browser.get("/account/security/totp").await.header("location"), "/login", "{what}");
}

both! {
    async fn whoever_enrolled_a_second_factor_is_not_in_before_its_code(world) {
        let (theo, mut browser) = (Authenticator::of(&world, "theo"), world.browser());
        let answer = browser.sign_in("theo", PASSWORD).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/login/second-factor"));
        assert_outside(&mut browser, "after the password").await;
        browser.get("/login/second-factor").await;
        for (code, status) in [("", 422), ("123", 401), (theo.wrong_code().as_str(), 401)] {
            let answer = browser.give_code(code).await;
            assert_eq!(answer.status(), status, "{code:?}");
            assert!(answer.shows("error-title") && answer.shows("totp-code"), "{code:?}");
            assert_outside(&mut browser, code).await;
            browser.get("/login/second-factor").await;
        }
        let answer = browser.give_code(&theo.code()).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/account"));
        assert_eq!(browser.get("/account").await.status(), 200);
        assert_eq!(browser.get("/login/second-factor").await.header("location"), "/login", "it is over");
    }
}

both! {
    async fn a_code_counts_once_and_the_one_before_it_not_after_it(world) {
        let theo = Authenticator::of(&world, "theo");
        let (code, mut first, mut second) = (theo.code(), world.browser(), world.browser());
        for browser in [&mut first, &mut second] {
            let answer = browser.sign_in("theo", PASSWORD).await;
            browser.follow(answer).await;
        }
        assert_eq!(first.give_code(&code).await.status(), 303);
        assert_eq!(second.give_code(&code).await.status(), 401, "it was used");
        assert_eq!(second.give_code(&theo.code_before("30s")).await.status(), 401, "an older one, after a newer one");
        world.advance("60s");
        assert_eq!(
            second.give_code(&theo.code_before("30s")).await.status(),
            303,
            "the phone is slow, and this one is newer than the used one"
        );
    }
}

both! {
    async fn what_access_lacks_is_told_after_the_second_factor_only(world) {
        Cause::ContactDisabled.strike(&world, "theo").await;
        let (theo, mut browser) = (Authenticator::of(&world, "theo"), world.browser());
        let answer = browser.sign_in("theo", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("totp-submit") && page.standing().is_empty());
        let answer = browser.give_code(&theo.code()).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["contact-enabled".to_owned()]));
        assert_outside(&mut browser, "refused").await;
    }
}

both! {
    async fn a_half_made_sign_in_runs_out_and_dies_with_its_password_and_its_account(world) {
        let theo = Authenticator::of(&world, "theo");
        let pending = async || {
            let mut browser = world.browser();
            let answer = browser.sign_in("theo", PASSWORD).await;
            browser.follow(answer).await;
            browser
        };
        let mut late = pending().await;
        world.advance("11min");
        assert_eq!(late.give_code(&theo.code()).await.header("location"), "/login");

        let mut outdated = pending().await;
        let account = world.people("theo").await[0].account.id;
        world
            .as_operator(async |tx| guichet::account::set_password(tx, account, "$argon2id$another", tx.now).await)
            .await;
        let answer = outdated.give_code(&theo.code()).await;
        assert_eq!(answer.header("location"), "/login", "{}", answer.text());
        assert_outside(&mut outdated, "the password is another one").await;
    }
}

both! {
    /// The half-made sign-in is its browser's: neither a guess nor another browser goes on with it, and an ended one
    /// doesn't come back.
    async fn the_second_step_is_open_to_the_browser_of_the_first_only(world) {
        let theo = Authenticator::of(&world, "theo");
        for cookie in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let mut stranger = world.browser();
            stranger.plant("guichet_sign_in", cookie);
            assert_eq!(stranger.get("/login/second-factor").await.header("location"), "/login");
        }
        let mut browser = world.browser();
        let answer = browser.sign_in("theo", PASSWORD).await;
        browser.follow(answer).await;
        let mut copy = browser.clone();
        assert_eq!(browser.give_code(&theo.code()).await.status(), 303);
        world.advance("30s");
        assert_eq!(copy.give_code(&theo.code()).await.header("location"), "/login", "it is finished");
        assert!(copy.cookie("session").is_none());
    }
}

both! {
    async fn a_recovery_code_stands_in_once_however_it_is_typed_and_its_owner_is_told(world) {
        let mut browser = world.signed_in("carl").await;
        let (_, codes) = browser.enrol(&world).await;
        assert_eq!(codes.len(), 10);
        let code = &codes[3];
        let typed = format!(" {} ", code.replace('-', " ").to_lowercase());
        let mut other = world.browser();
        let answer = other.sign_in("carl", PASSWORD).await;
        other.follow(answer).await;
        let mut again = other.clone();
        assert_eq!(other.submit("totp-submit", &[("recovery_code", &typed)]).await.status(), 303);
        assert_eq!(other.get("/account").await.status(), 200);
        let answer = again.sign_in("carl", PASSWORD).await;
        again.follow(answer).await;
        for spent in [code.as_str(), "0000-0000-0000-0000", "nonsense"] {
            let answer = again.submit("totp-submit", &[("recovery_code", spent)]).await;
            assert_eq!(answer.status(), 401, "{spent}");
        }
        assert_eq!(again.submit("totp-submit", &[("recovery_code", &codes[4])]).await.status(), 303);
        let told = subjects(&world, "carl").await;
        assert_eq!(told.iter().filter(|subject| subject.contains("a recovery code was used")).count(), 2, "{told:?}");
        let page = again.open("/account/security/totp").await;
        assert!(page.text().contains("8 recovery codes left"), "{}", page.text());
    }
}

both! {
    async fn a_remembered_browser_is_not_asked_for_thirty_days_and_another_is(world) {
        let (theo, mut browser) = (Authenticator::of(&world, "theo"), world.browser());
        let answer = browser.sign_in("theo", PASSWORD).await;
        browser.follow(answer).await;
        let answer = browser.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
        assert_eq!(answer.status(), 303);
        browser.forget_session();
        world.advance("29d");
        assert_eq!(browser.sign_in("theo", PASSWORD).await.header("location"), "/account", "remembered");
        assert_eq!(browser.get("/account").await.status(), 200);
        let mut another = world.browser();
        assert_eq!(another.sign_in("theo", PASSWORD).await.header("location"), "/login/second-factor");
        browser.forget_session();
        world.advance("2d");
        assert_eq!(
            browser.sign_in("theo", PASSWORD).await.header("location"),
            "/login/second-factor",
            "from the proof on, not from the last use"
        );
    }
}

both! {
    async fn a_browser_is_forgotten_with_the_password_and_with_the_factor(world) {
        let (theo, mut browser) = (Authenticator::of(&world, "theo"), world.browser());
        let account = world.people("theo").await[0].account.id;
        let answer = browser.sign_in("theo", PASSWORD).await;
        browser.follow(answer).await;
        browser.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
        browser.forget_session();
        let hash = world.app.hasher.hash(PASSWORD.to_owned()).await.unwrap();
        world.as_operator(async |tx| guichet::account::set_password(tx, account, &hash, tx.now).await).await;
        let answer = browser.sign_in("theo", PASSWORD).await;
        assert_eq!(
            answer.header("location"),
            "/login/second-factor",
            "a new password keeps the factor, and asks for it"
        );
        browser.follow(answer).await;
        world.advance("30s");
        browser.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
        browser.forget_session();
        world.as_operator(async |tx| guichet::account::factor::remove_all(tx, account).await).await;
        company_requires(&world, true).await;
        assert_eq!(
            browser.sign_in("theo", PASSWORD).await.header("location"),
            "/login/second-factor",
            "the factor it proved is gone"
        );
    }
}

both! {
    async fn where_a_company_or_a_person_must_have_one_the_sign_in_enrols_it_first(world) {
        person_must(&world, "carl").await;
        assert_eq!(
            world.browser().sign_in("alice", PASSWORD).await.header("location"),
            "/account",
            "nobody else is concerned"
        );
        company_requires(&world, true).await;
        for who in ["carl", "alice"] {
            let mut browser = world.browser();
            let answer = browser.sign_in(who, PASSWORD).await;
            assert_eq!(answer.header("location"), "/login/second-factor", "{who}");
            assert_outside(&mut browser, who).await;
            let page = browser.open("/login/second-factor").await;
            assert!(page.shows("totp-secret") && !page.shows("totp-submit"), "{}", page.text());
            let app = Authenticator::told_by(&world, &page);
            let again = browser.open("/login/second-factor").await;
            assert_eq!(
                again.page().text("#totp-secret"),
                page.page().text("#totp-secret"),
                "a reload shows the same"
            );
            assert_eq!(browser.submit("totp-enable", &[("code", &app.wrong_code())]).await.status(), 422);
            assert_outside(&mut browser, who).await;
            browser.get("/login/second-factor").await;
            let answer = browser.submit("totp-enable", &[("code", &app.code())]).await;
            assert_eq!(crate::world::recovery_codes(&answer).len(), 10);
            assert_eq!(browser.get("/account").await.status(), 200, "{who}");
            let words = if who == "carl" { "two-step sign-in is on" } else { "connexion en deux étapes activée" };
            assert!(subjects(&world, who).await.iter().any(|subject| subject.contains(words)), "{who}");

            let mut next = world.browser();
            world.advance("30s");
            assert_eq!(next.sign_in_twice(who, &app).await.header("location"), "/account");
        }
        assert_eq!(world.browser().sign_in("fanny", PASSWORD).await.header("location"), "/account", "another company");
    }
}

both! {
    /// Whoever had the password would otherwise leave a factor of theirs behind, which no alarm takes away.
    async fn a_half_made_sign_in_whose_password_was_voided_enrols_nothing(world) {
        person_must(&world, "carl").await;
        let mut thief = world.browser();
        let first = thief.sign_in("carl", PASSWORD).await;
        let app = Authenticator::told_by(&world, &thief.follow(first).await);
        let account = world.people("carl").await[0].account.id;
        world.as_operator(async |tx| guichet::account::void_password(tx, account).await).await;
        let answer = thief.submit("totp-enable", &[("code", &app.code())]).await;
        assert!(!answer.shows("recovery-codes"), "{}", answer.text());
        let enrolled =
            world.app.look(async |view| guichet::account::factor::enrolled(&mut view.db, account).await).await.unwrap();
        assert!(enrolled.is_none());
    }
}

both! {
    /// R-DIR-6: one of two companies demands it, and the person hasn't said yet which one they come for.
    async fn ines_proves_two_factors_where_one_of_her_companies_demands_it(world) {
        company_requires(&world, true).await;
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        let page = browser.follow(answer).await;
        let app = Authenticator::told_by(&world, &page);
        browser.submit("totp-enable", &[("code", &app.code())]).await;
        let page = browser.open("/account").await;
        assert!(page.shows("company-choice"), "{:?}", page.location());
        let answer = browser.press("company", "C-1001").await;
        assert_eq!(browser.follow(answer).await.status(), 200);
    }
}
