//! Revocation (RFC 7009): a client gives back what it was given, and nothing else.

use crate::world::{Tokens, both};

both! {
    async fn a_revoked_access_token_is_dead_everywhere_and_takes_nothing_along(world) {
        let rs = world.client("demo-rs");
        for client in ["portal", "demo-spa", "opaque"] {
            let party = world.client(client);
            let tokens = party.enter(&mut world.signed_in("alice").await).await;
            let sibling = Tokens::of(&party.refresh(&tokens.refresh).await);
            for _ in 0..2 {
                let answer = party.revoke(&tokens.access).await;
                assert_eq!(
                    (answer.status(), answer.text().as_str(), answer.header("cache-control")),
                    (200, "", "no-store"),
                    "{client}"
                );
            }
            assert_eq!(party.userinfo(&tokens.access).await.status(), 401, "{client}");
            assert!(!rs.finds_active(&tokens.access).await, "{client}");
            assert_eq!(party.userinfo(&sibling.access).await.status(), 200, "{client}: the sign-in goes on");
            assert_eq!(party.refresh(&sibling.refresh).await.status(), 200, "{client}");
        }
    }
}

both! {
    async fn a_revoked_refresh_token_takes_its_access_tokens_along_and_no_other_sign_in(world) {
        let rs = world.client("demo-rs");
        for (client, scope) in
            [("portal", "openid company"), ("demo-spa", "openid offline_access"), ("opaque", "openid offline_access")]
        {
            let party = world.client(client).scope(scope);
            let mut browser = world.signed_in("alice").await;
            let (tokens, other) = (party.enter(&mut browser).await, party.enter(&mut browser).await);
            let next = Tokens::of(&party.refresh(&tokens.refresh).await);
            assert_eq!(party.revoke(&next.refresh).await.status(), 200);
            for access in [&tokens.access, &next.access] {
                assert_eq!(party.userinfo(access).await.status(), 401, "{client}");
                assert!(!rs.finds_active(access).await, "{client}");
            }
            assert_eq!(party.refresh(&next.refresh).await.error(), "invalid_grant");
            assert_eq!(party.userinfo(&other.access).await.status(), 200, "{client}");
            assert_eq!(party.refresh(&other.refresh).await.status(), 200, "{client}");
        }
    }
}

both! {
    async fn an_old_refresh_token_of_the_family_ends_it_too(world) {
        let party = world.client("demo-spa").scope("openid offline_access");
        let tokens = party.enter(&mut world.signed_in("alice").await).await;
        let next = Tokens::of(&party.refresh(&tokens.refresh).await);
        assert_eq!(party.revoke(&tokens.refresh).await.status(), 200);
        assert_eq!(party.refresh(&next.refresh).await.error(), "invalid_grant");
    }
}

both! {
    /// RFC 7009 section 2.2.
    async fn unknown_tokens_are_revoked_already(world) {
        let portal = world.client("portal");
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        for unknown in ["x", "a.b.c", &"a".repeat(43), &"a".repeat(10_000), &tokens.id] {
            assert_eq!(portal.revoke(unknown).await.status(), 200, "{unknown:.60}");
        }
        assert_eq!(
            portal.post("/oauth2/revoke", &[("token", &tokens.id), ("token_type_hint", "unheard_of")]).await.status(),
            200
        );
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
        world.advance("5min");
        assert_eq!(portal.revoke(&tokens.access).await.status(), 200, "expired");
        assert_eq!(portal.post("/oauth2/revoke", &[]).await.error(), "invalid_request");
    }
}

both! {
    /// RFC 7009 section 2.1: refused, and the client is told; the token stays good.
    async fn another_clients_token_is_refused_and_stays_good(world) {
        let mut browser = world.signed_in("alice").await;
        for client in ["portal", "opaque"] {
            let party = world.client(client);
            let tokens = party.enter(&mut browser).await;
            for other in ["demo-web", "demo-spa", "demo-rs", "demo-erp"] {
                for token in [&tokens.access, &tokens.refresh] {
                    let answer = world.client(other).revoke(token).await;
                    assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_grant"), "{other}");
                }
            }
            assert_eq!(party.userinfo(&tokens.access).await.status(), 200);
            assert_eq!(party.refresh(&tokens.refresh).await.status(), 200);
        }
    }
}

both! {
    async fn a_client_that_fails_to_authenticate_revokes_nothing(world) {
        let portal = world.client("portal");
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        for fields in [vec![], vec![("client_id", "portal")], vec![("client_id", "portal"), ("client_secret", "wrong")]]
        {
            let answer = portal
                .post_as("/oauth2/revoke", None, &[&[("token", tokens.refresh.as_str())], &fields[..]].concat())
                .await;
            assert_eq!((answer.status(), answer.error().as_str()), (401, "invalid_client"), "{fields:?}");
        }
        assert_eq!(portal.refresh(&tokens.refresh).await.status(), 200);
    }
}

both! {
    async fn a_service_gives_its_own_token_back(world) {
        let rs = world.client("demo-rs");
        for service in ["demo-erp", "opaque-service"] {
            let party = world.client(service);
            let token = Tokens::of(&party.token(&[("grant_type", "client_credentials")]).await).access;
            assert!(rs.finds_active(&token).await, "{service}");
            assert_eq!(party.revoke(&token).await.status(), 200);
            assert!(!rs.finds_active(&token).await, "{service}");
        }
    }
}

both! {
    async fn what_was_revoked_stays_so_while_it_would_live(world) {
        let portal = world.client("portal");
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        portal.revoke(&tokens.access).await;
        world.advance("4min");
        world.mails().await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401, "the sweep forgets nothing too early");
    }
}
