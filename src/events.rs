//! Events: what happened that others react to, written inside the unit of work that did it, so that both stand or fall
//! together. Each reaction is a row of its own, whatever hangs from what happened. How one is carried out is the
//! timetable's to know.

use uuid::Uuid;

use crate::base::ids::{AccountId, AuthorizationId, CompanyId, ConsentId, ContactId, EventId, MembershipId, SessionId};
use crate::base::vocabulary::words;
use crate::base::{Fault, Life, Timestamp};
use crate::queue::{self, QueueTurn, RetryPolicy};
use crate::store::{self, Db, Tx};

macro_rules! events {
    ($($(#[$doc:meta])* $event:ident($id:ident) = $kind:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $event($id)),+ }

        impl Event {
            /// The kind, as the database keeps it; kinds never change their names.
            const fn kind(self) -> &'static str {
                match self { $(Self::$event(_) => $kind),+ }
            }

            /// The row it happened to.
            const fn subject(self) -> Uuid {
                match self { $(Self::$event($id(id)) => id),+ }
            }

            fn read(kind: &str, id: Uuid) -> Option<Self> {
                match kind { $($kind => Some(Self::$event($id(id))),)+ _ => None }
            }
        }
    };
}

events! {
    SessionEnded(SessionId) = "session ended",
    /// Every session of an account ended.
    SessionsEnded(AccountId) = "sessions ended",
    /// One sign-in at a relying party ended.
    AuthorizationEnded(AuthorizationId) = "authorization ended",
    /// Every sign-in of an account at relying parties ended.
    AuthorizationsEnded(AccountId) = "authorizations ended",
    /// A person no longer lets a relying party see anything.
    ConsentWithdrawn(ConsentId) = "consent withdrawn",
    /// An account was switched off.
    AccountDisabled(AccountId) = "account disabled",
    /// An account may no longer act as a contact.
    MembershipDisabled(MembershipId) = "membership disabled",
    /// A contact went inactive (R-DIR-3).
    ContactInactive(ContactId) = "contact inactive",
    /// A company is no active customer any more (R-DIR-1).
    CompanyInactive(CompanyId) = "company inactive",
}

words! {
    /// What is done about something that happened.
    Reaction, "reaction" {
        /// Sign-ins at relying parties that hung from it are closed, and those told that listen.
        RelyingParties = "relying-parties",
        /// Sessions that acted as what was lost end, or act for no company any more.
        Sessions = "sessions",
        /// What leads into accounts that stand nowhere any more is void.
        WaysIn = "ways-in",
    }
}

impl Event {
    /// What is done about it, each by itself: one that breaks holds back no other.
    pub const fn reactions(self) -> &'static [Reaction] {
        match self {
            Self::SessionEnded(_)
            | Self::SessionsEnded(_)
            | Self::AuthorizationEnded(_)
            | Self::AuthorizationsEnded(_)
            | Self::ConsentWithdrawn(_)
            | Self::AccountDisabled(_) => &[Reaction::RelyingParties],
            Self::MembershipDisabled(_) | Self::ContactInactive(_) | Self::CompanyInactive(_) => {
                &[Reaction::RelyingParties, Reaction::Sessions, Reaction::WaysIn]
            }
        }
    }
}

/// Writes down that something happened, now, and what is to be done about it.
pub async fn record(tx: &mut Tx, what: Event) -> Result<(), Fault> {
    for reaction in what.reactions() {
        let id = EventId(tx.dice.id(tx.now)?);
        let sql = "insert into reactions (id, created_at, event, subject, reaction, due_at, attempts) \
             values ($1, $2, $3, $4, $5, $2, 0)";
        store::execute!(tx.db, sql, id, tx.now, what.kind(), what.subject(), reaction.as_str())?;
    }
    Ok(())
}

/// A reaction that waits.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PendingReaction {
    pub id: EventId,
    /// When the event happened, and which attempt this is.
    #[sqlx(flatten)]
    pub turn: QueueTurn,
    event: String,
    subject: Uuid,
    reaction: String,
}

impl PendingReaction {
    /// What happened and what is to be done about it; nothing where only a newer server than this one knows.
    pub fn what(&self) -> Option<(Event, Reaction)> {
        Some((Event::read(&self.event, self.subject)?, self.reaction.parse().ok()?))
    }
}

/// Whoever claims a reaction has longer than one of its units of work can take; it is never given up.
const POLICY: RetryPolicy = RetryPolicy {
    lease: Life::minutes(1),
    pauses: &[Life::minutes(1), Life::minutes(5), Life::minutes(15), Life::hours(1)],
    patience: None,
};

/// Whether any reaction is due. It only reads, so that looking every second costs the writer nothing.
pub async fn are_due(db: &mut Db, now: Timestamp) -> Result<bool, Fault> {
    queue::are_due!(*db, "reactions", now)
}

/// Claims the reaction that has been due longest. Of two servers one gets it.
pub async fn claim(tx: &mut Tx) -> Result<Option<PendingReaction>, Fault> {
    queue::claim!(tx, "reactions", PendingReaction, POLICY, "id, event, subject, reaction")
}

/// The reaction is carried out, if the unit of work commits that did it. Answers false where the claim is another
/// server's by now: then nothing may be done.
pub async fn done(tx: &mut Tx, claimed: &PendingReaction) -> Result<bool, Fault> {
    queue::done!(tx, "reactions", claimed.id, in claimed.turn)
}

/// The reaction isn't complete when its unit of work ends: what is left of it waits so long.
pub async fn postpone(tx: &mut Tx, id: EventId, by: Life) -> Result<(), Fault> {
    let sql = "update reactions set done_at = null, attempts = 0, due_at = $2 where id = $1";
    store::execute!(tx.db, sql, id, tx.now + by).map(drop)
}

/// The reaction broke, and its unit of work with it: those behind it get their turn first. Why is kept beside it.
pub async fn failed(tx: &mut Tx, claimed: &PendingReaction, why: &str) -> Result<(), Fault> {
    let next = POLICY.next_attempt(claimed.turn, tx.now);
    queue::failed!(tx, "reactions", claimed.id, claimed.turn, next, why).map(drop)
}

/// How long a reaction is kept once it was carried out, for whoever looks into what happened.
const KEPT: Life = Life::days(7);

/// Removes reactions carried out long ago, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from reactions", "id", "done_at < $1 order by done_at", tx.now - KEPT)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use uuid::Uuid;

    use super::{Event, PendingReaction, Reaction, are_due, claim, done, failed, postpone, record, sweep};
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

    /// Held against the table's own text, so that what is shown of every kind is.
    #[test]
    fn every_kind_is_really_every_kind() {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file!())).unwrap();
        let (_, variants) = source.split_once("\nevents! {").unwrap();
        let variants =
            variants.split_once("\n}").unwrap().0.lines().map(str::trim).filter(|line| !line.starts_with('/'));
        let declared: Vec<&str> = variants.filter_map(|line| line.split_once('(')).map(|(name, _)| name).collect();
        let listed = every_kind().map(|one| format!("{one:?}").split('(').next().unwrap().to_owned());
        assert_eq!(listed[..], declared);
    }

    /// Which event asks for what, as people review it.
    #[test]
    fn the_table_of_reactions_is_the_reviewed_one() {
        let line = |event: &Event| {
            let reactions: Vec<&str> = event.reactions().iter().map(|one| one.as_str()).collect();
            format!("{:24}{}\n", event.kind(), reactions.join(", "))
        };
        let table: String = every_kind().iter().map(line).collect();
        assert_eq!(table, include_str!("events.golden.txt"), "the table changed: review it and say why\n{table}");
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

        async fn claimed(&self, store: &Store) -> Option<PendingReaction> {
            self.act(store, async |tx| claim(tx).await).await.unwrap()
        }

        async fn carried_out(&self, store: &Store) -> Option<(Event, Reaction)> {
            let claimed = self.claimed(store).await?;
            assert!(self.act(store, async |tx| done(tx, &claimed).await).await.unwrap());
            claimed.what()
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
            while let (first, other) = tokio::join!(bench.carried_out(&trial.store), bench.carried_out(&second))
                && (first.is_some() || other.is_some())
            {
                got.extend(first.into_iter().chain(other).map(|(event, reaction)| (event.kind(), reaction.as_str())));
            }
            got.sort_unstable();
            let all = |what: Event| what.reactions().iter().map(move |one| (what.kind(), one.as_str()));
            let mut all: Vec<_> = happened.into_iter().flat_map(all).collect();
            all.sort_unstable();
            assert_eq!(got, all);
        }
    }

    #[tokio::test]
    async fn an_event_waits_on_where_its_reaction_breaks_or_is_postponed_or_its_server_is_gone() {
        for trial in trial::databases().await {
            let (bench, store) = (Bench::new(), &trial.store);
            let [happened, ..] = every_kind();
            bench.act(store, async |tx| record(tx, happened).await).await.unwrap();
            let gone = bench.claimed(store).await.unwrap();
            assert!(bench.claimed(store).await.is_none(), "it is somebody's turn");
            bench.clock.advance(Life::minutes(1));
            let broken = bench.claimed(store).await.unwrap();
            assert!(!bench.act(store, async |tx| done(tx, &gone).await).await.unwrap(), "its turn is over");
            bench.act(store, async |tx| failed(tx, &broken, "a test").await).await.unwrap();
            assert!(bench.claimed(store).await.is_none());
            bench.clock.advance(Life::minutes(5));
            let halfway = bench.claimed(store).await.unwrap();
            let postponed = bench.act(store, async |tx| {
                assert!(done(tx, &halfway).await?);
                postpone(tx, halfway.id, Life::minutes(5)).await
            });
            postponed.await.unwrap();
            bench.clock.advance(Life::minutes(5));
            let waiting = store.look(&bench.clock, &bench.lives, async |view| are_due(&mut view.db, view.now).await);
            assert!(waiting.await.unwrap());
            assert_eq!(bench.carried_out(store).await, Some((happened, Reaction::RelyingParties)));
            bench.clock.advance(Life::days(8));
            assert_eq!(bench.act(store, async |tx| sweep(tx).await).await.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn an_event_of_a_newer_server_is_told_apart() {
        for trial in trial::databases().await {
            let bench = Bench::new();
            let sql = "insert into reactions (id, created_at, event, subject, reaction, due_at, attempts) \
                values ($1, 0, 'something newer', $1, 'sessions', 0, 0)";
            bench.act(&trial.store, async |tx| store::execute!(tx.db, sql, Uuid::nil())).await.unwrap();
            assert_eq!(bench.claimed(&trial.store).await.unwrap().what(), None);
        }
    }
}
