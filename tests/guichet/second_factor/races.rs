//! Fifty at once, on two servers: a step counts once (fault 1).

use futures_util::future::BoxFuture;
use guichet::account::factor;
use guichet::limits::Settings;

use crate::world::at_once::{AT_ONCE, all_at_once, at_once, count, most};
use crate::world::{Answer, Authenticator, Browser, Kind, PASSWORD, Server, World};

/// A browser that gave theo's password, and is asked for the second step.
async fn pending(server: &Server) -> Browser {
    let mut browser = server.browser();
    let answer = browser.sign_in("theo", PASSWORD).await;
    assert!(browser.follow(answer).await.shows("totp-submit"));
    browser
}

/// Two servers on one database, where no limit keeps anybody from trying.
async fn servers(world: &World) -> [Server; 2] {
    let roomy = Settings { factor: 1000, network: 10_000, ..Settings::default() };
    [world.server_with(|config| config.limits = roomy).await, world.server_with(|config| config.limits = roomy).await]
}

/// Fifty half-made sign-ins, the servers taking turns.
async fn waiting(servers: &[Server; 2]) -> Vec<Browser> {
    let mut browsers = Vec::new();
    for index in 0..AT_ONCE {
        browsers.push(pending(&servers[index % 2]).await);
    }
    browsers
}

/// Sends the same code from each of them.
fn typing<'b>(
    browsers: &'b [Browser],
    (field, code): (&'static str, &'b str),
) -> impl Fn(usize) -> BoxFuture<'static, Answer> + 'b {
    move |index| {
        let (mut browser, code) = (browsers[index].clone(), code.to_owned());
        Box::pin(async move { browser.submit("totp-submit", &[(field, &code)]).await })
    }
}

/// How many got in.
fn entered(answers: &[Answer]) -> usize {
    let entered = answers.iter().filter(|answer| answer.cookie("guichet_session").is_some()).count();
    assert_eq!((count(answers, 303), count(answers, 401)), (entered, answers.len() - entered));
    entered
}

/// A code of the app, and a code for the day it is lost.
async fn codes(world: &World) -> [(&'static str, String); 2] {
    let account = world.people("theo").await[0].account.id;
    let recovery = world.as_operator(async |tx| factor::renew(tx, account).await).await;
    [("code", Authenticator::of(world, "theo").code()), ("recovery_code", recovery[0].to_string())]
}

async fn a_code_enters_once(world: &World) {
    let servers = servers(world).await;
    for (field, code) in codes(world).await {
        let browsers = waiting(&servers).await;
        assert_eq!(entered(&all_at_once(typing(&browsers, (field, &code))).await), 1, "{field}");
        assert_eq!(
            pending(&servers[1]).await.submit("totp-submit", &[(field, &code)]).await.status(),
            401,
            "{field}: it was used"
        );
    }
}

/// Whoever got no answer may be in; nobody else gets in by the same code.
async fn a_code_that_is_cut_off_enters_at_most_once(world: &World) {
    let servers = servers(world).await;
    for round in 0..2 {
        for (field, code) in codes(world).await {
            let browsers = waiting(&servers).await;
            let mut answers = at_once(typing(&browsers, (field, &code)), most(round)).await;
            for server in &servers {
                answers.push(pending(server).await.submit("totp-submit", &[(field, &code)]).await);
            }
            assert!(entered(&answers) <= 1, "{field}");
            assert_eq!(entered(&answers[answers.len() - 1..]), 0, "{field}: it was used by now");
        }
        world.advance("1min");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_tries_with_one_code_on_two_servers_one_enters_sqlite() {
    a_code_enters_once(&World::on(Kind::Sqlite).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_tries_with_one_code_on_two_servers_one_enters_postgres() {
    if let Some(world) = World::on(Kind::Postgres).await {
        a_code_enters_once(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_tries_that_are_cut_off_at_most_one_enters_sqlite() {
    a_code_that_is_cut_off_enters_at_most_once(&World::on(Kind::Sqlite).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_tries_that_are_cut_off_at_most_one_enters_postgres() {
    if let Some(world) = World::on(Kind::Postgres).await {
        a_code_that_is_cut_off_enters_at_most_once(&world).await;
    }
}

/// A session begins once for each half-made sign-in too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_windows_at_the_same_second_step_are_one_sign_in() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let theo = Authenticator::of(&world, "theo");
    let mut browser = pending(&world).await;
    let mut other = browser.clone();
    assert_eq!(browser.give_code(&theo.code()).await.status(), 303);
    world.advance("30s");
    assert_eq!(other.give_code(&theo.code()).await.header("location"), "/login");
}
