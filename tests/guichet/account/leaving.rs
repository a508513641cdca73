//! Leaving: a copy of one's own data, and the end of one's own account.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::world::{Answer, Browser, Cause, Kind, PASSWORD, World, both};

async fn close(browser: &mut Browser, password: &str) -> Answer {
    open(browser).await;
    browser.submit("close-submit", &[("password", password)]).await
}

async fn open(browser: &mut Browser) {
    let page = browser.open_freshly("/account/close").await;
    assert!(page.shows("close-submit"), "{}", page.text());
}

both! {
    async fn an_account_is_closed_for_good_by_whoever_knows_its_password(world) {
        let mut browser = world.signed_in("carl").await;
        let mut elsewhere = world.signed_in("carl").await;
        let portal = world.client("portal");
        let tokens = portal.enter(&mut elsewhere).await;
        let contact = world.people("carl").await.remove(0).contact;
        assert_eq!(close(&mut browser, "").await.status(), 422);
        assert_eq!(close(&mut browser, "Not-My-Password-1").await.status(), 401);
        assert_eq!(browser.get("/account").await.status(), 200, "nothing is closed yet");
        let answer = close(&mut browser, PASSWORD).await;
        assert_eq!(answer.header("location"), "/account/closed", "{}", answer.text());
        assert_eq!(browser.follow(answer).await.status(), 200);
        assert!(browser.cookie("guichet_session").is_none());
        assert_ne!(elsewhere.get("/account").await.status(), 200);
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
        assert_eq!(world.browser().sign_in("carl", PASSWORD).await.status(), 401);

        let (mail, link) = world.last_mail("carl").await;
        assert!(mail.subject.contains("your account is closed") && !link.starts_with("/links/"), "{}", mail.text);
        let found =
            world.database().execute("update sign_in_names set kind = kind where name = 'carl@durand.example'").await;
        assert_eq!(found, 1, "the name stays reserved (R-ADM-9)");
        let stays =
            world.app.look(async |view| guichet::directory::contact(&mut view.db, contact.id).await).await.unwrap();
        assert!(stays.is_some_and(|contact| contact.erp_inactive_at.is_none()), "the contact stays (R-DIR-5)");
    }
}

both! {
    async fn wrong_passwords_at_the_closing_count_like_any(world) {
        let mut browser = world.signed_in("bruno").await;
        for _ in 0..10 {
            assert_eq!(close(&mut browser, "Not-My-Password-1").await.status(), 401);
        }
        let answer = close(&mut browser, PASSWORD).await;
        assert!(answer.status() == 429 && !answer.header("retry-after").is_empty(), "{}", answer.text());
    }
}

both! {
    /// R-DEL-5: an action of the company never leaves it without a usable administrator.
    async fn the_last_administrator_of_a_company_cant_leave_it_alone(world) {
        let mut alice = world.signed_in("alice").await;
        alice.get("/account/close").await;
        let csrf = alice.csrf();
        Cause::AccountDisabled.strike(&world, "aline").await;
        let page = alice.get("/account/close").await;
        assert!(page.shows("close-last") && !page.shows("close-submit"), "{}", page.text());
        assert!(page.text().contains("Durand Télécom"), "{}", page.text());
        let answer = alice.post("/account/close", &[("csrf", &csrf), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), 403, "{}", answer.text());
        assert_eq!(alice.get("/account").await.status(), 200);
    }
}

async fn of_two_one_stays(world: World) {
    let (mut one, mut other) = (world.signed_in("alice").await, world.signed_in("aline").await);
    open(&mut one).await;
    open(&mut other).await;
    let password = [("password", PASSWORD)];
    let (one, other) = tokio::join!(one.submit("close-submit", &password), other.submit("close-submit", &password));
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403]);
}

#[tokio::test]
async fn of_the_two_last_administrators_who_leave_at_once_one_stays_sqlite() {
    of_two_one_stays(World::on(Kind::Sqlite).await.unwrap()).await;
}

#[tokio::test]
async fn of_the_two_last_administrators_who_leave_at_once_one_stays_postgres() {
    if let Some(world) = World::on(Kind::Postgres).await {
        of_two_one_stays(world).await;
    }
}

#[tokio::test]
async fn an_account_that_is_closed_is_closed_on_another_server() {
    let Some(world) = World::on(Kind::Postgres).await else { return };
    let other = world.second_server().await;
    let mut elsewhere = other.signed_in("bruno").await;
    assert_eq!(close(&mut world.signed_in("bruno").await, PASSWORD).await.status(), 303);
    assert_ne!(elsewhere.get("/account").await.status(), 200);
    assert_eq!(other.browser().sign_in("bruno", PASSWORD).await.status(), 401);
}

both! {
    async fn the_copy_of_ones_own_data_has_all_of_it_and_no_secret(world) {
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        browser.follow(answer).await;
        browser.press("company", "C-1001").await;
        world.client("portal").enter(&mut browser).await;
        let answer = browser.get("/account/export").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"account.json\"");
        assert!(answer.header("content-type").starts_with("application/json"));
        assert_eq!(answer.header("cache-control"), "no-store");
        let data = answer.json();
        let companies: Vec<&str> =
            data["records"].as_array().unwrap().iter().filter_map(|one| one["company"]["ref"].as_str()).collect();
        assert_eq!(companies, ["C-1001", "C-1002"], "every company of hers (R-DIR-6)");
        assert_eq!(data["memberships"].as_array().unwrap().len(), 2);
        assert_eq!(data["records"][0]["email"], "ines@compta.example");
        assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
        assert_eq!(data["devices"].as_array().unwrap().len(), 1);
        assert!(
            data["activity"]
                .as_array()
                .unwrap()
                .iter()
                .any(|line| line["what"] == "session.began" && line["by"] == "you")
        );
        let text = answer.text();
        let cookies = ["guichet_session", "guichet_device"].map(|name| browser.cookie(name).unwrap());
        for secret in ["$argon2", cookies[0], cookies[1]] {
            assert!(!text.contains(secret), "{secret}");
        }
        // Names only: what stands beside them may spell a short word by chance.
        let names = names(&data);
        assert!(names.contains("activity") && names.contains("what"), "{names:?}");
        assert!(!names.iter().any(|name| name.contains("hash") || name.contains("secret")), "{names:?}");
        assert!(!text.contains("alice@"), "nobody else is in it");
        let page = browser.get("/account/security").await.text();
        assert!(page.contains("Copy of your data downloaded"), "{page}");
    }
}

/// The name of every member, at any depth.
fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(members) => {
            members.iter().flat_map(|(name, inner)| names(inner).into_iter().chain([name.to_lowercase()])).collect()
        }
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeSet::new(),
    }
}
