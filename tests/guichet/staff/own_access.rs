//! What the vendor's people keep to themselves: their networks, factors and passwords; relying parties don't see them.

use guichet::access::SecondFactor;
use guichet::base::Networks;

use crate::security::{ANOTHER, change_password};
use crate::world::{Authenticator, PASSWORD, both, login};

both! {
    async fn staff_come_from_the_staffs_networks_only(world) {
        let limited =
            world.server_with(|config| config.staff.networks = Networks::parse("192.0.2.0/24").unwrap()).await;
        let refused = limited.browser().sign_in("carole", PASSWORD).await;
        assert_eq!((refused.status(), refused.unmet()), (403, vec!["network".to_owned()]));
        let mut inside = limited.browser().from("192.0.2.7");
        assert_eq!(inside.sign_in("carole", PASSWORD).await.status(), 303);
        assert_eq!(inside.get("/staff").await.status(), 200);
        assert_eq!(inside.clone().from("198.51.100.1").get("/staff").await.status(), 403, "on every page");
        assert_eq!(
            limited.browser().sign_in("alice", PASSWORD).await.status(),
            303,
            "contacts have networks of their own"
        );
    }
}

both! {
    async fn a_second_factor_is_always_asked_of_staff_outside_the_demonstration(world) {
        let serious = world.server_with(|config| config.staff.second_factor = SecondFactor::Required).await;
        let mut earlier = world.signed_in("carole").await;
        assert_eq!(earlier.get("/staff").await.status(), 200);
        let mut browser = serious.browser();
        let first = browser.sign_in("carole", PASSWORD).await;
        assert_eq!((first.status(), first.header("location")), (303, "/login/second-factor"));
        assert!(first.cookie("guichet_session").is_none());
        assert_eq!(browser.get("/staff").await.header("location"), "/login", "she has none yet");
        let page = browser.open("/login/second-factor").await;
        let app = Authenticator::told_by(&serious, &page);
        browser.submit("totp-enable", &[("code", &app.code())]).await;
        assert_eq!(browser.get("/staff").await.status(), 200);
        browser.forget_session();
        for _ in 0..2 {
            world.advance("30s");
            let first = browser.sign_in("carole", PASSWORD).await;
            let second = browser.follow(first).await;
            assert!(
                second.shows("totp-submit") && !second.page().has_box("remember"),
                "no browser stands in for hers"
            );
            browser.give_code(&app.code()).await;
            assert_eq!(browser.get("/staff").await.status(), 200);
            browser.forget_session();
        }
        for text in ["second_factor = \"optional\"", "second_factor = \"Optional\""] {
            assert!(
                guichet::config::Config::parse(&format!("[staff]\n{text}")).is_err(),
                "no file says otherwise: {text}"
            );
        }
    }
}

both! {
    async fn staff_change_their_password_and_their_second_factor_themselves(world) {
        let mut carole = world.signed_in("carole").await;
        assert_eq!(change_password(&mut carole, PASSWORD, ANOTHER).await.header("location"), "/staff");
        assert_eq!(world.browser().sign_in("carole", PASSWORD).await.status(), 401);
        let (app, codes) = carole.enrol(&world).await;
        assert_eq!((codes.len(), carole.get("/staff").await.status()), (10, 200));
        world.advance("30s");
        let mut again = world.browser();
        let first = again.sign_in("carole", ANOTHER).await;
        assert_eq!(first.header("location"), "/login/second-factor");
        again.follow(first).await;
        assert_eq!(again.give_code(&app.code()).await.header("location"), "/staff");
        let told: Vec<_> = world
            .mails()
            .await
            .into_iter()
            .filter(|mail| mail.to == login("carole"))
            .map(|mail| mail.subject)
            .collect();
        for change in ["your password was changed", "two-step sign-in is on"] {
            assert!(told.iter().any(|subject| subject.contains(change)), "{change}: {told:?}");
        }
    }
}

both! {
    async fn staff_are_not_seen_by_relying_parties(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("carole").await;
        let answer = portal.arrive(&mut browser, &portal.ask()).await;
        assert!(answer.status() == 403 && !portal.receives(&answer), "{}", answer.text());
        let silent = browser.open(&portal.ask().with("prompt", "none").path()).await;
        assert!(portal.receives(&silent) && silent.parameter("code").is_none());
    }
}
