//! UserInfo: how a token is presented (RFC 6750), and what a bad one gets.

use axum::body::Body;
use axum::http::Request;

use crate::world::both;

both! {
    async fn a_token_is_presented_in_the_header_or_in_a_form_and_never_in_a_query(world) {
        let portal = world.client("portal");
        let token = portal.enter(&mut world.signed_in("alice").await).await.access;
        let mut server = portal.server();
        let get = |authorization: String| {
            Request::get("/oauth2/userinfo").header("authorization", authorization).body(Body::empty()).unwrap()
        };
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(server.send(get(format!("{scheme} {token}"))).await.status(), 200, "{scheme}");
        }
        let post = Request::post("/oauth2/userinfo")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        assert_eq!(server.send(post).await.status(), 200);
        assert_eq!(server.post("/oauth2/userinfo", &[("access_token", &token)]).await.status(), 200);

        let query = server.get(&format!("/oauth2/userinfo?access_token={token}")).await;
        assert!([400, 401].contains(&query.status()), "{}", query.status());
        let both_ways = Request::post("/oauth2/userinfo")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = server.send(both_ways.body(Body::from(format!("access_token={token}"))).unwrap()).await;
        assert_eq!(answer.status(), 400, "two ways at once");
        assert!(answer.header("www-authenticate").contains("invalid_request"), "{}", answer.header("www-authenticate"));
    }
}

both! {
    async fn without_a_token_the_challenge_names_no_error_and_with_a_bad_one_it_does(world) {
        let mut server = world.client("portal").server();
        let none = server.get("/oauth2/userinfo").await;
        assert_eq!(none.status(), 401);
        assert!(
            none.header("www-authenticate").starts_with("Bearer")
                && !none.header("www-authenticate").contains("error=")
        );
        for token in ["x", "a.b.c", "..", &"a".repeat(20_000), "eyJhbGciOiJub25lIn0.e30."] {
            let answer = world.client("portal").userinfo(token).await;
            assert_eq!(answer.status(), 401, "{token:.40}");
            assert!(
                answer.header("www-authenticate").contains("error=\"invalid_token\""),
                "{}",
                answer.header("www-authenticate")
            );
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        for scheme in ["Basic cG9ydGFsOng=", "Bearer", "Bearer ", "Token x", "BearerX y"] {
            let request = Request::get("/oauth2/userinfo").header("authorization", scheme).body(Body::empty()).unwrap();
            let status = server.send(request).await.status();
            assert!([400, 401].contains(&status), "{scheme}: {status}");
        }
    }
}

both! {
    async fn an_access_token_lives_five_minutes(world) {
        let portal = world.client("portal");
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        world.advance("4min");
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
        world.advance("62s");
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
    }
}

both! {
    async fn a_token_dies_with_the_session_it_hangs_from(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let tokens = portal.enter(&mut browser).await;
        let mut other = world.signed_in("alice").await;
        let others = portal.enter(&mut other).await;
        browser.get("/account").await;
        browser.submit("sign-out", &[]).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
        assert_eq!(portal.userinfo(&others.access).await.status(), 200);
    }
}
