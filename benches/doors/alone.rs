//! What parts cost alone, measured in a process of their own on the server's core: a bare handler to be asked, and
//! tasks that are done over and over at the request of the process that started this one.

use std::collections::BTreeSet;
use std::io::{BufRead as _, stdin};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderName, header};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::app::{App, Parts};
use guichet::authorization::refresh::{self, Family, SpentRefreshToken};
use guichet::authorization::{self, NewAuthorization, Request, ResponseMode, access_token, code, consent};
use guichet::base::actor::Who;
use guichet::base::ids::AuthorizationId;
use guichet::base::{Actor, Clock, Fault, Secret};
use guichet::config::Config;
use guichet::keys::{Algorithm, MasterKey, TokenType};
use guichet::relying_party::{Claims, Scopes};
use guichet::store::{Store, Tx, View};
use guichet::{access, session};
use josekit::jwk::JwkSet;
use josekit::jws::{ES256, JwsVerifier as _};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::client::{CHALLENGE, REDIRECT_URI, SCOPE, VERIFIER};
use crate::load::CONNECTIONS;
use crate::process::used_here;

/// Something to be done over and over, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// What.
    pub task: Task,
    /// How long.
    pub lasting: Duration,
}

/// Something a door does besides reading and writing HTTP.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Task {
    /// One signature by the keyring, of claims as a service's access token has them.
    Sign(Algorithm),
    /// One verification of the token's signature.
    Verify(String),
    /// The one query of `access`, on a connection that is held.
    Access(AuthorizationId),
    /// One row, committed: an opaque token of a service.
    Commit,
    /// What refreshing asks of the database, beginning with these tokens.
    Refresh {
        /// One for each of those who work at once.
        tokens: Vec<String>,
        /// Whether an opaque access token is written too.
        opaque: bool,
    },
    /// What a code flow in this session asks of the database, from the authorization request to the tokens.
    Flow {
        /// The session's cookie.
        session: String,
    },
}

/// What it came to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Done {
    /// How often it was done.
    pub count: u32,
    /// How long that took.
    pub took: Duration,
    /// How much processor time.
    pub used: Duration,
}

/// Counts what those who work at once have done, until the time is over.
#[derive(Clone)]
struct Count {
    done: Arc<AtomicU32>,
    end: Instant,
}

impl Count {
    fn goes_on(&self) -> bool {
        Instant::now() < self.end
    }

    fn one_more(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn so_far(&self) -> u32 {
        self.done.load(Ordering::Relaxed)
    }
}

/// Serves the bare handler and does jobs until nobody asks any more.
pub fn main(config: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let app = runtime.block_on(open(config))?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    println!("{}", listener.local_addr()?);
    runtime.spawn(async move { axum::serve(listener, bare(&document())).await });
    for line in stdin().lock().lines() {
        let done = runtime.block_on(work(&app, serde_json::from_str(&line?)?))?;
        println!("{}", serde_json::to_string(&done)?);
    }
    Ok(())
}

async fn open(config: &Path) -> Outcome<App> {
    let config = Config::read(Some(config))?;
    let master = MasterKey::load(&config.secrets.master_key_file)?;
    let store = Store::open(&config.store).await?;
    Ok(App::new(Parts { config, store, clock: Clock::System, master, mailbox: None }).await?)
}

/// As long as the documents and answers it is compared with.
fn document() -> Bytes {
    Bytes::from(format!("{{\"document\":\"{}\"}}", "a".repeat(1500)))
}

const JSON: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

/// The least that axum can do: a document that is ready, and a form that is read and answered with it.
fn bare(document: &Bytes) -> Router {
    let (gotten, posted) = (document.clone(), document.clone());
    Router::new().route("/bare", get(async move || (JSON, gotten)).post(async move |_: Bytes| (JSON, posted)))
}

async fn work(app: &App, Job { task, lasting }: Job) -> Outcome<Done> {
    let count = Count { done: Arc::default(), end: Instant::now() + lasting };
    let mut running = JoinSet::new();
    for worker in 0..CONNECTIONS {
        running.spawn(work_alone(app.clone(), task.clone(), (worker, count.clone())));
    }
    let (begun, used, before) = (Instant::now(), used_here()?, count.so_far());
    tokio::time::sleep(lasting).await;
    let done = Done { count: count.so_far() - before, took: begun.elapsed(), used: used_here()?.saturating_sub(used) };
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(done)
}

async fn work_alone(app: App, task: Task, (worker, count): (usize, Count)) -> Outcome<()> {
    match task {
        Task::Sign(alg) => sign(&app, alg, &count),
        Task::Verify(token) => verify(&app, &token, &count),
        Task::Access(sid) => ask_access(&app, sid, &count).await,
        Task::Commit => commit(&app, &count).await,
        Task::Refresh { tokens, opaque } => {
            let token = tokens.get(worker).ok_or("there are too few refresh tokens")?;
            refresh(&app, Secret::presented(token), (opaque, &count)).await
        }
        Task::Flow { session } => flow(&app, &Secret::presented(&session), &count).await,
    }
}

fn sign(app: &App, alg: Algorithm, count: &Count) -> Outcome<()> {
    let claims = serde_json::json!({
        "iss": app.config.issuer,
        "sub": "service",
        "aud": app.config.issuer,
        "client_id": "service",
        "scope": "directory.read",
        "jti": "019a0000-0000-7000-8000-000000000000",
        "iat": 1_763_000_000,
        "exp": 1_763_000_300,
    });
    while count.goes_on() {
        app.keys.sign(alg, TokenType::Access, &claims)?;
        count.one_more();
    }
    Ok(())
}

/// The keyring knows what it has verified before: here every verification is the first.
fn verify(app: &App, token: &str, count: &Count) -> Outcome<()> {
    let (message, signature) = token.rsplit_once('.').ok_or("the token isn't signed")?;
    let signature = URL_SAFE_NO_PAD.decode(signature)?;
    let jwks = JwkSet::from_bytes(app.keys.ring().jwks())?;
    let key = jwks.keys().into_iter().find(|key| key.algorithm() == Some("ES256")).ok_or("no key signs with ES256")?;
    let verifier = ES256.verifier_from_jwk(key)?;
    while count.goes_on() {
        verifier.verify(message.as_bytes(), &signature)?;
        count.one_more();
    }
    Ok(())
}

async fn ask_access(app: &App, sid: AuthorizationId, count: &Count) -> Outcome<()> {
    let done = app.look(async |view| {
        while count.goes_on() {
            access::of_authorization(&mut view.db, sid).await?.ok_or_else(|| missing("the authorization"))?;
            count.one_more();
        }
        Ok(())
    });
    Ok(done.await?)
}

async fn commit(app: &App, count: &Count) -> Outcome<()> {
    let scope = Scopes::known(["directory.read"]);
    while count.goes_on() {
        app.act(by(), async |tx| access_token::issue(tx, None, "service", &scope).await).await?;
        count.one_more();
    }
    Ok(())
}

async fn refresh(app: &App, mut token: Secret, (opaque, count): (bool, &Count)) -> Outcome<()> {
    let done = app.look(async |view| {
        while count.goes_on() {
            let found = refresh::find(&mut view.db, &token).await?.ok_or_else(|| missing("the refresh token"))?;
            token = app.act(by(), async |tx| exchange(tx, &found, opaque).await).await?;
            count.one_more();
        }
        Ok(())
    });
    Ok(done.await?)
}

async fn exchange(tx: &mut Tx, found: &refresh::RefreshToken, opaque: bool) -> Result<Secret, Fault> {
    let sid = found.authorization.sid;
    access::of_authorization(&mut tx.db, sid).await?.ok_or_else(|| missing("the authorization"))?;
    let SpentRefreshToken::For(successor) = refresh::spend(tx, found).await? else {
        return Err(missing("a live refresh token"));
    };
    if opaque {
        access_token::issue(tx, Some(sid), &found.authorization.client, &found.authorization.scope).await?;
    }
    Ok(successor)
}

async fn flow(app: &App, session: &Secret, count: &Count) -> Outcome<()> {
    let done = app.look(async |view| {
        while count.goes_on() {
            let (beginning, request) = asked(view, session).await?;
            let code = app.act(by(), async |tx| {
                let sid = authorization::begin(tx, beginning).await?;
                code::issue(tx, sid, &request, false).await
            });
            let code = code.await?;
            let found = code::find(&mut view.db, &code).await?.ok_or_else(|| missing("the code"))?;
            app.act(by(), async |tx| redeem(tx, found).await).await?;
            count.one_more();
        }
        Ok(())
    });
    Ok(done.await?)
}

/// The queries of the authorization endpoint: the session, the person's access, the consent.
async fn asked(view: &mut View, session: &Secret) -> Result<(NewAuthorization, Request), Fault> {
    let (now, idle) = (Clock::System.now(), view.lives.session_idle);
    let session = session::find(&mut view.db, session, now, idle).await?.ok_or_else(|| missing("the session"))?;
    let membership = session.membership.ok_or_else(|| missing("the company"))?;
    let person = access::of_membership(&mut view.db, membership).await?.ok_or_else(|| missing("the membership"))?;
    let consent =
        consent::standing(&mut view.db, session.account, "web").await?.ok_or_else(|| missing("the consent"))?;
    let request = request();
    let beginning = NewAuthorization {
        session: session.id,
        account: session.account,
        membership: person.membership.id,
        client: consent.client,
        consent: consent.id,
        scope: request.scope.clone(),
        claims: request.claims.clone(),
        acr: session.acr.to_string(),
        amr: session.amr.0,
        auth_time: session.auth_time,
        second_factor_at: session.second_factor_at,
    };
    Ok((beginning, request))
}

fn request() -> Request {
    Request {
        client: "web".to_owned(),
        redirect_uri: REDIRECT_URI.to_owned(),
        response_mode: ResponseMode::Query,
        scope: Scopes::known(SCOPE.split(' ')),
        claims: Claims::default(),
        essential_acr: BTreeSet::new(),
        acr_values: Vec::new(),
        wants_auth_time: false,
        state: Some("state".to_owned()),
        nonce: Some("nonce".to_owned()),
        challenge: Some(CHALLENGE.to_owned()),
        prompt: BTreeSet::new(),
        max_age: None,
        login_hint: None,
        ui_locales: None,
        expected: None,
    }
}

/// What the token endpoint asks and writes for a code.
async fn redeem(tx: &mut Tx, found: code::AuthorizationCode) -> Result<(), Fault> {
    let proof = code::CodeProof { client: "web", redirect_uri: Some(REDIRECT_URI), verifier: Some(VERIFIER) };
    let proven = found.prove(proof).map_err(|_| missing("a proof"))?;
    let code::SpentCode::Now(code) = code::spend(tx, proven).await? else { return Err(missing("a live code")) };
    let sid = code.authorization.sid;
    access::of_authorization(&mut tx.db, sid).await?.ok_or_else(|| missing("the authorization"))?;
    authorization::mark_tokens_issued(tx, sid).await?;
    refresh::begin(tx, Family { sid, until: tx.now + tx.lives.refresh_family, wants_auth_time: false }).await?;
    Ok(())
}

fn by() -> Actor {
    Actor::of(Who::Client("web".to_owned()))
}

fn missing(what: &'static str) -> Fault {
    Fault::broken("a benchmark", format!("{what} is missing"))
}
