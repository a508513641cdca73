//! The timetable: what runs when, without anybody asking for it. Every job may run on several servers at once, for each
//! takes its items one by one; on one server a job never overlaps itself.

#[cfg(test)]
mod tests;

mod factor_resets;
mod reactions;
mod sweeps;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_cron_scheduler::{Job as CronJob, JobScheduler, JobSchedulerError};

use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::{Actor, Fault};
use crate::keys::{self, FreshKey, Succession};
use crate::{backchannel, session};

/// A job: its name, when it runs (six fields from seconds to weekdays, in UTC) and what it does.
#[derive(Clone, Copy)]
struct Job {
    name: &'static str,
    cron: &'static str,
    run: fn(App) -> BoxFuture<'static, Result<(), Fault>>,
}

/// In [`run_due`] each takes along what those before it left: keys are read after their rotation, what ran out ends,
/// endings become reactions, and these leave.
const TIMETABLE: &[Job] = &[
    Job { name: "rotate keys", cron: "30 * * * * *", run: |app| Box::pin(rotate_keys(app)) },
    // A change counts on every server within 5 s, the scheduler's delays and a slow database included.
    Job { name: "keys", cron: "*/2 * * * * *", run: |app| Box::pin(refresh_keys(app)) },
    Job { name: "limits", cron: "*/5 * * * * *", run: |app| Box::pin(refresh_limits(app)) },
    Job {
        name: "sessions",
        cron: "3 * * * * *",
        run: |app| Box::pin(sweeps::until_none_is_left(app, |tx| Box::pin(session::end_run_out(tx)))),
    },
    Job {
        name: "factor resets",
        cron: "*/5 * * * * *",
        run: |app| Box::pin(async move { factor_resets::go_on(&app).await }),
    },
    Job { name: "events", cron: "* * * * * *", run: |app| Box::pin(async move { reactions::react(&app).await }) },
    Job { name: "logouts", cron: "* * * * * *", run: |app| Box::pin(deliver_logouts(app)) },
    Job { name: "sweeps", cron: "0 */10 * * * *", run: |app| Box::pin(sweeps::run(app)) },
    MAIL,
];

const MAIL: Job = Job { name: "mail", cron: "*/10 * * * * *", run: |app| Box::pin(deliver_mail(app)) };

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
            let lane = Arc::new(Lane {
                job: *job,
                app: app.clone(),
                running: Mutex::new(()),
                stopping: Arc::clone(&stopping),
            });
            scheduler.add(lane.on_time().map_err(broken)?).await.map_err(broken)?;
            lanes.push(lane);
        }
        scheduler.start().await.map_err(broken)?;
        let mail = Lane { job: MAIL, app: app.clone(), running: Mutex::new(()), stopping: Arc::clone(&stopping) };
        let mail = Arc::new(mail);
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
    running: Mutex<()>,
    stopping: Arc<AtomicBool>,
}

impl Lane {
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
        let Ok(_running) = self.running.try_lock() else {
            return tracing::debug!(job = self.job.name, "still running: this run is left out");
        };
        if self.stopping.load(Ordering::SeqCst) {
            return;
        }
        if let Err(fault) = (self.job.run)(self.app.clone()).await {
            tracing::error!(job = self.job.name, %fault, "a job failed and is tried again at its next time");
        }
    }
}

async fn refresh_keys(app: App) -> Result<(), Fault> {
    app.look(async |view| app.keys.refresh(view).await).await
}

async fn refresh_limits(app: App) -> Result<(), Fault> {
    app.look(async |view| app.closed_clients.refresh(view).await).await
}

/// Publishes the successors that are due. Where several servers do so at once, one of each algorithm counts.
async fn rotate_keys(app: App) -> Result<(), Fault> {
    let settings = &app.config.keys;
    let (rows, now) = app.look(async |view| Ok((keys::list(&mut view.db).await?, view.now))).await?;
    for row in keys::due(&rows, settings, now) {
        let fresh = FreshKey::make(row.alg, app.keys.master()).await?;
        let succession = Succession { fresh: &fresh, replaces: &row.kid, lead: settings.lead };
        app.act(Actor::of(Who::Timetable), async |tx| {
            if let Some(published) = keys::succeed(tx, succession).await? {
                let deed = Deed::new(DeedKind::KeyPublished).subject(&published.kid).details(published);
                tx.record(deed).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn deliver_mail(app: App) -> Result<(), Fault> {
    let delivery = app.postman.deliver_due().await?;
    for lost in delivery.given_up {
        // Why stands in the log and beside the letter's row: mail servers repeat addresses in what they say.
        let deed = Deed::new(DeedKind::MailGivenUp).subject(lost.id).detail("name", lost.name);
        app.act(Actor::of(Who::Timetable), async |tx| tx.record(deed).await).await?;
    }
    Ok(())
}

/// Tells relying parties what is due to be told now.
async fn deliver_logouts(app: App) -> Result<(), Fault> {
    let desk = backchannel::Context {
        store: &app.store,
        clock: &app.clock,
        lives: &app.lives,
        keys: &app.keys,
        parties: &app.relying_parties,
        outbound: &app.outbound,
        issuer: &app.config.issuer,
    };
    backchannel::deliver_due(desk).await.map(drop)
}

fn broken(error: JobSchedulerError) -> Fault {
    Fault::broken("the timetable", error)
}
