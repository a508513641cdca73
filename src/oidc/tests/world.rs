//! One person, one confidential and one public relying party, and the doors they come to.

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

use crate::app::{App, Parts};
use crate::base::actor::Who;
use crate::base::ids::{AccountId, MembershipId};
use crate::base::{Actor, Address, Clock, Fault};
use crate::config::Config;
use crate::http::mark_browser;
use crate::keys::MasterKey;
use crate::session::{self, Begin, Proof};
use crate::store::trial::{self, Trial};
use crate::store::{self, Tx};

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const ASKED: &str = "client_id=web&redirect_uri=https://web.example/cb&response_type=code\
                     &scope=openid+email+company+rights&state=s+1&nonce=n\
                     &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
pub const CLIENTS: &str = "
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
pub struct World {
    pub app: App,
    pub router: Router,
    pub cookies: Vec<(&'static str, String)>,
    _trial: Trial,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    pub fn location(&self) -> Url {
        let location = self
            .headers
            .get("location")
            .unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body))
            .to_str()
            .unwrap();
        Url::parse("http://localhost:8080").unwrap().join(location).unwrap()
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl World {
    pub async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for trial in trial::databases().await {
            let (clock, master) = (Clock::movable(), MasterKey::random().unwrap());
            let parts = Parts {
                config: Config::parse(CLIENTS).unwrap(),
                store: trial.store.clone(),
                clock,
                master,
                mailbox: None,
            };
            let app = App::new(parts).await.unwrap();
            app.act(Actor::of(Who::Operator), async |tx| seed(tx).await).await.unwrap();
            let router = crate::oidc::pages()
                .layer((
                    from_fn_with_state(app.clone(), crate::page::explain),
                    from_fn_with_state(app.clone(), mark_browser),
                ))
                .merge(crate::oidc::endpoints(&app).merge(crate::oidc::documents(&app)))
                .with_state(app.clone());
            worlds.push(Self {
                app,
                router,
                cookies: vec![("guichet_browser", "a-browser-of-the-tests".to_owned())],
                _trial: trial,
            });
        }
        worlds
    }

    pub async fn sign_in(&mut self) {
        let by = Actor::of(Who::Visitor).from(Address::parse("192.0.2.7"));
        let begin =
            Begin { account: person(), membership: Some(membership()), user_agent: "tests", proof: Proof::password() };
        let secret = self.app.act(by, async |tx| session::begin(tx, begin).await).await.unwrap();
        self.cookies.retain(|(name, _)| *name != "guichet_session");
        self.cookies.push(("guichet_session", secret.expose().to_owned()));
    }

    pub async fn consent(&self, scope: &str) {
        let scope = crate::relying_party::Scopes::known(scope.split(' '));
        self.app
            .act(Actor::of(Who::Visitor), async |tx| {
                crate::authorization::consent::grant(tx, person(), "web", &scope).await
            })
            .await
            .unwrap();
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("cookie", cookies.join("; ")).body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([192, 0, 2, 7], 4000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    pub async fn authorize(&self, more: &str) -> Answer {
        self.get(&format!("/oauth2/authorize?{ASKED}{more}")).await
    }

    pub async fn post(&self, path: &str, body: String) -> Answer {
        self.send(Request::post(path).header("content-type", "application/x-www-form-urlencoded"), body).await
    }

    pub async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let body = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=https://web.example/cb&code_verifier={verifier}\
             &client_id=web&client_secret=the+secret+of+the+web"
        );
        self.post("/oauth2/token", body).await
    }

    pub async fn userinfo(&self, token: &Value) -> Answer {
        self.send(
            Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {}", token.as_str().unwrap())),
            String::new(),
        )
        .await
    }

    /// A person who is signed in and has consented gets tokens.
    pub async fn tokens(&mut self) -> Value {
        self.sign_in().await;
        self.consent("openid email company rights").await;
        let code = self.authorize("").await.parameter("code").unwrap();
        self.redeem(&code, VERIFIER).await.json()
    }
}

/// What a token says, its signature aside.
pub fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub fn person() -> AccountId {
    AccountId(Uuid::from_u128(3))
}

pub fn membership() -> MembershipId {
    MembershipId(Uuid::from_u128(4))
}

pub async fn seed(tx: &mut Tx) -> Result<(), Fault> {
    let (company, contact) = (Uuid::from_u128(1), Uuid::from_u128(2));
    store::execute!(
        tx.db,
        "insert into companies (id, ref, name, accounting_validated_at, first_order_at, subscriptions, \
         vendor_networks, own_networks, revision, created_at, updated_at) \
         values ($1, 'C-1', 'Durand', $2, $2, '[]', '[]', '[]', 1, $2, $2)",
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
        "insert into accounts (id, kind, password_hash, password_set_at, activated_at, mailbox_proven_at, created_at) \
         values ($1, 'contact', 'x', $2, $2, $2, $2)",
        person(),
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into memberships (id, account, contact, company, profile, roles, e_services, networks, \
         requested_at, approved_at) \
         values ($1, $2, $3, $4, 'limited', '[\"tickets\"]', '[]', '[]', $5, $5)",
        membership(),
        person(),
        contact,
        company,
        tx.now,
    )?;
    Ok(())
}
