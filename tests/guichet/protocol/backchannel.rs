//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): whatever ends a sign-in, its relying parties are told,
//! once.

use guichet::audit::{self, About, AuditLine, Filter};
use serde_json::json;

use crate::world::{
    Browser, Cause, Code, Kind, Receiver, RelyingParty, Reply, Server, Tokens, World, both, claims_of, header_of,
};

/// A person signed in at the portal, with a code of it still in flight.
struct Held {
    browser: Browser,
    portal: RelyingParty,
    in_flight: Code,
    tokens: Tokens,
}

impl Held {
    async fn of(world: &World, who: &str) -> Self {
        let portal = world.client("portal");
        let mut browser = world.signed_in(who).await;
        let tokens = portal.enter(&mut browser).await;
        let in_flight = portal.authorize(&mut browser).await;
        Self { browser, portal, in_flight, tokens }
    }
}

both! {
    /// What nobody told us, a refusal finds: of whatever ends a sign-in by an event, `faults::living_on` tells.
    async fn relying_parties_are_told_of_access_found_lost_at_a_page_and_nobody_elses(world) {
        let receiver = Receiver::start().await;
        let listeners = [("portal", &receiver)];
        let (server, second) = (world.telling(&listeners).await, world.telling(&listeners).await);
        let (mut held, _fanny) = (Held::of(&world, "alice").await, Held::of(&world, "fanny").await);
        Cause::ContactDisabled.strike(&world, "alice").await;
        assert_eq!(held.browser.get("/account").await.status(), 403);
        for server in [&server, &second, &server] {
            server.run_due().await;
            world.advance("5min");
        }
        assert_eq!(receiver.sids(), [held.tokens.id_claims()["sid"].clone()], "once, and of nobody else");
    }
}

both! {
    /// What ends is the sign-in of the code in flight, of which the relying party knows nothing.
    async fn a_relying_party_that_never_got_tokens_is_told_nothing(world) {
        let receiver = Receiver::start().await;
        let server = world.telling(&[("portal", &receiver)]).await;
        let held = Held::of(&world, "alice").await;
        Cause::ContactDisabled.strike(&world, "alice").await;
        assert_eq!(held.portal.redeem(&held.in_flight).await.status(), 400);
        server.run_due().await;
        assert_eq!(receiver.tokens().len(), 0);
    }
}

/// Alice signed in at the portal and out again, and a server about to tell it.
async fn signed_out(world: &World, portal: &Receiver) -> (Server, Tokens) {
    let server = world.telling(&[("portal", portal), ("old-fashioned", portal)]).await;
    let mut held = Held::of(world, "alice").await;
    held.browser.get("/account").await;
    held.browser.submit("sign-out", &[]).await;
    (server, held.tokens)
}

both! {
    /// Section 2.4; two minutes at most, as it recommends.
    async fn a_logout_token_says_who_and_which_and_nothing_else(world) {
        let portal = Receiver::start().await;
        let (server, tokens) = signed_out(&world, &portal).await;
        let before = world.app.clock.now().seconds();
        server.run_due().await;
        let [token] = portal.tokens().try_into().unwrap();
        let (claims, id) = (world.verified(&token).await, tokens.id_claims());
        assert_eq!((&header_of(&token)["typ"], &header_of(&token)["alg"]), (&json!("logout+jwt"), &json!("RS256")));
        let mut members: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"], "no nonce");
        for claim in ["iss", "aud", "sub", "sid"] {
            assert_eq!(claims[claim], id[claim], "{claim}");
        }
        assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!(iat < exp && exp - iat <= 120 && (before..=world.app.clock.now().seconds()).contains(&iat), "{claims}");
    }
}

both! {
    async fn a_logout_token_stands_in_for_no_other_and_is_signed_as_the_client_chose(world) {
        let old = Receiver::start().await;
        let server = world.telling(&[("old-fashioned", &old)]).await;
        let mut browser = world.signed_in("alice").await;
        world.client("old-fashioned").enter(&mut browser).await;
        browser.get("/account").await;
        browser.submit("sign-out", &[]).await;
        server.run_due().await;
        let [token] = old.tokens().try_into().unwrap();
        assert_eq!(header_of(&token)["alg"], "ES256");
        assert_eq!(world.client("old-fashioned").userinfo(&token).await.status(), 401);
        let mut alice = world.signed_in("alice").await;
        let asked = alice.get(&format!("/oauth2/logout?id_token_hint={token}")).await;
        assert!(asked.shows("logout-confirm"), "it is no hint: {}", asked.text());
    }
}

both! {
    async fn a_relying_party_in_trouble_is_told_again_later_with_a_fresh_token(world) {
        let portal = Receiver::start().await;
        portal.reply(&[Reply::Status(503), Reply::Status(302), Reply::Status(404), Reply::Status(204)]);
        let (server, _) = signed_out(&world, &portal).await;
        for (attempts, pause) in [(1, "9s"), (1, "1s"), (2, "59s"), (2, "1s"), (3, "5min"), (4, "1h"), (4, "1h")] {
            server.run_due().await;
            assert_eq!(portal.tokens().len(), attempts);
            world.advance(pause);
        }
        let claims: Vec<_> = portal.tokens().iter().map(|token| claims_of(token)).collect();
        let mut jtis: Vec<_> = claims.iter().map(|claims| claims["jti"].as_str().unwrap().to_owned()).collect();
        jtis.sort();
        jtis.dedup();
        assert_eq!(jtis.len(), 4, "each attempt has its own jti, so that a lost answer doesn't make the next a replay");
        assert!(
            claims
                .windows(2)
                .all(|pair| pair[0]["iat"].as_i64() < pair[1]["iat"].as_i64() && pair[0]["sid"] == pair[1]["sid"])
        );
    }
}

/// The lines of the trail about logouts that didn't arrive.
async fn trail(world: &World) -> Vec<AuditLine> {
    let everything = Filter { about: About::Everyone, since: None, limit: 1000 };
    let lines = world.app.look(async |view| audit::list(&mut view.db, everything).await).await.unwrap();
    lines.into_iter().filter(|line| line.deed.starts_with("logout.")).collect()
}

both! {
    async fn a_refusal_is_final_and_stands_in_the_trail(world) {
        let portal = Receiver::start().await;
        portal.reply(&[Reply::Status(400)]);
        let (server, tokens) = signed_out(&world, &portal).await;
        for _ in 0..3 {
            server.run_due().await;
            world.advance("2h");
        }
        assert_eq!(portal.tokens().len(), 1);
        let [line] = trail(&world).await.try_into().unwrap();
        assert_eq!((line.deed.as_str(), line.subject.as_deref()), ("logout.refused", Some("portal")));
        assert_eq!(line.reference.as_deref(), tokens.id_claims()["sid"].as_str());
        assert_eq!(line.detail, json!({ "why": "because  of this" }), "in one line");
    }
}

both! {
    async fn after_a_day_a_relying_party_is_given_up(world) {
        let portal = Receiver::start().await;
        portal.reply(&[(); 40].map(|()| Reply::Status(500)));
        let (server, _) = signed_out(&world, &portal).await;
        for _ in 0..30 {
            server.run_due().await;
            world.advance("1h");
        }
        let attempts = portal.tokens().len();
        assert_eq!(attempts, 25, "at once, and in each hour of the day after");
        let [line] = trail(&world).await.try_into().unwrap();
        assert_eq!(line.deed, "logout.given_up");
    }
}

both! {
    async fn no_redirect_is_followed(world) {
        let (portal, elsewhere) = (Receiver::start().await, Receiver::start().await);
        portal.reply(&[Reply::Redirect(elsewhere.uri())]);
        let (server, _) = signed_out(&world, &portal).await;
        server.run_due().await;
        assert_eq!((portal.tokens().len(), elsewhere.tokens().len()), (1, 0));
        world.advance("10s");
        server.run_due().await;
        assert_eq!(portal.tokens().len(), 2, "a redirect is trouble like any other");
    }
}

both! {
    /// No private addresses except those listed.
    async fn a_private_address_that_is_not_listed_is_not_called(world) {
        let portal = Receiver::start().await;
        let (_, _) = signed_out(&world, &portal).await;
        let careful = world.telling_where(&[("portal", &portal)], "10.0.0.0/8").await;
        careful.run_due().await;
        assert_eq!(portal.tokens().len(), 0);
        world.advance("10s");
        let allowed = world.telling(&[("portal", &portal)]).await;
        allowed.run_due().await;
        assert_eq!(portal.tokens().len(), 1, "once the operator lists it, it is told");
    }
}

both! {
    async fn a_slow_relying_party_does_not_hold_up_the_others(world) {
        let (slow, quick) = (Receiver::start().await, Receiver::start().await);
        slow.reply(&[(); 40].map(|()| Reply::Held));
        let server = world.telling(&[("portal", &slow), ("demo-web", &quick)]).await;
        let mut browser = world.signed_in("alice").await;
        for _ in 0..40 {
            world.client("portal").enter(&mut browser).await;
        }
        world.client("demo-web").enter(&mut browser).await;
        browser.get("/account").await;
        browser.submit("sign-out", &[]).await;
        let run = async {
            server.run_due().await;
        };
        let watch = async {
            slow.arrival().await;
            quick.arrival().await;
            let waiting = slow.tokens().len();
            assert!((1..=4).contains(&waiting), "{waiting} calls to one relying party at once");
            slow.release(40);
        };
        tokio::join!(run, watch);
        assert_eq!((slow.tokens().len(), quick.tokens().len()), (40, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_tell_each_relying_party_once() {
    let Some(world) = World::on(Kind::Postgres).await else { return };
    let portal = Receiver::start().await;
    let (first, second) = (world.telling(&[("portal", &portal)]).await, world.telling(&[("portal", &portal)]).await);
    let mut browser = world.signed_in("alice").await;
    let mut sids = Vec::new();
    for _ in 0..120 {
        sids.push(world.client("portal").enter(&mut browser).await.id_claims()["sid"].as_str().unwrap().to_owned());
    }
    Cause::AccountDisabled.strike(&world, "alice").await;
    for _ in 0..10 {
        tokio::join!(first.run_due(), second.run_due());
    }
    let mut told: Vec<_> = portal.sids().iter().map(|sid| sid.as_str().unwrap().to_owned()).collect();
    told.sort();
    sids.sort();
    assert_eq!(told, sids);
}
