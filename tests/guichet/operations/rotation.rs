//! The signing keys change while people are signed in: each is published before it is used, and kept as long as a
//! token may live.

use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use guichet::audit::{self, About, Filter};
use guichet::jobs::{self, Jobs};
use tempfile::TempDir;

use crate::world::{Server, World, both, header_of, write_master_key};

/// What an operator types, on the world's database.
fn command(world: &World, line: &str) -> Command {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        write_master_key(&folder.path().join("guichet.key"));
        folder
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command.args(line.split_whitespace()).current_dir(FOLDER.path()).env_clear().stdin(Stdio::null());
    command.env("GUICHET_STORE__URL", world.database().url());
    command
}

async fn operator(world: &World, line: &str) -> String {
    printed(&ran(world, line).await)
}

/// Waits without holding up this process: a server here may be in the middle of a transaction that the command waits
/// for.
async fn ran(world: &World, line: &str) -> Output {
    let mut command = command(world, line);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The names of the published keys, oldest first.
async fn published(server: &Server) -> Vec<String> {
    let jwks = server.browser().get("/oauth2/jwks").await.json();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(token: &str) -> String {
    header_of(token)["kid"].as_str().unwrap().to_owned()
}

both! {
    async fn a_successor_signs_once_relying_parties_have_read_it_and_old_tokens_stay_good(world) {
        let (mut alice, portal) = (world.signed_in("alice").await, world.client("portal"));
        let first = portal.enter(&mut alice).await;
        assert!(operator(&world, "keys rotate").await.contains("is published and signs from"));
        assert!(operator(&world, "keys rotate").await.contains("is published already"));
        jobs::run_due(&world.app).await.unwrap();
        assert_eq!(published(&world).await.len(), 4);
        let cached = world.browser().get("/oauth2/jwks").await;
        assert_eq!(cached.header("cache-control"), "public, max-age=300", "far less than the lead");
        world.advance("58min");
        jobs::run_due(&world.app).await.unwrap();
        let last = portal.enter(&mut alice).await;
        assert_eq!((kid(&last.access), kid(&last.id)), (kid(&first.access), kid(&first.id)));
        world.advance("3min");
        jobs::run_due(&world.app).await.unwrap();
        let next = portal.enter(&mut alice).await;
        assert_ne!(kid(&next.access), kid(&last.access));
        assert_ne!(kid(&next.id), kid(&last.id));
        for tokens in [&last, &next] {
            assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
            world.verified(&tokens.id).await;
        }
        let ended = alice.get(&format!("/oauth2/logout?id_token_hint={}", first.id)).await;
        assert!(ended.shows("logged-out-title"), "an old token is a hint still: {}", ended.text());
        world.advance("12h");
        jobs::run_due(&world.app).await.unwrap();
        assert_eq!(published(&world).await.len(), 2, "nobody can show what the old ones signed");
    }
}

both! {
    /// Every server looks by itself; that it does so every 2 s is in the timetable's own tests.
    async fn a_compromised_key_is_refused_on_every_server_without_a_restart(world) {
        let second = world.second_server().await;
        let (mut alice, portal) = (world.signed_in("alice").await, world.client("portal"));
        let tokens = portal.enter(&mut alice).await;
        let (here, there) = (Jobs::start(&world.app).await.unwrap(), Jobs::start(&second.app).await.unwrap());
        let compromised = kid(&tokens.access);
        let refused = ran(&world, &format!("keys retire {compromised}")).await;
        let words = String::from_utf8(refused.stderr).unwrap();
        assert!(words.contains("run `guichet keys rotate ES256 --now` first"), "{words}");
        assert!(operator(&world, "keys rotate es256 --now").await.contains("is published and signs from"));
        assert!(operator(&world, &format!("keys retire {compromised}")).await.contains("is gone"));
        for server in [&*world, &second] {
            let refused = async {
                while server.client("portal").userinfo(&tokens.access).await.status() == 200 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            tokio::time::timeout(Duration::from_mins(1), refused).await.expect("it is good for ever");
            assert!(!published(server).await.contains(&compromised));
            let fresh = server.client("portal").enter(&mut server.signed_in("aline").await).await;
            assert_eq!(portal.userinfo(&fresh.access).await.status(), 200);
        }
        here.stop().await;
        there.stop().await;
    }
}

both! {
    async fn of_operators_at_once_one_rotates_each_algorithm(world) {
        let told = futures_util::future::join_all((0..4).map(|_| operator(&world, "keys rotate"))).await;
        assert_eq!(
            told.iter().map(|told| told.matches("is published and signs from").count()).sum::<usize>(),
            2,
            "{told:?}"
        );
        let list = operator(&world, "keys list").await;
        assert_eq!(list.matches("published since").count(), 2, "{list}");
        assert_eq!(list.matches("signs since").count(), 2, "{list}");
        let newest = Filter { about: About::Everyone, since: None, limit: 100 };
        let lines = world.app.look(async |view| audit::list(&mut view.db, newest).await).await.unwrap();
        let audited: Vec<_> = lines.iter().filter(|line| line.deed == "key.published").collect();
        assert_eq!(audited.len(), 2);
        for line in audited {
            assert!(line.actor_kind == "operator" && list.contains(line.subject.as_deref().unwrap()), "{line:?}");
        }
    }
}
