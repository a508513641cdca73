//! `guichet check-config`: whether the configuration is fine, and what it makes Guichet use. Secrets aren't shown.

use std::path::Path;

use url::Url;

use crate::config::{Config, Declared, EXAMPLE};
use crate::mail::{self, Carrier};
use crate::{relying_party, store};

use super::{Failure, tell};

/// What `guichet check-config` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the documented configuration, every key with its default
    #[arg(long)]
    example: bool,
}

/// Reads the configuration, or prints the example.
pub(super) async fn run(arguments: &Arguments, file: Option<&Path>) -> Result<(), Failure> {
    if arguments.example {
        tell(EXAMPLE.trim_end());
        return Ok(());
    }
    let config = Config::read(file)?;
    let declared = Declared::read(&config).await?;
    match file {
        Some(file) => tell(format!("The configuration {} is fine.", file.display())),
        None => tell("There is no configuration file; the defaults, with the environment over them, are fine."),
    }
    tell(format!("  issuer           {}", config.issuer));
    tell(format!("  listens on       {}", config.listen));
    tell(format!(
        "  certificate      {}",
        config.tls.files().map_or("none, plain HTTP".to_owned(), |(file, _)| file.display().to_string())
    ));
    tell(format!("  database         {}", database(&config.store)));
    tell(format!("  master key       {}", config.secrets.master_key_file.display()));
    tell(format!("  key rotation     {}", config.keys.rotate_every));
    tell(format!("  trusted proxies  {}", listed(config.http.trusted_proxies.iter().map(ToString::to_string))));
    tell(format!("  access log       {}", if config.log.access { "on" } else { "off" }));
    tell(format!("  policies         {}", policies(&config, &declared)));
    tell(format!("  mail             {}", carrier(&config.mail)));
    tell(format!("  relying parties  {}", listed(config.clients.iter().map(client))));
    Ok(())
}

fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn database(settings: &store::Settings) -> String {
    match &settings.url_file {
        Some(path) => format!("the one named in {}", path.display()),
        None => without_password(&settings.url),
    }
}

/// The address as far as it is no secret: PostgreSQL takes a password before the host and in the query.
fn without_password(address: &str) -> String {
    if address.starts_with("sqlite:") {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else { return "an address that can't be read".to_owned() };
    url.set_query(None);
    if url.password().is_some() && url.set_password(Some("…")).is_err() {
        return format!("{}://…", url.scheme());
    }
    url.to_string().replace("%E2%80%A6", "…")
}

fn policies(config: &Config, declared: &Declared) -> String {
    let from = config.policies.as_ref().map_or("built in".to_owned(), |folder| folder.display().to_string());
    let policy = &declared.policy;
    format!("{from}: {} rules, {} e-services", policy.rules().len(), policy.catalogue().iter().count())
}

fn carrier(settings: &mail::Settings) -> String {
    match settings.transport {
        Carrier::File => format!("files in {}", settings.folder.display()),
        Carrier::Smtp => match settings.smtp.port {
            Some(port) => format!("by SMTP to {}, port {port}", settings.smtp.host),
            None => format!("by SMTP to {}", settings.smtp.host),
        },
    }
}

fn client(settings: &relying_party::Settings) -> String {
    let signs = settings.jwks.is_some() || settings.jwks_file.is_some();
    let shares = settings.secret.is_some() || settings.secret_file.is_some();
    let how = match (signs, shares) {
        (true, _) => "with keys",
        (false, true) => "with a secret",
        (false, false) => "public",
    };
    format!("{} ({how})", settings.id)
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_database_is_shown_without_its_password() {
        assert_eq!(without_password("sqlite:guichet.db"), "sqlite:guichet.db");
        assert_eq!(without_password("postgres://u:p%40ss@db.example:5433/g"), "postgres://u:…@db.example:5433/g");
        assert_eq!(without_password("postgres://db.example/g?user=u&password=secret"), "postgres://db.example/g");
        assert_eq!(without_password("p@ss"), "an address that can't be read");
    }
}
