//! Fifty at once, on two servers: an answer counts once, and so does what a passkey counted to (fault 1).

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::world::{Browser, Kind, Settled, World};

const AT_ONCE: usize = 50;

/// Sends them all at once; how many got in.
async fn entering_at_once(tries: Vec<(Browser, Settled)>) -> usize {
    let barrier = Arc::new(Barrier::new(tries.len()));
    let tasks: Vec<_> = tries
        .into_iter()
        .map(|(mut browser, settled)| {
            let barrier = barrier.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                browser.settle("passkey-submit", &settled).await
            })
        })
        .collect();
    let mut entered = 0;
    for task in tasks {
        let answer = task.await.unwrap();
        match answer.status() {
            303 if answer.cookie("guichet_session").is_some() => entered += 1,
            401 => assert!(answer.cookie("guichet_session").is_none()),
            other => panic!("{other} {:?} {}", answer.location(), answer.text()),
        }
    }
    entered
}

async fn an_answer_enters_once(kind: Kind) {
    let Some(world) = World::on(kind).await else { return };
    let mut passkey = world.browser().with_passkey("alice").await;
    let servers = [world.second_server().await, world.second_server().await];

    let mut browser = world.browser();
    browser.get("/login").await;
    let settled = passkey.sign(&browser.challenge().await);
    let same = (0..AT_ONCE).map(|index| (servers[index % 2].taking_over(&browser), settled.clone())).collect();
    assert_eq!(entering_at_once(same).await, 1, "one answer");

    let mut copies = Vec::new();
    passkey.counter += 1;
    for index in 0..AT_ONCE {
        let mut browser = servers[index % 2].browser();
        browser.get("/login").await;
        let settled = passkey.sign_without_counting(&browser.challenge().await);
        copies.push((browser, settled));
    }
    assert_eq!(entering_at_once(copies).await, 1, "one count, on fifty challenges");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_answers_on_two_servers_one_enters_sqlite() {
    an_answer_enters_once(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_answers_on_two_servers_one_enters_postgres() {
    an_answer_enters_once(Kind::Postgres).await;
}
