//! Guessing at the second factor: counted alike at every door that asks for it, and told to the owner.

use super::subjects;
use crate::staff::contact_page;
use crate::world::{Authenticator, Browser, PASSWORD, both};

async fn pending(browser: &mut Browser) {
    let answer = browser.sign_in("theo", PASSWORD).await;
    browser.follow(answer).await;
}

both! {
    async fn after_five_wrong_codes_of_any_kind_not_even_the_right_one_is_looked_at_and_the_owner_is_told(world) {
        let theo = Authenticator::of(&world, "theo");
        for attempt in 0..5 {
            let mut browser = world.browser();
            pending(&mut browser).await;
            let typed = if attempt % 2 == 0 {
                ("code", theo.wrong_code())
            } else {
                ("recovery_code", "0000-0000-0000-0000".to_owned())
            };
            assert_eq!(browser.submit("totp-submit", &[(typed.0, &typed.1)]).await.status(), 401, "{attempt}");
        }
        let mut browser = world.browser();
        pending(&mut browser).await;
        let answer = browser.give_code(&theo.code()).await;
        assert_eq!(answer.status(), 429, "{}", answer.text());
        assert!((880..=900).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
        assert!(browser.cookie("session").is_none());
        let told = subjects(&world, "theo").await;
        assert_eq!(
            told.iter().filter(|subject| subject.contains("quelqu’un connaît votre mot de passe")).count(),
            1,
            "{told:?}"
        );

        world.advance("15min");
        pending(&mut browser).await;
        assert_eq!(browser.give_code(&theo.code()).await.status(), 303);
    }
}

both! {
    async fn customer_service_opens_the_limit_on_codes_again(world) {
        let theo = Authenticator::of(&world, "theo");
        for _ in 0..5 {
            let mut browser = world.browser();
            pending(&mut browser).await;
            browser.give_code(&theo.wrong_code()).await;
        }
        let mut browser = world.browser();
        pending(&mut browser).await;
        assert_eq!(browser.give_code(&theo.code()).await.status(), 429);
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "theo").await;
        assert!(carole.get(&page).await.text().contains("data-locked=\"true\""));
        carole.submit("account-unlock", &[]).await;
        pending(&mut browser).await;
        assert_eq!(browser.give_code(&theo.code()).await.status(), 303);
    }
}

both! {
    async fn a_known_browser_enters_while_others_guess_and_counts_by_itself_at_every_door(world) {
        let theo = Authenticator::of(&world, "theo");
        let mut known = world.browser();
        known.sign_in_twice("theo", &theo).await;
        let mut signed_in = known.clone();
        known.forget_session();
        for _ in 0..5 {
            let mut stranger = world.browser();
            pending(&mut stranger).await;
            stranger.give_code(&theo.wrong_code()).await;
        }
        world.advance("30s");
        pending(&mut known).await;
        assert_eq!(known.give_code(&theo.code()).await.status(), 303);

        // Ten wrong codes in its running session close the same counter for its next sign-in.
        signed_in.get("/reauthenticate").await;
        let answer = signed_in.submit("reauth-submit", &[("password", PASSWORD)]).await;
        signed_in.follow(answer).await;
        for attempt in 0..10 {
            assert_eq!(signed_in.give_code(&theo.wrong_code()).await.status(), 401, "{attempt}");
        }
        known.forget_session();
        assert_eq!(known.sign_in("theo", PASSWORD).await.status(), 429);
    }
}

both! {
    async fn right_codes_are_given_back(world) {
        let theo = Authenticator::of(&world, "theo");
        for _ in 0..8 {
            world.advance("30s");
            assert_eq!(world.browser().sign_in_twice("theo", &theo).await.status(), 303);
        }
    }
}
