//! The sample relying party: a customer portal that signs people in through Guichet and shows what their rights allow.
//! Only this file may call into the crate; the portal's modules know the provider by its public HTTP alone.

mod app;
mod certificates;
mod claims;
mod clock;
mod cookies;
mod dashboard;
mod database;
mod format;
mod guard;
mod invoice_pdf;
mod invoices;
mod language;
mod orders;
mod pages;
mod pdf;
mod provider;
mod refusals;
mod rights;
mod secret;
mod session;
mod sign_in;
mod sign_out;
mod tickets;
mod words;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::net::TcpListener;
use url::Url;

use crate::app::{Portal, Settings};

/// Starts Guichet with its demo world and a sample portal that signs in through it.
#[derive(Parser)]
#[command(name = "portal")]
struct Options {
    /// Where the provider listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the portal listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    portal_listen: SocketAddr,
    /// Keeps the data of both here; without it everything is forgotten at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A proxy's network, whose forwarded addresses the provider believes
    #[arg(long, value_name = "NET")]
    trusted_proxy: Vec<String>,
    /// Uses this running provider and starts none
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portal: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let address = options.portal_listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("can't listen on {address}: {error}. Choose another address with --portal-listen."))?;
    let issuer = provider(&options).await?;
    let settings = Settings {
        issuer,
        client_id: "portal".into(),
        client_secret: "portal-secret".into(),
        base: Url::parse(&format!("http://localhost:{}/", listener.local_addr()?.port()))?,
        recheck: Duration::from_mins(1),
    };
    if let Some(directory) = &options.data {
        std::fs::create_dir_all(directory).map_err(|error| format!("can't create {}: {error}", directory.display()))?;
    }
    let database = database::open(options.data.as_deref()).await?;
    println!("The portal is at {}", settings.base);
    Portal::new(settings, database)?.serve(listener, interrupted()).await?;
    Ok(())
}

/// The provider's issuer: that of a running one, or of the demo started here.
#[expect(clippy::unused_async, reason = "starting the demo provider will wait for its listener")]
async fn provider(options: &Options) -> Result<String, Box<dyn Error>> {
    match &options.issuer {
        Some(issuer) => Ok(issuer.clone()),
        None => Err(format!("start a provider and name it with --issuer, such as http://localhost:{}", options.listen.port()).into()),
    }
}

async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}
