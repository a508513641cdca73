//! What holds at every endpoint (PROTOCOL: Everywhere): unknown, repeated, empty and unreadable parameters, and caches.

use axum::body::Body;
use axum::http::Request;

use crate::world::{Answer, Browser, both};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post_raw(browser: &mut Browser, path: &str, body: &str) -> Answer {
    browser.send(Request::post(path).header("content-type", FORM).body(Body::from(body.to_owned())).unwrap()).await
}

both! {
    async fn unknown_and_empty_parameters_are_ignored_and_resources_may_repeat(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        for more in [
            vec![("x-unknown", "1")],
            vec![("client_assertion", ""), ("client_secret", ""), ("scope", "")],
            vec![("resource", "https://a.example"), ("resource", "https://b.example")],
            vec![("audience", "a"), ("audience", "b")],
        ] {
            let code = portal.authorize(&mut browser).await;
            let answer = portal.token(&[code.redemption(), more.clone()].concat()).await;
            assert_eq!(answer.status(), 200, "{more:?}: {}", answer.text());
        }
    }
}

both! {
    async fn a_parameter_sent_twice_is_invalid_request_even_an_unknown_one(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        for name in ["grant_type", "code", "redirect_uri", "code_verifier", "x-unknown"] {
            let fields = [code.redemption(), vec![(name, "again"), (name, "and again")]].concat();
            let answer = portal.token(&fields).await;
            assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_request"), "{name}");
        }
        for name in ["scope", "nonce", "prompt", "max_age", "claims", "response_mode", "x-unknown"] {
            let answer = browser.get(&portal.ask().and(name, "1").and(name, "2").path()).await;
            assert_eq!(portal.error(&answer), "invalid_request", "{name}");
        }
        for path in ["/oauth2/introspect", "/oauth2/revoke"] {
            for name in ["token", "token_type_hint", "x-unknown"] {
                let answer = portal.post(path, &[("token", "x"), (name, "again"), (name, "and again")]).await;
                assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_request"), "{path} {name}");
            }
            let resources = portal.post(path, &[("token", "x"), ("resource", "https://a.example"), ("resource", "https://b.example")]).await;
            assert_eq!(resources.status(), 200, "{path}");
        }
        let tokens = portal.tokens(&code).await;
        let twice = post_raw(&mut portal.server(), "/oauth2/userinfo", &format!("access_token={0}&access_token={0}", tokens.access)).await;
        assert_eq!(twice.status(), 400);
        assert_eq!(browser.get("/oauth2/logout?state=1&state=2").await.status(), 400);
        let hints = format!("id_token_hint={0}&id_token_hint={0}", tokens.id);
        for mut browser in [browser.clone(), world.browser()] {
            let answer = post_raw(&mut browser, "/oauth2/logout", &hints).await;
            assert_eq!((answer.status(), answer.location()), (400, None), "with cookies and without");
        }
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200, "nobody was signed out");
    }
}

both! {
    async fn nul_and_invalid_utf_8_are_400_at_every_endpoint(world) {
        let mut server = world.client("portal").server();
        for text in ["a=%00", "%00=a", "a=%FF", "a=%C3%28", "a=%ED%A0%80", "a=%", "a=%G0"] {
            for path in ["/oauth2/authorize", "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/userinfo", "/oauth2/logout"] {
                assert_eq!(post_raw(&mut server, path, text).await.status(), 400, "POST {path} {text}");
            }
            for path in ["/oauth2/authorize", "/oauth2/userinfo", "/oauth2/logout"] {
                assert_eq!(server.get(&format!("{path}?{text}")).await.status(), 400, "GET {path} {text}");
            }
        }
    }
}

both! {
    /// RFC 6749 section 3.1, at the endpoints that have no other test of it.
    async fn a_parameter_without_value_is_absent(world) {
        let portal = world.client("portal");
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        for path in ["/oauth2/introspect", "/oauth2/revoke"] {
            assert_eq!(portal.post(path, &[("token", "")]).await.error(), "invalid_request", "{path}: token is missing");
            let empty = [("token", ""), ("token", tokens.id.as_str()), ("token_type_hint", ""), ("client_secret", ""), ("user_address", "")];
            assert_eq!(portal.post(path, &empty).await.status(), 200, "{path}");
        }
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str()), ("scope", ""), ("client_assertion", "")];
        assert_eq!(portal.token(&refresh).await.status(), 200);
        assert_eq!(portal.token(&[("grant_type", "refresh_token"), ("refresh_token", "")]).await.error(), "invalid_request");
        let erp = world.client("demo-erp");
        assert_eq!(erp.token(&[("grant_type", "client_credentials"), ("scope", "")]).await.json()["scope"], "directory.read directory.write");
        let farewell = world.browser().get("/oauth2/logout?state=&state=&id_token_hint=").await;
        assert!(farewell.shows("logged-out-title"), "{}", farewell.text());
    }
}

both! {
    async fn no_answer_about_tokens_or_people_is_kept_by_a_cache(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let good = portal.redeem(&code).await;
        let access = good.json()["access_token"].as_str().unwrap().to_owned();
        let mut unread = portal.server();
        let answers = [
            ("tokens", good),
            ("a spent code", portal.redeem(&code).await),
            ("no client", portal.token_as(None, &[]).await),
            ("no such grant", portal.token(&[("grant_type", "magic")]).await),
            ("a service's token", world.client("demo-erp").token(&[("grant_type", "client_credentials")]).await),
            ("a refresh that fails", portal.refresh("x").await),
            ("no text", post_raw(&mut unread, "/oauth2/token", "a=%00").await),
            ("too much", post_raw(&mut unread, "/oauth2/token", &"a=1&".repeat(40_000)).await),
            ("no form", unread.send(Request::post("/oauth2/token").body(Body::empty()).unwrap()).await),
            ("no method", unread.get("/oauth2/token").await),
            ("introspection", portal.introspect("x", &[]).await),
            ("no introspection", portal.post_as("/oauth2/introspect", None, &[]).await),
            ("revocation", portal.revoke("x").await),
            ("no revocation", portal.post_as("/oauth2/revoke", None, &[]).await),
            ("userinfo", portal.userinfo(&access).await),
            ("no userinfo", portal.userinfo("x").await),
            ("an authorization answer", browser.get(&portal.ask().path()).await),
            ("an authorization error", browser.get(&portal.ask().with("scope", "x").path()).await),
            ("a farewell", world.browser().get("/oauth2/logout").await),
        ];
        for (about, answer) in answers {
            assert!(answer.status() < 500, "{about}: {}", answer.status());
            assert_eq!(answer.header("cache-control"), "no-store", "{about}");
        }
    }
}
