//! Sessions: their lives, their end, and the company they act for (R-DIR-6).

use crate::world::{Answer, Browser, PASSWORD, both};

async fn is_signed_in(browser: &mut Browser) -> bool {
    let answer = browser.get("/account").await;
    match (answer.status(), answer.header("location")) {
        (200, _) => true,
        (303, "/login") => false,
        other => panic!("{other:?}: {}", answer.text()),
    }
}

both! {
    async fn a_session_ends_after_two_idle_hours_and_use_keeps_it(world) {
        let mut browser = world.signed_in("alice").await;
        for _ in 0..4 {
            world.advance("119min");
            assert!(is_signed_in(&mut browser).await, "used within two hours");
        }
        world.advance("120min");
        assert!(!is_signed_in(&mut browser).await);
    }
}

both! {
    async fn a_session_ends_after_twelve_hours_however_much_it_is_used(world) {
        let mut browser = world.signed_in("alice").await;
        for _ in 0..11 {
            world.advance("1h");
            assert!(is_signed_in(&mut browser).await);
        }
        world.advance("59min");
        assert!(is_signed_in(&mut browser).await);
        world.advance("1min");
        assert!(!is_signed_in(&mut browser).await);
    }
}

both! {
    async fn signing_out_ends_the_session_and_not_only_the_cookie(world) {
        let mut browser = world.signed_in("alice").await;
        let mut copy = browser.clone();
        browser.get("/account").await;
        let answer = browser.submit("sign-out", &[]).await;
        assert!(answer.cookie("guichet_session").unwrap().contains("Max-Age=0"));
        let page = browser.follow(answer).await;
        assert!(page.shows("logged-out-title"), "{}", page.text());
        assert!(!is_signed_in(&mut browser).await);
        assert!(!is_signed_in(&mut copy).await, "the stolen cookie still works");
    }
}

/// The ids of the sessions that my account lists.
async fn listed(browser: &mut Browser) -> Vec<String> {
    browser.get("/account/security").await.page().values("/account/sessions/end", "session")
}

both! {
    async fn a_person_sees_their_sessions_and_ends_them_one_by_one(world) {
        let mut here = world.signed_in("alice").await;
        let own = listed(&mut here).await;
        assert_eq!(own.len(), 1);
        let mut there = world.signed_in("alice").await.from("198.51.100.9");
        assert!(is_signed_in(&mut there).await);
        let both = listed(&mut here).await;
        assert_eq!(both.len(), 2);
        assert!(here.get("/account/security").await.text().contains("198.51.100.9"));

        let other = both.iter().find(|session| !own.contains(session)).unwrap();
        let answer = here.send_form_to("/account/sessions/end", ("session", other)).await;
        assert_eq!(answer.header("location"), "/account/security?done=session");
        assert!(is_signed_in(&mut here).await && !is_signed_in(&mut there).await);
        assert_eq!(listed(&mut here).await, own);
    }
}

both! {
    /// Fault 3: an id of somebody else's answers like one that doesn't exist.
    async fn nobody_ends_another_persons_session(world) {
        let mut alice = world.signed_in("alice").await;
        let session = listed(&mut alice).await.remove(0);
        let mut bruno = world.signed_in("bruno").await;
        bruno.get("/account").await;
        let csrf = bruno.csrf();
        let foreign = bruno.post("/account/sessions/end", &[("csrf", &csrf), ("session", &session)]).await;
        let missing = bruno
            .post("/account/sessions/end", &[("csrf", &csrf), ("session", "01890000-0000-7000-8000-000000000000")])
            .await;
        assert_eq!((foreign.status(), foreign.text()), (missing.status(), missing.text()));
        assert!(is_signed_in(&mut alice).await);
    }
}

/// The company that the buttons of a page show as the one acted for.
fn here(answer: &Answer) -> Option<String> {
    answer.page().attributes("[name=company][aria-current=true]", "value").into_iter().next()
}

both! {
    async fn ines_chooses_her_company_and_can_switch(world) {
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("company-choice"), "{}", page.text());
        assert_eq!(here(&page), None);
        for company in ["C-1001", "C-1002", "C-1001"] {
            let chosen = browser.press("company", company).await;
            let account = browser.follow(chosen).await;
            assert_eq!((account.status(), here(&account).as_deref()), (200, Some(company)));
        }
    }
}

both! {
    async fn nobody_chooses_a_company_that_is_not_theirs(world) {
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        browser.follow(answer).await;
        let csrf = browser.csrf();
        for company in ["C-1003", "C-9999"] {
            let answer = browser.post("/login/company", &[("csrf", &csrf), ("company", company)]).await;
            assert_eq!(answer.status(), 404, "{company}");
        }
        assert_eq!(browser.get("/account").await.header("location"), "/login/company", "she still has none");
    }
}
