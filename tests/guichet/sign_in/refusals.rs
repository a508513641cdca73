//! Refusals: told only after the right password, with every condition and whether it holds (R-ADM-7, R-DIR-1, R-DIR-3,
//! R-RGT-6).

use crate::world::{Cause, PASSWORD, both};

both! {
    async fn whoever_lacks_a_condition_is_told_which_after_the_right_password_only(world) {
        for (who, unmet) in [("eve", "contact-listed"), ("lea", "company-open"), ("nina", "network")] {
            let wrong = world.browser().sign_in(who, "Guichet-2026?").await;
            assert_eq!((wrong.status(), wrong.standing()), (401, vec![]), "{who}");

            let mut browser = world.browser();
            let answer = browser.sign_in(who, PASSWORD).await;
            assert_eq!(answer.status(), 403, "{who}");
            assert!(answer.cookie("guichet_session").is_none(), "{who}");
            assert_eq!(answer.unmet(), [unmet], "{who}");
            assert!(answer.shows("error-title") && answer.shows("error-reference") && answer.shows("standing"));
            assert!(answer.standing().len() > 8, "the conditions that hold are shown too");
            assert_eq!(browser.get("/account").await.header("location"), "/login", "{who}");
        }
    }
}

both! {
    /// R-RGT-6: the address counts at every request, not only at sign-in.
    async fn a_network_limit_holds_at_sign_in_and_on_every_page(world) {
        let mut browser = world.browser().from("192.0.2.7");
        assert_eq!(browser.sign_in("nina", PASSWORD).await.status(), 303);
        assert_eq!(browser.get("/account").await.status(), 200);
        let mut elsewhere = browser.clone().from("198.51.100.1");
        let answer = elsewhere.get("/account").await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["network".to_owned()]));
        assert_eq!(browser.get("/account").await.status(), 200, "back in her network her session still runs");
        let mut mapped = browser.clone().from("::ffff:192.0.2.9");
        assert_eq!(mapped.get("/account").await.status(), 200, "a mapped address is the address");
    }
}

both! {
    async fn every_cause_is_named_at_sign_in(world) {
        let expected = [
            (Cause::ContactInactiveAtErp, "contact-listed"),
            (Cause::ContactDisabled, "contact-enabled"),
            (Cause::MembershipDisabled, "membership-enabled"),
            (Cause::AccountDisabled, "account-enabled"),
            (Cause::CompanyBlocked, "company-open"),
        ];
        let mut unmet = Vec::new();
        for (cause, condition) in expected {
            cause.strike(&world, "alice").await;
            unmet.push(condition.to_owned());
            let answer = world.browser().sign_in("alice", PASSWORD).await;
            let (mut told, mut wanted) = (answer.unmet(), unmet.clone());
            told.sort();
            wanted.sort();
            assert_eq!((answer.status(), told), (403, wanted), "after {cause:?}");
        }
        Cause::CompanyNotValidated.strike(&world, "alice").await;
        let unmet = world.browser().sign_in("alice", PASSWORD).await.unmet();
        assert!(
            unmet.contains(&"company-validated".to_owned()) && !unmet.contains(&"company-open".to_owned()),
            "{unmet:?}"
        );
        Cause::MembershipDetached.strike(&world, "alice").await;
        let answer = world.browser().sign_in("alice", PASSWORD).await;
        assert_eq!(answer.status(), 403, "an account without any contact");
    }
}

both! {
    /// R-DIR-6: the company she may act for stays open when the other one closes.
    async fn ines_is_not_asked_where_one_company_only_lets_her_in(world) {
        Cause::CompanyBlocked.strike(&world, "alice").await;
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert_eq!(page.status(), 200, "{}", page.text());
        assert!(!page.shows("company-choice") && page.text().contains("C-1002"), "{}", page.text());
    }
}
