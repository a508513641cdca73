//! The sample relying party: a customer portal that signs people in through Guichet and shows what their rights allow.
//! Only this file may call into the crate; the portal's modules know the provider by its public HTTP alone.

mod app;
mod certificates;
mod clock;
mod cookies;
mod dashboard;
mod database;
mod invoices;
mod layout;
mod local_path;
mod orders;
mod provider;
mod rights;
mod routes;
mod secret;
mod settings;
mod sign_in;
mod tickets;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use guichet::base::Networks;
use guichet::demo::Demo;
use guichet::server::stopped;
use tokio::net::TcpListener;
use url::Url;

use crate::app::Portal;
use crate::settings::Settings;

/// The program's own: hashes of passwords need much memory for a moment, which the system's keeps for good.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    // The port may have been the system's choice.
    let address = listener.local_addr()?;
    let demo = demo(&options, address).await?;
    let issuer = match (&demo, &options.issuer) {
        (Some(demo), _) => demo.issuer().to_owned(),
        (None, Some(issuer)) => issuer.clone(),
        (None, None) => return Err("name a running provider with --issuer".into()),
    };
    let settings = Settings {
        issuer,
        client_id: "portal".into(),
        client_secret: "portal-secret".into(),
        base: Url::parse(&format!("http://localhost:{}/", address.port()))?,
        recheck: Duration::from_mins(1),
        // The demonstration's clock can be moved.
        ahead: demo.is_none().then_some(Duration::from_mins(1)),
    };
    if let Some(directory) = &options.data {
        std::fs::create_dir_all(directory).map_err(|error| format!("can't create {}: {error}", directory.display()))?;
    }
    let database = database::open(options.data.as_deref()).await?;
    if let Some(demo) = &demo {
        println!("{}", demo.introduction()?);
    }
    println!("The portal is at {}. Stop with Ctrl-C.", settings.base);
    let portal = Portal::new(settings, database)?;
    match demo {
        Some(demo) => {
            let (portal, provider) = tokio::join!(routes::serve(portal, listener, stopped()), demo.serve(stopped()));
            provider?;
            Ok(portal?)
        }
        None => Ok(routes::serve(portal, listener, stopped()).await?),
    }
}

/// The demonstration's provider, unless a running one is named.
async fn demo(options: &Options, portal: SocketAddr) -> Result<Option<Demo>, Box<dyn Error>> {
    if options.issuer.is_some() {
        return Ok(None);
    }
    let trusted_proxies = Networks::parse(&options.trusted_proxy.join(","))?;
    let demo = guichet::demo::DemoOptions {
        listen: options.listen,
        portal,
        data: options.data.clone(),
        trusted_proxies,
        issuer: None,
        suite: None,
    };
    Ok(Some(Demo::prepare(&demo).await?))
}
