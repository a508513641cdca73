//! The master key, the database, the signing keys in it, and the clock against what was written there.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::audit::{self, About, Filter};
use crate::base::seal::Fingerprint;
use crate::base::{Clock, Fault, Life, Timestamp};
use crate::cli::OpenedApp;
use crate::config::Config;
use crate::jobs::{self, JobState};
use crate::keys::{self, Algorithm, KeyRow, MasterKey, Stage};
use crate::store::{CannotOpen, SCHEMA, Store};

use super::{Chart, Fail, Finding, Fine, Warn};

/// Examines the data and what it is sealed with.
pub(super) async fn examine(config: &Config, chart: &mut Chart) {
    let master = master_key(&config.secrets.master_key_file, chart);
    let Some(store) = database(config, chart).await else { return };
    let opened = OpenedApp { config: config.clone(), store, clock: Clock::System };
    if let Err(fault) = contents(&opened, master.as_ref(), chart).await {
        let why = format!("it can't be read ({fault}): see that the same release migrated it");
        chart.add("database", Fail(why));
    }
    opened.store.close().await;
}

fn master_key(file: &Path, chart: &mut Chart) -> Option<MasterKey> {
    let loaded = MasterKey::load(file);
    let others = std::fs::metadata(file).map(|metadata| metadata.mode() & 0o077).unwrap_or_default();
    let finding = match &loaded {
        Err(cannot) => Fail(cannot.to_string()),
        Ok(key) if others == 0 => Fine(format!("{} in {}", key.fingerprint(), file.display())),
        Ok(_) => Warn(format!("it isn't its owner's alone: run `chmod 600 {}`", file.display())),
    };
    chart.add("master key", finding);
    loaded.ok()
}

/// The database, where its schema is this program's.
async fn database(config: &Config, chart: &mut Chart) -> Option<Store> {
    let (finding, store) = match reach(config).await {
        Err(cannot) => (Fail(cannot.to_string()), None),
        Ok(Reached::Missing(file)) => {
            (Warn(format!("{file} doesn't exist yet: the first `guichet serve` makes it")), None)
        }
        Ok(Reached::Older(found)) => {
            let what = format!("it has schema {found}, this program {SCHEMA}: the next `guichet serve` migrates it");
            (Warn(what), None)
        }
        Ok(Reached::Ready(store)) => (Fine(format!("{} answers, schema {SCHEMA}", store.kind())), Some(store)),
    };
    chart.add("database", finding);
    store
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
            let why = "nothing is sealed yet: the first `guichet serve` does it with this master key";
            chart.add("sealing", Fine(why.to_owned()));
        }
        (Some(_), None) => {}
        (Some(needed), Some(master)) => chart.add("sealing", sealing(needed, master.fingerprint())),
    }
    chart.add("signing keys", signing_keys(&signing, now, needed.is_some()));
    chart.add("clock", clock(now, newest.first().map(|line| line.at)));
    for failed in ran.iter().filter_map(failure) {
        chart.add("jobs", Warn(failed));
    }
    chart.add("jobs", timetable(&ran));
    Ok(())
}

fn sealing(needed: &Fingerprint, found: &Fingerprint) -> Finding {
    if needed == found {
        return Fine("the master key is the database's own".to_owned());
    }
    Fail(format!("the database is sealed with {needed}, the file holds {found}: put the file with {needed} back"))
}

fn signing_keys(rows: &[KeyRow], now: Timestamp, has_served: bool) -> Finding {
    let signs = |row: &KeyRow| matches!(row.stage(now), Stage::Signing { .. });
    let missing: Vec<&str> = Algorithm::ALL
        .into_iter()
        .filter(|alg| !rows.iter().any(|row| row.alg == *alg && signs(row)))
        .map(Algorithm::name)
        .collect();
    if missing.is_empty() {
        Fine(format!("{} in the database, one of each algorithm signs", rows.len()))
    } else if has_served {
        Fail(format!("none signs {}: restart the server, which makes what is missing", missing.join(" or ")))
    } else {
        Fine("none yet: the first `guichet serve` makes them".to_owned())
    }
}

/// A job that failed is tried again at its next time, so that it keeps no server from working.
fn failure(job: &JobState) -> Option<String> {
    let error = job.last_error.as_ref()?;
    Some(format!("{} failed at {} ({error}): it is tried again at {}", job.name, job.started_at, job.next_at))
}

fn timetable(ran: &[JobState]) -> Finding {
    Fine(match ran.iter().max_by_key(|job| job.started_at) {
        Some(last) => format!("{} have run, the last ({}) at {}", ran.len(), last.name, last.started_at),
        None => "none has run yet: the first `guichet serve` starts them".to_owned(),
    })
}

/// How far the clock may be behind what a server wrote, before somebody should look.
const TOLERANCE: Life = Life::minutes(1);

/// Nothing tells the right time, but a time before something that has happened is wrong.
fn clock(now: Timestamp, newest: Option<Timestamp>) -> Finding {
    match newest {
        Some(newest) if newest > now + TOLERANCE => {
            Fail(format!("it says {now}, and the audit trail has a line from {newest}: set the clock, best by NTP"))
        }
        Some(_) | None => Fine(format!("it says {now}")),
    }
}
