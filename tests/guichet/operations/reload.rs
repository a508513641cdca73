//! What an operator declares anew while a server runs: relying parties, policies, e-services.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use guichet::base::{Profile, Role};
use guichet::config::{Config, Declared};
use guichet::rights::{Holdings, Policy, PolicyFiles, Question, Resource};
use tempfile::TempDir;

use crate::world::{Kind, World, both};

/// The built-in policies in a folder, one file of them rewritten.
fn policies(file: &str, rewrite: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("staff")).unwrap();
    for (name, text) in PolicyFiles::embedded().iter() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    rewritten(folder.path(), file, rewrite);
    folder
}

fn rewritten(folder: &Path, file: &str, rewrite: impl FnOnce(String) -> String) {
    let file = folder.join(file);
    fs::write(&file, rewrite(fs::read_to_string(&file).unwrap())).unwrap();
}

async fn declare(world: &World, change: impl FnOnce(&mut Config)) -> Result<(), String> {
    let mut config = world.app.config.clone();
    change(&mut config);
    let declared = Declared::read(&config).await.map_err(|refused| refused.to_string())?;
    world.app.declare(declared);
    Ok(())
}

both! {
    async fn a_relying_party_that_is_gone_or_changed_counts_so_from_then_on(world) {
        let (portal, resource_server) = (world.client("portal"), world.client("demo-rs"));
        let mut alice = world.signed_in("alice").await;
        let code = portal.authorize(&mut alice).await;
        let tokens = portal.enter(&mut alice).await;
        assert!(resource_server.finds_active(&tokens.access).await);
        declare(&world, |config| config.clients.retain(|client| client.id != "portal")).await.unwrap();
        assert_eq!(portal.redeem(&code).await.error(), "invalid_client");
        assert!(!resource_server.finds_active(&tokens.access).await, "a client that is gone has no tokens");
        assert_eq!(alice.get(&portal.ask().path()).await.status(), 400);
        declare(&world, |config| {
            let portal = config.clients.iter_mut().find(|client| client.id == "portal").unwrap();
            portal.secret = Some("another-secret-of-the-portal".to_owned());
        })
        .await
        .unwrap();
        assert_eq!(portal.redeem(&code).await.error(), "invalid_client", "it has another secret now");
        assert!(resource_server.finds_active(&tokens.access).await, "it is back");
    }
}

both! {
    async fn the_names_of_e_services_are_those_of_the_catalogue_in_force(world) {
        let mut alice = world.signed_in("alice").await;
        assert!(alice.get("/account").await.text().contains("My digital certificates"));
        let renamed = policies("e_services.csv", |text| text.replace("My digital certificates", "Seals & more"));
        declare(&world, |config| config.policies = Some(renamed.path().to_owned())).await.unwrap();
        let page = alice.get("/account").await.text();
        assert!(page.contains("Seals &#38; more") && !page.contains("My digital"), "{page}");
        rewritten(renamed.path(), "e_services.csv", |text| text.replace("tao,", "Déménagement,"));
        let refused = declare(&world, |config| config.policies = Some(renamed.path().to_owned())).await.unwrap_err();
        assert!(refused.contains("e_services.csv, line 6: `Déménagement` is no e-service code"), "{refused}");
        assert_eq!(alice.get("/account").await.text(), page, "the old stays");
    }
}

#[tokio::test]
async fn what_belongs_together_is_checked_together() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let without = policies("e_services.csv", |text| {
        text.split_inclusive('\n').filter(|line| !line.starts_with("certificats,")).collect()
    });
    let refused = declare(&world, |config| config.policies = Some(without.path().to_owned())).await.unwrap_err();
    assert!(refused.contains("certificate.csv, line 2: `certificats` is no e-service"), "{refused}");
    let without = policies("e_services.csv", |text| text.replace("fci,", "fca,"));
    let refused = declare(&world, |config| {
        config.policies = Some(without.path().to_owned());
        config.clients[0].e_service = Some("fci".parse().unwrap());
    });
    let refused = refused.await.unwrap_err();
    assert!(refused.ends_with("there is no e-service `fci`"), "{refused}");
    fs::remove_file(without.path().join("staff/audit.csv")).unwrap();
    let refused = declare(&world, |config| config.policies = Some(without.path().to_owned())).await.unwrap_err();
    assert!(refused.contains("staff/audit.csv: can't be read") && refused.contains("policy write"), "{refused}");
}

/// Under the built-in policies `tickets` lets somebody share and rate; under these it does neither.
fn stricter() -> TempDir {
    let folder = policies("ticket.csv", |text| {
        text.replace("p, role:tickets, ticket, share, allow\n", "")
            .replace("p, role:tickets, ticket, rate, allow\n", "")
    });
    rewritten(folder.path(), "decisions.csv", |text| {
        let (mut columns, mut lines) = (Vec::new(), Vec::new());
        for line in text.lines() {
            let mut cells: Vec<&str> = line.split(',').collect();
            if cells[0] == "profile" {
                let places = (0..cells.len()).filter(|place| ["ticket.share", "ticket.rate"].contains(&cells[*place]));
                columns = places.collect();
            } else if cells.get(1) == Some(&"tickets") {
                for column in &columns {
                    cells[*column] = "no";
                }
            }
            lines.push(cells.join(","));
        }
        lines.join("\n")
    });
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_decision_is_of_the_old_policy_or_of_the_new_one() {
    let world = World::on(Kind::Sqlite).await.unwrap();
    let bruno = Holdings {
        company: "C-1001".to_owned(),
        branch: None,
        profile: Profile::Limited,
        roles: [Role::Tickets].into(),
        e_services: [].into(),
    };
    let may = move |policy: &Policy, action| {
        let question = Question::parse("ticket", action, None).unwrap();
        policy.decide(&bruno, &question, &Resource::default()).allowed
    };
    let (app, done) = (world.app.clone(), std::sync::Arc::new(AtomicBool::new(false)));
    let asking = tokio::task::spawn_blocking({
        let done = done.clone();
        move || {
            let mut seen = [0, 0];
            while !done.load(Ordering::Relaxed) {
                let policy = app.policy.load();
                let [shares, rates] = ["share", "rate"].map(|action| may(&policy, action));
                assert_eq!(shares, rates, "a mix of both");
                seen[usize::from(shares)] += 1;
            }
            seen
        }
    });
    let stricter = stricter();
    for round in 0..6 {
        let folder = (round % 2 == 0).then(|| stricter.path().to_owned());
        declare(&world, |config| config.policies = folder).await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    let [strict, built_in] = asking.await.unwrap();
    assert!(strict > 0 && built_in > 0, "{strict} {built_in}");
}
