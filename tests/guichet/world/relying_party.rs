//! A relying party: it sends browsers to the provider, redeems the codes that come back, and asks about their people.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::ask::{Ask, STATE, VERIFIER};
use super::{Answer, Browser, ISSUER, claims_of};

/// The type of assertions (RFC 7523 section 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A relying party and its server's own connection.
pub struct RelyingParty {
    server: Browser,
    id: String,
    secret: Option<&'static str>,
    redirect_uri: &'static str,
    scope: String,
}

/// A code on its way.
#[derive(Clone, Debug)]
pub struct Code {
    /// What the relying party was sent.
    pub secret: String,
    /// What proves that it was asked for here.
    pub verifier: Option<String>,
    /// Where it was sent.
    pub redirect_uri: String,
}

/// What a code was redeemed for.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The ID token.
    pub id: String,
    /// The refresh token.
    pub refresh: String,
    /// The whole answer.
    pub answer: Value,
}

impl RelyingParty {
    pub(super) fn new(server: Browser, id: &str) -> Self {
        let (secret, redirect_uri, scope) = match id {
            "portal" => {
                (Some("portal-secret"), "http://localhost:8090/callback", "openid profile email company rights")
            }
            "demo-web" => (Some("demo-web-secret"), "http://localhost:9001/callback", "openid company rights"),
            "demo-spa" => (None, "http://localhost:9002/callback", "openid company rights"),
            "demo-native" => (None, "http://127.0.0.1/callback", "openid company rights"),
            "tied" => (Some("tied-secret-of-the-tests"), "http://localhost:9101/callback", "openid company rights"),
            "old-fashioned" => (Some("old-fashioned-secret-of-the-tests"), "http://localhost:9102/callback", "openid"),
            "signs" => (None, "http://localhost:9103/callback", "openid company rights"),
            "signs-as-ever" => (None, "http://localhost:9104/callback", "openid company rights"),
            "opaque" => (Some("opaque-secret-of-the-tests"), "http://localhost:9105/callback", "openid company rights"),
            "no-refresh" => (Some("no-refresh-secret-of-the-tests"), "http://localhost:9106/callback", "openid"),
            "installed" => (None, "http://[::1]/callback", "openid company rights"),
            "in-a-scheme-of-its-own" => (None, "com.example.pocket:/callback", "openid company rights"),
            "opaque-service" => (Some("opaque-service-secret-of-the-tests"), "", ""),
            "demo-erp" => (Some("demo-erp-secret"), "", ""),
            "demo-rs" => (Some("demo-rs-secret"), "", ""),
            other => panic!("no relying party {other}"),
        };
        let server = server.with("accept", "application/json").with("user-agent", "the-relying-party/1");
        Self { server, id: id.to_owned(), secret, redirect_uri, scope: scope.to_owned() }
    }

    /// The same relying party, asking for other scopes.
    pub fn scope(mut self, scope: &str) -> Self {
        scope.clone_into(&mut self.scope);
        self
    }

    /// Its client id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The same relying party, connecting from that address.
    pub fn from(mut self, address: &str) -> Self {
        self.server = self.server.from(address);
        self
    }

    /// Its request.
    pub fn ask(&self) -> Ask {
        Ask::new(&self.id, self.redirect_uri, &self.scope)
    }

    /// Whether an answer sends the browser back here.
    pub fn receives(&self, answer: &Answer) -> bool {
        answer.location().is_some_and(|to| to.as_str().starts_with(self.redirect_uri))
    }

    /// Asks, with the person consenting where that is asked; the code.
    pub async fn authorize(&self, browser: &mut Browser) -> Code {
        let ask = self.ask();
        let answer = self.arrive(browser, &ask).await;
        self.code(&ask, &answer)
    }

    /// Whether asking gets a code without any page.
    pub async fn authorize_silently(&self, browser: &mut Browser) -> bool {
        browser.open(&self.ask().with("prompt", "none").path()).await.parameter("code").is_some()
    }

    /// Asks, with the person consenting where that is asked; where it ends.
    pub async fn arrive(&self, browser: &mut Browser, ask: &Ask) -> Answer {
        let answer = browser.open(&ask.path()).await;
        if !answer.shows("consent-allow") {
            return answer;
        }
        let allowed = browser.submit("consent-allow", &[]).await;
        browser.follow(allowed).await
    }

    /// The code of a successful answer (RFC 6749 section 4.1.2, RFC 9207).
    pub fn code(&self, ask: &Ask, answer: &Answer) -> Code {
        let page = || format!("{} {:?} {}", answer.status(), answer.location(), answer.text());
        assert!(self.receives(answer), "no answer for {}: {}", self.id, page());
        let code = answer.parameter("code").unwrap_or_else(|| panic!("no code: {}", page()));
        assert_eq!(answer.parameter("state").as_deref(), ask.value("state"));
        assert_eq!(answer.parameter("iss").as_deref(), Some(ISSUER));
        assert_eq!(answer.parameter("error"), None);
        let verifier = ask.value("code_challenge").map(|_| VERIFIER.to_owned());
        Code { secret: code, verifier, redirect_uri: ask.value("redirect_uri").unwrap().to_owned() }
    }

    /// The error that an answer brings here (RFC 6749 section 4.1.2.1): with the exact state, and who says it.
    pub fn error(&self, answer: &Answer) -> String {
        let page = || format!("{} {:?} {}", answer.status(), answer.location(), answer.text());
        assert!(self.receives(answer), "no answer for {}: {}", self.id, page());
        assert_eq!(answer.parameter("state").as_deref(), Some(STATE), "{}", page());
        assert_eq!(answer.parameter("iss").as_deref(), Some(ISSUER), "{}", page());
        assert_eq!(answer.parameter("code"), None, "{}", page());
        answer.parameter("error").unwrap_or_else(|| panic!("no error: {}", page()))
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &Code) -> Answer {
        self.token(&code.redemption()).await
    }

    /// Redeems a code that must be good.
    pub async fn tokens(&self, code: &Code) -> Tokens {
        Tokens::of(&self.redeem(code).await)
    }

    /// Authorizes and redeems.
    pub async fn enter(&self, browser: &mut Browser) -> Tokens {
        let code = self.authorize(browser).await;
        self.tokens(&code).await
    }

    /// Asks the token endpoint, authenticated by Basic, or by name where there is no secret.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/token", fields).await
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Asks what a token is worth.
    pub async fn introspect(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/introspect", &[&[("token", token)], more].concat()).await
    }

    /// Whether a token is worth anything.
    pub async fn finds_active(&self, token: &str) -> bool {
        let answer = self.introspect(token, &[]).await;
        assert_eq!((answer.status(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
        let active = answer.json()["active"].as_bool().unwrap();
        assert!(
            active || answer.json() == serde_json::json!({ "active": false }),
            "a dead token is told about: {}",
            answer.text()
        );
        active
    }

    /// Gives a token back.
    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/oauth2/revoke", &[("token", token)]).await
    }

    /// Posts to an endpoint, authenticated by Basic, or by name where there is no secret.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        if self.secret.is_none() {
            fields.push(("client_id", &self.id));
        }
        self.post_as(path, self.basic().as_deref(), &fields).await
    }

    /// Asks the token endpoint with these words in `Authorization`, or none.
    pub async fn token_as(&self, authorization: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        self.post_as("/oauth2/token", authorization, fields).await
    }

    /// Posts to an endpoint with these words in `Authorization`, or none.
    pub async fn post_as(&self, path: &str, authorization: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        self.server.clone().send(request.body(Body::from(body)).unwrap()).await
    }

    /// Asks the token endpoint with an assertion.
    pub async fn token_by(&self, assertion: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
        self.token_as(None, &[fields, &proof].concat()).await
    }

    /// What HTTP Basic says for this relying party.
    pub fn basic(&self) -> Option<String> {
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let secret = self.secret?;
        Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(&self.id), encode(secret)))))
    }

    /// Asks UserInfo.
    pub async fn userinfo(&self, access: &str) -> Answer {
        let request = Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {access}"));
        self.server.clone().send(request.body(Body::empty()).unwrap()).await
    }

    /// Its server's connection, for requests of another shape.
    pub fn server(&self) -> Browser {
        self.server.clone()
    }
}

impl Code {
    /// The fields that redeem it.
    pub fn redemption(&self) -> Vec<(&str, &str)> {
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", &self.secret), ("redirect_uri", &self.redirect_uri)];
        fields.extend(self.verifier.as_deref().map(|verifier| ("code_verifier", verifier)));
        fields
    }
}

impl Tokens {
    /// Those of an answer that must be good.
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Self {
            access: text("access_token"),
            id: text("id_token"),
            refresh: text("refresh_token"),
            answer: json.clone(),
        }
    }

    /// What the ID token says.
    pub fn id_claims(&self) -> Value {
        claims_of(&self.id)
    }

    /// What the access token says.
    pub fn access_claims(&self) -> Value {
        claims_of(&self.access)
    }
}
