//! `guichet doctor`: looks at everything a server needs, one line each.

mod certificate;
mod chart;
mod data;
mod knock;
mod network;

use std::path::Path;
use std::process::ExitCode;

use crate::config::{Config, Declared};
use crate::mail;

use chart::Chart;

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
            match Declared::read(&config).await {
                Ok(_) => chart.ok("policies", "the rules decide as people reviewed them"),
                Err(refused) => chart.fail("policies", refused),
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
