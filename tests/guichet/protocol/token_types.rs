//! Tokens that we didn't sign, or signed for something else, are refused (RFC 8725 section 3, RFC
//! 9068).

use josekit::jws::{HS256, JwsSigner as _, RS256};
use serde_json::{Value, json};

use crate::world::{Browser, RelyingParty, Tokens, World, both, claims_of, forge, header_of, signing_input};

async fn entered(world: &World) -> (RelyingParty, Tokens) {
    let portal = world.client("portal");
    let tokens = portal.enter(&mut world.signed_in("alice").await).await;
    assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
    (portal, tokens)
}

async fn assert_refused(portal: &RelyingParty, token: &str, about: &str) {
    let answer = portal.userinfo(token).await;
    assert_eq!(answer.status(), 401, "{about}: {}", answer.text());
}

fn with(mut value: Value, name: &str, changed: Value) -> Value {
    value[name] = changed;
    value
}

both! {
    async fn an_id_token_is_no_access_token(world) {
        let (portal, tokens) = entered(&world).await;
        assert_refused(&portal, &tokens.id, "the ID token").await;
        assert_ne!(header_of(&tokens.id)["typ"], "at+jwt");
        assert_ne!(
            claims_of(&tokens.access)["aud"],
            "portal",
            "a relying party that checks aud refuses the access token as ID token"
        );
    }
}

both! {
    async fn tokens_without_a_signature_are_refused(world) {
        let (portal, tokens) = entered(&world).await;
        let (header, claims) = (header_of(&tokens.access), claims_of(&tokens.access));
        for alg in ["none", "None", "NONE", ""] {
            assert_refused(&portal, &forge(&with(header.clone(), "alg", json!(alg)), &claims, b""), alg).await;
        }
        assert_refused(&portal, &forge(&header, &claims, b""), "no signature").await;
        assert_refused(&portal, tokens.access.rsplit_once('.').unwrap().0, "two parts").await;
    }
}

both! {
    /// The published key as an HMAC secret.
    async fn a_public_key_is_no_shared_secret(world) {
        let (portal, tokens) = entered(&world).await;
        let key = world.published_key(&tokens.access).await;
        let header = with(header_of(&tokens.access), "alg", json!("HS256"));
        let claims = claims_of(&tokens.access);
        let jwk = josekit::jwk::Jwk::from_map(key.as_object().unwrap().clone()).unwrap();
        let mut secrets = vec![key.to_string().into_bytes()];
        assert_eq!(key["kty"], "EC", "an access token is signed with ES256");
        let pair = josekit::jwk::alg::ec::EcKeyPair::from_jwk(&jwk);
        secrets.extend(pair.map(|pair| pair.to_pem_public_key()));
        for secret in secrets.into_iter().filter(|secret| secret.len() >= 32) {
            let signature =
                HS256.signer_from_bytes(&secret).unwrap().sign(signing_input(&header, &claims).as_bytes()).unwrap();
            assert_refused(&portal, &forge(&header, &claims, &signature), "HS256").await;
        }
    }
}

both! {
    async fn a_key_that_the_token_brings_along_or_points_at_is_not_believed(world) {
        let (portal, tokens) = entered(&world).await;
        let pair = RS256.generate_key_pair(2048).unwrap();
        let signer = RS256.signer_from_pem(pair.to_pem_private_key()).unwrap();
        let public = Value::Object(pair.to_jwk_public_key().as_ref().clone());
        let plain = with(header_of(&tokens.access), "alg", json!("RS256"));
        let claims = with(claims_of(&tokens.access), "access_profile", json!("complete"));
        for header in [
            plain.clone(),
            with(plain.clone(), "jwk", public),
            with(plain.clone(), "jku", json!("http://localhost:1/keys")),
            with(plain.clone(), "x5u", json!("http://localhost:1/keys")),
            with(plain.clone(), "kid", json!("../../../../dev/null")),
            with(plain.clone(), "kid", json!("' union select 1 --")),
            with(plain.clone(), "kid", json!(7)),
            with(plain.clone(), "crit", json!(["exp"])),
        ] {
            let signature = signer.sign(signing_input(&header, &claims).as_bytes()).unwrap();
            assert_refused(&portal, &forge(&header, &claims, &signature), &header.to_string()).await;
        }
    }
}

both! {
    async fn a_token_changed_in_any_part_is_refused(world) {
        let (portal, tokens) = entered(&world).await;
        let parts: Vec<&str> = tokens.access.split('.').collect();
        for index in 0..3 {
            let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let middle = changed[index].len() / 2;
            let other = if &changed[index][middle..=middle] == "A" { "B" } else { "A" };
            changed[index].replace_range(middle..=middle, other);
            assert_refused(&portal, &changed.join("."), &format!("part {index}")).await;
        }
        for (name, value) in [
            ("sub", json!("01890000-0000-7000-8000-000000000000")),
            ("exp", json!(9_999_999_999i64)),
            ("scope", json!("openid email")),
        ] {
            use base64::Engine as _;
            let signature = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
            let claims = with(claims_of(&tokens.access), name, value);
            assert_refused(&portal, &forge(&header_of(&tokens.access), &claims, &signature), name).await;
        }
    }
}

both! {
    async fn a_token_of_another_guichet_is_refused(world) {
        let (portal, _) = entered(&world).await;
        let elsewhere = world.server_with(|config| "http://localhost:8081".clone_into(&mut config.issuer)).await;
        let mut browser = elsewhere.signed_in("alice").await;
        let answer = browser.open(&elsewhere.client("portal").ask().path()).await;
        let answer = if answer.shows("consent-allow") {
            let allowed = browser.submit("consent-allow", &[]).await;
            browser.follow(allowed).await
        } else {
            answer
        };
        let party = elsewhere.client("portal");
        let code = crate::world::Code {
            secret: answer.parameter("code").unwrap(),
            verifier: Some(crate::world::VERIFIER.to_owned()),
            redirect_uri: "http://localhost:8090/callback".to_owned(),
        };
        let foreign = party.tokens(&code).await;
        assert_eq!(party.userinfo(&foreign.access).await.status(), 200);
        assert_refused(&portal, &foreign.access, "another issuer, with the very same keys").await;
    }
}

/// Each door that takes a secret or a token of ours, and what it takes.
const DOORS: [(&str, &[&str]); 7] = [
    ("userinfo", &["signed access token", "opaque access token"]),
    ("introspection", &["signed access token", "opaque access token"]),
    ("introspection of a refresh token", &["signed access token", "opaque access token", "refresh token"]),
    ("refresh", &["refresh token"]),
    ("code", &["code"]),
    ("authorize, id_token_hint", &["ID token"]),
    ("logout, id_token_hint", &["ID token"]),
];

/// Whether that door takes this for what it asks for.
async fn takes(world: &World, (door, browser): (&str, &Browser), token: &str) -> bool {
    let (portal, rs) = (world.client("portal"), world.client("demo-rs"));
    let mut browser = browser.clone();
    match door {
        "userinfo" => portal.userinfo(token).await.status() == 200,
        "introspection" => rs.introspect(token, &[]).await.json()["active"] == true,
        "introspection of a refresh token" => {
            rs.introspect(token, &[("token_type_hint", "refresh_token")]).await.json()["active"] == true
        }
        "refresh" => portal.refresh(token).await.status() == 200,
        "code" => {
            let ask = portal.ask();
            let redirect_uri = ask.value("redirect_uri").unwrap();
            let verifier = ("code_verifier", crate::world::VERIFIER);
            let fields =
                [("grant_type", "authorization_code"), ("code", token), ("redirect_uri", redirect_uri), verifier];
            portal.token(&fields).await.status() == 200
        }
        "authorize, id_token_hint" => {
            let ask = portal.ask().with("prompt", "none").with("id_token_hint", token);
            browser.open(&ask.path()).await.parameter("code").is_some()
        }
        _ => browser.get(&format!("/oauth2/logout?id_token_hint={token}")).await.shows("logged-out-title"),
    }
}

both! {
    /// Everything of ours that somebody could hold × every door that takes any of it. The doors that spend or end come
    /// last.
    async fn nothing_stands_in_for_anything_else_at_any_door(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let tokens = portal.enter(&mut browser).await;
        let opaque = world.client("opaque").enter(&mut browser).await;
        let code = portal.authorize(&mut browser).await.secret;
        browser.get("/account").await;
        let held = [
            ("ID token", tokens.id.clone()),
            ("signed access token", tokens.access.clone()),
            ("opaque access token", opaque.access.clone()),
            ("refresh token", tokens.refresh.clone()),
            ("code", code),
            ("session cookie", browser.cookie("guichet_session").unwrap().to_owned()),
            ("browser cookie", browser.cookie("guichet_browser").unwrap().to_owned()),
            ("device cookie", browser.cookie("guichet_device").unwrap().to_owned()),
            ("form token", browser.csrf()),
            ("sid", tokens.id_claims()["sid"].as_str().unwrap().to_owned()),
            ("jti", tokens.access_claims()["jti"].as_str().unwrap().to_owned()),
        ];
        for (door, taken) in DOORS {
            let (own, others): (Vec<_>, Vec<_>) = held.iter().partition(|(kind, _)| taken.contains(kind));
            for (kind, token) in others.iter().chain(&own) {
                assert_eq!(takes(&world, (door, &browser), token).await, taken.contains(kind), "{kind} at {door}");
            }
        }
    }
}

both! {
    /// What signs a client in is none of the above, and none of the above signs a client in.
    async fn no_token_of_ours_is_a_client_assertion_or_a_client_secret(world) {
        let (portal, signs) = (world.client("portal"), world.client("signs"));
        let tokens = portal.enter(&mut world.signed_in("alice").await).await;
        let assertion = crate::world::Assertion::of(&signs, world.app.clock.now().seconds()).signed();
        assert_refused(&portal, &assertion, "an assertion as access token").await;
        assert!(!world.client("demo-rs").finds_active(&assertion).await);
        let grant = [("grant_type", "client_credentials")];
        for token in [&tokens.id, &tokens.access, &tokens.refresh] {
            assert_eq!(signs.token_by(token, &grant).await.error(), "invalid_client");
            let secret = [("client_id", "portal"), ("client_secret", token.as_str())];
            assert_eq!(portal.token_as(None, &[&grant[..], &secret[..]].concat()).await.error(), "invalid_client");
        }
    }
}
