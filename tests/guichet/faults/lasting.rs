//! Access that was lost for good takes along what hung from it, also what nobody used meanwhile; access that only
//! rested gives it back (R-DIR-1, R-DIR-3, idea 1).

use crate::world::{Browser, Cause, RelyingParty, Tokens, World, both};

const CONTACTS: &str = include_str!("../../../src/demo/contacts.csv");
const COMPANIES: &str = include_str!("../../../src/demo/companies.csv");

/// What somebody holds without touching it.
struct Held {
    browser: Browser,
    party: RelyingParty,
    tokens: Tokens,
    offline: Tokens,
}

impl Held {
    async fn by(world: &World, who: &str) -> Self {
        let mut browser = world.signed_in(who).await;
        let party = world.client("portal");
        let tokens = party.enter(&mut browser).await;
        let offline = world.client("demo-web").scope("openid offline_access").enter(&mut browser).await;
        Self { browser: world.signed_in(who).await, party, tokens, offline }
    }

    /// Page, UserInfo, refresh in the session, refresh without it.
    async fn tried(&mut self, world: &World) -> [u16; 4] {
        [
            self.browser.get("/account").await.status(),
            self.party.userinfo(&self.tokens.access).await.status(),
            self.party.refresh(&self.tokens.refresh).await.status(),
            world.client("demo-web").refresh(&self.offline.refresh).await.status(),
        ]
    }
}

async fn choose(browser: &mut Browser, company: &str) {
    browser.get("/login/company").await;
    browser.press("company", company).await;
}

/// The cause strikes, is reacted to, and is taken back before anybody looks.
async fn strike_and_take_back(world: &World, cause: Cause) {
    cause.strike(world, "alice").await;
    world.advance("2s");
    world.mails().await;
    for file in [COMPANIES, CONTACTS] {
        world.import(&format!("{}\n", file.trim_end())).await;
    }
}

both! {
    async fn what_was_lost_for_good_does_not_come_back_with_the_access(world) {
        for cause in [Cause::ContactInactiveAtErp, Cause::CompanyBlocked] {
            let mut held = Held::by(&world, "alice").await;
            strike_and_take_back(&world, cause).await;
            assert_eq!(held.tried(&world).await, [303, 401, 400, 400], "{cause:?}");
            world.signed_in("alice").await;
        }
    }
}

both! {
    async fn what_only_rested_goes_on_with_the_access(world) {
        let mut held = Held::by(&world, "alice").await;
        strike_and_take_back(&world, Cause::CompanyNotValidated).await;
        assert_eq!(held.tried(&world).await, [200; 4]);
    }
}

both! {
    /// R-DIR-6: one company's decision takes that company from a shared account's session, and nothing else.
    async fn a_shared_account_keeps_its_session_for_the_other_company(world) {
        let mut browser = world.signed_in("ines").await;
        choose(&mut browser, "C-1001").await;
        let party = world.client("portal");
        let at_the_first = party.enter(&mut browser).await;
        choose(&mut browser, "C-1002").await;
        let at_the_second = party.enter(&mut browser).await;
        choose(&mut browser, "C-1001").await;
        strike_and_take_back(&world, Cause::CompanyBlocked).await;
        assert_eq!(party.userinfo(&at_the_first.access).await.status(), 401);
        assert_eq!(party.userinfo(&at_the_second.access).await.status(), 200);
        assert_eq!(browser.get("/account").await.header("location"), "/login/company", "it has to choose again");
        choose(&mut browser, "C-1002").await;
        assert_eq!(browser.get("/account").await.status(), 200);
    }
}

/// How many rows a table has.
async fn rows(world: &World, table: &str) -> u64 {
    world.database().execute(&format!("update {table} set id = id")).await
}

both! {
    /// What is over is forgotten in the end, what lives isn't.
    async fn what_is_over_for_long_is_swept_and_what_lives_stays(world) {
        let mut held = Held::by(&world, "alice").await;
        let carl = world.client("portal").enter(&mut world.signed_in("carl").await).await;
        world.advance("13h");
        world.mails().await;
        assert_eq!(world.client("portal").refresh(&carl.refresh).await.status(), 400);
        for _ in 0..3 {
            world.advance("15d");
            world.mails().await;
            held.offline = Tokens::of(&world.client("demo-web").refresh(&held.offline.refresh).await);
        }
        assert_eq!(rows(&world, "authorizations").await, 1, "the one with offline access");
        assert_eq!(rows(&world, "sessions").await, 1, "it still names the one it was given in");
        assert_eq!(held.tried(&world).await, [303, 401, 400, 200]);
    }
}
