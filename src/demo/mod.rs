//! The demonstration: a small world of companies and people in an embedded database, a mailbox to read and a clock to
//! move. It listens on loopback only.

mod cells;
mod conformance;
mod doors;
pub mod mailbox;
mod staff;
mod world;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::access::SecondFactor;
use crate::app::{App, CannotStart, Parts};
use crate::base::{Clock, Dice, Networks, Place};
use crate::config::{self, Config, Tls};
use crate::keys::MasterKey;
use crate::mail::Mailbox;
use crate::store::{self, Store};
use crate::{limits, outbound, server};

pub use conformance::{NotASuite, Suite};
pub use world::{NEW_PASSWORD, PASSWORD, Persona, build, clients, personas};

/// What the demonstration can be told.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Where the provider listens.
    pub listen: SocketAddr,
    /// Where the sample portal listens, for its redirect URI.
    pub portal: SocketAddr,
    /// Where the data is kept; without one, in a temporary folder that goes when the demonstration stops.
    pub data: Option<PathBuf>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Networks,
    /// The address people reach it at, where a proxy stands before it.
    pub issuer: Option<String>,
    /// The conformance suite whose clients it knows.
    pub suite: Option<Suite>,
}

/// A demonstration ready to serve.
pub struct Demo {
    app: App,
    listener: server::Listener,
    folder: PathBuf,
    is_temporary: bool,
}

impl Demo {
    /// Builds the world and listens.
    pub async fn prepare(options: &DemoOptions) -> Result<Self, CannotStart> {
        for address in [options.listen, options.portal] {
            if !address.ip().is_loopback() {
                let advice =
                    "its passwords are public, so it listens on loopback only: name an address like 127.0.0.1:8080";
                return Err(CannotStart::Settings(format!("the demonstration can't listen on {address}: {advice}")));
            }
        }
        let listener = server::listen(options.listen, &Tls::default()).await?;
        let folder = folder(options.data.as_deref())?;
        // The port may have been the system's choice.
        let listen = listener.address().unwrap_or(options.listen);
        let app = open(options, listen, &folder).await?;
        build(&app).await?;
        Ok(Self { app, listener, folder, is_temporary: options.data.is_none() })
    }

    /// Who can sign in, and where their mail arrives.
    pub fn introduction(&self) -> Result<String, CannotStart> {
        let personas = personas()?;
        let staff = staff::members()?;
        let people = || {
            personas.iter().map(|one| (&one.login, &one.about)).chain(staff.iter().map(|one| (&one.login, &one.about)))
        };
        let widest = people().map(|(login, _)| login.chars().count()).max().unwrap_or_default();
        let mut text = format!(
            "Guichet's demonstration is at {}. Who can sign in, all with the password {PASSWORD}:\n\n",
            self.issuer()
        );
        for persona in &personas {
            let _ = writeln!(text, "  {:widest$}  {}", persona.login, persona.about);
            if let Some(seed) = &persona.seed {
                let _ = writeln!(text, "  {:widest$}  the app's key: {seed}", "");
            }
        }
        // The policy would refuse the password of all.
        let _ = writeln!(text, "\nWhoever chooses a password takes one like {NEW_PASSWORD}.");
        let _ = writeln!(text, "Mails arrive at {}{}.", self.issuer(), Place::DemoMailbox.path());
        Ok(text)
    }

    /// The address people reach it at.
    pub fn issuer(&self) -> &str {
        &self.app.config.issuer
    }

    /// Serves until `stop` answers.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), CannotStart> {
        let doors = doors::routes(&self.app);
        let served = server::serve(self.app, self.listener, doors, stop).await;
        if self.is_temporary
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(%error, folder = %self.folder.display(), "the temporary folder stays");
        }
        served
    }
}

async fn open(options: &DemoOptions, listen: SocketAddr, folder: &Path) -> Result<App, CannotStart> {
    let key = folder.join("guichet.key");
    let master = if key.exists() { MasterKey::load(&key)? } else { MasterKey::create(&key)? };
    let mut config = Config {
        issuer: options.issuer.clone().unwrap_or_else(|| format!("http://localhost:{}", listen.port())),
        listen,
        store: store::Settings {
            url: format!("sqlite:{}", folder.join("guichet.db").display()),
            ..store::Settings::default()
        },
        http: config::Http { trusted_proxies: options.trusted_proxies.clone() },
        // Everybody who tries it comes from this machine.
        limits: limits::Settings {
            network: 1_000_000,
            client: 1_000_000,
            challenge: 1_000_000,
            ..limits::Settings::default()
        },
        clients: clients(options.portal.port())?,
        // Whoever tries it has no second factor at hand.
        staff: config::StaffSettings { second_factor: SecondFactor::Optional, ..config::StaffSettings::default() },
        outbound: outbound::Settings {
            allow: Networks::parse("127.0.0.0/8 ::1").map_err(|error| CannotStart::Settings(error.to_string()))?,
        },
        ..Config::default()
    };
    if let Some(suite) = &options.suite {
        config.clients.extend(suite.clients()?);
    }
    config.check().map_err(|refused| CannotStart::Settings(refused.to_string()))?;
    let store = Store::open(&config.store).await?;
    store.prepare().await?;
    App::new(Parts { config, store, clock: Clock::movable(), master, mailbox: Some(Mailbox::default()) }).await
}

fn folder(wished: Option<&Path>) -> Result<PathBuf, CannotStart> {
    let folder = match wished {
        Some(folder) => folder.to_owned(),
        None => std::env::temp_dir().join(format!("guichet-demo-{}", &Dice.secret()?.expose()[..12])),
    };
    std::fs::create_dir_all(&folder).map_err(|error| {
        CannotStart::Settings(format!(
            "the folder {} can't be made ({error}): name another one with --data",
            folder.display()
        ))
    })?;
    Ok(folder)
}
