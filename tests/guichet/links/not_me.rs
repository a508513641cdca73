//! "It wasn't me": whoever reads the mailbox makes void what others won of the account.

use crate::security::{ANOTHER, change_password};
use crate::world::at_once::{AT_ONCE, all_at_once, count, on_two_servers};
use crate::world::{Authenticator, PASSWORD, both, login};

/// What a customer chooses once everything was void.
const THIRD: &str = "Tasse-Verte-Pont-9?";

both! {
    async fn every_change_is_told_with_a_way_to_object_in_the_readers_language(world) {
        for (language, subject, button, void) in [
            ("en", "your password was changed", "It wasn’t me", "everything stays as it is now"),
            ("fr", "votre mot de passe a été changé", "Ce n’était pas moi", "tout reste tel quel"),
        ] {
            let who = if language == "en" { "bruno" } else { "carl" };
            let sql = format!(
                "update accounts set language = '{language}' \
                 where id in (select account from sign_in_names where name = '{}')",
                login(who)
            );
            assert_eq!(world.database().execute(&sql).await, 1);
            let mut browser = world.signed_in(who).await;
            assert_eq!(change_password(&mut browser, PASSWORD, ANOTHER).await.status(), 303);
            let (mail, link) = world.last_mail(who).await;
            assert!(mail.subject.contains(subject), "{}", mail.subject);
            for part in [button, void, "127.0.0.1", "Chrome", &link] {
                assert!(mail.text.contains(part) && mail.html.contains(part), "{part}: {}", mail.text);
            }
            assert!(link.starts_with("/links/"), "{link}");
        }
    }
}

both! {
    async fn opening_the_link_changes_nothing_and_its_button_makes_all_void(world) {
        let mut thief = world.signed_in("bruno").await;
        let tokens = world.client("portal").enter(&mut thief).await;
        assert_eq!(change_password(&mut thief, PASSWORD, ANOTHER).await.status(), 303);
        let (_, link) = world.last_mail("bruno").await;
        let mut owner = world.browser();
        for _ in 0..2 {
            let page = owner.get(&link).await;
            assert!(page.status() == 200 && page.shows("link-confirm"), "{}", page.text());
            assert_eq!(thief.get("/account").await.status(), 200, "a scanner opened it");
        }
        let answer = owner.submit("link-confirm", &[]).await;
        assert_eq!(answer.header("location"), "/account/secured", "{}", answer.text());
        assert_eq!(owner.follow(answer).await.status(), 200);
        assert!(owner.cookie("guichet_link").is_none(), "the link alone opens nothing");

        assert_eq!(thief.get("/account").await.header("location"), "/login");
        assert_eq!(world.client("portal").userinfo(&tokens.access).await.status(), 401);
        for password in [PASSWORD, ANOTHER] {
            assert_eq!(world.browser().sign_in("bruno", password).await.status(), 401, "void");
        }
        let to_the_service = world
            .mails()
            .await
            .into_iter()
            .find(|mail| mail.to == world.app.brand.support)
            .expect("Customer Service isn't told");
        assert!(to_the_service.text.contains("bruno@durand.example"), "{}", to_the_service.text);

        let (_, way_back) = world.last_mail("bruno").await;
        owner.get(&way_back).await;
        let answer = owner.submit("link-confirm", &[]).await;
        owner.follow(answer).await;
        let answer = owner.submit("password-submit", &[("password", THIRD)]).await;
        assert_eq!(answer.header("location"), "/password/done", "{}", answer.text());
        assert_eq!(world.browser().sign_in("bruno", THIRD).await.status(), 303);
        assert_eq!(owner.get(&link).await.status(), 404, "used");
    }
}

both! {
    /// Whoever added it could come back with it alone; as second factor it stays, as every other one does.
    async fn a_passkey_that_may_be_somebody_elses_signs_in_beside_a_password_only(world) {
        let mut passkey = world.browser().with_passkey("carl").await;
        let mut owner = world.browser();
        let told = world
            .mails()
            .await
            .into_iter()
            .find(|mail| mail.to == "carl@durand.example" && mail.subject.contains("passkey"));
        let link = told.and_then(|mail| {
            mail.links.into_iter().find_map(|link| link.find("/links/").map(|at| link[at..].to_owned()))
        });
        owner.get(&link.expect("the change isn't told")).await;
        owner.submit("link-confirm", &[]).await;
        let (_, way_back) = world.last_mail("carl").await;
        owner.get(&way_back).await;
        let answer = owner.submit("link-confirm", &[]).await;
        owner.follow(answer).await;
        assert_eq!(owner.submit("password-submit", &[("password", THIRD)]).await.status(), 303);
        assert_eq!(world.browser().sign_in_by(&mut passkey).await.status(), 401, "by itself");
        let mut browser = world.browser();
        let first = browser.sign_in("carl", THIRD).await;
        browser.follow(first).await;
        assert_eq!(browser.use_passkey(&mut passkey).await.header("location"), "/account", "as second factor");
    }
}

both! {
    /// Each letter's link works, not only the newest; and once one was pressed the others are done too.
    async fn a_later_change_doesnt_silence_the_letter_about_an_earlier_one(world) {
        let mut thief = world.signed_in("bruno").await;
        assert_eq!(change_password(&mut thief, PASSWORD, ANOTHER).await.status(), 303);
        let (_, first) = world.last_mail("bruno").await;
        assert_eq!(change_password(&mut thief, ANOTHER, THIRD).await.status(), 303);
        let (_, second) = world.last_mail("bruno").await;
        let mut owner = world.browser();
        assert_eq!((owner.get(&second).await.status(), owner.get(&first).await.status()), (200, 200));
        assert_eq!(owner.submit("link-confirm", &[]).await.status(), 303);
        assert_eq!(owner.get(&second).await.status(), 404);
    }
}

both! {
    async fn objecting_is_possible_for_seven_days(world) {
        let mut browser = world.signed_in("bruno").await;
        assert_eq!(change_password(&mut browser, PASSWORD, ANOTHER).await.status(), 303);
        let (_, link) = world.last_mail("bruno").await;
        world.advance("167h");
        assert_eq!(world.browser().get(&link).await.status(), 200);
        world.advance("1h");
        assert_eq!(world.browser().get(&link).await.status(), 404);
    }
}

on_two_servers! {
    async fn of_fifty_who_press_at_once_one_secures_the_account(world, second) {
        let mut browser = world.signed_in("carl").await;
        assert_eq!(change_password(&mut browser, PASSWORD, ANOTHER).await.status(), 303);
        let (_, link) = world.last_mail("carl").await;
        let mut owner = world.browser();
        owner.get(&link).await;
        let answers = all_at_once(|index| {
            let mut tab = [&*world, &second][index % 2].taking_over(&owner);
            async move { tab.submit("link-confirm", &[]).await }
        });
        let answers = answers.await;
        assert_eq!((count(&answers, 303), count(&answers, 404)), (1, AT_ONCE - 1));
        let ways_back =
            world.mails().await.into_iter().filter(|mail| mail.subject.contains("choose a new password")).count();
        assert_eq!(ways_back, 1);
    }
}

both! {
    /// The mailbox alone doesn't get past a second factor, and no change of it goes untold.
    async fn each_change_of_the_second_factor_can_be_objected_to_and_none_is_lost_by_it(world) {
        let mut thief = world.signed_in("bruno").await;
        let (app, _) = thief.enrol(&world).await;
        let (mail, _) = world.last_mail("bruno").await;
        assert!(mail.subject.contains("connexion en deux étapes activée"), "{}", mail.subject);
        thief.get("/account/security/totp").await;
        thief.submit("recovery-codes-renew", &[]).await;
        let (mail, link) = world.last_mail("bruno").await;
        assert!(mail.subject.contains("nouveaux codes de secours") && link.starts_with("/links/"), "{}", mail.subject);

        let mut owner = world.browser();
        owner.get(&link).await;
        assert_eq!(owner.submit("link-confirm", &[]).await.header("location"), "/account/secured");
        assert_eq!(thief.get("/account").await.header("location"), "/login");
        let (_, way_back) = world.last_mail("bruno").await;
        owner.get(&way_back).await;
        let answer = owner.submit("link-confirm", &[]).await;
        owner.follow(answer).await;
        assert_eq!(owner.submit("password-submit", &[("password", THIRD)]).await.header("location"), "/password/done");
        let answer = owner.sign_in("bruno", THIRD).await;
        assert_eq!(answer.header("location"), "/login/second-factor", "the factor stays");
        owner.follow(answer).await;
        world.advance("1min");
        assert_eq!(owner.give_code(&app.code()).await.header("location"), "/account");
    }
}

both! {
    /// A sign-in that waits for its code was begun with a password that is void now.
    async fn objecting_ends_a_sign_in_half_made_and_what_a_browser_remembers(world) {
        let theo = Authenticator::of(&world, "theo");
        let mut known = world.browser();
        let answer = known.sign_in("theo", PASSWORD).await;
        known.follow(answer).await;
        assert_eq!(known.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await.status(), 303);
        let (mail, link) = world.last_mail("theo").await;
        assert!(mail.subject.contains("appareil inconnu"), "{}", mail.subject);
        let mut pending = world.browser();
        let answer = pending.sign_in("theo", PASSWORD).await;
        assert!(pending.follow(answer).await.shows("totp-submit"));

        let mut owner = world.browser();
        owner.get(&link).await;
        assert_eq!(owner.submit("link-confirm", &[]).await.status(), 303);
        world.advance("1min");
        assert_eq!(pending.give_code(&theo.code()).await.header("location"), "/login");
        let (_, way_back) = world.last_mail("theo").await;
        owner.get(&way_back).await;
        let answer = owner.submit("link-confirm", &[]).await;
        owner.follow(answer).await;
        assert_eq!(owner.submit("password-submit", &[("password", THIRD)]).await.status(), 303);
        known.forget_session();
        assert_eq!(
            known.sign_in("theo", THIRD).await.header("location"),
            "/login/second-factor",
            "no browser is remembered"
        );
    }
}
