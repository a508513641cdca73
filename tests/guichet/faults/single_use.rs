//! Fault 1: single use that isn't atomic. The row decides (idea 4): fifty at once on two servers, some cut off
//! in the middle, and one wins. Mailed links are in [`super::links`], codes of authenticator apps in
//! `second_factor::races`, answers of passkeys in `passkeys::races`. Processes killed in a storm are in
//! `operations::storm`.

use std::collections::BTreeSet;

use guichet::audit::{self, About, Filter};
use serde_json::json;

use crate::world::at_once::{AT_ONCE, all_at_once, at_once, most, on_two_servers};
use crate::world::{Answer, Assertion, Browser, Code, PASSWORD, RelyingParty, Server, Tokens, World, login};

fn redeeming<'s>(
    servers: [&'s Server; 2],
    code: &'s Code,
) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Answer> + 's {
    move |index| {
        let (portal, code) = (servers[index % 2].client("portal"), code.clone());
        Box::pin(async move { portal.redeem(&code).await })
    }
}

fn assert_refused(answers: &[Answer]) {
    for loser in answers.iter().filter(|answer| answer.status() != 200) {
        assert_eq!((loser.status(), loser.error().as_str()), (400, "invalid_grant"));
    }
}

on_two_servers! {
    async fn of_fifty_redemptions_one_wins_and_the_replay_ends_the_authorization(world, second) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        for _ in 0..3 {
            let code = portal.authorize(&mut browser).await;
            let answers = all_at_once(redeeming([&world, &second], &code)).await;
            assert_refused(&answers);
            let winners: Vec<_> = answers.iter().filter(|answer| answer.status() == 200).collect();
            assert_eq!(winners.len(), 1);
            let access = Tokens::of(winners[0]).access;
            for portal in [&portal, &second.client("portal")] {
                assert_eq!(portal.userinfo(&access).await.status(), 401, "the replay ends what the code gave");
            }
        }
    }
}

on_two_servers! {
    /// As if connections broke and servers fell in the middle of it: whoever got no answer may have won, and nobody
    /// wins twice.
    async fn of_fifty_redemptions_that_are_cut_off_at_most_one_wins(world, second) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        for round in 0..4 {
            let code = portal.authorize(&mut browser).await;
            let answers = at_once(redeeming([&world, &second], &code), most(round)).await;
            assert_refused(&answers);
            let later = [second.client("portal").redeem(&code).await, portal.redeem(&code).await];
            let winners = answers.iter().chain(&later).filter(|answer| answer.status() == 200).count();
            assert!(winners <= 1, "{winners}");
            assert_eq!(later[1].status(), 400);
        }
    }
}

on_two_servers! {
    async fn a_wrong_verifier_among_fifty_redemptions_spends_nothing(world, second) {
        let portal = world.client("portal");
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let wrong = Code { verifier: Some("x".repeat(43)), ..code.clone() };
        let answers = all_at_once(redeeming([&world, &second], &wrong)).await;
        assert_refused(&answers);
        assert!(answers.iter().all(|answer| answer.status() == 400));
        let tokens = portal.tokens(&code).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
    }
}

fn refreshing<'s>(
    servers: [&'s Server; 2],
    token: &'s str,
) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Answer> + 's {
    move |index| {
        let (party, token) = (servers[index % 2].client("demo-spa"), token.to_owned());
        Box::pin(async move { party.refresh(&token).await })
    }
}

async fn offline(world: &World) -> (RelyingParty, Tokens) {
    let party = world.client("demo-spa").scope("openid company rights offline_access");
    let tokens = party.enter(&mut world.signed_in("alice").await).await;
    (party, tokens)
}

on_two_servers! {
    /// One is answered, one more within the grace, and of both answers one token is live.
    async fn of_fifty_refreshes_one_family_lives_on(world, second) {
        let (party, tokens) = offline(&world).await;
        let mut live = tokens.refresh;
        for _ in 0..3 {
            let answers = all_at_once(refreshing([&world, &second], &live)).await;
            assert_refused(&answers);
            let given: Vec<Tokens> = answers.iter().filter(|answer| answer.status() == 200).map(Tokens::of).collect();
            assert!([1, 2].contains(&given.len()), "{} were answered", given.len());
            let mut exchanged = Vec::new();
            for tokens in &given {
                let answer = party.refresh(&tokens.refresh).await;
                if answer.status() == 200 {
                    exchanged.push(Tokens::of(&answer));
                }
            }
            assert_eq!(exchanged.len(), 1, "one token is live");
            assert_eq!(party.userinfo(&exchanged[0].access).await.status(), 200);
            live.clone_from(&exchanged[0].refresh);
        }
    }
}

on_two_servers! {
    /// Whoever got no answer may have been given a token. Of all that was answered, at once and after, one token is
    /// live at most.
    async fn of_fifty_refreshes_that_are_cut_off_at_most_one_token_is_live(world, second) {
        let mut lost = 0;
        for round in 0..4 {
            let (party, tokens) = offline(&world).await;
            let mut answers = at_once(refreshing([&world, &second], &tokens.refresh), most(round)).await;
            for server in [&second, &*world, &second] {
                answers.push(server.client("demo-spa").refresh(&tokens.refresh).await);
            }
            assert_refused(&answers);
            let given: Vec<Tokens> = answers.iter().filter(|answer| answer.status() == 200).map(Tokens::of).collect();
            assert!(given.len() <= 2 && answers.last().unwrap().status() == 400, "{} were answered", given.len());
            let mut exchanged = 0;
            for tokens in &given {
                exchanged += usize::from(party.refresh(&tokens.refresh).await.status() == 200);
            }
            assert!(exchanged <= 1, "{exchanged} are live");
            lost += usize::from(exchanged == 0);
        }
        assert!(lost < 4, "nobody ever won");
    }
}

on_two_servers! {
    async fn of_fifty_replays_of_a_refresh_token_none_is_answered(world, second) {
        let (party, tokens) = offline(&world).await;
        let next = Tokens::of(&party.refresh(&tokens.refresh).await);
        world.advance("11s");
        let answers = all_at_once(refreshing([&world, &second], &tokens.refresh)).await;
        assert!(answers.iter().all(|answer| answer.status() == 400));
        assert_eq!(party.refresh(&next.refresh).await.status(), 400, "the family has ended");
    }
}

fn asserting<'s>(
    servers: [&'s Server; 2],
    signed: &'s str,
) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Answer> + 's {
    move |index| {
        let (party, signed) = (servers[index % 2].client("signs"), signed.to_owned());
        Box::pin(
            async move { party.token_by(&signed, &[("grant_type", "authorization_code"), ("code", "made-up")]).await },
        )
    }
}

/// How many assertions counted, which a made-up code tells, and how many didn't.
fn let_in(answers: &[Answer]) -> (usize, usize) {
    let let_in =
        answers.iter().filter(|answer| (answer.status(), answer.error().as_str()) == (400, "invalid_grant")).count();
    let refused =
        answers.iter().filter(|answer| (answer.status(), answer.error().as_str()) == (401, "invalid_client")).count();
    assert_eq!(let_in + refused, answers.len());
    (let_in, refused)
}

on_two_servers! {
    async fn of_fifty_uses_of_an_assertion_one_counts(world, second) {
        let signed =
            Assertion::of(&world.client("signs"), world.app.clock.now().seconds()).claim("jti", json!("once")).signed();
        assert_eq!(let_in(&all_at_once(asserting([&world, &second], &signed)).await), (1, AT_ONCE - 1));
    }
}

on_two_servers! {
    async fn of_fifty_uses_of_an_assertion_that_are_cut_off_at_most_one_counts(world, second) {
        for round in 0..4 {
            let signed = Assertion::of(&world.client("signs"), world.app.clock.now().seconds()).signed();
            let asking = asserting([&world, &second], &signed);
            let mut answers = at_once(&asking, most(round)).await;
            answers.extend([asking(0).await, asking(1).await]);
            assert!(let_in(&answers).0 <= 1, "{:?}", let_in(&answers));
            assert_eq!(let_in(&answers[answers.len() - 1..]), (0, 1), "it is spent by now");
        }
    }
}

on_two_servers! {
    /// A person who presses "allow" fifty times has one consent, which one press withdraws.
    async fn of_fifty_consents_one_stands(world, second) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        assert!(browser.open(&portal.ask().path()).await.shows("consent-allow"));
        let answers = all_at_once(|index| {
            let mut browser = [&*world, &second][index % 2].taking_over(&browser);
            async move { browser.submit("consent-allow", &[]).await }
        });
        assert!(answers.await.iter().all(|answer| answer.status() == 303));
        let consents = browser.get("/account/security").await.page().values("/account/consents/withdraw", "consent");
        assert_eq!(consents.len(), 1);
        let tokens = portal.enter(&mut browser).await;
        browser.get("/account/security").await;
        let answers = all_at_once(|index| {
            let (mut browser, consent) = ([&*world, &second][index % 2].taking_over(&browser), consents[0].clone());
            async move { browser.send_form_to("/account/consents/withdraw", ("consent", &consent)).await }
        });
        let statuses: Vec<_> = answers.await.iter().map(Answer::status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
    }
}

on_two_servers! {
    /// A request that came without a browser is taken up by one.
    async fn of_fifty_browsers_one_gets_the_interaction(world, second) {
        for _ in 0..3 {
            let parked = world.browser().post("/oauth2/authorize", &world.client("portal").ask().fields()).await;
            let dispatcher = parked.header("location").to_owned();
            assert!(dispatcher.starts_with("/oauth2/authorize?interaction="), "{dispatcher}");
            let answers = all_at_once(|index| {
                let (mut browser, dispatcher) = ([&*world, &second][index % 2].browser(), dispatcher.clone());
                async move { browser.get(&dispatcher).await }
            });
            let answers = answers.await;
            let taken =
                answers.iter().filter(|answer| answer.location().is_some_and(|to| to.path() == "/login")).count();
            let stale = answers.iter().filter(|answer| answer.status() == 400).count();
            assert_eq!((taken, stale), (1, AT_ONCE - 1));
        }
    }
}

/// How often the trail tells that a limit closed.
async fn closings(server: &Server) -> usize {
    let filter = Filter { about: About::Everyone, since: None, limit: 500 };
    let lines = server.app.look(async |view| audit::list(&mut view.db, filter).await).await.unwrap();
    lines.iter().filter(|line| line.deed == "limit.closed").count()
}

on_two_servers! {
    async fn of_fifty_guesses_no_more_than_the_limit_are_looked_at(world, second) {
        let mut browsers: Vec<Browser> = Vec::new();
        for index in 0..AT_ONCE {
            let mut browser = [&*world, &second][index % 2].browser();
            browser.get("/login").await;
            browsers.push(browser);
        }
        let answers = all_at_once(|index| {
            let mut browser = browsers[index].clone();
            async move { browser.give_password("alice", "wrong").await }
        });
        let statuses: Vec<_> = answers.await.iter().map(Answer::status).collect();
        let told = |status: u16| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((told(401), told(429)), (10, AT_ONCE - 10), "{statuses:?}");
        assert_eq!(closings(&world).await, 1);
        assert_eq!(second.browser().sign_in("alice", PASSWORD).await.status(), 429);
    }
}

on_two_servers! {
    async fn of_fifty_wrong_client_secrets_no_more_than_the_limit_are_told_so(world, second) {
        let answers = all_at_once(|index| {
            let portal = [&*world, &second][index % 2].client("portal");
            async move { portal.token_as(None, &[("client_id", "portal"), ("client_secret", "wrong")]).await }
        });
        let statuses: Vec<_> = answers.await.iter().map(Answer::status).collect();
        let told = |status: u16| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((told(401), told(429)), (20, AT_ONCE - 20), "{statuses:?}");
    }
}

on_two_servers! {
    /// Each counts as failed until its password was found right, so that more than the limit at the very same moment
    /// may have to wait.
    async fn of_fifty_sign_ins_each_that_gets_in_has_a_session_of_its_own(world, second) {
        let answers = all_at_once(|index| {
            let mut browser = [&*world, &second][index % 2].browser();
            async move { browser.sign_in(&login("alice"), PASSWORD).await }
        });
        let answers = answers.await;
        let (entered, waiting): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == 303);
        let statuses: Vec<_> = answers.iter().map(Answer::status).collect();
        assert!(entered.len() >= 10 && waiting.iter().all(|answer| answer.status() == 429), "{statuses:?}");
        let sessions: BTreeSet<_> = entered.iter().map(|answer| answer.cookie("guichet_session").unwrap()).collect();
        assert_eq!(sessions.len(), entered.len());
        world.signed_in("alice").await;
    }
}

on_two_servers! {
    /// Nothing lives in a server's memory: what one gives the other takes, and what one ends is ended at the other.
    async fn what_one_server_gives_the_other_honours_and_ends(world, second) {
        let mut browser = world.signed_in("alice").await;
        let code = world.client("portal").authorize(&mut browser).await;
        let tokens = second.client("portal").tokens(&code).await;
        assert_eq!(world.client("portal").userinfo(&tokens.access).await.status(), 200);
        world.verified(&tokens.access).await;

        let mut there = second.taking_over(&browser);
        assert_eq!(there.get("/account").await.status(), 200);
        there.submit("sign-out", &[]).await;
        assert_eq!(browser.get("/account").await.header("location"), "/login");
        assert_eq!(world.client("portal").userinfo(&tokens.access).await.status(), 401);
    }
}
