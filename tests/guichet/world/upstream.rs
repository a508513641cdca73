//! The vendor's own OpenID provider: one that says whatever a test makes it say, and a second Guichet that listens.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use guichet::config::Config;
use guichet::staff::upstream::Settings;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::keys::{public_key, sign};
use super::{Answer, Browser, Server};

/// What Guichet is called at the provider.
pub const CLIENT: &str = "counter";

/// Its secret there.
pub const SECRET: &str = "counter-secret-of-the-tests";

/// A provider that says what it is told to.
#[derive(Clone)]
pub struct Forger {
    issuer: String,
    token: Arc<Mutex<Value>>,
    about: Arc<Mutex<Value>>,
    keys: Arc<Mutex<Value>>,
}

impl Forger {
    /// Listens.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let forger = Self { issuer, token: Arc::default(), about: Arc::default(), keys: Arc::default() };
        forger.publish(&[public_key("ES256")]);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(forger.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        forger
    }

    /// Who it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What an operator writes about it.
    pub fn configure(&self, config: &mut Config) {
        offer(config, &self.issuer);
    }

    /// The claims of a token that is right.
    pub fn claims(&self, nonce: &str, email: &str) -> Value {
        let now = guichet::base::Clock::System.now().seconds();
        json!({
            "iss": self.issuer, "sub": format!("sub-of-{email}"), "aud": CLIENT,
            "iat": now, "exp": now + 300, "auth_time": now, "nonce": nonce,
            "email": email, "email_verified": true, "name": "Nadia Roux"
        })
    }

    /// From now on it publishes these keys.
    pub fn publish(&self, keys: &[Value]) {
        *self.keys.lock().unwrap() = json!(keys);
    }

    /// From now on it answers this ID token.
    pub fn say(&self, id_token: &str) {
        *self.token.lock().unwrap() = json!(id_token);
    }

    /// From now on it answers these claims, signed as they should be.
    pub fn claim(&self, claims: &Value) {
        self.say(&sign("ES256", &json!({ "alg": "ES256", "kid": "ES256" }), claims));
    }

    /// What UserInfo answers.
    pub fn tell(&self, about: Value) {
        *self.about.lock().unwrap() = about;
    }
}

async fn metadata(State(forger): State<Forger>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", forger.issuer);
    Json(json!({
        "issuer": forger.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "userinfo_endpoint": at("/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "EdDSA"]
    }))
}

async fn keys(State(forger): State<Forger>) -> Json<Value> {
    Json(json!({ "keys": *forger.keys.lock().unwrap() }))
}

async fn token(State(forger): State<Forger>) -> Json<Value> {
    Json(
        json!({ "access_token": "an-access-token", "token_type": "Bearer", "id_token": *forger.token.lock().unwrap() }),
    )
}

async fn userinfo(State(forger): State<Forger>) -> Json<Value> {
    Json(forger.about.lock().unwrap().clone())
}

/// Offers a provider to staff; loopback may be called.
pub fn offer(config: &mut Config, issuer: &str) {
    config.outbound.allow = guichet::base::Networks::parse("127.0.0.0/8").unwrap();
    config.staff.upstream = Some(Settings {
        name: "Vendor login".to_owned(),
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SECRET.to_owned()),
        client_secret_file: None,
        scope: Vec::new(),
        role_claim: None,
        roles: [].into(),
        second_factor_acr: [].into(),
    });
}

/// A sign-in at the provider that has begun.
pub struct Begun {
    /// The address the browser was sent to.
    pub sent_to: url::Url,
}

impl Begun {
    /// Begins at the sign-in page.
    pub async fn by(browser: &mut Browser) -> Self {
        let page = browser.get("/login").await;
        let answer = browser.get(&page.page().attribute("#login-upstream", "href")).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        Self { sent_to: answer.location().unwrap() }
    }

    /// Begins at the page that asks for proof again.
    pub async fn again(browser: &mut Browser, page: &Answer) -> Self {
        let answer = browser.get(&page.page().attribute("#login-upstream", "href")).await;
        Self { sent_to: answer.location().unwrap() }
    }

    /// A parameter of the request.
    pub fn parameter(&self, name: &str) -> String {
        let found = self.sent_to.query_pairs().find(|(key, _)| key == name);
        found.unwrap_or_else(|| panic!("no {name} in {}", self.sent_to)).1.into_owned()
    }

    /// Where the provider sends the browser back to.
    pub fn callback(&self) -> String {
        let state: String = url::form_urlencoded::byte_serialize(self.parameter("state").as_bytes()).collect();
        format!("/login/upstream/callback?code=a-code&state={state}")
    }

    /// Comes back.
    pub async fn arrive(&self, browser: &mut Browser) -> Answer {
        browser.get(&self.callback()).await
    }
}

impl Server {
    /// Answers at a port as well.
    pub fn listen(&self, listener: TcpListener) {
        let service = self.router.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    }
}
