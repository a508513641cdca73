use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jws::{ES256, JwsSigner};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;
use url::Url;

use super::EVENT;
use crate::app::{Portal, Shared};
use crate::clock::Moment;
use crate::database;
use crate::provider::Tokens;
use crate::provider::claims::CustomerClaims;
use crate::rights::{self, Profile};
use crate::routes::router;
use crate::settings::Settings;
use crate::sign_in::session;

/// A provider with one key, and a portal at which two people are signed in.
struct World {
    issuer: String,
    key: Jwk,
    portal: Shared,
    alice: String,
    bruno: String,
}

impl World {
    async fn new() -> Self {
        let mut key = Jwk::generate_ec_key(EcCurve::P256).unwrap();
        key.set_key_id("k1");
        let issuer = provider(&key).await;
        let settings = Settings {
            issuer: issuer.clone(),
            client_id: "portal".into(),
            client_secret: "portal-secret".into(),
            base: Url::parse("http://localhost:8090/").unwrap(),
            recheck: Duration::from_mins(1),
            ahead: Some(Duration::from_mins(1)),
        };
        let portal = Arc::new(Portal::new(settings, database::open(None).await.unwrap()).unwrap());
        let (alice, bruno) = (signed_in(&portal, "alice").await, signed_in(&portal, "bruno").await);
        Self { issuer, key, portal, alice, bruno }
    }

    /// Who is still signed in: alice, bruno.
    async fn remain(&self) -> [bool; 2] {
        let is_in = async |secret| session::find(&self.portal.database, secret).await.unwrap().is_some();
        [is_in(&self.alice).await, is_in(&self.bruno).await]
    }

    /// The claims that end alice's session.
    fn claims(&self, jti: &str) -> Value {
        let now = Moment::now().seconds();
        json!({
            "iss": self.issuer, "aud": "portal", "iat": now, "exp": now + 120, "jti": jti, "events": { EVENT: {} },
            "sub": "alice", "sid": "sid-of-alice",
        })
    }

    fn header() -> Value {
        json!({ "typ": "logout+jwt", "alg": "ES256", "kid": "k1" })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        signed_by(&self.key, header, claims)
    }

    async fn post(&self, token: &str) -> Response<Body> {
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
        self.post_form(body).await
    }

    async fn post_form(&self, body: String) -> Response<Body> {
        let request = Request::post("/backchannel-logout").header("content-type", "application/x-www-form-urlencoded");
        let answer = router(self.portal.clone()).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        // With it WebKit shows the provider's sign-in form under the portal's origin.
        assert!(!answer.headers().contains_key("cross-origin-opener-policy"));
        answer
    }
}

fn signed_by(key: &Jwk, header: &Value, claims: &Value) -> String {
    let message =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = ES256.signer_from_jwk(key).unwrap().sign(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn provider(key: &Jwk) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let url = |path: &str| format!("{issuer}{path}");
    let metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": url("/a"),
        "token_endpoint": url("/t"),
        "userinfo_endpoint": url("/u"),
        "jwks_uri": url("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    let mut public = key.to_public_key().unwrap();
    public.set_key_id("k1");
    let jwks = json!({ "keys": [public.as_ref()] });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(async || Json(metadata)))
        .route("/jwks", get(async || Json(jwks)));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    issuer
}

async fn signed_in(portal: &Shared, who: &str) -> String {
    let person = rights::Person { sub: who.into(), ..rights::tests::person(Profile::Complete, &[], &[]) };
    let tokens = Tokens {
        sub: who.into(),
        claims: CustomerClaims { sid: Some(format!("sid-of-{who}")), ..CustomerClaims::default() },
        id_token: "x".into(),
        access_token: "x".into(),
        usable_for: Duration::from_mins(5),
    };
    session::begin(&portal.database, &person, &tokens).await.unwrap()
}

fn with(mut value: Value, name: &str, changed: Value) -> Value {
    value[name] = changed;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

#[tokio::test]
async fn a_right_token_ends_the_session_it_means_once_and_no_other() {
    let world = World::new().await;
    let token = world.sign(&World::header(), &world.claims("1"));
    let answer = world.post(&token).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    assert_eq!(world.remain().await, [false, true]);
    assert_eq!(world.post(&token).await.status(), 400, "its jti came before");
    let unknown = with(world.claims("2"), "sid", json!("another"));
    assert_eq!(world.post(&world.sign(&World::header(), &unknown)).await.status(), 200, "what is over already is over");
    assert_eq!(world.remain().await, [false, true]);
}

#[tokio::test]
async fn without_sid_the_person_is_meant_and_both_must_fit() {
    let world = World::new().await;
    let mixed = with(world.claims("1"), "sub", json!("bruno"));
    assert_eq!(world.post(&world.sign(&World::header(), &mixed)).await.status(), 200);
    assert_eq!(world.remain().await, [true, true], "alice's sign-in isn't bruno's");
    let all_of_alice = with(without(world.claims("2"), "sid"), "aud", json!(["other", "portal"]));
    assert_eq!(world.post(&world.sign(&World::header(), &all_of_alice)).await.status(), 200);
    assert_eq!(world.remain().await, [false, true]);
}

#[tokio::test]
async fn every_wrong_claim_is_refused_and_ends_nothing() {
    let world = World::new().await;
    let (right, now) = (|| world.claims("1"), Moment::now().seconds());
    let wrong = [
        with(right(), "iss", json!("http://localhost:1")),
        without(right(), "iss"),
        with(right(), "aud", json!("demo-web")),
        without(right(), "aud"),
        with(right(), "exp", json!(now - 1)),
        without(right(), "exp"),
        with(right(), "iat", json!(now + 90)),
        with(right(), "iat", json!(now - 600)),
        without(right(), "iat"),
        without(right(), "jti"),
        with(right(), "jti", json!("")),
        with(right(), "nonce", json!("n")),
        with(right(), "nonce", Value::Null),
        without(right(), "events"),
        with(right(), "events", json!({})),
        with(right(), "events", json!({ EVENT: true })),
        with(right(), "events", json!({ "http://schemas.openid.net/event/other": {} })),
        without(without(right(), "sub"), "sid"),
    ];
    for claims in wrong {
        assert_eq!(world.post(&world.sign(&World::header(), &claims)).await.status(), 400, "{claims}");
    }
    assert_eq!(world.remain().await, [true, true]);
    assert_eq!(
        world.post(&world.sign(&World::header(), &right())).await.status(),
        200,
        "the table would prove nothing"
    );
}

#[tokio::test]
async fn what_the_provider_did_not_sign_as_a_logout_token_is_refused() {
    let world = World::new().await;
    let (header, claims) = (World::header(), world.claims("1"));
    let right = world.sign(&header, &claims);
    let mut stranger = Jwk::generate_ec_key(EcCurve::P256).unwrap();
    stranger.set_key_id("k1");
    let unsigned = with(header.clone(), "alg", json!("none"));
    let wrong = [
        signed_by(&stranger, &header, &claims),
        world.sign(&with(header.clone(), "typ", json!("JWT")), &claims),
        world.sign(&without(header.clone(), "typ"), &claims),
        world.sign(&with(header.clone(), "alg", json!("HS256")), &claims),
        world.sign(&with(header.clone(), "alg", json!("RS256")), &claims),
        world.sign(&unsigned, &claims),
        format!("{}.", world.sign(&unsigned, &claims).rsplit_once('.').unwrap().0),
        world.sign(&with(header.clone(), "kid", json!("k2")), &claims),
        world.sign(&with(header.clone(), "jwk", json!({})), &claims),
        right.rsplit_once('.').unwrap().0.to_owned(),
        format!("{right}A"),
        "x".repeat(10_000),
        String::new(),
    ];
    for token in wrong {
        assert_eq!(world.post(&token).await.status(), 400, "{token}");
    }
    for body in ["", "logout_token", "other=1", "logout_token=a&logout_token=b"] {
        assert_eq!(world.post_form(body.to_owned()).await.status(), 400, "{body}");
    }
    assert_eq!(world.remain().await, [true, true]);
    assert_eq!(world.post(&right).await.status(), 200);
}

/// RFC 7519 section 2, RFC 7515 section 4.1.9.
#[tokio::test]
async fn times_with_a_fraction_and_every_spelling_of_the_type_are_read() {
    let world = World::new().await;
    let now = f64::from(u32::try_from(Moment::now().seconds()).unwrap());
    let claims = with(with(world.claims("1"), "iat", json!(now - 0.5)), "exp", json!(now + 60.5));
    let header = with(World::header(), "typ", json!("Application/Logout+JWT"));
    assert_eq!(world.post(&world.sign(&header, &claims)).await.status(), 200);
    assert_eq!(world.remain().await, [false, true]);
}
