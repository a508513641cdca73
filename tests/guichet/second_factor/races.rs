//! Fifty at once, on two servers: a step counts once (SECURITY 1).

use std::sync::Arc;

use guichet::limits::Settings;
use tokio::sync::Barrier;

use crate::world::{Authenticator, Browser, Kind, PASSWORD, World};

const AT_ONCE: usize = 50;

/// Sends the same code from fifty half-made sign-ins at once, the servers taking turns; how many got in.
async fn entering_at_once(world: &World, typed: (&'static str, String)) -> usize {
    let roomy = Settings { factor: 1000, ..Settings::default() };
    let servers = [world.server_with(|config| config.limits = roomy).await, world.server_with(|config| config.limits = roomy).await];
    let mut browsers: Vec<Browser> = Vec::new();
    for index in 0..AT_ONCE {
        let mut browser = servers[index % 2].browser();
        let answer = browser.sign_in("theo", PASSWORD).await;
        browser.follow(answer).await;
        browsers.push(browser);
    }
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let tasks: Vec<_> = browsers
        .into_iter()
        .map(|mut browser| {
            let (barrier, typed) = (barrier.clone(), typed.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                browser.submit("totp-submit", &[(typed.0, &typed.1)]).await
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

async fn a_code_enters_once(kind: Kind) {
    let Some(world) = World::on(kind).await else { return };
    let theo = Authenticator::of(&world, "theo");
    assert_eq!(entering_at_once(&world, ("code", theo.code())).await, 1);
    let account = world.people("theo").await[0].account;
    let codes = world.as_operator(async |tx| guichet::account::factor::renew(tx, account).await).await;
    assert_eq!(entering_at_once(&world, ("recovery_code", codes[0].to_string())).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_tries_with_one_code_on_two_servers_one_enters_sqlite() {
    a_code_enters_once(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_tries_with_one_code_on_two_servers_one_enters_postgres() {
    a_code_enters_once(Kind::Postgres).await;
}

/// A session begins once for each half-made sign-in too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_windows_at_the_same_second_step_are_one_sign_in() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let theo = Authenticator::of(&world, "theo");
    let mut browser = world.browser();
    let answer = browser.sign_in("theo", PASSWORD).await;
    browser.follow(answer).await;
    let (mut one, mut two) = (browser.clone(), browser);
    assert_eq!(one.give_code(&theo.code()).await.status(), 303);
    world.advance("30s");
    assert_eq!(two.give_code(&theo.code()).await.header("location"), "/login");
}
