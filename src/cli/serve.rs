//! `guichet serve`: the server, until it is told to stop.

use axum::Router;

use crate::app::{App, Parts};
use crate::base::Clock;
use crate::config::Config;
use crate::keys::MasterKey;
use crate::server;
use crate::store::Store;

use super::Failure;
use super::access_log::AccessLog;
use super::logging::{self, Format};

/// What `guichet serve` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How log lines are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) log_format: Format,
}

/// Serves, and logs what it does.
pub(super) async fn run(config: Config, arguments: &Arguments) -> Result<(), Failure> {
    let mut access = config.log.access.then(AccessLog::to_standard_output);
    logging::start(arguments.log_format, logging::OF_A_SERVER, access.as_ref())?;
    let watching = async {
        match &mut access {
            Some(access) => access.watch().await,
            None => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        served = serve(config) => served,
        never = watching => match never {},
    };
    if let Some(access) = access {
        access.close();
    }
    served
}

/// What can be refused without touching the database is looked at first.
async fn serve(config: Config) -> Result<(), Failure> {
    let master = MasterKey::load(&config.secrets.master_key_file)?;
    let listener = server::listen(config.listen, &config.tls).await?;
    let store = Store::open(&config.store).await?;
    store.prepare().await?;
    let app = App::new(Parts { config, store, clock: Clock::System, master, mailbox: None }).await?;
    server::serve(app, listener, Router::new(), server::stopped()).await?;
    tracing::info!("Guichet has stopped");
    Ok(())
}
