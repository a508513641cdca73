//! `guichet demo`: the demonstration without the sample portal, and who can sign in.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::base::Networks;
use crate::demo::{Demo, DemoOptions, Suite};
use crate::server;

use super::{Failure, tell};

/// What `guichet demo` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where the provider listens
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where the sample portal will listen, for its redirect URI
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDRESS")]
    portal_listen: SocketAddr,
    /// The folder to keep its data in; without one nothing is kept
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A proxy whose X-Forwarded-For is believed, as an address or network; may be given again
    #[arg(long, value_name = "NET")]
    trusted_proxy: Vec<String>,
    /// The address people reach it at, where a proxy stands before it [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Knows the clients of the conformance suite at that address, and prints the configuration of its test plans
    #[arg(long, value_name = "BASE_URL")]
    conformance: Option<String>,
}

/// Serves the demonstration until it is told to stop.
pub(super) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let trusted_proxies = Networks::parse(&arguments.trusted_proxy.join(","))
        .map_err(|error| Failure::new("--trusted-proxy can't be read", &error.to_string()))?;
    let suite = arguments.conformance.as_deref().map(Suite::at).transpose();
    let suite = suite.map_err(|error| Failure::new("--conformance can't be read", &error.to_string()))?;
    let options = DemoOptions {
        listen: arguments.listen,
        portal: arguments.portal_listen,
        data: arguments.data.clone(),
        trusted_proxies,
        issuer: arguments.issuer.clone(),
        suite,
    };
    let stopped = server::stopped();
    let demo = Demo::prepare(&options).await?;
    tell(demo.introduction()?);
    if let Some(suite) = &options.suite {
        tell(suite.briefing(demo.issuer())?);
    }
    tell("`cargo run --example portal` starts a portal with it. Stop with Ctrl-C.");
    tell(format!("Open {}", demo.issuer()));
    Ok(demo.serve(stopped).await?)
}
