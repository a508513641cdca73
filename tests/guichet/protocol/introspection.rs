//! Introspection (RFC 7662): who may ask, and what they learn.

use serde_json::json;

use crate::world::{RelyingParty, Tokens, World, both};

both! {
    /// Company and rights in the ID token, the access token, UserInfo and introspection alike.
    async fn a_resource_server_learns_what_the_token_says_as_it_is_now(world) {
        let (portal, rs) = (world.client("portal"), world.client("demo-rs"));
        let tokens = portal.enter(&mut world.signed_in("bruno").await).await;
        let told = rs.introspect(&tokens.access, &[]).await;
        assert!(told.header("content-type").starts_with("application/json"));
        let told = told.json();
        let claims = tokens.access_claims();
        for same in [
            "iss",
            "sub",
            "aud",
            "client_id",
            "scope",
            "sid",
            "jti",
            "iat",
            "exp",
            "auth_time",
            "acr",
            "company",
            "access_profile",
            "roles",
            "entitlements",
        ] {
            assert!(told[same] == claims[same] && !told[same].is_null(), "{same}: {told}");
        }
        assert_eq!(
            (&told["active"], &told["token_type"], &told["amr"]),
            (&true.into(), &"Bearer".into(), &json!(["pwd"]))
        );
        assert!(told["email"].is_null() && told["name"].is_null(), "for UserInfo only");
        let userinfo = portal.userinfo(&tokens.access).await.json();
        for same in ["sub", "company", "access_profile", "roles", "entitlements"] {
            assert_eq!(told[same], userinfo[same], "{same}");
        }
        world.database().execute("update memberships set profile = 'invoicing' where profile = 'limited'").await;
        assert_eq!(rs.introspect(&tokens.access, &[]).await.json()["access_profile"], "invoicing");
    }
}

both! {
    async fn an_opaque_token_says_nothing_and_is_told_about_alike(world) {
        let (opaque, rs) = (world.client("opaque"), world.client("demo-rs"));
        let tokens = opaque.enter(&mut world.signed_in("alice").await).await;
        assert!(!tokens.access.contains('.') && tokens.access.len() >= 43, "{}", tokens.access);
        assert_eq!(opaque.userinfo(&tokens.access).await.json()["company"]["ref"], "C-1001");
        let told = rs.introspect(&tokens.access, &[]).await.json();
        let claims = tokens.id_claims();
        for same in ["iss", "sub", "sid", "acr", "company", "access_profile", "roles", "entitlements"] {
            assert!(told[same] == claims[same] && !told[same].is_null(), "{same}: {told}");
        }
        assert_eq!(
            (&told["client_id"], &told["scope"], &told["active"]),
            (&"opaque".into(), &"openid company rights".into(), &true.into())
        );
        world.advance("5min");
        world.mails().await;
        assert!(!rs.finds_active(&tokens.access).await);
        assert_eq!(opaque.userinfo(&tokens.access).await.status(), 401);
    }
}

both! {
    async fn a_relying_party_may_ask_about_its_own_tokens_and_nobody_else_about_any(world) {
        let (portal, web) = (world.client("portal"), world.client("demo-web"));
        let mut browser = world.signed_in("alice").await;
        let (tokens, spa_tokens) =
            (portal.enter(&mut browser).await, world.client("demo-spa").enter(&mut browser).await);
        for token in [&tokens.access, &tokens.refresh] {
            assert!(portal.finds_active(token).await);
            for other in ["demo-web", "demo-spa", "demo-erp", "tied"] {
                assert!(!world.client(other).finds_active(token).await, "{other}");
            }
        }
        assert!(!world.client("demo-spa").finds_active(&spa_tokens.access).await, "anybody could be a public client");
        assert!(!web.finds_active("x").await, "an unknown token answers alike");
    }
}

both! {
    async fn a_caller_that_fails_to_authenticate_gets_401(world) {
        let portal = world.client("portal");
        let token = portal.enter(&mut world.signed_in("alice").await).await.access;
        for (authorization, fields) in [
            (None, vec![]),
            (None, vec![("client_id", "demo-rs")]),
            (None, vec![("client_id", "demo-rs"), ("client_secret", "wrong")]),
            (Some("Basic ZGVtby1yczp3cm9uZw=="), vec![]),
            (Some("Bearer x"), vec![]),
        ] {
            let answer = portal
                .post_as("/oauth2/introspect", authorization, &[&[("token", token.as_str())], &fields[..]].concat())
                .await;
            assert_eq!(
                (answer.status(), answer.error().as_str()),
                (401, "invalid_client"),
                "{authorization:?} {fields:?}"
            );
            assert_eq!(answer.header("www-authenticate").starts_with("Basic"), authorization.is_some());
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        let rs = world.client("demo-rs");
        assert_eq!(rs.post("/oauth2/introspect", &[]).await.error(), "invalid_request");
        assert_eq!(rs.introspect(&token, &[("token", "x")]).await.error(), "invalid_request", "twice");
        assert!([404, 405].contains(&rs.server().get(&format!("/oauth2/introspect?token={token}")).await.status()));
    }
}

both! {
    /// A resource server handed a refresh token in an access token's place must not take it for one.
    async fn a_refresh_token_is_active_for_its_owner_and_for_who_says_that_it_means_one(world) {
        let (portal, rs) = (world.client("portal"), world.client("demo-rs"));
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        assert!(!rs.finds_active(&tokens.refresh).await);
        let told = rs.introspect(&tokens.refresh, &[("token_type_hint", "refresh_token")]).await.json();
        assert_eq!(
            (&told["active"], &told["client_id"], &told["sid"]),
            (&true.into(), &"portal".into(), &tokens.access_claims()["sid"])
        );
        assert!(told["token_type"].is_null(), "no bearer token");
        let next = Tokens::of(&portal.refresh(&tokens.refresh).await);
        assert!(!portal.finds_active(&tokens.refresh).await && portal.finds_active(&next.refresh).await, "used");
    }
}

both! {
    async fn a_hint_helps_nobody_and_harms_nobody(world) {
        let (opaque, rs) = (world.client("opaque"), world.client("demo-rs"));
        let mut browser = world.signed_in("alice").await;
        let signed = world.client("portal").enter(&mut browser).await.access;
        let opaque = opaque.enter(&mut browser).await.access;
        for hint in ["access_token", "refresh_token", "unheard_of", ""] {
            for token in [&signed, &opaque] {
                assert_eq!(rs.introspect(token, &[("token_type_hint", hint)]).await.json()["active"], true, "{hint}");
            }
        }
    }
}

both! {
    /// Token types never stand in for one another.
    async fn what_is_no_token_of_ours_or_none_for_this_is_inactive(world) {
        let (portal, rs) = (world.client("portal"), world.client("demo-rs"));
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let tokens = portal.tokens(&code).await;
        let mut bent = tokens.access.clone();
        bent.replace_range(bent.len() - 4.., "AAAA");
        let unsigned = crate::world::forge(&json!({ "alg": "none", "typ": "at+jwt" }), &tokens.access_claims(), b"");
        let session = browser.cookie("session").unwrap().to_owned();
        for nothing in ["x", "..", "a.b.c", &"a".repeat(20_000), &tokens.id, &code.secret, &bent, &unsigned, &session] {
            assert!(!rs.finds_active(nothing).await, "{nothing:.60}");
        }
        assert!(rs.finds_active(&tokens.access).await);
        world.advance("5min");
        assert!(!rs.finds_active(&tokens.access).await, "expired");
    }
}

async fn at_nina(world: &World, client: &str) -> (RelyingParty, Tokens) {
    let party = world.client(client).from("192.0.2.9");
    let mut nina = world.browser().from("192.0.2.7");
    assert_eq!(nina.sign_in("nina", crate::world::PASSWORD).await.status(), 303);
    let tokens = party.enter(&mut nina).await;
    (party, tokens)
}

both! {
    /// R-RGT-6: the address that the resource server reports for its user, else the session's last.
    async fn the_address_reported_counts_else_the_sessions_last(world) {
        let rs = world.client("demo-rs").from("203.0.113.50");
        for client in ["portal", "demo-spa", "opaque"] {
            let (_, tokens) = at_nina(&world, client).await;
            for (address, active) in [
                ("", true),
                ("192.0.2.200", true),
                ("::ffff:192.0.2.200", true),
                ("203.0.113.9", false),
                ("::1", false),
            ] {
                let told = rs.introspect(&tokens.access, &[("user_address", address)]).await;
                assert_eq!(told.json()["active"], active, "{client} {address}");
            }
            for unreadable in ["nowhere", "192.0.2.7, 192.0.2.8", "192.0.2.0/24"] {
                assert_eq!(
                    rs.introspect(&tokens.access, &[("user_address", unreadable)]).await.error(),
                    "invalid_request",
                    "{unreadable}"
                );
            }
        }
    }
}

both! {
    async fn what_one_server_gave_another_knows(world) {
        let second = world.second_server().await;
        let mut browser = world.signed_in("alice").await;
        for client in ["portal", "opaque"] {
            let tokens = world.client(client).enter(&mut browser).await;
            assert!(second.client("demo-rs").finds_active(&tokens.access).await, "{client}");
            assert_eq!(second.client(client).userinfo(&tokens.access).await.status(), 200);
            assert_eq!(second.client(client).revoke(&tokens.access).await.status(), 200);
            assert!(!world.client("demo-rs").finds_active(&tokens.access).await, "{client}");
            let next = Tokens::of(&second.client(client).refresh(&tokens.refresh).await);
            assert!(world.client("demo-rs").finds_active(&next.access).await, "{client}");
        }
    }
}
