//! What the program logs, on standard error: `GUICHET_LOG` says what, and no value in a line can forge another one.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use super::Failure;
use super::failure::is_unprintable;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for machines.
    Json,
}

/// Starts logging; `usual` says what, unless the environment does.
pub(super) fn start(format: Format, usual: &str) -> Result<(), Failure> {
    let wished = std::env::var("GUICHET_LOG").ok().filter(|filter| !filter.is_empty());
    let filter = EnvFilter::try_new(wished.as_deref().unwrap_or(usual)).map_err(|error| {
        Failure::new(
            format!("GUICHET_LOG can't be read ({error})"),
            "write it like `info` or `guichet=debug,sqlx=warn`",
        )
    })?;
    // The lines are made harmless as a whole below; the formatter needs to colour and escape nothing.
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Harmless(io::stderr()));
    match format {
        Format::Text => lines.init(),
        Format::Json => lines.json().init(),
    }
    Ok(())
}

/// A writer of lines. The formatter hands over one event at a time; whatever in it isn't printable is written as JSON
/// would escape it.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(harmless(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn harmless(event: &str) -> String {
    let mut line = String::with_capacity(event.len());
    for c in event.trim_end_matches('\n').chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            c if is_unprintable(c) => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::Harmless;
    use std::io::Write as _;

    #[test]
    fn an_event_is_one_line_whatever_stands_in_its_values() {
        let mut written = Harmless(Vec::new());
        written.write_all("signed in name=eve\r\n2026 INFO all is well \u{1b}[1A\u{9b}2K é\n".as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(written.0).unwrap(),
            "signed in name=eve\\r\\n2026 INFO all is well \\u001b[1A\\u009b2K é\n"
        );
    }
}
