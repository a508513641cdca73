//! Limits against guessing and flooding: counted in the database, alike for unknown names, and no
//! lock on people's own doors. Fifty at once are in `faults::single_use`.

use guichet::audit::{self, About, Filter};
use guichet::limits::Settings;

use crate::world::{Answer, Browser, PASSWORD, Server, both};

const ALICE: &str = "alice@durand.example";

/// Guesses, each from a browser that has never been here.
async fn guess(server: &Server, who: &str, times: usize) {
    for attempt in 0..times {
        let answer = server.browser().sign_in_as(who, "wrong").await;
        assert_eq!(answer.status(), 401, "{who}, attempt {attempt}");
    }
}

fn assert_waits(answer: &Answer, seconds: std::ops::RangeInclusive<u64>) {
    assert_eq!(answer.status(), 429, "{}", answer.text());
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!(seconds.contains(&wait), "{wait}");
    assert!(answer.cookie("guichet_session").is_none());
}

/// A browser that the person has signed in from before, opened again.
async fn known_browser(server: &Server, who: &str) -> Browser {
    let mut browser = server.signed_in(who).await;
    browser.forget_session();
    browser
}

async fn closings(server: &Server) -> Vec<(String, bool)> {
    let filter = Filter { about: About::Everyone, since: None, limit: 500 };
    let lines = server.app.look(async |view| audit::list(&mut view.db, filter).await).await.unwrap();
    let closings = lines.into_iter().filter(|line| line.deed == "limit.closed");
    closings.map(|line| (line.subject.unwrap(), line.account.is_some())).collect()
}

both! {
    async fn after_ten_wrong_passwords_not_even_the_right_one_is_looked_at_for_a_quarter_of_an_hour(world) {
        guess(&world, ALICE, 10).await;
        let answer = world.browser().sign_in("alice", PASSWORD).await;
        assert_waits(&answer, 880..=900);
        assert!(answer.shows("login-submit") && answer.text().contains("15 minutes"), "{}", answer.text());
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.status(), 303, "nobody else is concerned");
        assert_eq!(closings(&world).await, [("name".to_owned(), true)], "the trail tells it once");

        world.advance("14min");
        assert_waits(&world.browser().sign_in("alice", PASSWORD).await, 1..=60);
        world.advance("1min");
        assert_eq!(world.browser().sign_in("alice", PASSWORD).await.status(), 303);
    }
}

both! {
    /// Login and email of an account are two names with one count, in whatever order they are tried.
    async fn every_name_of_an_account_counts_as_one(world) {
        let sql = "insert into sign_in_names (name, account, kind, created_at) \
            select 'the-login', account, 'email', 1 from sign_in_names \
            where name = 'alice@durand.example'";
        assert_eq!(world.database().execute(sql).await, 1);
        guess(&world, "alice@durand.example", 5).await;
        for _ in 0..5 {
            assert_eq!(world.browser().sign_in_as("the-login", "wrong").await.status(), 401);
        }
        for name in ["the-login", "alice@durand.example"] {
            assert_waits(&world.browser().sign_in_as(name, PASSWORD).await, 1..=900);
        }
    }
}

both! {
    /// Neither the threshold nor the page, and nothing in its headers, tells an account from a name that nobody has.
    async fn a_name_that_nobody_has_is_limited_like_any_other(world) {
        let mut pages = Vec::new();
        for who in [
            "alice@durand.example",
            "nobody@durand.example",
            "gilles@nouveau.example",
            "eve@durand.example",
            "no name at all",
        ] {
            guess(&world, who, 10).await;
            let answer = world.browser().sign_in_as(&who.to_uppercase(), PASSWORD).await;
            assert_waits(&answer, 880..=900);
            let text = answer.text_without(&[&who.to_uppercase()]);
            pages.push((who, answer.header("content-type").to_owned(), answer.cookies().count(), text));
        }
        for (who, kind, cookies, text) in &pages[1..] {
            assert_eq!((kind, cookies, text), (&pages[0].1, &pages[0].2, &pages[0].3), "{who} is answered differently");
        }
    }
}

both! {
    async fn somebody_who_mistypes_and_then_signs_in_is_not_closer_to_the_limit(world) {
        for _ in 0..5 {
            guess(&world, ALICE, 1).await;
            assert_eq!(world.browser().sign_in("alice", PASSWORD).await.status(), 303);
            // A right password that opens nothing is right all the same.
            assert_eq!(world.browser().sign_in("eve", PASSWORD).await.status(), 403);
        }
        guess(&world, ALICE, 5).await;
        assert_waits(&world.browser().sign_in("alice", PASSWORD).await, 1..=900);
        for _ in 0..10 {
            assert_eq!(world.browser().sign_in("eve", PASSWORD).await.status(), 403);
        }
    }
}

both! {
    async fn a_known_browser_enters_while_others_attack_the_account(world) {
        let mut known = known_browser(&world, "alice").await;
        let mut of_another = known_browser(&world, "bruno").await;
        guess(&world, ALICE, 10).await;
        assert_waits(&world.browser().sign_in("alice", PASSWORD).await, 1..=900);
        assert_waits(&of_another.sign_in("alice", PASSWORD).await, 1..=900);
        assert_eq!(known.sign_in("alice", PASSWORD).await.status(), 303);

        // It has a limit of its own.
        known.forget_session();
        for _ in 0..10 {
            assert_eq!(known.sign_in("alice", "wrong").await.status(), 401);
        }
        assert_waits(&known.sign_in("alice", PASSWORD).await, 1..=900);
        assert_eq!(closings(&world).await, [("device".to_owned(), true), ("name".to_owned(), true)]);
        world.advance("15min");
        assert_eq!(known.sign_in("alice", PASSWORD).await.status(), 303);
    }
}

both! {
    async fn a_browser_that_the_account_forgot_is_a_stranger(world) {
        let mut known = known_browser(&world, "alice").await;
        world.advance("31d");
        guess(&world, ALICE, 10).await;
        assert_waits(&known.sign_in("alice", PASSWORD).await, 1..=900);
    }
}

both! {
    /// Many names from one place: the place is limited, its neighbours are not.
    async fn a_network_is_limited_whatever_names_it_tries(world) {
        let mut at_work = known_browser(&world, "alice").await.from("2001:db8:1:2::7");
        let server = world.server_with(|config| config.limits = Settings { network: 4, ..Settings::default() }).await;
        for (name, address) in [
            ("n-one", "2001:db8:1:2::1"),
            ("n-two", "2001:db8:1:2::2"),
            ("alice", "2001:db8:1:2:3::"),
            ("n-three", "2001:db8:1:2:ffff::"),
        ] {
            assert_eq!(server.browser().from(address).sign_in_as(name, "wrong").await.status(), 401);
        }
        assert_waits(&server.browser().from("2001:db8:1:2::99").sign_in("bruno", PASSWORD).await, 1..=900);
        assert_eq!(server.browser().from("2001:db8:1:3::1").sign_in("bruno", PASSWORD).await.status(), 303);
        assert_eq!(server.browser().from("192.0.2.1").sign_in("bruno", PASSWORD).await.status(), 303);
        assert_eq!(at_work.sign_in("alice", PASSWORD).await.status(), 303, "a known browser enters from there too");
        assert_eq!(closings(&world).await, [("network".to_owned(), false)]);
    }
}

both! {
    async fn beyond_the_overall_limit_only_known_browsers_enter(world) {
        let server = world.server_with(|config| config.limits = Settings { overall: 3, ..Settings::default() }).await;
        let cookie = known_browser(&world, "alice").await.cookie("device").unwrap().to_owned();
        for (name, address) in [("n-one", "192.0.2.1"), ("n-two", "198.51.100.2"), ("n-three", "203.0.113.3")] {
            assert_eq!(server.browser().from(address).sign_in_as(name, "wrong").await.status(), 401);
        }
        assert_waits(&server.browser().from("192.0.2.9").sign_in("bruno", PASSWORD).await, 1..=900);
        let mut known = server.browser();
        known.plant("guichet_device", &cookie);
        assert_eq!(known.sign_in("alice", PASSWORD).await.status(), 303);
        world.advance("15min");
        assert_eq!(server.browser().sign_in("bruno", PASSWORD).await.status(), 303);
    }
}

both! {
    async fn neither_a_restart_nor_another_server_forgets_a_failure(world) {
        let second = world.second_server().await;
        guess(&world, ALICE, 5).await;
        guess(&second, ALICE, 5).await;
        assert_waits(&world.browser().sign_in("alice", PASSWORD).await, 1..=900);
        assert_waits(&second.browser().sign_in("alice", PASSWORD).await, 1..=900);
        let restarted = world.second_server().await;
        assert_waits(&restarted.browser().sign_in("alice", PASSWORD).await, 1..=900);
    }
}

both! {
    async fn a_refusal_writes_nothing(world) {
        guess(&world, ALICE, 10).await;
        let traces = async || {
            let filter = Filter { about: About::Everyone, since: None, limit: 500 };
            let lines = world.app.look(async |view| audit::list(&mut view.db, filter).await).await.unwrap().len();
            (lines, world.database().execute("update limits set kind = kind where failures > 0").await)
        };
        let before = traces().await;
        for _ in 0..5 {
            assert_waits(&world.browser().sign_in("alice", PASSWORD).await, 1..=900);
        }
        assert_eq!(traces().await, before);
    }
}

fn assert_program_waits(answer: &Answer) {
    assert_waits(answer, 1..=900);
    assert_eq!(answer.error(), "temporarily_unavailable");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("www-authenticate"), "");
}

both! {
    /// RFC 6749 section 2.3.1: an endpoint that takes client secrets is protected against brute force.
    async fn wrong_client_secrets_are_limited_by_client_and_network(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        for client in ["portal", "nobody", "demo-spa"] {
            let wrong = [("client_id", client), ("client_secret", "wrong")];
            // Those without a secret share a count, so that made-up names fill no table.
            for _ in 0..if client == "demo-spa" { 0 } else { 20 } {
                let answer = portal.token_as(None, &wrong).await;
                assert_eq!((answer.status(), answer.error().as_str()), (401, "invalid_client"), "{client}");
            }
            assert_program_waits(&portal.token_as(None, &wrong).await);
        }
        assert_program_waits(&portal.redeem(&code).await);
        assert_eq!(closings(&world).await.len(), 2);

        // Other clients, and this one elsewhere, and those that guess nothing, go on.
        let web = world.client("demo-web");
        web.tokens(&web.authorize(&mut browser).await).await;
        let spa = world.client("demo-spa");
        spa.tokens(&spa.authorize(&mut browser).await).await;
        let elsewhere = portal.server().from("192.0.2.1");
        let fields = [code.redemption(), vec![("client_id", "portal"), ("client_secret", "portal-secret")]].concat();
        let answer = elsewhere.clone().post("/oauth2/token", &fields).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());

        world.advance("15min");
        assert_eq!(portal.token(&[]).await.error(), "invalid_request");
    }
}

both! {
    /// A server knows within 5 s what another one closed, and at once when it is asked to look at a wrong secret.
    async fn a_client_limit_holds_on_every_server_and_after_a_restart(world) {
        let wrong = [("client_id", "portal"), ("client_secret", "wrong")];
        let second = world.second_server().await;
        for server in [&*world, &second].into_iter().cycle().take(20) {
            assert_eq!(server.client("portal").token_as(None, &wrong).await.status(), 401);
        }
        assert_program_waits(&second.client("portal").token(&[]).await);
        guichet::jobs::run_due(&world.app).await.unwrap();
        assert_program_waits(&world.client("portal").token(&[]).await);
        let restarted = world.second_server().await;
        assert_program_waits(&restarted.client("portal").token(&[]).await);
    }
}
