//! A world per test: its own database with the demonstration's people in it, a clock to move, a mailbox to read,
//! and the real router, called in this process. Tests say what people and relying parties do; only this module knows
//! how.

mod aftermath;
mod answer;
mod ask;
pub mod at_once;
mod authenticator;
mod browser;
mod causes;
mod database;
mod keys;
mod log;
mod page;
mod passkey;
mod receiver;
mod relying_party;
mod seed;
mod tokens;
pub mod upstream;
pub mod wire;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use guichet::access::SecondFactor;
use guichet::account::password;
use guichet::app::{App, CannotStart, Parts};
use guichet::base::{Clock, Life};
use guichet::config::{Config, StaffSettings};
use guichet::{demo, mail, server, store};

use aftermath::Aftermath;
pub use answer::Answer;
pub use ask::{Ask, STATE, VERIFIER};
pub use authenticator::{Authenticator, recovery_codes};
pub use browser::Browser;
pub use causes::Cause;
pub use database::{Database, Kind, left_out, write_master_key};
pub use keys::{Assertion, public_key, sign};
pub use log::Log;
pub use passkey::{Passkey, Settled};
pub use receiver::{Receiver, Reply};
pub use relying_party::{Code, JWT_BEARER, RelyingParty, Tokens};
pub use seed::Seed;
pub use tokens::{claims_of, forge, header_of, signing_input};

/// What everybody signs in with.
pub const PASSWORD: &str = demo::PASSWORD;

/// Where the provider says it is. Nothing listens there: requests go to the router directly.
pub const ISSUER: &str = "http://localhost:8080";

/// Argon2 at the least it can cost.
pub const CHEAP: password::Settings =
    password::Settings { refused_file: None, memory_kib: 8, passes: 1, lanes: 1, at_once: 2 };

/// Further relying parties, for what the demonstration's don't show.
const MORE_CLIENTS: &str = include_str!("clients.toml");

/// Writes a rule once and proves it on both databases.
macro_rules! both {
    ($(#[doc = $doc:literal])* async fn $name:ident($world:ident $(behind $path:literal)?) $body:block) => {
        $(#[doc = $doc])*
        async fn $name($world: $crate::world::World) $body

        mod $name {
            use $crate::world::{Kind, World};

            async fn run(kind: Kind) {
                let Some(world) = World::behind(kind, concat!("" $(, $path)?)).await else { return };
                let afterwards = world.afterwards();
                super::$name(world).await;
                afterwards.assert_clean().await;
            }

            #[tokio::test]
            async fn sqlite() {
                run(Kind::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                run(Kind::Postgres).await;
            }
        }
    };
}
pub(crate) use both;

/// A database, and the server that most tests need only one of.
pub struct World {
    inner: Arc<Inner>,
}

struct Inner {
    server: Server,
    database: Database,
    aftermath: Arc<Aftermath>,
    /// Whether what it leaves behind was looked at.
    seen: AtomicBool,
}

impl Deref for World {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.inner.server
    }
}

impl World {
    /// A fresh world; none where there is no such database here.
    pub async fn on(kind: Kind) -> Option<Self> {
        Self::behind(kind, "").await
    }

    /// The same, whose issuer has a path.
    pub async fn behind(kind: Kind, path: &str) -> Option<Self> {
        let database = Database::fresh(kind).await?;
        let aftermath = Aftermath::here();
        let server = Server::start(&database, Clock::movable(), |config| config.issuer += path).await.of(&aftermath);
        let inner = Inner { server, database, aftermath, seen: AtomicBool::new(false) };
        Some(Self { inner: Arc::new(inner) })
    }

    /// Another server on the same database, with pools, keys and caches of its own. Both tell the same time.
    pub async fn second_server(&self) -> Server {
        self.server_with(|_| {}).await
    }

    /// A server on the same database whose operator wrote something else into its configuration.
    pub async fn server_with(&self, change: impl FnOnce(&mut Config)) -> Server {
        Server::start(self.database(), self.app.clock.clone(), change).await.of(&self.inner.aftermath)
    }

    /// Why another server couldn't start on this database.
    pub async fn cannot_start(&self) -> Option<CannotStart> {
        Server::try_start(self.database(), self.app.clock.clone(), |_| {}).await.err()
    }

    /// The database, for what no door does yet.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }
}

/// A server.
pub struct Server {
    /// What its requests reach.
    pub app: App,
    router: Router,
    aftermath: Option<Arc<Aftermath>>,
}

impl Server {
    async fn start(database: &Database, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        Self::try_start(database, clock, change).await.unwrap()
    }

    async fn try_start(
        database: &Database,
        clock: Clock,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, CannotStart> {
        let mut config = configuration(database.url());
        change(&mut config);
        let store = store::Store::open(&config.store).await.unwrap();
        store.prepare().await.unwrap();
        let master = database::master_key();
        let mailbox = Some(mail::Mailbox::default());
        let app = App::new(Parts { config, store, clock, master, mailbox }).await?;
        let router = server::router(&app, Router::new());
        Ok(Self { app, router, aftermath: None })
    }

    /// As a server of that world.
    fn of(self, aftermath: &Arc<Aftermath>) -> Self {
        Self { aftermath: Some(Arc::clone(aftermath)), ..self }
    }

    /// What answers its requests.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// A browser that has never been here, on the machine at 127.0.0.1.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), self.app.config.issuer.clone(), self.aftermath.clone())
    }

    /// A browser in which that person is signed in.
    pub async fn signed_in(&self, who: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(who, PASSWORD).await;
        assert_eq!(answer.status(), 303, "{who} can't sign in: {}", answer.text());
        browser
    }

    /// A browser that was at another server before, as a load balancer sends it here.
    pub fn taking_over(&self, browser: &Browser) -> Browser {
        browser.clone().at(self.router.clone())
    }

    /// A relying party.
    pub fn client(&self, id: &str) -> RelyingParty {
        RelyingParty::new(self.browser(), id)
    }

    /// Time passes.
    pub fn advance(&self, by: &str) {
        self.app.clock.advance(Life::parse(by).unwrap());
    }

    /// The last mail to somebody, and the path of the link its button leads to.
    pub async fn last_mail(&self, who: &str) -> (mail::Sent, String) {
        let to = login(who);
        let mail =
            self.mails().await.into_iter().rfind(|mail| mail.to == to).unwrap_or_else(|| panic!("no mail to {to}"));
        let path = mail.links.first().and_then(|link| link.strip_prefix(ISSUER)).unwrap_or_default().to_owned();
        (mail, path)
    }

    /// The mails sent so far, those due now included.
    pub async fn mails(&self) -> Vec<mail::Sent> {
        guichet::jobs::run_due(&self.app).await.unwrap();
        self.app.mailbox.as_ref().unwrap().letters()
    }
}

/// The configuration of every world.
pub fn configuration(url: &str) -> Config {
    #[derive(serde::Deserialize)]
    struct File {
        clients: Vec<guichet::relying_party::Settings>,
    }
    let mut clients = demo::clients(8090).unwrap();
    clients.extend(toml::from_str::<File>(MORE_CLIENTS).unwrap().clients);
    clients.extend(keys::clients());
    Config {
        issuer: ISSUER.to_owned(),
        store: store::Settings { url: url.to_owned(), connections: 8, ..store::Settings::default() },
        password: CHEAP,
        staff: StaffSettings { second_factor: SecondFactor::Optional, ..StaffSettings::default() },
        clients,
        ..Config::default()
    }
}

/// The name that a person of the demonstration signs in with.
pub fn login(who: &str) -> String {
    let domain = match who {
        _ if who.contains('@') => return who.to_owned(),
        "fanny" | "hugo" => "petit",
        "gilles" => "nouveau",
        "lea" => "bloquee",
        "ines" => "compta",
        "carole" | "sam" | "suzy" | "oscar" => "guichet",
        _ => "durand",
    };
    format!("{who}@{domain}.example")
}
