//! Client authentication by assertion (RFC 7523, OpenID Connect Core section 9).

use serde_json::{Value, json};

use crate::world::{
    Answer, Assertion, Browser, Code, ISSUER, JWT_BEARER, RelyingParty, Tokens, World, both, public_key, sign,
};

const TOKEN_ENDPOINT: &str = "http://localhost:8080/oauth2/token";

fn assertion(world: &World, party: &RelyingParty) -> Assertion {
    Assertion::of(party, world.app.clock.now().seconds())
}

async fn code(party: &RelyingParty, browser: &mut Browser) -> Code {
    party.authorize(browser).await
}

fn assert_invalid_client(answer: &Answer, about: &str) {
    assert_eq!((answer.status(), answer.error().as_str()), (401, "invalid_client"), "{about}: {}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store", "{about}");
    assert_eq!(answer.header("www-authenticate"), "", "{about}: Basic wasn't tried");
}

both! {
    async fn each_algorithm_with_and_without_a_kid_proves_the_client(world) {
        let signs = world.client("signs");
        let mut browser = world.signed_in("alice").await;
        for alg in ["ES256", "RS256", "PS256", "EdDSA"] {
            for bent in [
                assertion(&world, &signs).by(alg),
                assertion(&world, &signs).by(alg).header("kid", Value::Null),
                assertion(&world, &signs)
                    .by(alg)
                    .header("typ", json!("client-authentication+jwt"))
                    .claim("iat", Value::Null),
            ] {
                let code = code(&signs, &mut browser).await;
                let answer = signs.token_by(&bent.signed(), &code.redemption()).await;
                let tokens = Tokens::of(&answer);
                assert_eq!(tokens.id_claims()["aud"], "signs", "{alg}");
                assert_eq!(signs.userinfo(&tokens.access).await.status(), 200, "{alg}");
            }
        }
        let code = code(&signs, &mut browser).await;
        let named = [code.redemption(), vec![("client_id", "signs")]].concat();
        Tokens::of(&signs.token_by(&assertion(&world, &signs).signed(), &named).await);
    }
}

/// What is wrong with an assertion.
fn wrong(right: &Assertion, now: i64) -> Vec<(&'static str, Assertion)> {
    let claim = |name: &str, value: Value| right.clone().claim(name, value);
    let header = |name: &str, value: Value| right.clone().header(name, value);
    vec![
        ("iss of another client", claim("iss", json!("portal"))),
        ("no iss", claim("iss", Value::Null)),
        ("aud is the token endpoint", claim("aud", json!(TOKEN_ENDPOINT))),
        ("aud is a list", claim("aud", json!([ISSUER]))),
        ("aud is a list with more", claim("aud", json!([ISSUER, "https://evil.example"]))),
        ("aud with a slash", claim("aud", json!(format!("{ISSUER}/")))),
        ("aud of another server", claim("aud", json!("https://evil.example"))),
        ("no aud", claim("aud", Value::Null)),
        ("expired", claim("exp", json!(now))),
        ("no exp", claim("exp", Value::Null)),
        ("exp too far", claim("exp", json!(now + 400))),
        ("exp beyond all time", claim("exp", json!(i64::MAX))),
        ("exp is text", claim("exp", json!("soon"))),
        ("expired by a fraction", claim("exp", json!(f64::from(u32::try_from(now).unwrap()) - 0.5))),
        ("from the future", claim("iat", json!(now + 30))),
        ("not yet", claim("nbf", json!(now + 30))),
        ("no jti", claim("jti", Value::Null)),
        ("empty jti", claim("jti", json!(""))),
        ("jti is a number", claim("jti", json!(7))),
        ("unknown kid", header("kid", json!("other"))),
        ("kid of another key", header("kid", json!("RS256"))),
        ("alg of another key", header("alg", json!("RS256"))),
        ("alg none", header("alg", json!("none"))),
        ("alg HS256", header("alg", json!("HS256"))),
        ("alg ES384", header("alg", json!("ES384"))),
        ("embedded key", header("jwk", public_key("ES256"))),
        ("key by address", header("jku", json!("http://localhost:1/keys"))),
        ("certificate by address", header("x5u", json!("http://localhost:1/keys"))),
        ("crit", header("crit", json!(["exp"]))),
        ("type of an access token", header("typ", json!("at+jwt"))),
        ("type of a logout token", header("typ", json!("logout+jwt"))),
        ("oversized", claim("padding", json!("x".repeat(9_000)))),
    ]
}

both! {
    async fn an_assertion_with_any_flaw_is_invalid_client_and_spends_nothing(world) {
        let signs = world.client("signs");
        let code = code(&signs, &mut world.signed_in("alice").await).await;
        let fields = code.redemption();
        let right = assertion(&world, &signs);
        for (about, bent) in wrong(&right, world.app.clock.now().seconds()) {
            assert_invalid_client(&signs.token_by(&bent.signed(), &fields).await, about);
        }
        let signed = right.signed();
        let (message, signature) = signed.rsplit_once('.').unwrap();
        for (about, token) in [
            ("no signature", format!("{message}.")),
            ("half a signature", format!("{message}.{}", &signature[..40])),
            (
                "signature of another",
                format!("{message}.{}", sign("ES256", &right.header, &json!({})).rsplit_once('.').unwrap().1),
            ),
            ("no JWS", "x".to_owned()),
            ("dots", "...".to_owned()),
            ("deeply nested", format!("{}.{signature}", "W1tb".repeat(1_000))),
        ] {
            assert_invalid_client(&signs.token_by(&token, &fields).await, about);
        }
        Tokens::of(&signs.token_by(&signed, &fields).await);
    }
}

both! {
    /// RS and HS confusion: the public key is no secret.
    async fn a_signature_keyed_with_the_public_key_proves_nothing(world) {
        use crate::world::{forge, signing_input};
        let signs = world.client("signs");
        let code = code(&signs, &mut world.signed_in("alice").await).await;
        let right = assertion(&world, &signs).header("alg", json!("HS256")).header("kid", json!("RS256"));
        let key = public_key("RS256").to_string();
        let signature = josekit::jws::HS256.signer_from_bytes(key).unwrap();
        let signature =
            josekit::jws::JwsSigner::sign(&signature, signing_input(&right.header, &right.claims).as_bytes()).unwrap();
        let token = forge(&right.header, &right.claims, &signature);
        assert_invalid_client(&signs.token_by(&token, &code.redemption()).await, "HS256 with the public key");
    }
}

both! {
    async fn the_token_endpoint_is_an_audience_for_the_client_that_is_flagged_so_only(world) {
        let mut browser = world.signed_in("alice").await;
        let older = world.client("signs-as-ever");
        for audience in [
            json!(TOKEN_ENDPOINT),
            json!(ISSUER),
            json!([TOKEN_ENDPOINT]),
            json!([ISSUER, TOKEN_ENDPOINT]),
        ] {
            let code = code(&older, &mut browser).await;
            let assertion = assertion(&world, &older).claim("aud", audience);
            Tokens::of(&older.token_by(&assertion.signed(), &code.redemption()).await);
        }
        let code = code(&older, &mut browser).await;
        for audience in [
            json!([]),
            json!([TOKEN_ENDPOINT, "http://evil.example/oauth2/token"]),
            json!("http://localhost:8080/oauth2/introspect"),
            json!("http://evil.example/oauth2/token"),
        ] {
            let assertion = assertion(&world, &older).claim("aud", audience.clone());
            assert_invalid_client(
                &older.token_by(&assertion.signed(), &code.redemption()).await,
                &audience.to_string(),
            );
        }
    }
}

both! {
    /// FAPI 2.0 section 5.3.2.1: ten seconds ahead are honest.
    async fn a_clock_a_little_ahead_is_forgiven(world) {
        let signs = world.client("signs");
        let code = code(&signs, &mut world.signed_in("alice").await).await;
        let now = world.app.clock.now().seconds();
        let ahead = Assertion::of(&signs, now + 8).claim("nbf", json!(now + 8)).claim("exp", json!(now + 305));
        Tokens::of(&signs.token_by(&ahead.signed(), &code.redemption()).await);
    }
}

both! {
    async fn a_client_that_signs_comes_in_no_other_way_and_one_with_a_secret_does_not_sign(world) {
        let (signs, portal) = (world.client("signs"), world.client("portal"));
        let code = code(&signs, &mut world.signed_in("alice").await).await;
        let fields = code.redemption();
        let with = |more: &[(&'static str, &'static str)]| [fields.clone(), more.to_vec()].concat();
        assert_invalid_client(&signs.token_as(None, &with(&[("client_id", "signs")])).await, "nothing");
        assert_invalid_client(
            &signs.token_as(None, &with(&[("client_id", "signs"), ("client_secret", "x")])).await,
            "a secret",
        );
        for other in [&portal, &world.client("demo-spa")] {
            let foreign = Assertion::of(other, world.app.clock.now().seconds());
            assert_invalid_client(
                &other.token_by(&foreign.signed(), &fields).await,
                "the assertion of a client without keys",
            );
        }
        let signed = assertion(&world, &signs).signed();
        for kind in [
            "",
            "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
            "URN:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ] {
            let proof = [("client_assertion", signed.as_str()), ("client_assertion_type", kind)];
            assert_invalid_client(&signs.token_as(None, &[&fields[..], &proof].concat()).await, kind);
        }
        assert_invalid_client(
            &signs.token_as(None, &with(&[("client_id", "signs"), ("client_assertion_type", JWT_BEARER)])).await,
            "no assertion",
        );
        for two in [vec![("client_secret", "x")], vec![("client_id", "portal")]] {
            let answer = signs.token_by(&signed, &with(&two)).await;
            assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_request"), "{two:?}");
        }
        let proof = [("client_assertion", signed.as_str()), ("client_assertion_type", JWT_BEARER)];
        let answer = signs.token_as(portal.basic().as_deref(), &[&fields[..], &proof].concat()).await;
        assert_eq!((answer.status(), answer.error().as_str()), (400, "invalid_request"), "Basic beside it");
        Tokens::of(&signs.token_by(&signed, &fields).await);
    }
}

both! {
    /// Also after the sweep, and the moment before it expires.
    async fn an_assertion_counts_once_for_as_long_as_it_lives(world) {
        let signs = world.client("signs");
        let mut browser = world.signed_in("alice").await;
        let first = code(&signs, &mut browser).await;
        let now = world.app.clock.now().seconds();
        let signed = assertion(&world, &signs).claim("jti", json!("the same")).claim("exp", json!(now + 290)).signed();
        Tokens::of(&signs.token_by(&signed, &first.redemption()).await);
        for wait in ["1s", "200s", "80s"] {
            world.advance(wait);
            guichet::jobs::run_due(&world.app).await.unwrap();
            let code = code(&signs, &mut browser).await;
            assert_invalid_client(&signs.token_by(&signed, &code.redemption()).await, wait);
        }
        world.advance("20min");
        guichet::jobs::run_due(&world.app).await.unwrap();
        let code = code(&signs, &mut browser).await;
        assert_invalid_client(&signs.token_by(&signed, &code.redemption()).await, "forgotten, and expired");
        let anew = assertion(&world, &signs).claim("jti", json!("the same")).signed();
        Tokens::of(&signs.token_by(&anew, &code.redemption()).await);
    }
}

both! {
    /// RFC 7519 sections 2 and 5.1, RFC 7515 sections 4 and 4.1.9.
    async fn times_with_a_fraction_and_every_spelling_of_the_type_are_read(world) {
        let signs = world.client("signs");
        let mut browser = world.signed_in("alice").await;
        let now = f64::from(u32::try_from(world.app.clock.now().seconds()).unwrap());
        let right = || assertion(&world, &signs);
        let (exp, start) = (json!(now + 60.25), json!(now - 0.5));
        let spellings = [
            right().claim("exp", exp.clone()).claim("iat", start.clone()).claim("nbf", start),
            right().claim("exp", json!(now + 60.0)),
            right().header("typ", json!("application/jwt")),
            right().header("typ", json!("Application/Client-Authentication+JWT")),
            right().header("cty", json!("json")).header("x-of-the-library", json!({ "version": 7 })),
        ];
        for assertion in spellings {
            let code = code(&signs, &mut browser).await;
            Tokens::of(&signs.token_by(&assertion.signed(), &code.redemption()).await);
        }
    }
}

both! {
    /// With `e` = 1 a signature is the padded digest itself; a point of small order is signed for by everybody.
    async fn keys_that_anybody_could_sign_with_are_refused_when_they_are_declared(world) {
        let with = |alg: &str, member: &str, value: &str| {
            let mut key = public_key(alg);
            key[member] = json!(value);
            key
        };
        let small = format!("AQ{}", "A".repeat(41));
        let mut party = world.app.config.clients.iter().find(|party| party.id == "signs").unwrap().clone();
        for key in [
            with("RS256", "e", "AQ"),
            with("RS256", "e", "Aw"),
            with("PS256", "e", "AQAA"),
            with("PS256", "n", &format!("{}A", "w".repeat(342))),
            with("EdDSA", "x", &small),
        ] {
            party.jwks = Some(json!({ "keys": [key.clone()] }));
            let refused = guichet::relying_party::check(std::slice::from_ref(&party)).unwrap_err();
            assert!(refused.contains("key number 1 can't be used"), "{key}: {refused}");
        }
        party.jwks = Some(json!({ "keys": [public_key("RS256"), public_key("EdDSA")] }));
        guichet::relying_party::check(&[party]).unwrap();
    }
}
