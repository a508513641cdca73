//! Fault 2: a second path that misses a check. Every condition of access × every door; the final ones that an event
//! tells of are in `living_on`.

use guichet::access::{Condition, MembershipFacts};
use guichet::authorization::consent;
use guichet::membership::{self, Giver, Grant};

use super::holdings::{Holdings, OPEN, SHUT};
use crate::world::{PASSWORD, World, both};

/// Where the condition lives: the table, the column, and what breaks and heals it for alice. None where `living_on`
/// strikes it.
fn lever(condition: Condition) -> Option<[&'static str; 4]> {
    match condition {
        Condition::CompanyOrdered => Some(["companies", "first_order_at", "null", "1"]),
        Condition::MembershipApproved => Some(["memberships", "approved_at", "null", "1"]),
        Condition::AccountActivated => Some(["accounts", "activated_at", "null", "1"]),
        Condition::MailboxProven => Some(["accounts", "mailbox_proven_at", "null", "1"]),
        Condition::PasswordSet => Some(["accounts", "password_set_at", "null", "1"]),
        Condition::SecondFactor => Some(["memberships", "second_factor_required_at", "1", "null"]),
        Condition::Network => Some(["memberships", "networks", "'[\"192.0.2.0/24\"]'", "'[]'"]),
        // The e-service is that of a relying party which is tied to one, below.
        Condition::EService
        | Condition::CompanyValidated
        | Condition::CompanyOpen
        | Condition::ContactListed
        | Condition::ContactEnabled
        | Condition::MembershipEnabled
        | Condition::AccountEnabled => None,
    }
}

async fn set(world: &World, [table, column, value]: [&str; 3]) {
    let id = match table {
        "companies" => "m.company",
        "memberships" => "m.id",
        _ => "m.account",
    };
    let hers = "from memberships m join sign_in_names n on n.account = m.account where n.name = 'alice@durand.example'";
    assert_eq!(
        world
            .database()
            .execute(&format!("update {table} set {column} = {value} where id in (select {id} {hers})"))
            .await,
        1
    );
}

both! {
    async fn every_condition_of_access_is_asked_at_every_door(world) {
        for condition in Condition::ALL {
            let Some([table, column, broken, healed]) = lever(*condition) else { continue };
            let holdings = Holdings::of(&world, "alice").await;
            set(&world, [table, column, broken]).await;
            assert_eq!(holdings.try_every_door().await, SHUT, "{condition}");
            let answer = world.browser().sign_in("alice", PASSWORD).await;
            // What the person can mend right there is asked for instead of refused.
            let (status, to) =
                if *condition == Condition::SecondFactor { (303, "/login/second-factor") } else { (403, "") };
            assert_eq!((answer.status(), answer.header("location")), (status, to), "{condition}");
            assert!(answer.cookie("guichet_session").is_none(), "{condition}");
            set(&world, [table, column, healed]).await;
        }
        assert_eq!(Holdings::of(&world, "alice").await.try_every_door().await, OPEN, "healed");
    }
}

both! {
    /// R-RGT-3: our own pages need none.
    async fn the_e_service_of_a_relying_party_is_asked_for_at_each_of_its_doors(world) {
        let (tied, rs) = (world.client("tied"), world.client("demo-rs"));
        let mut browser = world.signed_in("alice").await;
        let (tokens, in_flight) = (tied.enter(&mut browser).await, tied.authorize(&mut browser).await);
        let MembershipFacts { id, profile, roles, branch, networks, .. } =
            world.people("alice").await.remove(0).membership;
        let grant = Grant { profile, roles, e_services: [].into(), branch, networks };
        world.as_operator(async |tx| membership::set(tx, id, Giver::Vendor, &grant).await).await;
        assert_eq!(tied.userinfo(&tokens.access).await.status(), 401);
        assert!(!rs.finds_active(&tokens.access).await);
        assert_eq!(tied.refresh(&tokens.refresh).await.error(), "invalid_grant");
        assert_eq!(tied.redeem(&in_flight).await.error(), "invalid_grant");
        assert_eq!(browser.open(&tied.ask().path()).await.status(), 403);
        assert_eq!(browser.get("/account").await.status(), 200);
    }
}

both! {
    /// The page was opened while access held, and its button is pressed when it doesn't any more.
    async fn whoever_has_lost_access_gives_no_consent(world) {
        let portal = world.client("portal");
        let nina = world.people("nina").await.remove(0).account;
        for decision in ["consent-allow", "consent-deny"] {
            let mut browser = world.browser().from("192.0.2.7");
            browser.sign_in("nina", PASSWORD).await;
            let page = browser.open(&portal.ask().path()).await;
            assert!(page.shows(decision), "{}", page.text());
            let mut elsewhere = browser.from("198.51.100.1");
            let pressed = elsewhere.submit(decision, &[]).await;
            let told = elsewhere.follow(pressed).await;
            if decision == "consent-allow" {
                assert_eq!((told.status(), told.unmet()), (403, vec!["network".to_owned()]), "the dispatcher says why");
            }
            let standing =
                world.app.look(async |view| consent::standing(&mut view.db, nina.id, "portal").await).await.unwrap();
            assert!(standing.is_none(), "{decision}");
        }
    }
}

both! {
    async fn the_consent_page_sends_whoever_has_lost_access_back_to_the_dispatcher(world) {
        let mut browser = world.browser().from("192.0.2.7");
        browser.sign_in("nina", PASSWORD).await;
        let page = browser.open(&world.client("portal").ask().path()).await.page();
        let path = format!("/login/consent?interaction={}", page.values("/login/consent", "interaction")[0]);
        assert_eq!(browser.get(&path).await.status(), 200);
        let mut elsewhere = browser.from("198.51.100.1");
        let answer = elsewhere.get(&path).await;
        assert_eq!(answer.location().unwrap().path(), "/oauth2/authorize");
        assert_eq!(elsewhere.follow(answer).await.unmet(), ["network"]);
        for unreadable in ["", "?interaction=", "?interaction=x", "?interaction=%FF"] {
            let answer = elsewhere.get(&format!("/login/consent{unreadable}")).await;
            assert!(answer.status() == 400 && answer.shows("error-title"), "{unreadable}");
        }
    }
}
