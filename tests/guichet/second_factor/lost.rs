//! A lost second factor: Customer Service or the operator asks that it go, its owner is told at once and may object,
//! and a day later it goes.

use guichet::account::factor::reset::{self, ResetRequest};

use crate::staff::contact_page;
use crate::world::{Authenticator, Browser, PASSWORD, World, both};

/// Whether a reset waits for somebody.
async fn waits(world: &World, who: &str) -> bool {
    let account = world.people(who).await.remove(0).account;
    world.app.look(async |view| reset::waiting(&mut view.db, account.id).await).await.unwrap().is_some()
}

/// The operator asks, as at the command line.
async fn ask(world: &World, who: &str) -> bool {
    let account = world.people(who).await.remove(0).account;
    matches!(world.as_operator(async |tx| reset::ask(tx, account.id).await).await, ResetRequest::Due(_))
}

/// Customer Service asks, on the contact's page.
async fn press(browser: &mut Browser, page: &str, button: &str) -> String {
    assert_eq!(browser.get(page).await.status(), 200);
    let done = browser.submit(button, &[]).await;
    assert_eq!(done.status(), 303, "{button}: {}", done.text());
    browser.follow(done).await.text()
}

both! {
    async fn customer_service_has_a_lost_factor_taken_away_a_day_after_its_owner_was_told(world) {
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "theo").await;
        let shown = press(&mut carole, &page, "factor-reset").await;
        assert!(shown.contains("being told by mail") && shown.contains("factor-reset-stop"), "{shown}");
        let (mail, link) = world.last_mail("theo").await;
        assert!(mail.subject.contains("connexion en deux étapes va être désactivée"), "{}", mail.subject);
        assert!(link.starts_with("/links/") && mail.text.contains("Ce n’était pas moi"), "{}", mail.text);
        let answer = world.browser().sign_in("theo", PASSWORD).await;
        assert_eq!(answer.header("location"), "/login/second-factor", "until then nothing changes");

        world.advance("23h");
        world.mails().await;
        assert!(waits(&world, "theo").await);
        world.advance("1h");
        let (mail, link) = world.last_mail("theo").await;
        assert!(
            mail.subject.contains("deux étapes a été désactivée") && link.starts_with("/links/"),
            "{}",
            mail.subject
        );
        let mut theo = world.browser();
        assert_eq!(theo.sign_in("theo", PASSWORD).await.header("location"), "/account");
        let activity = theo.get("/account/security").await.text();
        assert!(activity.contains("Two-step sign-in switched off as asked"), "{activity}");
        carole.sign_in("carole", PASSWORD).await;
        assert!(!carole.get(&page).await.shows("factor-reset"), "there is none to reset");
    }
}

both! {
    async fn it_wasnt_me_stops_the_reset_of_a_second_factor(world) {
        assert!(ask(&world, "theo").await && !ask(&world, "theo").await, "one at a time");
        let (_, link) = world.last_mail("theo").await;
        let mut owner = world.browser();
        owner.get(&link).await;
        assert!(waits(&world, "theo").await, "opening it changes nothing");
        assert_eq!(owner.submit("link-confirm", &[]).await.status(), 303);
        assert!(!waits(&world, "theo").await);
        let told = world.mails().await.len();
        world.advance("25h");
        assert_eq!(world.mails().await.len(), told, "and nothing comes of it");
        assert!(world.people("theo").await[0].account.second_factor_since().is_some());
    }
}

both! {
    async fn a_code_of_the_app_shows_that_it_isnt_lost(world) {
        assert!(ask(&world, "theo").await);
        let (app, mut theo) = (Authenticator::of(&world, "theo"), world.browser());
        assert_eq!(theo.sign_in_twice("theo", &app).await.status(), 303);
        assert!(!waits(&world, "theo").await);
    }
}

both! {
    async fn the_owner_sees_that_a_reset_waits_and_customer_service_can_stop_it(world) {
        let (app, mut theo) = (Authenticator::of(&world, "theo"), world.browser());
        theo.sign_in_twice("theo", &app).await;
        assert!(!theo.get("/account/security").await.shows("second-factor-reset"));
        assert!(ask(&world, "theo").await);
        world.mails().await;
        assert!(theo.get("/account/security").await.shows("second-factor-reset"));
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "theo").await;
        press(&mut carole, &page, "factor-reset-stop").await;
        assert!(!theo.get("/account/security").await.shows("second-factor-reset") && !waits(&world, "theo").await);
    }
}

both! {
    /// R-SUP-9: not the support agent, not the operator at the console, and no contact.
    async fn only_customer_service_resets_a_factor(world) {
        let mut carole = world.signed_in("carole").await;
        let reset = format!("{}/reset-factor", contact_page(&mut carole, "theo").await);
        for (who, status) in [("sam", 403), ("oscar", 403), ("alice", 404)] {
            let mut browser = world.signed_in(who).await;
            browser.get(if who == "alice" { "/account/security" } else { "/staff" }).await;
            let csrf = browser.csrf();
            assert_eq!(browser.post(&reset, &[("csrf", &csrf), ("lost", "true")]).await.status(), status, "{who}");
        }
        let mut sam = world.signed_in("sam").await;
        assert!(!sam.get(reset.trim_end_matches("/reset-factor")).await.shows("factor-reset"));
        assert!(!waits(&world, "theo").await);
    }
}

both! {
    /// The day is for objecting: it begins when the owner's mail server took the letter.
    async fn the_day_begins_when_the_letter_was_delivered(world) {
        let (db, mut carole) = (world.database(), world.signed_in("carole").await);
        let page = contact_page(&mut carole, "theo").await;
        assert!(ask(&world, "theo").await);
        world.mails().await;
        db.execute("update outbox set done_at = null, due_at = 9000000000000 where name = 'factor-reset-asked'").await;
        world.advance("2d");
        world.mails().await;
        carole.sign_in("carole", PASSWORD).await;
        let shown = carole.get(&page).await.text();
        assert!(waits(&world, "theo").await && shown.contains("isn’t delivered yet"), "{shown}");
        let now = world.app.clock.now().millis();
        db.execute(&format!("update outbox set done_at = {now} where name = 'factor-reset-asked'")).await;
        world.advance("23h");
        world.mails().await;
        carole.sign_in("carole", PASSWORD).await;
        let shown = carole.get(&page).await.text();
        assert!(waits(&world, "theo").await && shown.contains("It will be switched off"), "{shown}");
        world.advance("1h");
        world.mails().await;
        assert!(!waits(&world, "theo").await && world.people("theo").await[0].account.second_factor_since().is_none());
    }
}

both! {
    async fn a_letter_that_never_arrives_resets_nothing(world) {
        assert!(ask(&world, "theo").await);
        world.mails().await;
        let lost = "update outbox set done_at = null, given_up_at = created_at where name = 'factor-reset-asked'";
        world.database().execute(lost).await;
        world.mails().await;
        assert!(!waits(&world, "theo").await);
        world.advance("2d");
        world.mails().await;
        assert!(world.people("theo").await[0].account.second_factor_since().is_some());
    }
}

both! {
    /// Whoever couldn't object loses nothing, and where there is nothing nothing is asked.
    async fn nothing_is_reset_where_no_mailbox_is_surely_the_owners(world) {
        world.database().execute("update accounts set mailbox_proven_at = null where kind = 'contact'").await;
        assert!(!ask(&world, "theo").await && !waits(&world, "theo").await);
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "theo").await;
        let shown = press(&mut carole, &page, "factor-reset").await;
        assert!(shown.contains("nobody could be warned") && !waits(&world, "theo").await, "{shown}");
        let bruno = world.people("bruno").await.remove(0).account;
        assert_eq!(world.as_operator(async |tx| reset::ask(tx, bruno.id).await).await, ResetRequest::NoFactor);
    }
}
