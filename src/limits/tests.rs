use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::sync::Barrier;

use crate::base::actor::Who;
use crate::base::{Actor, Clock, Fault, Life, Lifetimes, Timestamp};
use crate::store::{Start, Store, Tx, trial};

use super::{ClosedLimits, Counted, Counting, Limit, LimitKind, Settings, TooMany, check, count, give_back, sweep};

const AT_ONCE: usize = 50;

const SETTINGS: Settings = Settings {
    window: Life::minutes(15),
    name: 3,
    factor: 3,
    device: 3,
    network: 10,
    overall: 20,
    client: 2,
    challenge: 5,
};

async fn act<T>(store: &Store, clock: &Clock, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
    let lives = Lifetimes::default();
    store.act(Start { by: Actor::of(Who::Visitor), clock, lives: &lives }, work).await.unwrap()
}

async fn fail(store: &Store, clock: &Clock, limits: &[Limit]) -> Result<Counted, TooMany> {
    result(act(store, clock, async |tx| count(tx, limits).await).await)
}

fn result(counting: Counting) -> Result<Counted, TooMany> {
    match counting {
        Counting::Counted(counted) => Ok(counted),
        Counting::TooMany(closed) => Err(closed),
    }
}

async fn is_open(store: &Store, clock: &Clock, limit: &Limit) -> bool {
    let lives = Lifetimes::default();
    let look = store.look(clock, &lives, async |view| check(&mut view.db, std::slice::from_ref(limit), view.now).await);
    look.await.unwrap().is_none()
}

async fn as_name(store: &Store, clock: &Clock, whom: &str) -> Result<Counted, TooMany> {
    fail(store, clock, &[SETTINGS.on(LimitKind::Name, whom.as_bytes())]).await
}

#[tokio::test]
async fn a_limit_opens_again_when_its_window_has_passed_and_not_before() {
    for trial in trial::databases().await {
        let (store, clock) = (&trial.store, Clock::movable());
        let mut slow = None;
        for _ in 0..3 {
            clock.advance(Life::minutes(4));
            slow = Some(as_name(store, &clock, "alice").await.unwrap());
        }
        let closed = as_name(store, &clock, "alice").await.unwrap_err();
        assert!(
            (Life::minutes(6)..=Life::minutes(7)).contains(&closed.wait),
            "the window began with the first failure: {}",
            closed.wait
        );
        assert!(as_name(store, &clock, "bruno").await.is_ok(), "another name has a count of its own");
        clock.advance(Life::minutes(6));
        assert!(as_name(store, &clock, "alice").await.is_err());
        clock.advance(Life::minutes(1));
        for _ in 0..3 {
            assert!(as_name(store, &clock, "alice").await.is_ok(), "a new window counts from one");
        }
        act(store, &clock, async |tx| give_back(tx, slow.as_ref().unwrap()).await).await;
        assert!(as_name(store, &clock, "alice").await.is_err());
    }
}

#[tokio::test]
async fn where_one_limit_is_closed_none_counts() {
    for trial in trial::databases().await {
        let (store, clock) = (&trial.store, Clock::movable());
        let [alice, network, overall] =
            [(LimitKind::Name, "alice"), (LimitKind::Network, "n"), (LimitKind::Overall, "")]
                .map(|(kind, whom)| SETTINGS.on(kind, whom.as_bytes()));
        for _ in 0..10 {
            assert!(fail(store, &clock, &[network.clone(), overall.clone()]).await.is_ok());
        }
        for _ in 0..20 {
            assert!(fail(store, &clock, &[alice.clone(), network.clone(), overall.clone()]).await.is_err());
        }
        assert!(
            is_open(store, &clock, &alice).await
                && is_open(store, &clock, &overall).await
                && !is_open(store, &clock, &network).await
        );
        for _ in 0..3 {
            assert!(
                fail(store, &clock, &[alice.clone(), overall.clone()]).await.is_ok(),
                "refused attempts left no trace"
            );
        }
    }
}

#[tokio::test]
async fn fifty_at_once_on_two_servers_are_as_many_as_the_limit_and_one_of_them_closes_it() {
    for trial in trial::databases().await {
        let (second, clock, barrier) = (trial.second_server().await, Clock::movable(), Arc::new(Barrier::new(AT_ONCE)));
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|index| {
                let store = if index % 2 == 0 { trial.store.clone() } else { second.clone() };
                let (clock, barrier) = (clock.clone(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    as_name(&store, &clock, "alice").await
                })
            })
            .collect();
        let mut counted = Vec::new();
        for task in tasks {
            counted.extend(task.await.unwrap());
        }
        assert_eq!(counted.len(), 3);
        let closed: Vec<LimitKind> = counted.iter().flat_map(|one| one.closed().map(|(kind, _)| kind)).collect();
        assert_eq!(closed, [LimitKind::Name]);
    }
}

/// Everybody shares rows: units that count and units that give back mustn't wait for each other in a circle.
#[tokio::test]
async fn fifty_that_succeed_at_once_leave_nothing_and_nobody_waits_in_a_circle() {
    for trial in trial::databases().await {
        let roomy = Settings { name: 100, network: 100, overall: 100, ..SETTINGS };
        let (clock, barrier) = (Clock::movable(), Arc::new(Barrier::new(AT_ONCE)));
        let overall = roomy.on(LimitKind::Overall, b"");
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|index| {
                let limits = [
                    roomy.on(LimitKind::Name, &[u8::try_from(index % 3).unwrap()]),
                    roomy.on(LimitKind::Network, b"n"),
                    overall.clone(),
                ];
                let (store, clock, barrier) = (trial.store.clone(), clock.clone(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    let counted = fail(&store, &clock, &limits).await.unwrap();
                    act(&store, &clock, async |tx| give_back(tx, &counted).await).await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        for left in (0..100).rev() {
            let counted = fail(&trial.store, &clock, std::slice::from_ref(&overall)).await.unwrap();
            assert_eq!(counted.closed().count(), usize::from(left == 0), "{left} left");
        }
    }
}

#[tokio::test]
async fn what_is_swept_has_ended() {
    for trial in trial::databases().await {
        let (store, clock) = (&trial.store, Clock::movable());
        for _ in 0..3 {
            as_name(store, &clock, "alice").await.unwrap();
        }
        clock.advance(Life::minutes(10));
        as_name(store, &clock, "bruno").await.unwrap();
        assert_eq!(act(store, &clock, async |tx| sweep(tx).await).await, 0);
        assert!(as_name(store, &clock, "alice").await.is_err());
        clock.advance(Life::minutes(6));
        assert_eq!(act(store, &clock, async |tx| sweep(tx).await).await, 1);
        clock.advance(Life::minutes(10));
        assert_eq!(act(store, &clock, async |tx| sweep(tx).await).await, 1);
    }
}

#[tokio::test]
async fn a_server_learns_what_another_one_closed() {
    for trial in trial::databases().await {
        let (store, clock, lives) = (&trial.store, Clock::movable(), Lifetimes::default());
        let (known, limit) =
            (ClosedLimits::of(LimitKind::Client, &SETTINGS), SETTINGS.on(LimitKind::Client, b"portal"));
        let refresh = async || store.look(&clock, &lives, async |view| known.refresh(view).await).await.unwrap();
        fail(store, &clock, std::slice::from_ref(&limit)).await.unwrap();
        refresh().await;
        assert!(known.check(&limit, clock.now()).is_ok());
        fail(store, &clock, std::slice::from_ref(&limit)).await.unwrap();
        refresh().await;
        assert!(known.check(&limit, clock.now()).is_err());
        assert!(known.check(&SETTINGS.on(LimitKind::Client, b"another"), clock.now()).is_ok());
        clock.advance(Life::minutes(15));
        assert!(known.check(&limit, clock.now()).is_ok());
        known.learn(&limit, clock.now() + Life::minutes(1));
        refresh().await;
        assert!(known.check(&limit, clock.now()).is_err(), "what this server was told itself stays known");
    }
}

#[test]
fn settings_that_let_nobody_in_or_keep_nobody_out_are_refused() {
    assert_eq!(Settings::default().check(), Ok(()));
    for wrong in [
        Settings { window: Life::seconds(0), ..SETTINGS },
        Settings { overall: 0, ..SETTINGS },
        Settings { device: 0, ..SETTINGS },
    ] {
        assert!(wrong.check().is_err());
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Fails,
    Succeeds,
    Waits(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![6 => Just(Step::Fails), 2 => Just(Step::Succeeds), 2 => (0_i64..1000).prop_map(Step::Waits)];
    proptest::collection::vec(step, 1..40)
}

/// The arithmetic of windows, as one would write it down: how many failed, and when that ends.
#[derive(Default)]
struct Window(Option<(i64, Timestamp)>);

impl Window {
    fn fail(&mut self, now: Timestamp, limit: &Limit) -> Result<(), TooMany> {
        match &mut self.0 {
            Some((failures, ends_at)) if *ends_at > now && *failures >= limit.most => {
                Err(TooMany { wait: ends_at.since(now) })
            }
            Some((failures, ends_at)) if *ends_at > now && *failures > 0 => {
                *failures += 1;
                Ok(())
            }
            Some(_) | None => {
                self.0 = Some((1, now + limit.window));
                Ok(())
            }
        }
    }

    fn give_back(&mut self) {
        if let Some((failures, _)) = &mut self.0 {
            *failures -= 1;
        }
    }
}

async fn take(store: &Store, limit: &Limit, steps: Vec<Step>) {
    let (clock, mut window, mut failed) = (Clock::movable(), Window::default(), Vec::new());
    for step in steps {
        if let Step::Waits(seconds) = step {
            clock.advance(Life::seconds(seconds));
            continue;
        }
        let (now, counted) =
            act(store, &clock, async |tx| Ok((tx.now, result(count(tx, std::slice::from_ref(limit)).await?)))).await;
        let expected = window.fail(now, limit);
        assert_eq!(counted.as_ref().map(|_| ()), expected.as_ref().copied());
        match (step, counted) {
            (Step::Succeeds, Ok(counted)) => {
                act(store, &clock, async |tx| give_back(tx, &counted).await).await;
                window.give_back();
            }
            (Step::Fails, Ok(_)) => failed.push(now),
            (_, Err(_)) | (Step::Waits(_), Ok(_)) => {}
        }
    }
    // Whenever one looks: two windows meet in a span of one window's length at most.
    for (index, start) in failed.iter().enumerate() {
        let within = failed[index..].iter().filter(|at| **at < *start + limit.window).count();
        assert!(i64::try_from(within).unwrap() < 2 * limit.most, "{within} failures within one window's length");
    }
}

#[test]
fn whatever_happens_windows_count_as_written_down() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for trial in runtime.block_on(trial::databases()) {
        let mut runner =
            TestRunner::new(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() });
        let case = AtomicU32::new(0);
        runner
            .run(&(1_u32..6, steps()), |(most, steps)| {
                let limit = Settings { name: most, ..SETTINGS }
                    .on(LimitKind::Name, &case.fetch_add(1, Ordering::Relaxed).to_be_bytes());
                runtime.block_on(take(&trial.store, &limit, steps));
                Ok(())
            })
            .unwrap();
    }
}
