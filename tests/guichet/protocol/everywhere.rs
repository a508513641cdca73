//! What holds at every endpoint: unknown, repeated, empty and unreadable parameters, and caches.

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

/// What no endpoint minds (RFC 6749 section 3.1; RFC 8707 section 2 and RFC 8693 section 2.1 for what may repeat).
const UNMINDED: [&[(&str, &str)]; 4] = [
    &[("x-unknown", "1"), ("y-unknown", "\u{e9}")],
    &[("resource", "https://a.example"), ("resource", "https://b.example")],
    &[("audience", "a"), ("audience", "b")],
    &[("audience", "a"), ("resource", "https://a.example"), ("audience", "a"), ("x-unknown", "")],
];

fn written(parameters: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

both! {
    /// The answers are those to the same requests without.
    async fn what_no_endpoint_minds_changes_no_answer_about_tokens(world) {
        let (portal, rs) = (world.client("portal"), world.client("demo-rs"));
        let mut browser = world.signed_in("alice").await;
        for more in UNMINDED {
            let tokens = portal.enter(&mut browser).await;
            assert_eq!(
                rs.introspect(&tokens.access, more).await.json(),
                rs.introspect(&tokens.access, &[]).await.json(),
                "{more:?}"
            );
            let told = portal.userinfo(&tokens.access).await.json();
            let bearer = format!("Bearer {}", tokens.access);
            let by_query = portal
                .server()
                .with("authorization", &bearer)
                .get(&format!("/oauth2/userinfo?{}", written(more)))
                .await;
            let by_header = portal.server().with("authorization", &bearer).post("/oauth2/userinfo", more).await;
            let by_form = portal
                .server()
                .post("/oauth2/userinfo", &[&[("access_token", tokens.access.as_str())], more].concat())
                .await;
            for answer in [by_query, by_header, by_form] {
                assert_eq!((answer.status(), answer.json()), (200, told.clone()), "{more:?}");
            }
            let given_back =
                portal.post("/oauth2/revoke", &[&[("token", tokens.refresh.as_str())], more].concat()).await;
            assert_eq!(given_back.status(), 200, "{more:?}: {}", given_back.text());
            assert_eq!(portal.userinfo(&tokens.access).await.status(), 401, "{more:?}: it was heard");
        }
    }
}

both! {
    async fn what_no_endpoint_minds_changes_neither_authorization_nor_logout(world) {
        let (portal, home) = (world.client("portal"), "http://localhost:8090/");
        for more in UNMINDED {
            let mut browser = world.signed_in("alice").await;
            let ask = more.iter().fold(portal.ask(), |ask, (name, value)| ask.and(name, value));
            let answer = portal.arrive(&mut browser, &ask).await;
            let hint = portal.tokens(&portal.code(&ask, &answer)).await.id;
            let posted = browser.post("/oauth2/authorize", &ask.fields()).await;
            portal.tokens(&portal.code(&ask, &posted)).await;
            let leaving =
                [&[("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", home), ("state", "s")], more]
                    .concat();
            let farewell = world.browser().get(&format!("/oauth2/logout?{}", written(&leaving))).await;
            assert_eq!(farewell.header("location"), format!("{home}?state=s"), "{more:?}");
            let farewell = browser.post("/oauth2/logout", &leaving).await;
            assert_eq!(farewell.header("location"), format!("{home}?state=s"), "{more:?}");
            assert_eq!(browser.get("/account").await.status(), 303, "{more:?}: it was heard");
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
            let resources = portal
                .post(path, &[("token", "x"), ("resource", "https://a.example"), ("resource", "https://b.example")])
                .await;
            assert_eq!(resources.status(), 200, "{path}");
        }
        portal.tokens(&code).await;
    }
}

both! {
    /// In the form of each endpoint: a challenge (RFC 6750 section 3), and a page for the person who is to be signed
    /// out.
    async fn a_parameter_sent_twice_is_invalid_request_at_userinfo_and_logout_too(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let tokens = portal.enter(&mut browser).await;
        let mut bearer = portal.server().with("authorization", &format!("Bearer {}", tokens.access));
        let token = ("access_token", tokens.access.as_str());
        for answer in [
            post_raw(&mut portal.server(), "/oauth2/userinfo", &written(&[token, token])).await,
            post_raw(
                &mut portal.server(),
                "/oauth2/userinfo",
                &written(&[token, ("x-unknown", "1"), ("x-unknown", "1")]),
            )
            .await,
            post_raw(&mut bearer, "/oauth2/userinfo", "x-unknown=1&x-unknown=2").await,
            bearer.get("/oauth2/userinfo?x-unknown=1&x-unknown=2").await,
        ] {
            assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_request"));
            let challenge = answer.header("www-authenticate");
            assert!(
                challenge.starts_with("Bearer realm=") && challenge.contains("error=\"invalid_request\""),
                "{challenge}"
            );
        }
        let hint = ("id_token_hint", tokens.id.as_str());
        for twice in [
            vec![hint, hint],
            vec![hint, ("state", "1"), ("state", "2")],
            vec![hint, ("x-unknown", "1"), ("x-unknown", "1")],
        ] {
            for mut browser in [browser.clone(), world.browser()] {
                let twice = written(&twice);
                let answers = [
                    browser.get(&format!("/oauth2/logout?{twice}")).await,
                    post_raw(&mut browser, "/oauth2/logout", &twice).await,
                ];
                for answer in answers {
                    assert_eq!((answer.status(), answer.location()), (400, None), "{twice:.60}");
                    assert!(answer.shows("error-title") && answer.text().contains("invalid_request"), "{twice:.60}");
                }
            }
        }
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200, "nobody was signed out");
    }
}

both! {
    async fn nul_and_invalid_utf_8_are_400_at_every_endpoint(world) {
        let mut server = world.client("portal").server();
        for text in ["a=%00", "%00=a", "a=%FF", "a=%C3%28", "a=%ED%A0%80", "a=%", "a=%G0"] {
            for path in [
                "/oauth2/authorize",
                "/oauth2/token",
                "/oauth2/introspect",
                "/oauth2/revoke",
                "/oauth2/userinfo",
                "/oauth2/logout",
            ] {
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
            let none = portal.post(path, &[("token", "")]).await;
            assert_eq!(none.error(), "invalid_request", "{path}: token is missing");
            let empty = [
                ("token", ""),
                ("token", tokens.id.as_str()),
                ("token_type_hint", ""),
                ("client_secret", ""),
                ("user_address", ""),
            ];
            assert_eq!(portal.post(path, &empty).await.status(), 200, "{path}");
        }
        let refresh = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.refresh.as_str()),
            ("scope", ""),
            ("client_assertion", ""),
        ];
        assert_eq!(portal.token(&refresh).await.status(), 200);
        assert_eq!(
            portal.token(&[("grant_type", "refresh_token"), ("refresh_token", "")]).await.error(),
            "invalid_request"
        );
        let erp = world.client("demo-erp");
        assert_eq!(
            erp.token(&[("grant_type", "client_credentials"), ("scope", "")]).await.json()["scope"],
            "directory.read directory.write"
        );
        let mut server = portal.server();
        for answer in [
            server.post("/oauth2/userinfo", &[("access_token", "")]).await,
            server.get("/oauth2/userinfo?access_token=").await,
            server.post("/oauth2/userinfo", &[("access_token", ""), ("access_token", "")]).await,
        ] {
            assert_eq!(
                (answer.status(), answer.header("www-authenticate")),
                (401, "Bearer realm=\"guichet\""),
                "as if nothing came"
            );
        }
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        assert_eq!(
            server.post("/oauth2/userinfo", &[("access_token", ""), ("access_token", &tokens.access)]).await.status(),
            200
        );
        let mut bearer = server.with("authorization", &format!("Bearer {}", tokens.access));
        let once = bearer.post("/oauth2/userinfo", &[("access_token", "")]).await;
        assert_eq!(once.status(), 200, "that is one way, not two");
        assert_eq!(bearer.get("/oauth2/userinfo?access_token=").await.status(), 200);
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
