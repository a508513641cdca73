//! Sign-in by a passkey alone.

use guichet::audit::{self, About, Filter};
use serde_json::json;

use crate::world::{Cause, World, both};

/// The deeds of the trail about somebody, the newest first, with their particulars.
async fn deeds(world: &World, who: &str) -> Vec<String> {
    let account = world.people(who).await[0].account.id;
    let filter = Filter { about: About::Account(account), since: None, limit: 20 };
    let lines = world.app.look(async |view| audit::list(&mut view.db, filter).await).await.unwrap();
    lines.into_iter().map(|line| format!("{} {}", line.deed, line.detail)).collect()
}

both! {
    async fn a_passkey_signs_in_without_name_or_password_and_counts_as_two_factors(world) {
        let mut passkey = world.browser().with_passkey("carl").await;
        let mut browser = world.browser();
        let answer = browser.sign_in_by(&mut passkey).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/account"), "{}", answer.text());
        assert_eq!(browser.get("/account").await.status(), 200);
        let claims = world.client("portal").enter(&mut browser).await.id_claims();
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["pop", "user", "mfa"])));
        let letters = world.mails().await;
        let new_devices =
            letters.iter().filter(|mail| mail.to == "carl@durand.example" && mail.subject.contains("unknown device"));
        assert_eq!(new_devices.count(), 2, "the browser that added it, and the one it signed in from");
    }
}

both! {
    async fn the_sign_in_goes_on_where_a_relying_party_waits(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let portal = world.client("portal");
        let (ask, mut browser) = (portal.ask(), world.browser());
        let page = browser.open(&ask.path()).await;
        assert!(
            page.shows("passkey-submit")
                && page.header("content-security-policy").contains("form-action 'self' http://localhost:8090")
        );
        let answer = browser.use_passkey(&mut passkey).await;
        let next = answer.header("location");
        assert!(next.starts_with("/oauth2/authorize?interaction="), "{next}");
        let mut answer = browser.follow(answer).await;
        if answer.shows("consent-allow") {
            answer = browser.submit("consent-allow", &[]).await;
            answer = browser.follow(answer).await;
        }
        assert_eq!(portal.tokens(&portal.code(&ask, &answer)).await.id_claims()["acr"], "phr");
    }
}

both! {
    /// Session fixation, and sign-in over a running session: the old one ends, the new one has another secret.
    async fn whoever_signs_in_anew_has_a_new_session(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let mut browser = world.signed_in("bruno").await;
        let before = browser.clone();
        browser.open(&world.client("portal").ask().with("prompt", "login").path()).await;
        assert_eq!(browser.use_passkey(&mut passkey).await.status(), 303);
        assert_ne!(browser.cookie("session"), before.cookie("session"));
        assert_eq!(before.clone().get("/account").await.header("location"), "/login");
        assert!(browser.get("/account").await.text().contains("alice@durand.example"));
    }
}

both! {
    async fn every_cause_that_refuses_a_password_refuses_a_passkey_with_the_same_words(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        for (cause, condition) in [
            (Cause::MembershipDisabled, "membership-enabled"),
            (Cause::ContactInactiveAtErp, "contact-listed"),
            (Cause::CompanyBlocked, "company-open"),
            (Cause::AccountDisabled, "account-enabled"),
        ] {
            cause.strike(&world, "alice").await;
            let mut browser = world.browser();
            let answer = browser.sign_in_by(&mut passkey).await;
            assert_eq!(answer.status(), 403, "{cause:?}");
            assert!(
                answer.unmet().contains(&condition.to_owned()) && answer.shows("error-reference"),
                "{cause:?}: {:?}",
                answer.unmet()
            );
            assert!(answer.cookie("guichet_session").is_none() && browser.cookie("session").is_none(), "{cause:?}");
        }
    }
}

both! {
    /// R-RGT-6: the network counts at the door.
    async fn a_passkey_opens_no_door_from_elsewhere(world) {
        let mut passkey = world.browser().from("192.0.2.7").with_passkey("nina").await;
        let answer = world.browser().from("198.51.100.1").sign_in_by(&mut passkey).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["network".to_owned()]));
        assert_eq!(world.browser().from("192.0.2.8").sign_in_by(&mut passkey).await.status(), 303);
    }
}

both! {
    /// R-DIR-6: whoever acts for several companies chooses.
    async fn somebody_of_two_companies_chooses_after_a_passkey_too(world) {
        let mut browser = world.browser();
        browser.sign_in("ines", crate::world::PASSWORD).await;
        browser.get("/login/company").await;
        browser.press("company", "C-1001").await;
        let (mut passkey, _) = browser.add_passkey().await;
        let mut other = world.browser();
        let answer = other.sign_in_by(&mut passkey).await;
        assert!(other.follow(answer).await.shows("company-choice"));
    }
}

both! {
    async fn a_removed_passkey_opens_nothing_more_and_a_stranger_learns_nothing(world) {
        let mut browser = world.browser();
        browser.sign_in("alice", crate::world::PASSWORD).await;
        let (mut passkey, _) = browser.add_passkey().await;
        let remove = "/account/security/passkeys/remove";
        let ids = browser.open(super::PAGE).await.page().values(remove, "passkey");
        browser.send_form_to(remove, ("passkey", &ids[0])).await;
        let (mut gone, mut wrong) = (world.browser(), world.browser());
        let gone = gone.sign_in_by(&mut passkey).await;
        assert_eq!(gone.status(), 401);
        "AAAAAAAAAAAAAAAAAAAAAA".clone_into(&mut passkey.id);
        let unknown = wrong.sign_in_by(&mut passkey).await;
        assert_eq!(
            (unknown.status(), unknown.text_without(&[])),
            (401, gone.text_without(&[])),
            "known once or never: the same"
        );
        assert!(gone.shows("error-title") && gone.shows("login-password"));
    }
}

both! {
    async fn what_fails_is_in_the_trail_and_closes_no_limit(world) {
        let passkey = world.browser().with_passkey("alice").await;
        let mut bent = passkey.clone();
        bent.verifies_user = false;
        for _ in 0..12 {
            assert_eq!(world.browser().sign_in_by(&mut bent).await.status(), 401);
        }
        let newest = deeds(&world, "alice").await.remove(0);
        assert!(
            newest.starts_with("session.refused")
                && newest.contains("[\"passkey\"]")
                && newest.contains("user verified"),
            "{newest}"
        );
        assert_eq!(world.browser().sign_in_by(&mut passkey.clone()).await.status(), 303);
    }
}

both! {
    /// WebAuthn section 6.1.1: a counter that goes back means a copy. Its owner is told.
    async fn a_copy_of_a_passkey_is_refused_recorded_and_told(world) {
        let mut passkey = world.browser().with_passkey("carl").await;
        let copy = passkey.clone();
        assert_eq!(world.browser().sign_in_by(&mut passkey).await.status(), 303);
        assert_eq!(world.browser().sign_in_by(&mut passkey).await.status(), 303);
        assert_eq!(world.browser().sign_in_by(&mut copy.clone()).await.status(), 401);
        let deeds = deeds(&world, "carl").await;
        assert!(deeds.iter().take(2).any(|deed| deed.starts_with("factor.passkey_copied")), "{deeds:?}");
        assert!(
            world
                .mails()
                .await
                .iter()
                .any(|mail| mail.to == "carl@durand.example" && mail.subject.contains("copy of your passkey"))
        );
        assert_eq!(world.browser().sign_in_by(&mut passkey).await.status(), 303, "the owner's goes on");
    }
}

both! {
    async fn staff_sign_in_by_passkey_and_come_to_their_own_page(world) {
        let strict = world.server_with(|config| config.staff = guichet::config::StaffSettings::default()).await;
        let mut browser = world.browser();
        browser.sign_in("oscar", crate::world::PASSWORD).await;
        let (mut passkey, answer) = browser.add_passkey().await;
        assert!(answer.shows("recovery-codes"), "{:?} {}", answer.location(), answer.text());
        let mut other = strict.browser();
        let answer = other.sign_in_by(&mut passkey).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/staff"));
        assert_eq!(other.get("/staff").await.status(), 200, "it is the second factor that staff always need");
        let mut by_password = strict.browser();
        let answer = by_password.sign_in("oscar", crate::world::PASSWORD).await;
        assert_eq!(answer.header("location"), "/login/second-factor");
    }
}

both! {
    async fn challenges_run_out_by_network_and_the_password_is_there_as_before(world) {
        let narrow = world.server_with(|config| config.limits.challenge = 3).await;
        let (mut browser, mut elsewhere) = (narrow.browser(), narrow.browser().from("198.51.100.1"));
        browser.get("/login").await;
        for _ in 0..3 {
            browser.challenge().await;
        }
        let answer = browser.ask_for_challenge().await;
        assert_eq!((answer.status(), answer.header("retry-after").is_empty()), (429, false));
        elsewhere.get("/login").await;
        elsewhere.challenge().await;
        assert_eq!(browser.sign_in("alice", crate::world::PASSWORD).await.status(), 303);
    }
}

both! {
    /// A page that is only looked at leaves nothing in the database, and where the issuer is an address there are no
    /// passkeys.
    async fn the_sign_in_page_writes_nothing_and_offers_what_works(world) {
        for _ in 0..3 {
            world.browser().get("/login").await;
        }
        assert_eq!(world.database().execute("delete from passkey_ceremonies").await, 0);
        let bare = world.server_with(|config| "http://127.0.0.1:8080".clone_into(&mut config.issuer)).await;
        let page = bare.browser().get("/login").await;
        assert!(!page.shows("passkey-submit") && !page.header("content-security-policy").contains("script-src"));
    }
}

both! {
    async fn ceremonies_are_swept_once_their_time_is_over(world) {
        let mut browser = world.browser();
        browser.get("/login").await;
        browser.challenge().await;
        world.run_due().await;
        world.advance("6min");
        world.run_due().await;
        assert_eq!(world.database().execute("delete from passkey_ceremonies").await, 0);
    }
}
