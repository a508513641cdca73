//! What each job last did, for operators, and the leases that spare other servers the same work. Nothing depends on a
//! lease: two servers that do a job at once take its items one by one.

use std::time::Duration;

use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Actor, Fault, Life, Timestamp};
use crate::store::{self, Db, Tx};

/// A job's last run, as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobState {
    pub name: String,
    pub started_at: Timestamp,
    pub took_ms: i64,
    /// Why it failed, where it did.
    pub last_error: Option<String>,
    pub next_at: Timestamp,
}

/// A run that is over.
pub(super) struct Run {
    pub(super) name: &'static str,
    /// Whether the job was claimed.
    pub(super) leased: bool,
    pub(super) next_at: Timestamp,
    pub(super) started_at: Timestamp,
    pub(super) took: Duration,
    pub(super) last_error: Option<String>,
}

/// Whoever runs a job has it for so long; then another server may think the first one gone.
const LEASE: Life = Life::minutes(1);
/// A lease that ends later than this was given by a clock that went wrong.
const LONGEST: Life = Life::hours(1);
/// Before its next time a job is anybody's again.
const MARGIN: Life = Life::seconds(1);

/// What wasn't due for so long is done no more.
const FORGOTTEN: Life = Life::days(7);

/// Every job that has run, by name.
pub async fn list(db: &mut Db) -> Result<Vec<JobState>, Fault> {
    store::all!(
        *db,
        JobState,
        "select name, started_at, took_ms, last_error, next_at from jobs where started_at is not null order by name"
    )
}

/// Jobs that a release doesn't have any more are forgotten.
pub(super) async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from jobs", "name", "next_at < $1", tx.now - FORGOTTEN)
}

/// Takes the job, unless another server has it or has done what was due.
pub(super) async fn claim(app: &App, name: &str) -> Result<bool, Fault> {
    let claimed = app.act(Actor::of(Who::Timetable), async |tx| {
        store::execute!(
            tx.db,
            "insert into jobs (name, leased_until) values ($1, $2) on conflict (name) do update \
             set leased_until = excluded.leased_until \
             where jobs.leased_until is null or jobs.leased_until <= $3 or jobs.leased_until > $4",
            name,
            tx.now + LEASE,
            tx.now,
            tx.now + LONGEST
        )
    });
    Ok(claimed.await? == 1)
}

/// Writes down how the run went. What failed may be tried by another server at once.
pub(super) async fn note(app: &App, run: Run) -> Result<(), Fault> {
    let took = i64::try_from(run.took.as_millis()).unwrap_or(i64::MAX);
    app.act(Actor::of(Who::Timetable), async |tx| {
        let leased_until = (run.leased && run.last_error.is_none()).then(|| run.next_at - MARGIN);
        store::execute!(
            tx.db,
            "insert into jobs (name, started_at, took_ms, last_error, next_at, leased_until) \
             values ($1, $2, $3, $4, $5, $6) on conflict (name) do update set started_at = excluded.started_at, \
             took_ms = excluded.took_ms, last_error = excluded.last_error, next_at = excluded.next_at, \
             leased_until = excluded.leased_until",
            run.name,
            run.started_at,
            took,
            run.last_error.as_deref(),
            run.next_at,
            leased_until
        )
    })
    .await
    .map(drop)
}
