//! `guichet doctor`: looks at everything a server needs, one line each.

mod certificate;
mod chart;
mod data;
mod knock;
mod network;

use std::path::Path;
use std::process::ExitCode;

use crate::config::{Config, Declared};
use crate::mail::{self, Carrier};

use chart::Chart;
use chart::Finding::{self, Fail, Fine, Warn};

/// Examines what the configuration names. Answers success unless something would keep a server from working.
pub(super) async fn run(file: Option<&Path>) -> ExitCode {
    let mut chart = Chart::default();
    match Config::read(file) {
        Err(refused) => chart.add("configuration", Fail(refused.to_string())),
        Ok(config) => {
            chart.add("configuration", Fine(of_file(file)));
            chart.add("policies", policies(&config).await);
            data::examine(&config, &mut chart).await;
            certificate::examine(&config, &mut chart);
            network::examine(&config, &mut chart).await;
            chart.add("mail", mail(&config).await);
        }
    }
    if chart.has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn of_file(file: Option<&Path>) -> String {
    match file {
        Some(file) => format!("{} is fine", file.display()),
        None => "there is no file; the defaults and the environment are fine".to_owned(),
    }
}

async fn policies(config: &Config) -> Finding {
    match Declared::read(config).await {
        Ok(_) => Fine("the rules decide as people reviewed them".to_owned()),
        Err(refused) => Fail(refused.to_string()),
    }
}

async fn mail(config: &Config) -> Finding {
    let (host, folder) = (&config.mail.smtp.host, config.mail.folder.display());
    match (mail::try_out(&config.mail).await, config.mail.transport) {
        (Err(why), _) => Fail(why),
        (Ok(()), Carrier::Smtp) => Fine(format!("{host} takes our connection")),
        (Ok(()), Carrier::File) => {
            Warn(format!("letters become files in {folder}: nobody gets them unless something sends them"))
        }
    }
}
