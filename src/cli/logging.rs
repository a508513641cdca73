//! What the program logs, on standard error: `GUICHET_LOG` says what. The access log goes elsewhere (`access_log`).

use std::io;

use clap::ValueEnum;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Failure;
use super::access_log::AccessLog;
use super::harmless::Harmless;

/// What a server tells unless told otherwise: what it does. Its timetable's scheduler has nothing to say but what is
/// wrong.
pub(super) const OF_A_SERVER: &str = "info,tokio_cron_scheduler=warn";

/// What other commands tell unless told otherwise: what is wrong.
pub(super) const OF_A_COMMAND: &str = "warn";

/// The target of the access log's lines.
const ACCESS: &str = "guichet::access";

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for machines.
    Json,
}

/// Starts logging; `usual` says what, unless the environment does. The access log is switched by the configuration
/// alone.
pub(super) fn start(format: Format, usual: &str, access: Option<&AccessLog>) -> Result<(), Failure> {
    let wished = std::env::var("GUICHET_LOG").ok().filter(|filter| !filter.is_empty());
    let filter = EnvFilter::try_new(wished.as_deref().unwrap_or(usual)).map_err(|error| {
        Failure::new(
            format!("GUICHET_LOG can't be read ({error})"),
            "write it like `info` or `guichet=debug,sqlx=warn`",
        )
    })?;
    let is_access = filter_fn(|about| about.target() == ACCESS);
    let ordinary = lines(format, || Harmless(io::stderr())).with_filter(filter.and(is_access.clone().not()));
    let access = access.map(|access| lines(format, access.lines()).with_filter(is_access));
    tracing_subscriber::registry().with(ordinary).with(access).init();
    Ok(())
}

/// The lines are made harmless as a whole where they are written; the formatter needs to colour and escape nothing.
fn lines<S, W>(format: Format, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    match format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().boxed(),
    }
}
