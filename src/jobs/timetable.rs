//! What runs when: each job with its name, its times and what it does.

use std::str::FromStr as _;

use chrono::DateTime;
use croner::Cron;
use futures_util::future::BoxFuture;

use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::{Actor, Fault, Timestamp};
use crate::keys::{self, FreshKey, Succession};
use crate::{backchannel, session};

use super::{factor_resets, reactions, sweeps};

/// A job.
#[derive(Clone, Copy)]
pub(super) struct Job {
    pub(super) name: &'static str,
    /// Six fields from seconds to weekdays, in UTC.
    pub(super) cron: &'static str,
    /// Whether one server at a time is enough. Not for what each server needs for itself, nor where looking costs less
    /// than asking who does it.
    pub(super) leased: bool,
    pub(super) run: fn(App) -> BoxFuture<'static, Result<(), Fault>>,
}

impl Job {
    /// When it is due next.
    pub(super) fn next(&self, now: Timestamp) -> Result<Timestamp, Fault> {
        let broken = |error| Fault::broken("the timetable", error);
        let cron = Cron::from_str(self.cron).map_err(broken)?;
        let from = DateTime::from_timestamp(now.seconds(), 0).unwrap_or_default();
        let next = cron.find_next_occurrence(&from, false).map_err(broken)?;
        Ok(Timestamp::from_millis(next.timestamp_millis()))
    }
}

/// In `run_due` each takes along what those before it left: keys are read after their rotation, what ran out ends,
/// endings become reactions, and these leave.
pub(super) const TIMETABLE: &[Job] = &[
    Job { name: "rotate keys", cron: "30 * * * * *", leased: true, run: |app| Box::pin(rotate_keys(app)) },
    // A change counts on every server within 5 s, the scheduler's delays and a slow database included.
    Job { name: "keys", cron: "*/2 * * * * *", leased: false, run: |app| Box::pin(refresh_keys(app)) },
    Job { name: "limits", cron: "*/5 * * * * *", leased: false, run: |app| Box::pin(refresh_limits(app)) },
    Job {
        name: "sessions",
        cron: "3 * * * * *",
        leased: true,
        run: |app| Box::pin(sweeps::until_none_is_left(app, |tx| Box::pin(session::end_run_out(tx)))),
    },
    Job {
        name: "factor resets",
        cron: "*/5 * * * * *",
        leased: false,
        run: |app| Box::pin(async move { factor_resets::go_on(&app).await }),
    },
    Job {
        name: "events",
        cron: "* * * * * *",
        leased: false,
        run: |app| Box::pin(async move { reactions::react(&app).await }),
    },
    Job { name: "logouts", cron: "* * * * * *", leased: false, run: |app| Box::pin(deliver_logouts(app)) },
    Job { name: "sweeps", cron: "0 */10 * * * *", leased: true, run: |app| Box::pin(sweeps::run(app)) },
    MAIL,
];

pub(super) const MAIL: Job =
    Job { name: "mail", cron: "*/10 * * * * *", leased: false, run: |app| Box::pin(deliver_mail(app)) };

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
