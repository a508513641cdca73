//! The doors together, through the router: one person, one confidential and one public relying party.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::middleware::from_fn_with_state;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use url::Url;
use uuid::Uuid;

use crate::account::{self, Begin, Proof};
use crate::app::{App, Parts};
use crate::base::actor::Who;
use crate::base::ids::{AccountId, MembershipId};
use crate::base::{Actor, Address, Clock, Fault, Life};
use crate::config::Config;
use crate::http::mark_browser;
use crate::keys::MasterKey;
use crate::store::trial::{self, Trial};
use crate::store::{self, Tx};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ASKED: &str = "client_id=web&redirect_uri=https://web.example/cb&response_type=code&scope=openid+email+company+rights&state=s+1&nonce=n\
                     &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const CLIENTS: &str = "
    [[clients]]
    id = \"web\"
    name = \"Web\"
    secret = \"the secret of the web\"
    redirect_uris = [\"https://web.example/cb\"]
    post_logout_redirect_uris = [\"https://web.example/bye\"]
    [[clients]]
    id = \"spa\"
    name = \"Spa\"
    redirect_uris = [\"https://spa.example/cb\"]
    id_token_alg = \"ES256\"";

/// One server, and one browser at it.
struct World {
    app: App,
    router: Router,
    cookies: Vec<(&'static str, String)>,
    _trial: Trial,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    fn location(&self) -> Url {
        let location =
            self.headers.get("location").unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body)).to_str().unwrap();
        Url::parse("http://localhost:8080").unwrap().join(location).unwrap()
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl World {
    async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for trial in trial::databases().await {
            let (clock, master) = (Clock::movable(), MasterKey::random().unwrap());
            let parts = Parts { config: Config::parse(CLIENTS).unwrap(), store: trial.store.clone(), clock, master, mailbox: None };
            let app = App::new(parts).await.unwrap();
            app.act(Actor::of(Who::Operator), async |tx| seed(tx).await).await.unwrap();
            let router = super::pages()
                .layer(from_fn_with_state(app.clone(), mark_browser))
                .merge(super::endpoints(&app).merge(super::documents(&app)))
                .with_state(app.clone());
            worlds.push(Self { app, router, cookies: vec![("guichet_browser", "a-browser-of-the-tests".to_owned())], _trial: trial });
        }
        worlds
    }

    async fn sign_in(&mut self) {
        let by = Actor::of(Who::Visitor).from(Address::parse("192.0.2.7"));
        let begin = Begin { account: person(), membership: Some(membership()), user_agent: "tests", proof: Proof::password() };
        let opened = self.app.act(by, async |tx| account::begin(tx, begin).await).await.unwrap();
        self.cookies.retain(|(name, _)| *name != "guichet_session");
        self.cookies.push(("guichet_session", opened.secret.expose().to_owned()));
    }

    async fn consent(&self, scope: &str) {
        let scope = crate::relying_party::Scopes::known(scope.split(' '));
        self.app
            .act(Actor::of(Who::Visitor), async |tx| crate::authorization::consent::grant(tx, person(), "web", &scope).await)
            .await
            .unwrap();
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("cookie", cookies.join("; ")).body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([192, 0, 2, 7], 4000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    async fn authorize(&self, more: &str) -> Answer {
        self.get(&format!("/oauth2/authorize?{ASKED}{more}")).await
    }

    async fn post(&self, path: &str, body: String) -> Answer {
        self.send(Request::post(path).header("content-type", "application/x-www-form-urlencoded"), body).await
    }

    async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let body = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=https://web.example/cb&code_verifier={verifier}\
             &client_id=web&client_secret=the+secret+of+the+web"
        );
        self.post("/oauth2/token", body).await
    }

    async fn userinfo(&self, token: &Value) -> Answer {
        self.send(Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {}", token.as_str().unwrap())), String::new())
            .await
    }

    /// A person who is signed in and has consented gets tokens.
    async fn tokens(&mut self) -> Value {
        self.sign_in().await;
        self.consent("openid email company rights").await;
        let code = self.authorize("").await.parameter("code").unwrap();
        self.redeem(&code, VERIFIER).await.json()
    }
}

/// What a token says, its signature aside.
fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn person() -> AccountId {
    AccountId(Uuid::from_u128(3))
}

fn membership() -> MembershipId {
    MembershipId(Uuid::from_u128(4))
}

async fn seed(tx: &mut Tx) -> Result<(), Fault> {
    let (company, contact) = (Uuid::from_u128(1), Uuid::from_u128(2));
    store::execute!(
        tx.db,
        "insert into companies (id, ref, name, accounting_validated_at, first_order_at, subscriptions, networks, version, created_at, updated_at) \
         values ($1, 'C-1', 'Durand', $2, $2, '[]', '[]', 1, $2, $2)",
        company,
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into contacts (id, company, last_name, first_name, email, phone, newsletter, created_at, updated_at) \
         values ($1, $2, 'Durand', 'Alice', 'alice@durand.example', '1', false, $3, $3)",
        contact,
        company,
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into accounts (id, kind, password_hash, password_set_at, activated_at, mailbox_proven_at, created_at) values ($1, 'contact', 'x', $2, $2, $2, $2)",
        person(),
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into memberships (id, account, contact, company, profile, roles, e_services, networks, requested_at, approved_at) \
         values ($1, $2, $3, $4, 'limited', '[\"tickets\"]', '[]', '[]', $5, $5)",
        membership(),
        person(),
        contact,
        company,
        tx.now,
    )?;
    Ok(())
}

#[tokio::test]
async fn a_remembered_person_is_answered_at_once_and_the_tokens_say_who_they_are() {
    for mut world in World::each().await {
        world.sign_in().await;
        world.consent("openid email company rights").await;
        let answer = world.authorize("").await;
        assert_eq!(
            (answer.parameter("state").as_deref(), answer.parameter("iss").as_deref()),
            (Some("s 1"), Some("http://localhost:8080"))
        );
        let code = answer.parameter("code").unwrap();
        let wrong = world.redeem(&code, &"w".repeat(43)).await;
        assert_eq!((wrong.status, wrong.json()["error"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_grant")));
        let redeemed = world.redeem(&code, VERIFIER).await;
        assert_eq!(
            (redeemed.status, redeemed.header("cache-control"), redeemed.header("pragma")),
            (StatusCode::OK, "no-store", "no-cache")
        );
        let tokens = redeemed.json();
        assert_eq!((tokens["scope"].as_str(), tokens["expires_in"].as_i64()), (Some("openid email company rights"), Some(300)));
        let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
        assert_eq!((id["aud"].as_str(), id["nonce"].as_str(), id.get("auth_time"), id.get("email")), (Some("web"), Some("n"), None, None));
        assert_eq!((access["aud"].as_str(), access["client_id"].as_str()), (Some("http://localhost:8080"), Some("web")));
        let info = world.userinfo(&tokens["access_token"]).await.json();
        assert_eq!((info["email"].as_str(), info.get("name")), (Some("alice@durand.example"), None));
        for claims in [&id, &access, &info] {
            assert_eq!((claims["company"]["ref"].as_str(), claims["access_profile"].as_str()), (Some("C-1"), Some("limited")));
            assert_eq!((&claims["roles"], &claims["entitlements"]), (&serde_json::json!(["tickets"]), &serde_json::json!([])));
        }
        assert_eq!(world.userinfo(&tokens["id_token"]).await.status, StatusCode::UNAUTHORIZED, "an ID token opens nothing");
        assert_eq!(world.redeem(&code, VERIFIER).await.json()["error"], "invalid_grant");
        let ended = world.userinfo(&tokens["access_token"]).await;
        assert_eq!(
            (ended.status, ended.header("www-authenticate").contains("invalid_token")),
            (StatusCode::UNAUTHORIZED, true),
            "a replay ends all"
        );
    }
}

#[tokio::test]
async fn each_step_leads_back_to_the_dispatcher() {
    for mut world in World::each().await {
        let login = world.authorize("").await.location();
        assert_eq!(login.path(), "/login");
        let errand = format!("/oauth2/authorize?{}", login.query().unwrap());
        world.sign_in().await;
        let consent = world.get(&errand).await.location();
        assert_eq!(consent.path(), "/login/consent");
        let page = world.get(&format!("{}?{}", consent.path(), consent.query().unwrap())).await;
        assert!(
            page.body.contains("consent-allow") && page.header("content-security-policy").contains("https://web.example"),
            "{}",
            page.body
        );
        world.consent("openid email company rights").await;
        let answer = world.get(&errand).await;
        assert!(answer.parameter("code").is_some() && answer.location().as_str().starts_with("https://web.example/cb?"));
        world.app.clock.advance(Life::minutes(2));
        assert_eq!(world.get(&errand).await.status, StatusCode::BAD_REQUEST, "answered and gone");
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_taken_up_by_the_browser_that_follows() {
    for mut world in World::each().await {
        world.sign_in().await;
        world.consent("openid email company rights").await;
        let cookies = std::mem::take(&mut world.cookies);
        let posted = world.post("/oauth2/authorize", ASKED.to_owned()).await;
        assert_eq!((posted.status, posted.headers.contains_key("set-cookie")), (StatusCode::SEE_OTHER, false));
        let errand = format!("{}?{}", posted.location().path(), posted.location().query().unwrap());
        world.cookies = cookies;
        assert!(world.get(&errand).await.parameter("code").is_some());
        world.cookies = vec![("guichet_browser", "another-browser-of-the-tests".to_owned())];
        assert_eq!(world.get(&errand).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn prompt_and_max_age_are_honoured_and_none_never_shows_a_page() {
    for mut world in World::each().await {
        assert_eq!(world.authorize("&prompt=none").await.parameter("error").as_deref(), Some("login_required"));
        world.sign_in().await;
        assert_eq!(world.authorize("&prompt=none").await.parameter("error").as_deref(), Some("consent_required"));
        world.consent("openid email company rights").await;
        assert!(world.authorize("&prompt=none").await.parameter("code").is_some());
        for (again, page) in [("&prompt=login", "/login"), ("&max_age=0", "/reauthenticate")] {
            world.app.clock.advance(Life::seconds(5));
            let login = world.authorize(again).await.location();
            assert_eq!(login.path(), page, "{again}");
            world.app.clock.advance(Life::seconds(5));
            world.sign_in().await;
            assert!(world.get(&format!("/oauth2/authorize?{}", login.query().unwrap())).await.parameter("code").is_some(), "{again}");
        }
        let code = world.authorize("&max_age=3600").await.parameter("code").unwrap();
        let tokens = world.redeem(&code, VERIFIER).await.json();
        assert!(claims(&tokens["id_token"])["auth_time"].is_i64());
    }
}

#[tokio::test]
async fn nothing_outlives_the_access_it_hangs_from() {
    for mut world in World::each().await {
        let tokens = world.tokens().await;
        let code = world.authorize("").await.parameter("code").unwrap();
        assert_eq!(world.userinfo(&tokens["access_token"]).await.status, StatusCode::OK);
        let by = Actor::of(Who::Operator);
        world.app.act(by, async |tx| store::execute!(tx.db, "update companies set blocked_at = $1", tx.now)).await.unwrap();
        assert_eq!(world.userinfo(&tokens["access_token"]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(world.redeem(&code, VERIFIER).await.json()["error"], "invalid_grant");
        assert_eq!(world.authorize("&prompt=none").await.parameter("error").as_deref(), Some("access_denied"));
    }
}

#[tokio::test]
async fn a_sign_out_asks_unless_the_hint_fits_and_returns_to_registered_addresses_only() {
    for mut world in World::each().await {
        let tokens = world.tokens().await;
        let asked = world.get("/oauth2/logout?post_logout_redirect_uri=https://web.example/bye&state=x").await;
        assert!(asked.body.contains("logout-confirm"), "{}", asked.body);
        let hinted = format!("/oauth2/logout?id_token_hint={}&state=x&post_logout_redirect_uri=", tokens["id_token"].as_str().unwrap());
        let left = world.get(&format!("{hinted}https://web.example/bye")).await;
        assert_eq!(left.location().as_str(), "https://web.example/bye?state=x");
        assert!(left.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(world.userinfo(&tokens["access_token"]).await.status, StatusCode::UNAUTHORIZED);
        let elsewhere = world.get(&format!("{hinted}https://evil.example/")).await;
        assert!(elsewhere.status == StatusCode::OK && elsewhere.body.contains("logged-out-title"));
    }
}

#[tokio::test]
async fn what_anybody_may_read_is_cached_and_scripts_are_let_in_by_origin() {
    for world in World::each().await {
        let metadata = world.get("/.well-known/openid-configuration").await;
        assert_eq!(metadata.body, world.get("/.well-known/oauth-authorization-server").await.body);
        assert_eq!(
            (metadata.json()["issuer"].as_str(), metadata.header("cache-control")),
            (Some("http://localhost:8080"), "public, max-age=300")
        );
        assert_eq!(world.get("/oauth2/jwks").await.json()["keys"].as_array().unwrap().len(), 2);
        for (origin, admitted) in [("https://spa.example", "https://spa.example"), ("https://evil.example", ""), ("null", "")] {
            let preflight = Request::options("/oauth2/token").header("origin", origin).header("access-control-request-method", "POST");
            let answer = world.send(preflight, String::new()).await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, admitted));
        }
        let plain = world.send(Request::post("/oauth2/token").header("authorization", "Basic eDp5"), "{}".to_owned()).await;
        assert_eq!(
            (plain.status, plain.json()["error"].as_str(), plain.header("cache-control")),
            (StatusCode::BAD_REQUEST, Some("invalid_request"), "no-store")
        );
        let unknown = world.post("/oauth2/token", "grant_type=password&client_id=spa".to_owned()).await;
        assert_eq!(unknown.json()["error"], "unsupported_grant_type");
        assert_eq!(world.get("/oauth2/userinfo").await.header("www-authenticate"), "Bearer realm=\"guichet\"");
    }
}
