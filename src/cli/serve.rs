//! `guichet serve`: the server, until it is told to stop.

use axum::Router;

use crate::app::{App, Parts};
use crate::base::Clock;
use crate::config::Config;
use crate::keys::MasterKey;
use crate::server;
use crate::store::Store;

use super::Failure;
use super::logging::Format;

/// What `guichet serve` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How log lines are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) log_format: Format,
}

/// Serves. What can be refused without touching the database is looked at first.
pub(super) async fn run(config: Config, _arguments: &Arguments) -> Result<(), Failure> {
    let master = MasterKey::load(&config.secrets.master_key_file)?;
    let listener = server::listen(config.listen, &config.tls).await?;
    let store = Store::open(&config.store).await?;
    store.prepare().await?;
    // The port may have been the system's choice.
    let listen = listener.address().unwrap_or(config.listen);
    let (issuer, tls, database) = (config.issuer.clone(), listener.is_secure(), store.kind());
    let app = App::new(Parts { config, store, clock: Clock::System, master, mailbox: None }).await?;
    tracing::info!(issuer, %listen, tls, database, "Guichet serves");
    server::serve(app, listener, Router::new(), server::stopped()).await?;
    tracing::info!("Guichet has stopped");
    Ok(())
}
