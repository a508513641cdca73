//! Enrolling, replacing and removing an authenticator app: never without a fresh proof, and never without the old one.

use super::{company_requires, subjects};
use crate::world::{Authenticator, PASSWORD, both, recovery_codes};

const PAGE: &str = "/account/security/totp";

both! {
    async fn a_seed_counts_for_nothing_until_a_first_code_proves_it(world) {
        let mut browser = world.signed_in("carl").await;
        let page = browser.open(PAGE).await;
        assert!(page.shows("totp-secret") && page.text().contains("<svg"), "{}", page.text());
        let app = Authenticator::told_by(&world, &page);
        assert_eq!(world.browser().sign_in("carl", PASSWORD).await.header("location"), "/account");
        assert_eq!(browser.submit("totp-enable", &[("code", &app.wrong_code())]).await.status(), 422);
        let code = app.code();
        let answer = browser.submit("totp-enable", &[("code", &code)]).await;
        assert_eq!((answer.status(), recovery_codes(&answer).len()), (200, 10));
        assert!(browser.open(PAGE).await.shows("totp-enrolled"));
        let mut other = world.browser();
        assert_eq!(other.sign_in("carl", PASSWORD).await.header("location"), "/login/second-factor");
        other.get("/login/second-factor").await;
        assert_eq!(other.give_code(&code).await.status(), 401, "the code that proved it was used");
        assert!(subjects(&world, "carl").await.iter().any(|subject| subject.contains("two-step sign-in is on")));
    }
}

both! {
    /// Whoever has the password and waits in another session can't slip a seed of theirs under the owner's first code.
    async fn each_session_is_offered_a_seed_of_its_own(world) {
        let (mut owner, mut thief) = (world.signed_in("carl").await, world.signed_in("carl").await);
        let (mine, theirs) = (owner.open(PAGE).await, thief.open(PAGE).await);
        let seed = |page: &crate::world::Answer| page.page().text("#totp-secret");
        assert_ne!(seed(&mine), seed(&theirs));
        let (mine, theirs) = (Authenticator::told_by(&world, &mine), Authenticator::told_by(&world, &theirs));
        assert_eq!(owner.submit("totp-enable", &[("code", &theirs.code())]).await.status(), 422);
        assert_eq!(owner.submit("totp-enable", &[("code", &mine.code())]).await.status(), 200);
        let answer = thief.submit("totp-enable", &[("code", &theirs.code())]).await;
        assert_eq!(answer.status(), 303, "the other session must prove the new factor first");
        assert!(answer.header("location").starts_with("/reauthenticate"), "{}", answer.header("location"));
    }
}

both! {
    /// Session fixation: whoever knew the secret of the session before has nothing afterwards; what relying parties
    /// hold goes on.
    async fn enrolling_strengthens_the_session_under_a_new_secret(world) {
        let mut browser = world.signed_in("carl").await;
        let before = browser.clone();
        let mut other = world.signed_in("carl").await;
        browser.enrol(&world).await;
        assert_ne!(browser.cookie("session"), before.cookie("session"));
        assert_eq!(before.clone().get("/account").await.header("location"), "/login");
        assert_eq!(browser.get("/account").await.status(), 200);
        let answer = other.get("/account").await;
        assert!(
            answer.header("location").starts_with("/reauthenticate"),
            "one factor is no longer enough elsewhere either"
        );
        let portal = world.client("portal");
        let tokens = portal.enter(&mut browser).await;
        assert_eq!(tokens.id_claims()["acr"], "2fa");
    }
}

both! {
    async fn every_change_asks_for_a_fresh_proof_with_the_second_factor(world) {
        let (theo, mut browser) = (Authenticator::of(&world, "theo"), world.browser());
        browser.sign_in_twice("theo", &theo).await;
        assert!(browser.open(PAGE).await.shows("totp-enrolled"));
        world.advance("11min");
        let forms = browser.clone();
        for button in ["totp-remove", "recovery-codes-renew"] {
            let mut stale = forms.clone();
            let answer = stale.submit(button, &[]).await;
            assert_eq!(answer.header("location"), "/reauthenticate?for=%2Faccount%2Fsecurity%2Ftotp", "{button}");
        }
        let page = browser.open(PAGE).await;
        assert!(page.shows("reauth-password"), "{:?} {}", page.location(), page.text());
        assert_eq!(browser.submit("reauth-submit", &[("password", "wrong")]).await.status(), 401);
        assert_eq!(browser.submit("reauth-submit", &[("password", "")]).await.status(), 422);
        let answer = browser.submit("reauth-submit", &[("password", PASSWORD)]).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("totp-submit"), "the password alone is no fresh proof: {:?}", page.location());
        assert!(!page.page().has_box("remember"), "nothing to remember here");
        assert!(
            browser.get(PAGE).await.header("location").starts_with("/reauthenticate"),
            "half a proof opens nothing"
        );
        browser.get("/login/second-factor").await;
        let answer = browser.give_code(&theo.code()).await;
        assert_eq!(answer.header("location"), PAGE);
        assert!(browser.open(PAGE).await.shows("totp-enrolled"));
    }
}

both! {
    async fn a_remembered_browser_proves_the_second_factor_before_a_change(world) {
        let (theo, mut browser) = (Authenticator::of(&world, "theo"), world.browser());
        let answer = browser.sign_in("theo", PASSWORD).await;
        browser.follow(answer).await;
        browser.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
        browser.forget_session();
        browser.sign_in("theo", PASSWORD).await;
        assert_eq!(browser.get("/account").await.status(), 200);
        assert!(browser.get(PAGE).await.header("location").starts_with("/reauthenticate"));
    }
}

both! {
    async fn a_new_app_takes_the_place_of_the_old_one_with_its_codes(world) {
        let mut browser = world.signed_in("carl").await;
        let (old, codes) = browser.enrol(&world).await;
        browser.open(PAGE).await;
        let page = browser.open(&format!("{PAGE}?replace=yes")).await;
        let new = Authenticator::told_by(&world, &page);
        let answer = browser.submit("totp-enable", &[("code", &new.code())]).await;
        assert_eq!(recovery_codes(&answer).len(), 10);
        world.advance("30s");
        let mut other = world.browser();
        let answer = other.sign_in("carl", PASSWORD).await;
        other.follow(answer).await;
        assert_eq!(other.give_code(&old.code()).await.status(), 401);
        assert_eq!(other.submit("totp-submit", &[("recovery_code", &codes[0])]).await.status(), 401);
        assert_eq!(other.give_code(&new.code()).await.status(), 303);
    }
}

both! {
    async fn new_recovery_codes_void_the_old_and_removing_the_app_voids_all(world) {
        let mut browser = world.signed_in("carl").await;
        let (_, codes) = browser.enrol(&world).await;
        browser.open(PAGE).await;
        let answer = browser.submit("recovery-codes-renew", &[]).await;
        let renewed = recovery_codes(&answer);
        assert!(renewed.iter().all(|code| !codes.contains(code)));
        browser.open(PAGE).await;
        let answer = browser.submit("totp-remove", &[]).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("totp-secret") && !page.shows("totp-enrolled"));
        assert_eq!(world.browser().sign_in("carl", PASSWORD).await.header("location"), "/account");
        let told = subjects(&world, "carl").await;
        for words in ["two-step sign-in is on", "new recovery codes", "two-step sign-in is off"] {
            assert!(told.iter().any(|subject| subject.contains(words)), "{words}: {told:?}");
        }
    }
}

both! {
    async fn where_a_second_factor_is_demanded_it_can_be_replaced_and_not_removed(world) {
        let mut browser = world.signed_in("carl").await;
        browser.enrol(&world).await;
        let page = browser.open(PAGE).await;
        assert!(page.shows("totp-remove"));
        company_requires(&world, true).await;
        let answer = browser.submit("totp-remove", &[]).await;
        let page = browser.follow(answer).await;
        assert!(
            page.shows("totp-enrolled") && !page.shows("totp-remove") && page.shows("totp-replace"),
            "{}",
            page.text()
        );
    }
}
