//! `guichet keys …`: makes the master key; lists, rotates and retires the signing keys.

use std::path::PathBuf;

use serde_json::json;

use crate::audit::{Deed, DeedKind};
use crate::base::{Life, Timestamp};
use crate::config::Config;
use crate::keys::{self, Algorithm, FreshKey, KeyRow, MasterKey, Published, Retired, Stage, Succession};

use super::{Failure, OpenedApp, tell};

/// The commands about keys.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Lists the signing keys; nothing secret is shown
    List,
    /// Publishes a successor of each signing key, which takes over once relying parties have had time to read it
    /// (keys.lead)
    Rotate {
        /// Only of these algorithms: ES256, RS256
        #[arg(value_name = "ALG", value_parser = algorithm)]
        algorithms: Vec<Algorithm>,
        /// Successors sign at once, also those already published. For emergencies: tokens are refused wherever the keys
        /// weren't read again
        #[arg(long)]
        now: bool,
    },
    /// Takes a key out at once, as after a compromise: whatever it signed is refused
    Retire {
        /// The key, as `guichet keys list` names it
        #[arg(value_name = "KID", allow_hyphen_values = true)]
        kid: String,
    },
    /// Makes a master key, in a file that only this user may read
    CreateMaster {
        /// The file; secrets.master_key_file where none is named
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// Does what the command says.
pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => list(OpenedApp::from(config).await?).await,
        Command::Rotate { algorithms, now } => rotate(OpenedApp::from(config).await?, &algorithms, now).await,
        Command::Retire { kid } => retire(&OpenedApp::from(config).await?, &kid).await,
        Command::CreateMaster { file } => {
            let file = file.unwrap_or(config.secrets.master_key_file);
            let key = MasterKey::create(&file)?;
            tell(format!("The master key {} is in {}.", key.fingerprint(), file.display()));
            tell("Keep a copy of the file apart from the database: without it nothing sealed there can be read again.");
            Ok(())
        }
    }
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::named(name).ok_or_else(|| format!("there are {}", Algorithm::ALL.map(Algorithm::name).join(" and ")))
}

async fn list(opened: OpenedApp) -> Result<(), Failure> {
    let keys = opened.look(async |view| Ok((keys::list(&mut view.db).await?, keys::sealed_with(&mut view.db).await?)));
    let (rows, master) = keys.await?;
    match master {
        Some(fingerprint) => tell(format!("Sealed with the master key {fingerprint}.")),
        None => tell("There are no keys yet: the first `guichet serve` makes them."),
    }
    let now = opened.clock.now();
    for row in &rows {
        tell(format!("{}  {}  {}", row.alg.name(), row.kid, in_words(row, now)));
    }
    Ok(())
}

fn in_words(row: &KeyRow, now: Timestamp) -> String {
    match row.stage(now) {
        Stage::Waiting { until } => format!("published since {}, signs from {until}", row.published_at),
        Stage::Signing { since, until: None } => format!("signs since {since}"),
        Stage::Signing { since, until: Some(until) } => format!("signs since {since}, until {until}"),
        Stage::Leaving { since, until } => format!("signs no more since {since}, published until {until}"),
        Stage::Gone { since } => format!("gone since {since}"),
    }
}

async fn rotate(opened: OpenedApp, algorithms: &[Algorithm], at_once: bool) -> Result<(), Failure> {
    let master = opened.master().await?;
    let rows = opened.look(async |view| keys::list(&mut view.db).await).await?;
    for alg in Algorithm::ALL.into_iter().filter(|alg| algorithms.is_empty() || algorithms.contains(alg)) {
        let newest = rows.iter().find(|row| row.alg == alg && row.is_newest());
        let newest = newest.ok_or_else(|| {
            Failure::new(format!("there is no {} key", alg.name()), "start the server, which makes it")
        })?;
        match newest.stage(opened.clock.now()) {
            Stage::Waiting { .. } if at_once => hasten(&opened, newest).await?,
            Stage::Waiting { until } => {
                tell(format!("{}  {}  is published already and signs from {until}.", alg.name(), newest.kid));
            }
            Stage::Signing { .. } | Stage::Leaving { .. } | Stage::Gone { .. } => {
                let fresh = FreshKey::make(alg, &master).await?;
                let lead = if at_once { Life::seconds(0) } else { opened.config.keys.lead };
                succeed(&opened, Succession { fresh: &fresh, replaces: &newest.kid, lead }).await?;
            }
        }
    }
    Ok(())
}

async fn succeed(opened: &OpenedApp, succession: Succession<'_>) -> Result<(), Failure> {
    let (alg, replaces) = (succession.fresh.algorithm(), succession.replaces.to_owned());
    let published = opened.act(async |tx| {
        let published = keys::succeed(tx, succession).await?;
        if let Some(published) = &published {
            tx.record(Deed::new(DeedKind::KeyPublished).subject(&published.kid).details(published)).await?;
        }
        Ok(published)
    });
    match published.await? {
        Some(Published { kid, signs_from, gone_at, .. }) => {
            tell(format!("{}  {kid}  is published and signs from {signs_from}.", alg.name()));
            tell(format!("{}  {replaces}  signs until then, and is published until {gone_at}.", alg.name()));
        }
        None => tell(format!("{}  {replaces}  was given a successor by somebody else just now.", alg.name())),
    }
    Ok(())
}

async fn hasten(opened: &OpenedApp, waiting: &KeyRow) -> Result<(), Failure> {
    let hastened = opened.act(async |tx| {
        let hastened = keys::hasten(tx, waiting).await?;
        if let Some(hastened) = &hastened {
            tx.record(Deed::new(DeedKind::KeyHastened).subject(&waiting.kid).details(hastened)).await?;
        }
        Ok(hastened)
    });
    match hastened.await? {
        Some(_) => tell(format!("{}  {}  signs from now on.", waiting.alg.name(), waiting.kid)),
        None => tell(format!("{}  {}  was changed by somebody else just now.", waiting.alg.name(), waiting.kid)),
    }
    Ok(())
}

async fn retire(opened: &OpenedApp, kid: &str) -> Result<(), Failure> {
    let retired = opened.act(async |tx| {
        let retired = keys::retire(tx, kid).await?;
        if let Retired::Gone { alg, stays } = &retired {
            let detail = json!({ "alg": alg, "stays": stays });
            tx.record(Deed::new(DeedKind::KeyRetired).subject(kid).details(detail)).await?;
        }
        Ok(retired)
    });
    match retired.await? {
        Retired::Gone { alg, stays } => {
            tell(format!("{}  {kid}  is gone: within 5 s every server refuses what it signed.", alg.name()));
            if let Some(stays) = stays {
                tell(format!("{}  {stays}  goes on signing.", alg.name()));
            }
            Ok(())
        }
        Retired::Before(since) => {
            tell(format!("{kid} is gone since {since}."));
            Ok(())
        }
        Retired::Signs { alg, has_successor } => {
            let name = alg.name();
            let successor = if has_successor { "its successor doesn't yet" } else { "it has no successor" };
            let advice = format!("run `guichet keys rotate {name} --now` first");
            Err(Failure::new(format!("{kid} is the key that signs {name}, and {successor}"), &advice))
        }
        Retired::Unknown => {
            Err(Failure::new(format!("there is no key `{kid}`"), "take its name from `guichet keys list`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, KeyRow, Timestamp, algorithm, in_words};

    #[test]
    fn each_stage_is_told_with_its_times() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let row = |signs_until, gone_at| KeyRow {
            kid: "k".to_owned(),
            alg: Algorithm::Es256,
            published_at: at(0),
            signs_from: at(10),
            signs_until,
            gone_at,
        };
        let going = row(Some(at(20)), Some(at(30)));
        assert_eq!(
            in_words(&row(None, None), at(1)),
            "published since 1970-01-01T00:00:00Z, signs from 1970-01-01T00:00:10Z"
        );
        assert_eq!(in_words(&row(None, None), at(11)), "signs since 1970-01-01T00:00:10Z");
        assert_eq!(in_words(&going, at(11)), "signs since 1970-01-01T00:00:10Z, until 1970-01-01T00:00:20Z");
        assert_eq!(
            in_words(&going, at(21)),
            "signs no more since 1970-01-01T00:00:20Z, published until 1970-01-01T00:00:30Z"
        );
        assert_eq!(in_words(&going, at(31)), "gone since 1970-01-01T00:00:30Z");
    }

    #[test]
    fn algorithms_are_named_in_any_case() {
        assert_eq!(algorithm("es256"), Ok(Algorithm::Es256));
        assert_eq!(algorithm("HS256"), Err("there are ES256 and RS256".to_owned()));
    }
}
