//! What a server lets its operator see: the id of each request, its statements, its line in the access log, and nothing
//! that is secret.

use axum::body::Body;
use axum::http::Request;
use guichet::base::Networks;
use serde_json::Value;
use uuid::Uuid;

use crate::world::{Answer, Log, PASSWORD, Server, World, both};

fn id_of(answer: &Answer) -> String {
    answer.header("x-request-id").to_owned()
}

/// A server behind a proxy at 192.0.2.1.
async fn proxied(world: &World) -> Server {
    world.server_with(|config| config.http.trusted_proxies = Networks::parse("192.0.2.1").unwrap()).await
}

/// A server that keeps an access log.
async fn keeping(world: &World) -> Server {
    world.server_with(|config| config.log.access = true).await
}

both! {
    async fn every_answer_carries_an_id_of_its_own(world) {
        let mut browser = world.browser();
        for path in ["/healthz", "/oauth2/jwks", "/oauth2/userinfo", "/oauth2/token", "/login", "/no-such-page"] {
            let (first, second) = (browser.get(path).await, browser.get(path).await);
            let ids = [id_of(&first), id_of(&second)].map(|id| id.parse::<Uuid>().unwrap());
            assert_ne!(ids[0], ids[1], "{path}");
        }
        let refused = world.client("portal").token(&[]).await;
        assert_eq!(refused.status(), 400);
        id_of(&refused).parse::<Uuid>().unwrap();
    }
}

both! {
    async fn an_id_is_kept_from_a_trusted_proxy_only_and_where_it_is_well_formed(world) {
        let server = proxied(&world).await;
        let asked = async |from: &str, id: &str| {
            let mut browser = server.browser().from(from).with("x-request-id", id).with("x-forwarded-for", "192.0.2.7");
            id_of(&browser.get("/healthz").await)
        };
        let longest = "a".repeat(64);
        for id in ["Root=1-67891233-abcdef012345678912345678", &longest] {
            assert_eq!(asked("192.0.2.1", id).await, id);
            assert!(asked("192.0.2.7", id).await.parse::<Uuid>().is_ok(), "an id from anybody");
        }
        for id in ["", "a b", "a\tb", "\u{e9}t\u{e9}", &"a".repeat(65)] {
            assert!(asked("192.0.2.1", id).await.parse::<Uuid>().is_ok(), "{id:?}");
        }
        let twice = Request::get("/healthz").header("x-request-id", "one").header("x-request-id", "two");
        let answer = server.browser().from("192.0.2.1").send(twice.body(Body::empty()).unwrap()).await;
        assert!(id_of(&answer).parse::<Uuid>().is_ok(), "which of both?");
    }
}

both! {
    async fn the_access_log_tells_patterns_and_ids_and_no_secret(world) {
        let server = keeping(&world).await;
        let log = Log::listen("guichet=info");
        let mut alice = server.browser();
        alice.sign_in("alice", PASSWORD).await;
        let home = alice.get("/account?utm=campaign").await;
        let link = server.browser().get("/links/c2VjcmV0LXNlY3JldA?next=elsewhere").await;
        let nowhere = server.browser().get("/no/c2VjcmV0LXNlY3JldA?x=y").await;
        let tokens = server.client("portal").enter(&mut alice).await;
        server.client("portal").userinfo(&tokens.access).await;

        let lines = log.of("guichet::access");
        let told_of = |answer: &Answer| -> &Value {
            let mut of_it = lines.iter().filter(|line| line["fields"]["request_id"] == id_of(answer).as_str());
            let found = of_it.next().expect("each request has a line");
            assert!(of_it.next().is_none(), "and only one");
            &found["fields"]
        };
        assert_eq!((&told_of(&link)["route"], &told_of(&link)["status"]), (&"/links/{token}".into(), &404.into()));
        assert_eq!(told_of(&nowhere).get("route"), None, "no route takes it");
        assert_eq!(told_of(&nowhere).get("account"), None);
        let home_line = told_of(&home);
        assert_eq!((&home_line["method"], &home_line["route"]), (&"GET".into(), &"/account".into()));
        assert_eq!(home_line["bytes"], home.text().len());
        assert_eq!(home_line["address"], "127.0.0.1");
        assert!(home_line["duration_ms"].as_f64().unwrap() > 0.0);
        let account = home_line["account"].as_str().unwrap();
        account.parse::<Uuid>().unwrap();

        let of = |method: &str, route: &str| {
            let fields = lines.iter().map(|line| &line["fields"]);
            fields.filter(|line| line["method"] == method && line["route"] == route).collect::<Vec<_>>()
        };
        assert_eq!(of("POST", "/login")[0]["account"], account);
        assert_eq!(of("GET", "/oauth2/authorize")[0]["client"], "portal");
        assert_eq!(of("POST", "/oauth2/token")[0]["client"], "portal");
        let userinfo = of("GET", "/oauth2/userinfo")[0];
        assert_eq!((&userinfo["client"], &userinfo["account"]), (&"portal".into(), &account.into()));
        let text = log.text();
        for secret in ["c2VjcmV0", "utm", "elsewhere", "alice", "Alice", "durand", &tokens.access, "?"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

both! {
    async fn nobody_who_is_not_asked_keeps_an_access_log(world) {
        let log = Log::listen("trace");
        let mut alice = world.signed_in("alice").await;
        alice.get("/account").await;
        assert!(log.of("guichet::access").is_empty());
    }
}

both! {
    async fn at_debug_each_statement_is_timed_within_its_request(world) {
        let mut alice = world.signed_in("alice").await;
        let log = Log::listen("guichet=debug");
        let home = alice.get("/account").await;
        let statements = log.of("guichet::store::sql");
        let of_sessions = statements.iter().find(|line| {
            line["fields"]["statement"].as_str().unwrap().contains("from sessions")
        });
        let timed = of_sessions.unwrap_or_else(|| panic!("no statement asks for the session: {}", log.text()));
        assert!(timed["fields"]["elapsed"].as_str().unwrap().ends_with('s'), "{timed}");
        let span = &timed["spans"][0];
        assert_eq!((&span["name"], &span["id"]), (&"request".into(), &id_of(&home).into()));
        assert_eq!((&span["method"], &span["route"]), (&"GET".into(), &"/account".into()));
        assert!(!log.text().contains(alice.cookie("session").unwrap()), "what is bound is never told");
    }
}

both! {
    async fn above_debug_nothing_is_told_of_statements(world) {
        let mut alice = world.signed_in("alice").await;
        let log = Log::listen("guichet=info");
        alice.get("/account").await;
        assert_eq!(log.text(), "");
    }
}

both! {
    async fn what_broke_is_logged_with_its_request_and_its_reference(world) {
        let mut alice = world.signed_in("alice").await;
        world.app.store.close().await;
        let log = Log::listen("guichet=info");
        let broken = alice.get("/account").await;
        assert_eq!(broken.status(), 503);
        let faults = log.of("guichet::http::answer");
        assert_eq!(faults[0]["fields"]["request_id"], id_of(&broken).as_str());
        assert!(broken.text().contains(faults[0]["fields"]["reference"].as_str().unwrap()));
    }
}
