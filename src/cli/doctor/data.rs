//! The master key, the database, the signing keys in it, and the clock against what was written there.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::audit::{self, About, Filter};
use crate::base::{Clock, Fault, Life, Timestamp};
use crate::cli::OpenedApp;
use crate::config::Config;
use crate::jobs::{self, JobState};
use crate::keys::{self, Algorithm, KeyRow, MasterKey, Stage};
use crate::store::{CannotOpen, SCHEMA, Store};

use super::Chart;

/// Examines the data and what it is sealed with.
pub(super) async fn examine(config: &Config, chart: &mut Chart) {
    let master = master_key(&config.secrets.master_key_file, chart);
    let Some(store) = database(config, chart).await else { return };
    let opened = OpenedApp { config: config.clone(), store, clock: Clock::System };
    if let Err(fault) = contents(&opened, master.as_ref(), chart).await {
        chart.fail("database", format!("it can't be read ({fault}): see that the same release migrated it"));
    }
    opened.store.close().await;
}

fn master_key(file: &Path, chart: &mut Chart) -> Option<MasterKey> {
    let key = MasterKey::load(file).inspect_err(|cannot| chart.fail("master key", cannot)).ok()?;
    let others = std::fs::metadata(file).map(|metadata| metadata.mode() & 0o077).unwrap_or_default();
    if others == 0 {
        chart.ok("master key", format!("{} in {}", key.fingerprint(), file.display()));
    } else {
        chart.warn("master key", format!("it isn't its owner's alone: run `chmod 600 {}`", file.display()));
    }
    Some(key)
}

/// The database, where its schema is this program's.
async fn database(config: &Config, chart: &mut Chart) -> Option<Store> {
    match reach(config).await {
        Err(cannot) => chart.fail("database", cannot),
        Ok(Reached::Missing(file)) => {
            chart.warn("database", format!("{file} doesn't exist yet: the first `guichet serve` makes it"));
        }
        Ok(Reached::Older(found)) => {
            chart.warn(
                "database",
                format!("it has schema {found}, this program {SCHEMA}: the next `guichet serve` migrates it"),
            );
        }
        Ok(Reached::Ready(store)) => {
            chart.ok("database", format!("{} answers, schema {SCHEMA}", store.kind()));
            return Some(store);
        }
    }
    None
}

enum Reached {
    Missing(String),
    Older(i64),
    Ready(Store),
}

async fn reach(config: &Config) -> Result<Reached, CannotOpen> {
    let embedded = config.store.file()?;
    if let Some(file) = &embedded
        && !file.exists()
        && folder_of(file).is_dir()
    {
        return Ok(Reached::Missing(file.display().to_string()));
    }
    let store = Store::open(&config.store).await?;
    match store.schema().await? {
        found if found >= SCHEMA => Ok(Reached::Ready(store)),
        found if embedded.is_some() => Ok(Reached::Older(found)),
        found => Err(CannotOpen::NotMigrated { found, known: SCHEMA }),
    }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

async fn contents(opened: &OpenedApp, master: Option<&MasterKey>, chart: &mut Chart) -> Result<(), Fault> {
    let newest = Filter { about: About::Everyone, since: None, limit: 1 };
    let read = opened.look(async |view| {
        let needed = keys::sealed_with(&mut view.db).await?;
        let (signing, ran) = (keys::list(&mut view.db).await?, jobs::list(&mut view.db).await?);
        Ok((view.now, needed, signing, audit::list(&mut view.db, newest).await?, ran))
    });
    let (now, needed, signing, newest, ran) = read.await?;
    match (&needed, master) {
        (None, _) => {
            chart.ok("sealing", "nothing is sealed yet: the first `guichet serve` does it with this master key");
        }
        (Some(_), None) => {}
        (Some(needed), Some(master)) if needed == master.fingerprint() => {
            chart.ok("sealing", "the master key is the database's own");
        }
        (Some(needed), Some(master)) => {
            let found = master.fingerprint();
            chart.fail(
                "sealing",
                format!(
                    "the database is sealed with {needed}, the file holds {found}: put the file with {needed} back"
                ),
            );
        }
    }
    signing_keys(&signing, now, needed.is_some(), chart);
    clock(now, newest.first().map(|line| line.at), chart);
    timetable(&ran, chart);
    Ok(())
}

fn signing_keys(rows: &[KeyRow], now: Timestamp, has_served: bool, chart: &mut Chart) {
    let signs = |row: &KeyRow| matches!(row.stage(now), Stage::Signing { .. });
    let missing: Vec<&str> = Algorithm::ALL
        .into_iter()
        .filter(|alg| !rows.iter().any(|row| row.alg == *alg && signs(row)))
        .map(Algorithm::name)
        .collect();
    if missing.is_empty() {
        chart.ok("signing keys", format!("{} in the database, one of each algorithm signs", rows.len()));
    } else if has_served {
        chart.fail(
            "signing keys",
            format!("none signs {}: restart the server, which makes what is missing", missing.join(" or ")),
        );
    } else {
        chart.ok("signing keys", "none yet: the first `guichet serve` makes them");
    }
}

/// What failed is tried again at its next time, so that one line of it in a chart is no reason to stop.
fn timetable(ran: &[JobState], chart: &mut Chart) {
    for job in ran {
        if let Some(error) = &job.last_error {
            chart.warn(
                "jobs",
                format!("{} failed at {} ({error}): it is tried again at {}", job.name, job.started_at, job.next_at),
            );
        }
    }
    if let Some(last) = ran.iter().max_by_key(|job| job.started_at) {
        chart.ok("jobs", format!("{} have run, the last ({}) at {}", ran.len(), last.name, last.started_at));
    } else {
        chart.ok("jobs", "none has run yet: the first `guichet serve` starts them");
    }
}

/// How far the clock may be behind what a server wrote, before somebody should look.
const TOLERANCE: Life = Life::minutes(1);

/// Nothing tells the right time, but a time before something that has happened is wrong.
fn clock(now: Timestamp, newest: Option<Timestamp>, chart: &mut Chart) {
    match newest {
        Some(newest) if newest > now + TOLERANCE => {
            chart.fail(
                "clock",
                format!("it says {now}, and the audit trail has a line from {newest}: set the clock, best by NTP"),
            );
        }
        Some(_) | None => chart.ok("clock", format!("it says {now}")),
    }
}
