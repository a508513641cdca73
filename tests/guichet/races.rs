//! The row decides (DESIGN idea 3, SECURITY 1): fifty at once, also on two servers, and one wins.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::world::{Answer, Code, Kind, RelyingParty, Server, Tokens, World, both};

const AT_ONCE: usize = 50;

/// Redeems the code fifty times at once, the servers taking turns.
async fn redeem_at_once(servers: &[&Server], code: &Code) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|index| {
            let portal = servers[index % servers.len()].client("portal");
            let (code, barrier) = (code.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                portal.redeem(&code).await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn assert_one_wins_and_loses_all(portal: &RelyingParty, answers: &[Answer]) {
    let winners: Vec<_> = answers.iter().filter(|answer| answer.status() == 200).collect();
    assert_eq!(winners.len(), 1);
    for loser in answers.iter().filter(|answer| answer.status() != 200) {
        assert_eq!((loser.status(), loser.error().as_str()), (400, "invalid_grant"));
    }
    let tokens = Tokens::of(winners[0]);
    assert_eq!(portal.userinfo(&tokens.access).await.status(), 401, "the replay ends what the code gave");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_simultaneous_redemptions_one_wins_and_the_replay_ends_the_authorization_sqlite() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let portal = world.client("portal");
    for _ in 0..3 {
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let answers = redeem_at_once(&[&world], &code).await;
        assert_one_wins_and_loses_all(&portal, &answers).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_simultaneous_redemptions_one_wins_and_the_replay_ends_the_authorization_postgres() {
    let Some(world) = World::on(Kind::Postgres).await else { return };
    let portal = world.client("portal");
    for _ in 0..3 {
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let answers = redeem_at_once(&[&world], &code).await;
        assert_one_wins_and_loses_all(&portal, &answers).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_on_one_postgres_let_one_redemption_win() {
    let Some(world) = World::on(Kind::Postgres).await else { return };
    let second = world.second_server().await;
    let portal = world.client("portal");
    for _ in 0..3 {
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let answers = redeem_at_once(&[&world, &second], &code).await;
        assert_one_wins_and_loses_all(&second.client("portal"), &answers).await;
        assert_one_wins_and_loses_all(&portal, &answers).await;
    }
}

both! {
    /// Nothing lives in a server's memory: what one gives the other takes, and what one ends is ended at the other.
    async fn what_one_server_gives_the_other_honours_and_ends(world) {
        let second = world.second_server().await;
        let mut browser = world.signed_in("alice").await;
        let code = world.client("portal").authorize(&mut browser).await;
        let tokens = second.client("portal").tokens(&code).await;
        assert_eq!(world.client("portal").userinfo(&tokens.access).await.status(), 200);
        world.verified(&tokens.access).await;

        let mut there = second.browser();
        there.plant("guichet_session", browser.cookie("session").unwrap());
        there.plant("guichet_browser", browser.cookie("browser").unwrap());
        assert_eq!(there.get("/account").await.status(), 200);
        there.submit("sign-out", &[]).await;
        assert_eq!(browser.get("/account").await.header("location"), "/login");
        assert_eq!(world.client("portal").userinfo(&tokens.access).await.status(), 401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wrong_verifier_among_fifty_redemptions_spends_nothing() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let portal = world.client("portal");
    let code = portal.authorize(&mut world.signed_in("alice").await).await;
    let wrong = Code { verifier: Some("x".repeat(43)), ..code.clone() };
    for answer in redeem_at_once(&[&world], &wrong).await {
        assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_grant"));
    }
    let tokens = portal.tokens(&code).await;
    assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_sign_ins_at_once_all_get_in_with_a_session_of_their_own() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let mut browser = world.browser();
            tokio::spawn(async move {
                let answer = browser.sign_in("alice", crate::world::PASSWORD).await;
                assert_eq!(answer.status(), 303);
                browser.cookie("session").unwrap().to_owned()
            })
        })
        .collect();
    let mut sessions = std::collections::BTreeSet::new();
    for task in tasks {
        sessions.insert(task.await.unwrap());
    }
    assert_eq!(sessions.len(), AT_ONCE);
}
