//! Fault 1: single use that isn't atomic. The row decides (DESIGN idea 3): fifty at once on two servers, some cut off in the middle, and
//! one wins. Processes killed in a storm are in `storm`.

use std::collections::BTreeSet;
use std::sync::Arc;

use guichet::audit::{self, About, Filter};
use serde_json::json;
use tokio::sync::Barrier;

use crate::world::{Answer, Assertion, Browser, Code, Kind, PASSWORD, RelyingParty, Server, Tokens, World, login};

const AT_ONCE: usize = 50;

/// A rule on both databases, each shared by two servers, with real threads.
macro_rules! on_two_servers {
    ($(#[doc = $doc:literal])* async fn $name:ident($world:ident, $second:ident) $body:block) => {
        $(#[doc = $doc])*
        async fn $name($world: World, $second: Server) $body

        mod $name {
            use super::{Kind, World};

            async fn run(kind: Kind) {
                let Some(world) = World::on(kind).await else { return };
                let second = world.second_server().await;
                super::$name(world, second).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                run(Kind::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                run(Kind::Postgres).await;
            }
        }
    };
}

/// Fifty of these at once. Whoever is cut off after so many turns of the scheduler drops what it was doing and gives no answer.
async fn at_once<F>(each: impl Fn(usize) -> F, cut_off: impl Fn(usize) -> Option<usize>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let start = |index: usize| {
        let (barrier, work, patience) = (barrier.clone(), each(index), cut_off(index));
        tokio::spawn(async move {
            barrier.wait().await;
            tokio::select! {
                answer = work => Some(answer),
                () = turns(patience) => None,
            }
        })
    };
    let tasks: Vec<_> = (0..AT_ONCE).map(start).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await.unwrap());
    }
    answers
}

async fn turns(patience: Option<usize>) {
    let Some(patience) = patience else { return std::future::pending().await };
    for _ in 0..patience {
        tokio::task::yield_now().await;
    }
}

async fn all_at_once<F: Future<Output = Answer> + Send + 'static>(each: impl Fn(usize) -> F) -> Vec<Answer> {
    at_once(each, |_| None).await
}

fn redeeming<'s>(servers: [&'s Server; 2], code: &'s Code) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Answer> + 's {
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
    /// As if connections broke and servers fell in the middle of it: whoever got no answer may have won, and nobody wins twice.
    async fn of_fifty_redemptions_that_are_cut_off_at_most_one_wins(world, second) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        for round in 0..4 {
            let code = portal.authorize(&mut browser).await;
            let answers = at_once(redeeming([&world, &second], &code), |index| (index % 5 != round).then_some(index * 100)).await;
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

fn refreshing<'s>(servers: [&'s Server; 2], token: &'s str) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Answer> + 's {
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
    async fn of_fifty_replays_of_a_refresh_token_none_is_answered(world, second) {
        let (party, tokens) = offline(&world).await;
        let next = Tokens::of(&party.refresh(&tokens.refresh).await);
        world.advance("11s");
        let answers = all_at_once(refreshing([&world, &second], &tokens.refresh)).await;
        assert!(answers.iter().all(|answer| answer.status() == 400));
        assert_eq!(party.refresh(&next.refresh).await.status(), 400, "the family has ended");
    }
}

on_two_servers! {
    async fn of_fifty_uses_of_an_assertion_one_counts(world, second) {
        let signed = Assertion::of(&world.client("signs"), world.app.clock.now().seconds()).claim("jti", json!("once")).signed();
        let answers = all_at_once(|index| {
            let (party, signed) = ([&*world, &second][index % 2].client("signs"), signed.clone());
            async move { party.token_by(&signed, &[("grant_type", "authorization_code"), ("code", "made-up")]).await }
        });
        let answers = answers.await;
        let let_in = answers.iter().filter(|answer| answer.error() == "invalid_grant").count();
        let refused = answers.iter().filter(|answer| (answer.status(), answer.error().as_str()) == (401, "invalid_client")).count();
        assert_eq!((let_in, refused), (1, AT_ONCE - 1));
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
        let page = browser.get("/account/security").await.page();
        let consents: Vec<_> = page.forms().into_iter().filter(|form| form.action == "/account/consents/withdraw").collect();
        assert_eq!(consents.len(), 1);
        let tokens = portal.enter(&mut browser).await;
        browser.get("/account/security").await;
        let answers = all_at_once(|index| {
            let (mut browser, consent) = ([&*world, &second][index % 2].taking_over(&browser), consents[0].field("consent").to_owned());
            async move { browser.send_form_to("/account/consents/withdraw", ("consent", &consent)).await }
        });
        let statuses: Vec<_> = answers.await.iter().map(Answer::status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
    }
}

on_two_servers! {
    /// A request that came without a browser is taken up by one.
    async fn of_fifty_browsers_one_gets_the_errand(world, second) {
        for _ in 0..3 {
            let parked = world.browser().post("/oauth2/authorize", &world.client("portal").ask().fields()).await;
            let dispatcher = parked.header("location").to_owned();
            assert!(dispatcher.starts_with("/oauth2/authorize?errand="), "{dispatcher}");
            let answers = all_at_once(|index| {
                let (mut browser, dispatcher) = ([&*world, &second][index % 2].browser(), dispatcher.clone());
                async move { browser.get(&dispatcher).await }
            });
            let answers = answers.await;
            let taken = answers.iter().filter(|answer| answer.location().is_some_and(|to| to.path() == "/login")).count();
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
    /// Each counts as failed until its password was found right, so that more than the limit at the very same moment may have to wait.
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
