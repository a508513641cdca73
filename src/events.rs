//! Events: what happened that others react to, written inside the unit of work that did it, so that both stand or fall
//! together. One deed is one row, whatever hangs from it. Who reacts, and how, is the timetable's to know.

use uuid::Uuid;

use crate::base::ids::{AccountId, AuthorizationId, CompanyId, ConsentId, ContactId, EventId, MembershipId, SessionId};
use crate::base::{Fault, Life, Timestamp};
use crate::store::{self, Db, Tx};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    SessionEnded(SessionId),
    /// Every session of an account ended.
    SessionsEnded(AccountId),
    /// One sign-in at a relying party ended.
    AuthorizationEnded(AuthorizationId),
    /// Every sign-in of an account at relying parties ended.
    AuthorizationsEnded(AccountId),
    /// A person no longer lets a relying party see anything.
    ConsentWithdrawn(ConsentId),
    /// An account was switched off.
    AccountDisabled(AccountId),
    /// An account may no longer act as a contact.
    MembershipDisabled(MembershipId),
    /// A contact went inactive (R-DIR-3).
    ContactInactive(ContactId),
    /// A company is no active customer any more (R-DIR-1).
    CompanyInactive(CompanyId),
}

impl Event {
    /// The kind, as the database keeps it; kinds never change their names.
    const fn kind(self) -> &'static str {
        match self {
            Self::SessionEnded(_) => "session ended",
            Self::SessionsEnded(_) => "sessions ended",
            Self::AuthorizationEnded(_) => "authorization ended",
            Self::AuthorizationsEnded(_) => "authorizations ended",
            Self::ConsentWithdrawn(_) => "consent withdrawn",
            Self::AccountDisabled(_) => "account disabled",
            Self::MembershipDisabled(_) => "membership disabled",
            Self::ContactInactive(_) => "contact inactive",
            Self::CompanyInactive(_) => "company inactive",
        }
    }

    /// The row it happened to.
    const fn subject(self) -> Uuid {
        match self {
            Self::SessionEnded(SessionId(id))
            | Self::SessionsEnded(AccountId(id))
            | Self::AuthorizationEnded(AuthorizationId(id))
            | Self::AuthorizationsEnded(AccountId(id))
            | Self::ConsentWithdrawn(ConsentId(id))
            | Self::AccountDisabled(AccountId(id))
            | Self::MembershipDisabled(MembershipId(id))
            | Self::ContactInactive(ContactId(id))
            | Self::CompanyInactive(CompanyId(id)) => id,
        }
    }

    fn read(kind: &str, id: Uuid) -> Option<Self> {
        Some(match kind {
            "session ended" => Self::SessionEnded(SessionId(id)),
            "sessions ended" => Self::SessionsEnded(AccountId(id)),
            "authorization ended" => Self::AuthorizationEnded(AuthorizationId(id)),
            "authorizations ended" => Self::AuthorizationsEnded(AccountId(id)),
            "consent withdrawn" => Self::ConsentWithdrawn(ConsentId(id)),
            "account disabled" => Self::AccountDisabled(AccountId(id)),
            "membership disabled" => Self::MembershipDisabled(MembershipId(id)),
            "contact inactive" => Self::ContactInactive(ContactId(id)),
            "company inactive" => Self::CompanyInactive(CompanyId(id)),
            _ => return None,
        })
    }
}

/// Writes down that something happened, now.
pub async fn record(tx: &mut Tx, what: Event) -> Result<(), Fault> {
    let id = EventId(tx.dice.id(tx.now)?);
    store::execute!(
        tx.db,
        "insert into events (id, at, kind, subject, due_at) values ($1, $2, $3, $4, $2)",
        id,
        tx.now,
        what.kind(),
        what.subject(),
    )?;
    Ok(())
}

/// An event that waits for its reaction.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PendingEvent {
    pub id: EventId,
    pub at: Timestamp,
    kind: String,
    subject: Uuid,
}

impl PendingEvent {
    /// What happened; nothing where only a newer server than this one knows.
    #[must_use]
    pub fn what(&self) -> Option<Event> {
        Event::read(&self.kind, self.subject)
    }
}

/// Whether any event waits. It only reads, so that looking every second costs the writer nothing.
pub async fn are_waiting(db: &mut Db, now: Timestamp) -> Result<bool, Fault> {
    let first = store::optional!(
        *db,
        (EventId,),
        "select id from events where due_at <= $1 and reacted_at is null limit 1",
        now
    )?;
    Ok(first.is_some())
}

/// Takes the event that has waited longest, for the unit of work that reacts to it: the event counts as dealt with if
/// that unit commits, and waits on if it doesn't. Of two servers one gets it.
pub async fn claim(tx: &mut Tx) -> Result<Option<PendingEvent>, Fault> {
    store::optional!(
        tx.db,
        PendingEvent,
        "update events set reacted_at = $1 \
         where id = (select id from events where due_at <= $1 and reacted_at is null order by due_at, id limit 1) \
         and due_at <= $1 and reacted_at is null returning id, at, kind, subject",
        tx.now,
    )
}

/// The reaction isn't complete when its unit of work ends: the event waits again, so long.
pub async fn postpone(tx: &mut Tx, id: EventId, by: Life) -> Result<(), Fault> {
    store::execute!(tx.db, "update events set reacted_at = null, due_at = $2 where id = $1", id, tx.now + by)?;
    Ok(())
}

/// The reaction broke, and its unit of work with it: the events behind this one get their turn first.
pub async fn step_back(tx: &mut Tx, id: EventId, by: Life) -> Result<(), Fault> {
    store::execute!(tx.db, "update events set due_at = $2 where id = $1 and reacted_at is null", id, tx.now + by)?;
    Ok(())
}

/// How long an event is kept once it was reacted to, for whoever looks into what happened.
const KEPT: Life = Life::days(7);

/// Removes events dealt with long ago, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from events", "id", "reacted_at < $1 order by reacted_at", tx.now - KEPT)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use uuid::Uuid;

    use super::{Event, are_waiting, claim, postpone, record, step_back, sweep};
    use crate::base::actor::Who;
    use crate::base::ids::{AccountId, AuthorizationId, CompanyId, ConsentId, ContactId, MembershipId, SessionId};
    use crate::base::{Actor, Clock, Fault, Life, Lifetimes};
    use crate::store::{self, Start, Store, Tx, trial};

    fn every_kind() -> [Event; 9] {
        let id = Uuid::from_u128(7);
        [
            Event::SessionEnded(SessionId(id)),
            Event::SessionsEnded(AccountId(id)),
            Event::AuthorizationEnded(AuthorizationId(id)),
            Event::AuthorizationsEnded(AccountId(id)),
            Event::ConsentWithdrawn(ConsentId(id)),
            Event::AccountDisabled(AccountId(id)),
            Event::MembershipDisabled(MembershipId(id)),
            Event::ContactInactive(ContactId(id)),
            Event::CompanyInactive(CompanyId(id)),
        ]
    }

    /// Held against the enum's own text: a kind that [`Event::read`] doesn't know would wait for ever.
    #[test]
    fn every_kind_is_really_every_kind() {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file!())).unwrap();
        let (_, variants) = source.split_once("pub enum Event {").unwrap();
        let variants =
            variants.split_once("\n}").unwrap().0.lines().map(str::trim).filter(|line| !line.starts_with('/'));
        let declared: Vec<&str> = variants.filter_map(|line| line.split_once('(')).map(|(name, _)| name).collect();
        let listed = every_kind().map(|one| format!("{one:?}").split('(').next().unwrap().to_owned());
        assert_eq!(listed[..], declared);
    }

    struct Bench {
        clock: Clock,
        lives: Lifetimes,
    }

    impl Bench {
        fn new() -> Self {
            Self { clock: Clock::movable(), lives: Lifetimes::default() }
        }

        async fn act<T>(&self, store: &Store, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
            store.act(Start { by: Actor::of(Who::Timetable), clock: &self.clock, lives: &self.lives }, work).await
        }

        async fn claimed(&self, store: &Store) -> Option<Event> {
            self.act(store, async |tx| claim(tx).await).await.unwrap().and_then(|event| event.what())
        }
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        for happening in every_kind() {
            assert_eq!(Event::read(happening.kind(), happening.subject()), Some(happening));
        }
        assert_eq!(Event::read("something newer", Uuid::nil()), None);
    }

    #[tokio::test]
    async fn of_two_servers_one_gets_an_event_and_only_once() {
        for trial in trial::databases().await {
            let (bench, second) = (Bench::new(), trial.second_server().await);
            let happened = every_kind();
            bench
                .act(&trial.store, async |tx| {
                    for what in happened {
                        record(tx, what).await?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
            let mut got = Vec::new();
            while let (first, other) = tokio::join!(bench.claimed(&trial.store), bench.claimed(&second))
                && (first.is_some() || other.is_some())
            {
                got.extend(first.into_iter().chain(other).map(Event::kind));
            }
            got.sort_unstable();
            let mut all = happened.map(Event::kind);
            all.sort_unstable();
            assert_eq!(got, all);
        }
    }

    #[tokio::test]
    async fn an_event_waits_on_where_its_reaction_breaks_or_is_postponed() {
        for trial in trial::databases().await {
            let bench = Bench::new();
            let [happened, ..] = every_kind();
            bench.act(&trial.store, async |tx| record(tx, happened).await).await.unwrap();
            let broken = bench.act(&trial.store, async |tx| {
                assert!(claim(tx).await?.is_some());
                Err::<(), _>(Fault::Busy("a test"))
            });
            assert!(broken.await.is_err());
            let event = bench.act(&trial.store, async |tx| claim(tx).await).await.unwrap().unwrap();
            bench.act(&trial.store, async |tx| postpone(tx, event.id, Life::minutes(5)).await).await.unwrap();
            assert_eq!(bench.claimed(&trial.store).await, None);
            bench.act(&trial.store, async |tx| step_back(tx, event.id, Life::minutes(10)).await).await.unwrap();
            bench.clock.advance(Life::minutes(9));
            assert_eq!(bench.claimed(&trial.store).await, None);
            bench.clock.advance(Life::minutes(1));
            let waiting =
                trial.store.look(&bench.clock, &bench.lives, async |view| are_waiting(&mut view.db, view.now).await);
            assert!(waiting.await.unwrap());
            assert_eq!(bench.claimed(&trial.store).await, Some(happened));
            bench.clock.advance(Life::days(8));
            assert_eq!(bench.act(&trial.store, async |tx| sweep(tx).await).await.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn an_event_of_a_newer_server_is_told_apart() {
        for trial in trial::databases().await {
            let bench = Bench::new();
            let sql = "insert into events (id, at, kind, subject, due_at) values ($1, 0, 'something newer', $1, 0)";
            bench.act(&trial.store, async |tx| store::execute!(tx.db, sql, Uuid::nil())).await.unwrap();
            let event = bench.act(&trial.store, async |tx| claim(tx).await).await.unwrap().unwrap();
            assert_eq!(event.what(), None);
        }
    }
}
