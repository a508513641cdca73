//! The timetable: what is due runs, one run at a time, and nothing starts after the stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_cron_scheduler::JobScheduler;

use crate::app::{App, Parts};
use crate::audit::{self, About, Deed, DeedKind, Filter};
use crate::base::actor::Who;
use crate::base::{Actor, Clock, Email, Fault, Language, Life};
use crate::config::Config;
use crate::keys::{Algorithm, MasterKey};
use crate::mail::{Intent, Mailbox, post};
use crate::store::trial::{self, Trial};

use super::timetable::{Job, TIMETABLE};
use super::{JobState, Jobs, Lane, list, run_due, runs};

async fn app(trial: &Trial) -> App {
    let parts = Parts {
        config: Config::default(),
        store: trial.store.clone(),
        clock: Clock::movable(),
        master: MasterKey::random().unwrap(),
        mailbox: Some(Mailbox::default()),
    };
    App::new(parts).await.unwrap()
}

async fn write_to_alice(app: &App) {
    let intent = Intent {
        name: "company-unblocked",
        to: Some(Email::parse("alice@durand.example").unwrap()),
        account: None,
        language: Language::Fr,
        leads_to: None,
        facts: b"{}".to_vec(),
    };
    app.act(Actor::of(Who::Visitor), async |tx| post(tx, intent).await).await.unwrap();
}

fn arrived(app: &App) -> usize {
    app.mailbox.as_ref().unwrap().letters().len()
}

#[tokio::test]
async fn what_is_due_has_run_when_the_answer_comes() {
    for trial in trial::databases().await {
        let app = app(&trial).await;
        app.act(Actor::of(Who::Operator), async |tx| tx.record(Deed::new(DeedKind::PasswordSet)).await).await.unwrap();
        write_to_alice(&app).await;
        app.clock.advance(Life::days(800));
        run_due(&app).await.unwrap();
        let everything = Filter { about: About::Everyone, since: None, limit: 9 };
        let lines = app.look(async |view| audit::list(&mut view.db, everything).await).await.unwrap();
        assert!(!lines.iter().any(|line| line.deed == DeedKind::PasswordSet.name()), "the trail was swept");
        let successors = lines
            .iter()
            .filter(|line| line.deed == DeedKind::KeyPublished.name() && line.actor_kind == "timetable")
            .count();
        assert_eq!(successors, Algorithm::ALL.len(), "the keys were rotated");
        // Parsed, for a key's own characters may spell any short word.
        let published: serde_json::Value = serde_json::from_str(app.keys.ring().jwks()).unwrap();
        assert_eq!(published["keys"].as_array().unwrap().len(), 2 * Algorithm::ALL.len(), "and read again");
        assert_eq!(arrived(&app), 1);
    }
}

#[tokio::test]
async fn posted_mail_leaves_at_once_and_nothing_starts_after_the_stop() {
    let trial = trial::database().await;
    let app = app(&trial).await;
    let jobs = Jobs::start(&app).await.unwrap();
    write_to_alice(&app).await;
    tokio::time::timeout(Duration::from_mins(1), app.mailbox.as_ref().unwrap().filled()).await.unwrap();
    let lanes = jobs.lanes.clone();
    jobs.stop().await;
    write_to_alice(&app).await;
    // The scheduler or the postman may come once more.
    for lane in lanes {
        lane.run().await;
    }
    assert_eq!(arrived(&app), 1);
}

static RUNNING: AtomicU32 = AtomicU32::new(0);
static RUNS: AtomicU32 = AtomicU32::new(0);
static BEGUN: Notify = Notify::const_new();
static MAY_END: Notify = Notify::const_new();

const SLOW: Job = Job {
    name: "slow",
    cron: "* * * * * *",
    leased: false,
    run: |_| {
        Box::pin(async {
            assert_eq!(RUNNING.fetch_add(1, Ordering::SeqCst), 0, "it overlaps itself");
            BEGUN.notify_one();
            MAY_END.notified().await;
            RUNNING.fetch_sub(1, Ordering::SeqCst);
            RUNS.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    },
};

#[tokio::test]
async fn a_job_that_still_runs_is_left_out_and_the_stop_waits_for_it() {
    let trial = trial::database().await;
    let stopping = Arc::new(AtomicBool::new(false));
    let lane = Arc::new(Lane::new(SLOW, &app(&trial).await, &stopping));
    let run = || {
        let lane = Arc::clone(&lane);
        tokio::spawn(async move { lane.run().await })
    };
    let first = run();
    BEGUN.notified().await;
    run().await.unwrap();
    MAY_END.notify_one();
    first.await.unwrap();
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);

    let last = run();
    BEGUN.notified().await;
    let (scheduler, waking) = (JobScheduler::new().await.unwrap(), tokio::spawn(async {}));
    let stop = tokio::spawn(Jobs { scheduler, lanes: vec![Arc::clone(&lane)], stopping, waking }.stop());
    // Turns enough for a stop that doesn't wait.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(lane.stopping.load(Ordering::SeqCst) && !stop.is_finished());
    MAY_END.notify_one();
    stop.await.unwrap();
    assert_eq!(RUNS.load(Ordering::SeqCst), 2);
    last.await.unwrap();
    lane.run().await;
    assert_eq!(RUNS.load(Ordering::SeqCst), 2);
}

/// A key that is taken away counts nowhere after 5 s, and a client that is closed nowhere after 10 s.
#[test]
fn what_must_count_everywhere_soon_is_looked_at_every_few_seconds() {
    for (name, seconds) in [("keys", 2), ("limits", 5), ("events", 1), ("logouts", 1)] {
        let job = TIMETABLE.iter().find(|job| job.name == name).unwrap();
        let (first, rest) = job.cron.split_once(' ').unwrap();
        let every = first.strip_prefix("*/").map_or(1, |every| every.parse().unwrap());
        assert!((first == "*" || first.starts_with("*/")) && rest == "* * * * *", "{name}: {}", job.cron);
        assert!(every <= seconds, "{name}: every {every} s");
    }
}

#[tokio::test]
async fn every_time_of_the_timetable_can_be_read() {
    let trial = trial::database().await;
    let app = app(&trial).await;
    for job in TIMETABLE {
        let lane = Arc::new(Lane::new(*job, &app, &Arc::default()));
        assert!(lane.on_time().is_ok(), "{}", job.name);
        let (now, next) = (app.clock.now(), job.next(app.clock.now()).unwrap());
        assert!(now < next && next <= now + Life::minutes(10), "{}: {next}", job.name);
    }
}

static WORKS: AtomicBool = AtomicBool::new(true);
static DONE: AtomicU32 = AtomicU32::new(0);

const LEASED: Job = Job {
    name: "leased",
    cron: "30 * * * * *",
    leased: true,
    run: |_| {
        Box::pin(async {
            DONE.fetch_add(1, Ordering::SeqCst);
            if WORKS.load(Ordering::SeqCst) { Ok(()) } else { Err(Fault::broken("the job", "out of paper")) }
        })
    },
};

async fn states(app: &App) -> Vec<JobState> {
    app.look(async |view| list(&mut view.db).await).await.unwrap()
}

#[tokio::test]
async fn of_two_servers_one_does_a_leased_job_and_its_run_is_written_down() {
    for trial in trial::databases().await {
        let (app, stopping) = (app(&trial).await, Arc::default());
        let (one, other) = (Lane::new(LEASED, &app, &stopping), Lane::new(LEASED, &app, &stopping));
        app.clock.advance(LEASED.next(app.clock.now()).unwrap().since(app.clock.now()));
        DONE.store(0, Ordering::SeqCst);
        tokio::join!(one.run(), other.run());
        one.run().await;
        assert_eq!(DONE.load(Ordering::SeqCst), 1);
        let state = states(&app).await.remove(0);
        assert_eq!((state.name.as_str(), state.last_error), ("leased", None));
        assert_eq!(state.next_at, LEASED.next(state.started_at).unwrap());

        // What failed is anybody's at once, and says why.
        WORKS.store(false, Ordering::SeqCst);
        app.clock.advance(Life::minutes(1));
        one.run().await;
        let error = states(&app).await.remove(0).last_error.unwrap();
        assert!(error.contains("out of paper"), "{error}");
        WORKS.store(true, Ordering::SeqCst);
        other.run().await;
        assert_eq!((DONE.load(Ordering::SeqCst), states(&app).await.remove(0).last_error), (3, None));
    }
}

#[tokio::test]
async fn a_server_that_is_gone_keeps_a_job_for_a_minute_and_a_clock_that_was_wrong_keeps_none() {
    for trial in trial::databases().await {
        let app = app(&trial).await;
        assert!(runs::claim(&app, "sweeps").await.unwrap());
        assert!(!runs::claim(&app, "sweeps").await.unwrap());
        app.clock.advance(Life::minutes(1));
        assert!(runs::claim(&app, "sweeps").await.unwrap());
        app.act(Actor::of(Who::Operator), async |tx| {
            crate::store::execute!(tx.db, "update jobs set leased_until = $1", tx.now + Life::days(400)).map(drop)
        })
        .await
        .unwrap();
        assert!(runs::claim(&app, "sweeps").await.unwrap());
    }
}

#[tokio::test]
async fn a_job_of_every_second_tells_of_its_runs_once_a_minute() {
    let trial = trial::database().await;
    let app = app(&trial).await;
    let quick = Job { name: "quick", cron: "* * * * * *", leased: false, run: |_| Box::pin(async { Ok(()) }) };
    let lane = Lane::new(quick, &app, &Arc::default());
    let mut told = Vec::new();
    for seconds in [0, 30, 30] {
        app.clock.advance(Life::seconds(seconds));
        lane.run().await;
        told.push(states(&app).await.remove(0).started_at);
    }
    assert!(told[0] == told[1] && told[1] + Life::minutes(1) <= told[2], "{told:?}");
}

#[tokio::test]
async fn a_job_that_this_release_has_no_more_is_forgotten_after_a_week() {
    for trial in trial::databases().await {
        let app = app(&trial).await;
        let old = Job { name: "old", cron: "0 * * * * *", leased: false, run: |_| Box::pin(async { Ok(()) }) };
        Lane::new(old, &app, &Arc::default()).run().await;
        for (days, left) in [(6, 1), (2, 0)] {
            app.clock.advance(Life::days(days));
            run_due(&app).await.unwrap();
            assert_eq!(states(&app).await.len(), left);
        }
    }
}
