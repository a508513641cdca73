//! What we chose where the specifications disagree.

use std::collections::BTreeSet;

use crate::world::{both, header_of};

both! {
    /// RFC 9700 section 2.1.1: of public clients always, of others unless they are registered without.
    async fn pkce_is_required_of_public_clients_and_of_all_that_say_nothing_else(world) {
        for id in ["portal", "demo-web", "demo-spa", "demo-native", "tied", "signs"] {
            let client = world.client(id);
            let ask = client.ask().without("code_challenge").without("code_challenge_method");
            assert_eq!(client.error(&world.browser().get(&ask.path()).await), "invalid_request", "{id}");
        }
        let old = world.client("old-fashioned");
        let ask = old.ask().without("code_challenge").without("code_challenge_method");
        let answer = old.arrive(&mut world.signed_in("alice").await, &ask).await;
        old.tokens(&old.code(&ask, &answer)).await;
    }
}

both! {
    /// OpenID Connect Core section 15.1 for RS256; RFC 7517 section 4.4 and 4.5.
    async fn each_client_has_its_algorithm_and_each_published_key_its_own_kid_and_alg(world) {
        let mut browser = world.signed_in("alice").await;
        for (id, alg) in [("portal", "RS256"), ("old-fashioned", "ES256")] {
            let tokens = world.client(id).enter(&mut browser).await;
            assert_eq!(header_of(&tokens.id)["alg"], alg, "{id}");
            world.verified(&tokens.id).await;
        }
        let jwks = world.browser().get("/oauth2/jwks").await.json();
        let keys = jwks["keys"].as_array().unwrap();
        let distinct = |name: &str| keys.iter().map(|key| key[name].as_str().unwrap()).collect::<BTreeSet<_>>();
        assert_eq!((distinct("kid").len(), distinct("use")), (keys.len(), ["sig"].into()));
        assert!(distinct("alg").contains("RS256"), "{jwks}");
        for private in ["d", "p", "q", "k"] {
            assert!(keys.iter().all(|key| key.get(private).is_none()), "{private}");
        }
    }
}

both! {
    async fn there_is_no_implicit_no_hybrid_and_no_password_grant(world) {
        let portal = world.client("portal");
        for response_type in [
            "token",
            "id_token",
            "id_token token",
            "code token",
            "code id_token",
            "code id_token token",
            "none",
            "CODE",
        ] {
            let answer = world.browser().get(&portal.ask().with("response_type", response_type).path()).await;
            assert_eq!(portal.error(&answer), "unsupported_response_type", "{response_type}");
        }
        let fields =
            [("grant_type", "password"), ("username", "alice@durand.example"), ("password", crate::world::PASSWORD)];
        assert_eq!(portal.token(&fields).await.error(), "unsupported_grant_type");
        let metadata = world.browser().get("/.well-known/openid-configuration").await.json();
        assert_eq!(metadata["response_types_supported"], serde_json::json!(["code"]));
        let grants = metadata["grant_types_supported"].as_array().unwrap();
        assert!(!grants.iter().any(|grant| grant == "password" || grant == "implicit"), "{grants:?}");
    }
}
