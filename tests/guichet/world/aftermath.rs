//! What a world leaves behind when its test ends: nothing that should have been delivered, and no fault that nobody
//! expected. A test that means either says so.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::Poll;

use guichet::jobs;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::{Receiver, Server, World};

/// Everything that waits: letters, logout tokens, events. Where a world has nobody who listens, its servers may call
/// nobody, which is as good as done.
const WAITING: &str = "select 'the letter ' || name || ' to ' || coalesce(recipient, 'Customer Service') from outbox \
                       where done_at is null and given_up_at is null \
                       union all select 'the logout at ' || client from logout_deliveries \
                       where done_at is null and given_up_at is null \
                       and coalesce(last_error, '') not like '%outbound.allow%' \
                       union all select 'the reaction ' || reaction || ' to ' || event from reactions \
                       where done_at is null";

/// What is written twice, for whoever asks from the other side or asks often, and doesn't say the same.
const UNEQUAL: &str = r#"
    select 'a role ' || i.role from membership_roles i join memberships m on m.id = i.membership
    where m.company <> i.company or cast(m.roles as text) not like ('%"' || i.role || '"%')
    union all select 'roles' from memberships m
    where 2 * (select count(*) from membership_roles i where i.membership = m.id)
    <> length(cast(m.roles as text)) - length(replace(cast(m.roles as text), '"', ''))
    union all select 'an e-service ' || i.e_service from membership_e_services i
    join memberships m on m.id = i.membership
    where m.company <> i.company or cast(m.e_services as text) not like ('%"' || i.e_service || '"%')
    union all select 'e-services' from memberships m
    where 2 * (select count(*) from membership_e_services i where i.membership = m.id)
    <> length(cast(m.e_services as text)) - length(replace(cast(m.e_services as text), '"', ''))
    union all select 'a subscription ' || i.e_service from company_subscriptions i join companies c on c.id = i.company
    where cast(c.subscriptions as text) not like ('%"' || i.e_service || '"%')
    union all select 'subscriptions of ' || c.ref from companies c
    where 2 * (select count(*) from company_subscriptions i where i.company = c.id)
    <> length(cast(c.subscriptions as text)) - length(replace(cast(c.subscriptions as text), '"', ''))
    union all select 'an authenticator app' from accounts a where a.totp_since is distinct from
    (select t.proven_at from totp_factors t where t.account = a.id and t.proven_at is not null)
    union all select 'a passkey' from accounts a where a.passkey_since is distinct from
    (select min(p.created_at) from passkeys p where p.account = a.id)"#;

/// What a world's servers logged as an error, and what its test said beforehand.
#[derive(Default)]
pub struct Aftermath {
    faults: Mutex<Vec<String>>,
    expects_faults: Mutex<Option<&'static str>>,
    leaves_undelivered: Mutex<Option<&'static str>>,
}

thread_local! {
    /// The world that the work of this thread belongs to just now.
    static HERE: RefCell<Option<Arc<Aftermath>>> = const { RefCell::new(None) };
}

impl Aftermath {
    /// That of a world whose test runs on this thread.
    pub(super) fn here() -> Arc<Self> {
        static LISTENING: LazyLock<()> = LazyLock::new(|| {
            // A filter for all, as one of a layer's own loses events where a test listens elsewhere (`log`).
            let faults = tracing_subscriber::registry().with(LevelFilter::ERROR).with(Faults);
            tracing::subscriber::set_global_default(faults).expect("nobody else listens");
        });
        LazyLock::force(&LISTENING);
        let aftermath = Arc::new(Self::default());
        HERE.set(Some(Arc::clone(&aftermath)));
        aftermath
    }

    /// Whichever thread polls the work, its faults are this world's.
    pub(super) async fn of<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        std::future::poll_fn(move |context| {
            let before = HERE.replace(Some(Arc::clone(self)));
            let polled: Poll<T> = work.as_mut().poll(context);
            HERE.set(before);
            polled
        })
        .await
    }
}

impl World {
    /// The test means faults to be logged.
    pub fn expects_faults(&self, why: &'static str) {
        *self.inner.aftermath.expects_faults.lock().unwrap() = Some(why);
    }

    /// The test means something to wait still when it ends.
    pub fn leaves_undelivered(&self, why: &'static str) {
        *self.inner.aftermath.leaves_undelivered.lock().unwrap() = Some(why);
    }

    /// Looks at what is left once the test has ended, in the test's own time and place: dropping a world has to start
    /// anew for that.
    pub fn afterwards(&self) -> Afterwards {
        Afterwards(Self { inner: Arc::clone(&self.inner) })
    }

    fn assert_no_fault(&self) {
        let faults = std::mem::take(&mut *self.inner.aftermath.faults.lock().unwrap());
        match *self.inner.aftermath.expects_faults.lock().unwrap() {
            None => assert!(faults.is_empty(), "faults nobody expected:\n{}", faults.join("\n")),
            Some(why) => assert!(!faults.is_empty(), "no fault came, and the test expects some: {why}"),
        }
    }

    fn may_leave_something(&self) -> bool {
        self.inner.aftermath.leaves_undelivered.lock().unwrap().is_some()
    }

    /// What is kept twice says the same.
    async fn assert_equal(&self) {
        let unequal = self.database().texts(UNEQUAL).await;
        assert!(unequal.as_ref().is_ok_and(Vec::is_empty) || self.expects_some_fault(), "unequal: {unequal:?}");
    }

    fn expects_some_fault(&self) -> bool {
        self.inner.aftermath.expects_faults.lock().unwrap().is_some()
    }

    async fn waiting(&self) -> Vec<String> {
        // A test may have broken the database on purpose, and says so by the faults it expects.
        self.database().texts(WAITING).await.unwrap_or_else(|error| vec![error.to_string()])
    }

    /// What still waits a day later, once every relying party has listened.
    async fn stuck(&self) -> Vec<String> {
        let everybody = Receiver::start().await;
        self.advance("1d");
        let server = Server::try_start(self.database(), self.app.clock.clone(), |config| everybody.is_told_by(config));
        let server = server.await.unwrap_or_else(|cannot| panic!("no server starts on what is left: {cannot}"));
        jobs::run_due(&server.app).await.unwrap_or_else(|fault| panic!("what is due can't run: {fault}"));
        server.app.store.close().await;
        self.waiting().await
    }
}

/// What is left of a world.
pub struct Afterwards(World);

impl Afterwards {
    /// Nothing is left that should have gone. What costs least is tried first: most tests leave a letter at most.
    pub async fn assert_clean(self) {
        let Self(world) = self;
        world.inner.seen.store(true, Ordering::Relaxed);
        world.assert_no_fault();
        world.assert_equal().await;
        if world.may_leave_something() {
            return;
        }
        // Whether it works is seen below.
        drop(world.app.postman.deliver_due().await);
        if world.waiting().await.is_empty() {
            return;
        }
        drop(jobs::run_due(&world.app).await);
        if world.waiting().await.is_empty() {
            return;
        }
        let stuck = world.stuck().await;
        assert!(stuck.is_empty(), "left undelivered: {}", stuck.join(", "));
    }
}

/// A test that failed already says why by itself; one that somebody looks at afterwards is looked at then.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() || Arc::strong_count(&self.inner) > 1 || self.inner.seen.load(Ordering::Relaxed) {
            return;
        }
        self.assert_no_fault();
        if self.may_leave_something() {
            return;
        }
        // A test's own runtime can't be waited on from here.
        let world = &*self;
        let look = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { if world.waiting().await.is_empty() { Vec::new() } else { world.stuck().await } })
        };
        let stuck = std::thread::scope(|scope| scope.spawn(look).join().unwrap());
        assert!(stuck.is_empty(), "left undelivered: {}", stuck.join(", "));
    }
}

/// Hears of faults.
struct Faults;

impl<S: Subscriber> Layer<S> for Faults {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(world) = HERE.with_borrow(Clone::clone) else { return };
        if event.metadata().target().starts_with("guichet") {
            let mut told = Told(event.metadata().target().to_owned());
            event.record(&mut told);
            world.faults.lock().unwrap().push(told.0);
        }
    }
}

struct Told(String);

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

mod tests {
    use crate::world::{Kind, World};

    /// An event that no server of this release reacts to.
    async fn with_an_event_of_a_newer_server() -> World {
        let world = World::on(Kind::Sqlite).await.unwrap();
        let id = format!("x'{}'", "07".repeat(16));
        let sql = "insert into reactions (id, created_at, event, subject, reaction, due_at, attempts) values";
        let row = format!("({id}, 0, 'something newer', {id}, 'sessions', 0, 0)");
        assert_eq!(world.database().execute(&format!("{sql} {row}")).await, 1);
        world
    }

    #[tokio::test]
    #[should_panic(expected = "the reaction sessions to something newer")]
    async fn what_waits_for_ever_fails_its_test() {
        with_an_event_of_a_newer_server().await;
    }

    #[tokio::test]
    async fn a_test_may_say_that_something_waits() {
        with_an_event_of_a_newer_server().await.leaves_undelivered("this release doesn't know it");
    }

    #[tokio::test]
    #[should_panic(expected = "a fault of this test")]
    async fn a_fault_nobody_expected_fails_its_test() {
        let _world = World::on(Kind::Sqlite).await.unwrap();
        tracing::error!(target: "guichet::tests", "a fault of this test");
    }

    #[tokio::test]
    #[should_panic(expected = "no fault came")]
    async fn who_expects_a_fault_gets_one() {
        World::on(Kind::Sqlite).await.unwrap().expects_faults("none is coming");
    }
}
