//! No answer of a bad request is a 5xx: random requests at every place.

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use guichet::base::Place;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tokio::runtime::Runtime;

use crate::world::{Browser, Kind, Seed, Server, World};

const NAMES: [&str; 28] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "request",
    "id_token_hint",
    "login_hint",
    "interaction",
    "grant_type",
    "code",
    "code_verifier",
    "client_secret",
    "access_token",
    "post_logout_redirect_uri",
    "decision",
    "csrf",
    "claims",
    "token",
    "token_type_hint",
    "refresh_token",
    "user_address",
];

const VALUES: [&str; 23] = [
    "code",
    "portal",
    "http://localhost:8090/callback",
    "openid company",
    "none",
    "login consent",
    "0",
    "S256",
    "authorization_code",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "portal-secret",
    "demo-spa",
    "query",
    "form_post",
    "eyJhbGciOiJub25lIn0.e30.",
    "01890000-0000-7000-8000-000000000000",
    "9223372036854775808",
    "-1",
    "{\"id_token\":{\"acr\":{\"essential\":true}}}",
    "\u{202e}",
    "refresh_token",
    "client_credentials",
    "demo-rs",
];

const CONTENT_TYPES: [&str; 3] = ["application/x-www-form-urlencoded", "application/json", "text/plain; charset=utf-7"];

/// A piece of a query, right, nearly right or nonsense, encoded or not.
fn pair() -> impl Strategy<Value = String> {
    let name = prop_oneof![6 => proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => "\\PC{0,12}"];
    let value = prop_oneof![6 => proptest::sample::select(&VALUES[..]).prop_map(str::to_owned), 2 => "\\PC{0,40}"];
    let encoded = |(name, value): (String, String)| {
        url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish()
    };
    prop_oneof![
        9 => (name, value).prop_map(encoded),
        1 => "[!-~]{0,30}".prop_map(|raw| raw.replace(['#', '"', '<', '>', '`', '{', '}', '|', '^', '\\'], "%")),
    ]
}

/// Every place, and of those that read most twice.
fn paths() -> Vec<&'static str> {
    let busy = [Place::Authorize, Place::Token, Place::Introspect, Place::RelyingPartyLogout, Place::Login];
    let every = Place::ALL.into_iter().filter(|place| !place.is_demo() && *place != Place::Asset);
    every.chain(busy).map(Place::path).collect()
}

#[derive(Debug, Clone)]
struct Wild {
    path: &'static str,
    posts: bool,
    pairs: Vec<String>,
    content_type: &'static str,
    authorization: Option<String>,
}

fn wild() -> impl Strategy<Value = Wild> {
    let authorization = proptest::option::weighted(
        0.4,
        prop_oneof!["Basic [A-Za-z0-9+/=]{0,40}", "Bearer [A-Za-z0-9._-]{0,60}", "[ -~]{0,40}"],
    );
    (
        proptest::sample::select(paths()),
        any::<bool>(),
        proptest::collection::vec(pair(), 0..14),
        proptest::sample::select(&CONTENT_TYPES[..]),
        authorization,
    )
        .prop_map(|(path, posts, pairs, content_type, authorization)| Wild {
            path,
            posts,
            pairs,
            content_type,
            authorization,
        })
}

impl Wild {
    fn request(&self) -> Request<Body> {
        let text = self.pairs.join("&");
        let (target, body) =
            if self.posts { (self.path.to_owned(), text) } else { (format!("{}?{text}", self.path), String::new()) };
        let method = if self.posts { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri(target).header("content-type", self.content_type);
        if let Some(value) = self.authorization.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
            request = request.header("authorization", value);
        }
        request.body(Body::from(body)).unwrap()
    }
}

fn throw(server: &Server, runtime: &Runtime, signed_in: &Browser) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let dice = TestRng::from_seed(RngAlgorithm::ChaCha, &Seed::of_this_run().dice("requests"));
    let mut runner = TestRunner::new_with_rng(config, dice);
    let outcome = runner.run(&(wild(), any::<bool>()), |(wild, inside)| {
        let mut browser = if inside { signed_in.clone() } else { server.browser() };
        let answer = runtime.block_on(browser.send(wild.request()));
        prop_assert!(answer.status() < 500, "{} {}", answer.status(), answer.text());
        // A redirect leads to our own pages or to the one address that was registered.
        if let Some(to) = answer.location() {
            let fine = [crate::world::ISSUER, "http://localhost:8090/callback"]
                .iter()
                .any(|known| to.as_str().starts_with(known));
            prop_assert!(fine, "sent to {to}");
        }
        Ok(())
    });
    outcome.unwrap();
}

fn no_request_breaks_anything(kind: Kind) {
    let runtime = Runtime::new().unwrap();
    let Some(world) = runtime.block_on(World::on(kind)) else { return };
    let signed_in = runtime.block_on(world.signed_in("alice"));
    throw(&world, &runtime, &signed_in);
}

#[test]
fn no_request_is_answered_with_5xx_or_sent_elsewhere_sqlite() {
    no_request_breaks_anything(Kind::Sqlite);
}

#[test]
fn no_request_is_answered_with_5xx_or_sent_elsewhere_postgres() {
    no_request_breaks_anything(Kind::Postgres);
}
