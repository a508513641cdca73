//! `guichet serve`: the server, until it is told to stop.

use std::path::Path;

use axum::Router;

use crate::app::{App, Parts};
use crate::base::{Clock, Fault};
use crate::config::{Config, Declared};
use crate::keys::MasterKey;
use crate::server::{self, ProcessSignal, ServedCertificate, Signals};
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
pub(super) async fn run(file: Option<&Path>, arguments: &Arguments) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let mut access = config.log.access.then(AccessLog::to_standard_output);
    logging::start(arguments.log_format, logging::OF_A_SERVER, access.as_ref())?;
    let watching = async {
        match &mut access {
            Some(access) => access.watch().await,
            None => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        served = serve(config, file) => served,
        never = watching => match never {},
    };
    if let Some(access) = access {
        access.close();
    }
    served
}

/// What can be refused without touching the database is looked at first.
async fn serve(config: Config, file: Option<&Path>) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let master = MasterKey::load(&config.secrets.master_key_file)?;
    let listener = server::listen(config.listen, &config.tls).await?;
    let certificate = listener.certificate();
    let store = Store::open(&config.store).await?;
    store.prepare().await?;
    let app = App::new(Parts { config, store, clock: Clock::System, master, mailbox: None }).await?;
    let stop = async {
        while signals.next().await == ProcessSignal::Reload {
            match reload(&app, file, certificate.as_ref()).await {
                Ok(()) => tracing::info!("relying parties, policies and certificate were read again"),
                Err(why) => tracing::error!(%why, "nothing that was read again is taken up: the old stays in force"),
            }
        }
    };
    server::serve(app.clone(), listener, Router::new(), stop).await?;
    tracing::info!("Guichet has stopped");
    Ok(())
}

/// Takes up what the operator changed, all of it or nothing. What else stands in the configuration counts at the next
/// start.
async fn reload(app: &App, file: Option<&Path>, certificate: Option<&ServedCertificate>) -> Result<(), Failure> {
    let config = Config::read(file)?;
    // A task of its own, so that a policy that casbin panics at takes nothing along.
    let declared = tokio::spawn(async move { Declared::read(&config).await });
    let declared = declared.await.map_err(|error| Fault::broken("reading the policies", error))??;
    let renewed = match certificate {
        Some(certificate) => Some((certificate, certificate.read().await?)),
        None => None,
    };
    app.declare(declared);
    if let Some((certificate, acceptor)) = renewed {
        certificate.take_up(acceptor);
    }
    Ok(())
}
