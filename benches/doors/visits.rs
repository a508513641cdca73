//! Visits: who comes to a door with what, and what is measured alone on their behalf.

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::base::Place;
use guichet::base::ids::AuthorizationId;
use guichet::keys::Algorithm;

use crate::Outcome;
use crate::alone::Task;
use crate::browser::{Browser, ask};
use crate::client::{Client, SCOPE};
use crate::customers::{Asserts, Collects, Purse, Refreshes, Repeats, SignsIn, Spends};
use crate::door::{Door, Form, Part};
use crate::load::{CONNECTIONS, Customer, Measured, measure};
use crate::wire::Request;
use crate::world::{PERSON, World};

const WEB: Client = Client { id: "web" };
const WEB_RS256: Client = Client { id: "web-rs256" };
const WEB_OPAQUE: Client = Client { id: "web-opaque" };
const SERVICE: Client = Client { id: "service" };
const SERVICE_OPAQUE: Client = Client { id: "service-opaque" };
const RESOURCE_SERVER: Client = Client { id: "resource-server" };

/// What refresh tokens are given for that outlive their session.
const OFFLINE: &str = "openid company rights offline_access";

const SERVICE_ASKS: [(&str, &str); 1] = [("grant_type", "client_credentials")];

/// A person signed in, and what relying parties hold of them.
pub struct Visits {
    browser: Browser,
    signed: String,
    opaque: String,
    services: Purse,
}

impl Visits {
    /// Signs a person in, at every relying party too.
    pub async fn prepare(world: &World) -> Outcome<Self> {
        let mut browser = Browser::at(world.address);
        browser.sign_in(PERSON).await?;
        let signed = browser.tokens(WEB, SCOPE).await?.member("access_token")?.to_owned();
        let opaque = browser.tokens(WEB_OPAQUE, SCOPE).await?.member("access_token")?.to_owned();
        browser.tokens(WEB_RS256, SCOPE).await?;
        Ok(Self { browser, signed, opaque, services: Purse::default() })
    }

    /// Measures a door.
    pub async fn at(&mut self, door: Door, world: &World) -> Outcome<Option<Measured>> {
        let mut customers = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            customers.push(self.customer(door, world).await?);
        }
        measure(&world.server(), customers).await
    }

    async fn customer(&mut self, door: Door, world: &World) -> Outcome<Box<dyn Customer>> {
        Ok(match door {
            Door::Health => repeats(Request::get(Place::Healthz.path()).bytes(), "ok"),
            Door::Discovery => repeats(Request::get(Place::OpenidConfiguration.path()).bytes(), "token_endpoint"),
            Door::Jwks => repeats(Request::get(Place::Jwks.path()).bytes(), "P-256"),
            Door::LoginPage => repeats(self.stranger(world).await?, "login-submit"),
            Door::ClientCredentials(Form::Signed) => Box::new(Collects {
                request: SERVICE.post(Place::Token.path(), &SERVICE_ASKS),
                purse: self.services.clone(),
            }),
            Door::ClientCredentials(Form::Opaque) => {
                repeats(SERVICE_OPAQUE.post(Place::Token.path(), &SERVICE_ASKS), "access_token")
            }
            Door::PrivateKeyJwt => Box::new(Asserts::of(world)?),
            Door::Introspection(form) => {
                let request = RESOURCE_SERVER.post(Place::Introspect.path(), &[("token", self.token(form))]);
                repeats(request, "\"active\":true")
            }
            Door::UserInfo(form) => {
                let bearer = format!("Bearer {}", self.token(form));
                repeats(Request::get(Place::UserInfo.path()).with("authorization", &bearer).bytes(), "company")
            }
            Door::Refresh(Form::Signed) => Box::new(Refreshes { client: WEB, token: self.refresh_token(WEB).await? }),
            Door::Refresh(Form::Opaque) => {
                Box::new(Refreshes { client: WEB_OPAQUE, token: self.refresh_token(WEB_OPAQUE).await? })
            }
            Door::CodeFlow(Algorithm::Es256) => self.signs_in(WEB),
            Door::CodeFlow(Algorithm::Rs256) => self.signs_in(WEB_RS256),
            Door::Revocation => {
                Box::new(Spends { client: SERVICE, place: Place::Revoke, purse: self.services.clone() })
            }
        })
    }

    /// A browser that was here before, and in which nobody is signed in.
    async fn stranger(&self, world: &World) -> Outcome<Bytes> {
        let mut browser = Browser::at(world.address);
        browser.get(Place::Login.path()).await?.expect(200)?;
        Ok(browser.request(Place::Login.path()).bytes())
    }

    fn signs_in(&self, client: Client) -> Box<dyn Customer> {
        Box::new(SignsIn { client, ask: self.browser.request(&ask(client, SCOPE)).bytes(), code: None })
    }

    fn token(&self, form: Form) -> &str {
        match form {
            Form::Signed => &self.signed,
            Form::Opaque => &self.opaque,
        }
    }

    async fn refresh_token(&mut self, client: Client) -> Outcome<String> {
        Ok(self.browser.tokens(client, OFFLINE).await?.member("refresh_token")?.to_owned())
    }

    /// Measures a part alone.
    pub async fn alone(&mut self, part: Part, world: &mut World) -> Outcome<Option<Measured>> {
        let task = match part {
            Part::Get => return bare(world, &Request::get("/bare").bytes()).await,
            Part::Post => return bare(world, &SERVICE.post("/bare", &SERVICE_ASKS)).await,
            Part::Es256 => Task::Sign(Algorithm::Es256),
            Part::Rs256 => Task::Sign(Algorithm::Rs256),
            Part::Verify => Task::Verify(self.signed.clone()),
            Part::Access => Task::Access(authorization_of(&self.signed)?),
            Part::Commit => Task::Commit,
            Part::Refresh => Task::Refresh { tokens: self.refresh_tokens(WEB).await?, opaque: false },
            Part::RefreshOpaque => Task::Refresh { tokens: self.refresh_tokens(WEB_OPAQUE).await?, opaque: true },
            Part::Flow => Task::Flow { session: self.browser.cookie("guichet_session")?.to_owned() },
        };
        world.alone(task)
    }

    async fn refresh_tokens(&mut self, client: Client) -> Outcome<Vec<String>> {
        let mut tokens = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            tokens.push(self.refresh_token(client).await?);
        }
        Ok(tokens)
    }
}

fn repeats(request: Bytes, holds: &'static str) -> Box<dyn Customer> {
    Box::new(Repeats { request, holds })
}

async fn bare(world: &World, request: &Bytes) -> Outcome<Option<Measured>> {
    let customers = (0..CONNECTIONS).map(|_| repeats(request.clone(), "document")).collect();
    measure(&world.bare(), customers).await
}

/// The `sid` of a signed token.
fn authorization_of(token: &str) -> Outcome<AuthorizationId> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap_or_default())?;
    let claims: serde_json::Value = serde_json::from_slice(&claims)?;
    Ok(claims["sid"].as_str().ok_or("the token has no sid")?.parse()?)
}
