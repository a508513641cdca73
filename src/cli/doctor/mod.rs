//! `guichet doctor`: looks at everything a server needs, one line each.

mod certificate;
mod data;
mod knock;
mod network;

use std::path::Path;
use std::process::ExitCode;

use crate::config::Config;
use crate::mail;

use super::failure::one_line;
use super::tell;

/// Examines what the configuration names. Answers success unless something would keep a server from working.
pub(super) async fn run(file: Option<&Path>) -> ExitCode {
    let mut chart = Chart::default();
    match Config::read(file) {
        Err(refused) => chart.fail("configuration", refused),
        Ok(config) => {
            match file {
                Some(file) => chart.ok("configuration", format!("{} is fine", file.display())),
                None => chart.ok("configuration", "there is no file; the defaults and the environment are fine"),
            }
            data::examine(&config, &mut chart).await;
            certificate::examine(&config, &mut chart);
            network::examine(&config, &mut chart).await;
            examine_mail(&config, &mut chart).await;
        }
    }
    if chart.has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn examine_mail(config: &Config, chart: &mut Chart) {
    match mail::try_out(&config.mail).await {
        Err(why) => chart.fail("mail", why),
        Ok(()) => match config.mail.transport {
            mail::Carrier::Smtp => chart.ok("mail", format!("{} takes our connection", config.mail.smtp.host)),
            mail::Carrier::File => {
                chart.warn(
                    "mail",
                    format!(
                        "letters become files in {}: nobody gets them unless something sends them",
                        config.mail.folder.display()
                    ),
                );
            }
        },
    }
}

/// What was found, told as it is found.
#[derive(Default)]
struct Chart {
    has_failed: bool,
}

impl Chart {
    /// As it should be.
    fn ok(&mut self, what: &str, words: impl std::fmt::Display) {
        self.line("ok  ", what, words);
    }

    /// A server works, but perhaps not as meant.
    fn warn(&mut self, what: &str, words: impl std::fmt::Display) {
        self.line("warn", what, words);
    }

    /// A server doesn't start or doesn't work.
    fn fail(&mut self, what: &str, words: impl std::fmt::Display) {
        self.has_failed = true;
        self.line("FAIL", what, words);
    }

    #[expect(clippy::unused_self, reason = "a line belongs to a chart")]
    fn line(&self, verdict: &str, what: &str, words: impl std::fmt::Display) {
        tell(format!("{verdict}  {what}: {}", one_line(&words.to_string())));
    }
}
