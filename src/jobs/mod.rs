//! The timetable: what runs when, without anybody asking for it. Every job may run on several servers at once, for each
//! takes its items one by one; on one server a job never overlaps itself.

#[cfg(test)]
mod tests;

mod factor_resets;
mod reactions;
mod runs;
mod sweeps;
mod timetable;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_cron_scheduler::{Job as CronJob, JobScheduler, JobSchedulerError};

use crate::app::App;
use crate::base::{Fault, Life, Timestamp};

use runs::Run;
pub use runs::{JobState, list};
use timetable::{Job, MAIL, TIMETABLE};

/// Runs every job once and answers when all are done: whatever was due at this instant is done then.
pub async fn run_due(app: &App) -> Result<(), Fault> {
    for job in TIMETABLE {
        (job.run)(app.clone()).await?;
    }
    Ok(())
}

/// The timetable of a running server.
pub struct Jobs {
    scheduler: JobScheduler,
    lanes: Vec<Arc<Lane>>,
    stopping: Arc<AtomicBool>,
    waking: JoinHandle<()>,
}

impl Jobs {
    pub async fn start(app: &App) -> Result<Self, Fault> {
        let stopping = Arc::new(AtomicBool::new(false));
        let scheduler = JobScheduler::new().await.map_err(broken)?;
        let mut lanes = Vec::new();
        for job in TIMETABLE {
            let lane = Arc::new(Lane::new(*job, app, &stopping));
            scheduler.add(lane.on_time().map_err(broken)?).await.map_err(broken)?;
            lanes.push(lane);
        }
        scheduler.start().await.map_err(broken)?;
        let mail = Arc::new(Lane::new(MAIL, app, &stopping));
        lanes.push(Arc::clone(&mail));
        let waking = tokio::spawn(async move {
            // The postman's rounds follow one another, so that this lane may run beside the timetable's.
            loop {
                mail.app.postman.woken().await;
                mail.run().await;
            }
        });
        Ok(Self { scheduler, lanes, stopping, waking })
    }

    /// Lets what runs finish, and nothing begin.
    pub async fn stop(mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the timetable didn't stop as it should");
        }
        for lane in &self.lanes {
            drop(lane.running.lock().await);
        }
        self.waking.abort();
    }
}

/// A job on this server, which one run at a time may use.
struct Lane {
    job: Job,
    app: App,
    running: Mutex<Noted>,
    stopping: Arc<AtomicBool>,
}

/// The run that the database last heard of from this lane.
#[derive(Clone, Copy, Default)]
struct Noted {
    at: Option<Timestamp>,
    failed: bool,
}

/// Jobs that run every few seconds tell of a run that went like the one before it only so often.
const NOTED_EVERY: Life = Life::minutes(1);

impl Lane {
    fn new(job: Job, app: &App, stopping: &Arc<AtomicBool>) -> Self {
        Self { job, app: app.clone(), running: Mutex::default(), stopping: Arc::clone(stopping) }
    }

    fn on_time(self: &Arc<Self>) -> Result<CronJob, JobSchedulerError> {
        let lane = Arc::clone(self);
        // A cron expression, for the scheduler's repeated jobs end for good after a stall.
        CronJob::new_async(self.job.cron, move |_, _| {
            let lane = Arc::clone(&lane);
            Box::pin(async move { lane.run().await })
        })
    }

    /// Runs the job, unless it still runs or the server stops: one more run may come after the scheduler's end.
    async fn run(&self) {
        let Ok(mut noted) = self.running.try_lock() else {
            return tracing::debug!(job = self.job.name, "still running: this run is left out");
        };
        if self.stopping.load(Ordering::SeqCst) {
            return;
        }
        if let Err(fault) = self.run_and_note(&mut noted).await {
            tracing::error!(job = self.job.name, %fault, "the database can't be told about a job");
        }
    }

    /// Does nothing while another server has the job.
    async fn run_and_note(&self, noted: &mut Noted) -> Result<(), Fault> {
        if self.job.leased && !runs::claim(&self.app, self.job.name).await? {
            return Ok(());
        }
        let (started_at, clock) = (self.app.clock.now(), Instant::now());
        let failure = (self.job.run)(self.app.clone()).await.err();
        if let Some(fault) = &failure {
            tracing::error!(job = self.job.name, %fault, "a job failed and is tried again at its next time");
        }
        let failed = failure.is_some();
        let is_news = failed != noted.failed || noted.at.is_none_or(|at| started_at >= at + NOTED_EVERY);
        if self.job.leased || is_news {
            let Job { name, leased, .. } = self.job;
            let (next_at, took) = (self.job.next(self.app.clock.now())?, clock.elapsed());
            let last_error = failure.map(|fault| fault.to_string());
            runs::note(&self.app, Run { name, leased, next_at, started_at, took, last_error }).await?;
            *noted = Noted { at: Some(started_at), failed };
        }
        Ok(())
    }
}

fn broken(error: JobSchedulerError) -> Fault {
    Fault::broken("the timetable", error)
}
