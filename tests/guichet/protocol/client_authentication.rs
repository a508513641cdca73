//! The token endpoint: who may ask, and how (RFC 6749 section 3.2 and 5.2).

use axum::body::Body;
use axum::http::Request;

use crate::world::{Answer, both};

fn assert_error(answer: &Answer, status: u16, error: &str, about: &str) {
    assert_eq!((answer.status(), answer.error().as_str()), (status, error), "{about}: {}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store", "{about}");
    assert!(answer.header("content-type").starts_with("application/json"), "{about}");
}

both! {
    async fn a_client_authenticates_by_basic_or_by_form_and_not_by_both(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let fields = code.redemption();
        let with = |more: &[(&'static str, &'static str)]| [fields.clone(), more.to_vec()].concat();
        let basic = portal.basic();
        let named = [("client_id", "portal"), ("client_secret", "portal-secret")];

        assert_error(&portal.token_as(basic.as_deref(), &with(&named)).await, 400, "invalid_request", "both ways");
        assert_error(
            &portal.token_as(basic.as_deref(), &with(&[("client_id", "demo-web")])).await,
            400,
            "invalid_request",
            "two names",
        );
        let posted = portal.token_as(None, &with(&named)).await;
        assert_eq!(posted.status(), 200, "{}", posted.text());

        let code = portal.authorize(&mut browser).await;
        let lower = portal.basic().unwrap().replace("Basic", "bAsIC");
        assert_eq!(
            portal.token_as(Some(&lower), &code.redemption()).await.status(),
            200,
            "the scheme is case-insensitive"
        );
    }
}

both! {
    async fn a_client_that_fails_to_authenticate_gets_401_and_basic_is_challenged(world) {
        use base64::Engine as _;
        let portal = world.client("portal");
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let fields = code.redemption();
        let basic =
            |credentials: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(credentials));
        for wrong in ["portal:wrong", "portal:", "portal:portal-secret ", "nobody:portal-secret", "demo-spa:", "portal"]
        {
            let answer = portal.token_as(Some(&basic(wrong)), &fields).await;
            assert_error(&answer, 401, "invalid_client", wrong);
            assert!(answer.header("www-authenticate").starts_with("Basic "), "{wrong}");
        }
        for named in [
            vec![("client_id", "portal")],
            vec![("client_id", "portal"), ("client_secret", "wrong")],
            vec![("client_id", "nobody"), ("client_secret", "portal-secret")],
            vec![("client_id", "demo-spa"), ("client_secret", "anything")],
            vec![],
        ] {
            let answer = portal.token_as(None, &[fields.clone(), named.clone()].concat()).await;
            assert_error(&answer, 401, "invalid_client", &format!("{named:?}"));
            assert_eq!(answer.header("www-authenticate"), "", "{named:?}");
        }
        portal.tokens(&code).await;
    }
}

both! {
    async fn a_public_client_proves_itself_by_pkce_alone(world) {
        let spa = world.client("demo-spa");
        let mut browser = world.signed_in("alice").await;
        let tokens = spa.enter(&mut browser).await;
        assert_eq!(world.verified(&tokens.id).await["aud"], "demo-spa");
        assert_eq!(spa.userinfo(&tokens.access).await.status(), 200);
    }
}

both! {
    async fn what_is_no_redemption_is_named(world) {
        let portal = world.client("portal");
        for (fields, error) in [
            (vec![], "invalid_request"),
            (vec![("grant_type", "")], "invalid_request"),
            (vec![("grant_type", "password"), ("username", "alice"), ("password", "x")], "unsupported_grant_type"),
            (vec![("grant_type", "implicit")], "unsupported_grant_type"),
            (vec![("grant_type", "authorization_code")], "invalid_request"),
            (vec![("grant_type", "authorization_code"), ("code", "a"), ("code", "b")], "invalid_request"),
            (
                vec![("grant_type", "authorization_code"), ("grant_type", "authorization_code"), ("code", "a")],
                "invalid_request",
            ),
            (vec![("grant_type", "authorization_code"), ("code", "a\0b")], "invalid_request"),
        ] {
            assert_error(&portal.token(&fields).await, 400, error, &format!("{fields:?}"));
        }
    }
}

both! {
    async fn only_a_form_by_post_is_read(world) {
        let portal = world.client("portal");
        let code = portal.authorize(&mut world.signed_in("alice").await).await;
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(code.redemption()).finish();
        let request = |kind: &str, body: &str| {
            let request = Request::post("/oauth2/token")
                .header("content-type", kind)
                .header("authorization", portal.basic().unwrap());
            request.body(Body::from(body.to_owned())).unwrap()
        };
        for (kind, body) in [
            ("application/json", "{\"grant_type\":\"authorization_code\"}"),
            ("text/plain", body.as_str()),
            ("multipart/form-data; boundary=x", "--x--"),
        ] {
            assert_error(&portal.server().send(request(kind, body)).await, 400, "invalid_request", kind);
        }
        let big = portal.server().send(request("application/x-www-form-urlencoded", &"a=1&".repeat(40_000))).await;
        assert!([400, 413].contains(&big.status()), "{}", big.status());
        let query = portal.server().get(&format!("/oauth2/token?{body}")).await;
        assert!([404, 405].contains(&query.status()), "{}", query.status());
        portal.tokens(&code).await;
    }
}
