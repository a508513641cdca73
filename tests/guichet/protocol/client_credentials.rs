//! Client credentials (RFC 6749 section 4.4): services in their own name.

use crate::world::{RelyingParty, Tokens, both};

async fn ask(service: &RelyingParty, scope: Option<&str>) -> crate::world::Answer {
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(scope.map(|scope| ("scope", scope)));
    service.token(&fields).await
}

both! {
    async fn a_service_gets_a_token_about_itself_and_about_nobody_else(world) {
        let erp = world.client("demo-erp");
        let tokens = Tokens::of(&ask(&erp, None).await);
        assert_eq!(
            (&tokens.answer["scope"], &tokens.answer["expires_in"]),
            (&"directory.read directory.write".into(), &300.into())
        );
        assert!(tokens.answer["refresh_token"].is_null() && tokens.answer["id_token"].is_null());
        let claims = world.verified(&tokens.access).await;
        assert_eq!(crate::world::header_of(&tokens.access)["typ"], "at+jwt");
        assert_eq!((&claims["sub"], &claims["client_id"]), (&"demo-erp".into(), &"demo-erp".into()));
        for personal in ["sid", "company", "access_profile", "roles", "auth_time", "acr"] {
            assert!(claims[personal].is_null(), "{personal}");
        }
    }
}

both! {
    async fn a_service_gets_no_more_than_it_may_have_and_less_where_it_asks_for_less(world) {
        let (erp, rs) = (world.client("demo-erp"), world.client("demo-rs"));
        assert_eq!(Tokens::of(&ask(&erp, Some("directory.read")).await).answer["scope"], "directory.read");
        assert_eq!(Tokens::of(&ask(&rs, None).await).answer["scope"], "decisions support.tickets");
        for wider in ["decisions", "directory.read decisions", "openid", "offline_access", "unheard-of"] {
            let answer = ask(&erp, Some(wider)).await;
            assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_scope"), "{wider}");
        }
    }
}

both! {
    async fn clients_that_act_for_people_get_none_in_their_own_name(world) {
        for client in ["portal", "demo-spa"] {
            let answer = ask(&world.client(client), None).await;
            assert_eq!((answer.status(), answer.error().as_str()), (400, "unauthorized_client"), "{client}");
        }
        let erp = world.client("demo-erp");
        let unproven = erp.token_as(None, &[("client_id", "demo-erp"), ("grant_type", "client_credentials")]).await;
        assert_eq!((unproven.status(), unproven.error().as_str()), (401, "invalid_client"));
    }
}

both! {
    async fn a_service_has_no_sign_ins(world) {
        let ask = crate::world::Ask::new("demo-erp", "http://localhost:8090/callback", "openid");
        assert_eq!(world.signed_in("alice").await.get(&ask.path()).await.status(), 400);
    }
}

both! {
    async fn a_services_token_opens_no_door_of_people_and_lives_five_minutes(world) {
        let rs = world.client("demo-rs");
        for service in ["demo-erp", "opaque-service"] {
            let token = Tokens::of(&ask(&world.client(service), None).await).access;
            assert_eq!(token.contains('.'), service == "demo-erp");
            assert_eq!(rs.userinfo(&token).await.status(), 403, "{service}");
            let told = rs.introspect(&token, &[]).await.json();
            assert_eq!(
                (&told["active"], &told["sub"], &told["client_id"]),
                (&true.into(), &service.into(), &service.into()),
                "{told}"
            );
            assert!(told["company"].is_null() && told["sid"].is_null());
            world.advance("5min");
            assert!(!rs.finds_active(&token).await, "{service}");
        }
    }
}

both! {
    async fn what_the_operator_takes_from_a_service_its_tokens_lose_at_once(world) {
        let token = Tokens::of(&ask(&world.client("demo-erp"), None).await).access;
        let stricter = world
            .server_with(|config| {
                let erp = config.clients.iter_mut().find(|client| client.id == "demo-erp").unwrap();
                erp.scope = vec![guichet::relying_party::Scope::DirectoryRead];
            })
            .await;
        assert!(world.client("demo-rs").finds_active(&token).await);
        assert!(!stricter.client("demo-rs").finds_active(&token).await);
        let without = world.server_with(|config| config.clients.retain(|client| client.id != "demo-erp")).await;
        assert!(!without.client("demo-rs").finds_active(&token).await);
    }
}
