//! What is written can be found again, by what it is about.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::base::actor::Who;
use crate::base::ids::{AccountId, CompanyId, SessionId};
use crate::base::{Actor, Address, Clock, Life, Lifetimes};
use crate::store::{Start, trial};

use super::{About, Deed, DeedKind, EndReason, Filter, LetterKind, Recipient, list, sweep};

const ALL: Filter = Filter { about: About::Everyone, since: None, limit: 100 };

#[test]
fn deeds_have_names_of_their_own() {
    let names: BTreeSet<_> = DeedKind::ALL.iter().map(|what| what.name()).collect();
    assert_eq!(names.len(), DeedKind::ALL.len());
}

/// The table as people review it: what each deed tells whom, and what it sets going.
fn table() -> String {
    let mut text = String::new();
    let mut row = |name: &str, what: DeedKind, letters: &[(LetterKind, Recipient)]| {
        let letters: Vec<String> = letters.iter().map(|(letter, to)| format!("{letter} to {to:?}")).collect();
        let event = what.event(uuid::Uuid::nil()).map(|event| format!("{event:?}")).unwrap_or_default();
        let event = event.split('(').next().unwrap_or_default();
        let line = [
            name,
            if what.is_shown() { "shown" } else { "-" },
            if what.asks_reason() { "reason" } else { "-" },
            &if letters.is_empty() { "-".to_owned() } else { letters.join(", ") },
            if event.is_empty() { "-" } else { event },
        ];
        let [name, shown, reason, letters, event] = line;
        let _ = writeln!(text, "{name:45}{shown:8}{reason:8}{letters:62}{event}");
    };
    for what in DeedKind::ALL {
        row(what.name(), *what, what.letters());
        for reason in EndReason::ALL {
            if let Some(letter) = reason.letter(*what) {
                row(&format!("{} ({reason})", what.name()), *what, &[letter]);
            }
        }
    }
    text
}

#[test]
fn the_table_of_deeds_is_the_reviewed_one() {
    let table = table();
    let golden = include_str!("deeds.golden.txt");
    if table != golden {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/target/deeds.golden.txt"), &table).unwrap();
    }
    assert_eq!(table, golden, "the table changed: review target/deeds.golden.txt and say why");
}

#[tokio::test]
async fn a_line_says_who_did_what_in_whose_name_and_from_where() {
    let (clock, lives) = (Clock::movable(), Lifetimes::default());
    let [agent, user] = [1, 2].map(|n| AccountId(uuid::Uuid::from_u128(n)));
    let company = CompanyId(uuid::Uuid::from_u128(3));
    let session = SessionId(uuid::Uuid::from_u128(4));
    let by = Actor {
        who: Who::Account(agent),
        in_name_of: Some(user),
        address: Address::parse("::ffff:192.0.2.7"),
        session: Some(session),
        browser: None,
    };
    for trial in trial::databases().await {
        let start = Start { by: by.clone(), clock: &clock, lives: &lives };
        let deed = Deed::new(DeedKind::SessionBegan)
            .company(company)
            .account(user)
            .subject("portal")
            .detail("user_agent", "a\r\nb");
        trial.store.act(start, async |tx| tx.record(deed.reference("T-1")).await).await.unwrap();
        let read = async |about| {
            trial.store.look(&clock, &lives, async |v| list(&mut v.db, Filter { about, ..ALL }).await).await.unwrap()
        };
        let told = read(About::Account(user)).await;
        let line = &told[0];
        assert_eq!(
            (line.actor_kind.as_str(), line.actor.clone(), line.in_name_of),
            ("account", Some(agent.to_string()), Some(user))
        );
        assert_eq!(
            (line.address.as_deref(), line.session, line.deed.as_str()),
            (Some("192.0.2.7"), Some(session), "session.began")
        );
        assert_eq!((line.subject.as_deref(), line.reference.as_deref()), (Some("portal"), Some("T-1")));
        assert_eq!(line.detail["user_agent"], "a\r\nb");
        assert_eq!(read(About::Company(company)).await.len(), 1);
        assert_eq!(read(About::Account(agent)).await.len(), 0, "the line concerns the user");
    }
}

#[tokio::test]
async fn lines_are_read_newest_first_and_go_when_the_settings_say() {
    for trial in trial::databases().await {
        let (clock, lives) = (Clock::movable(), Lifetimes::default());
        let start = || Start { by: Actor::of(Who::Operator), clock: &clock, lives: &lives };
        for subject in ["first", "second"] {
            trial
                .store
                .act(start(), async |tx| tx.record(Deed::new(DeedKind::DirectoryImported).subject(subject)).await)
                .await
                .unwrap();
            clock.advance(Life::days(400));
        }
        let subjects = async |filter| {
            let told = trial.store.look(&clock, &lives, async |view| list(&mut view.db, filter).await).await.unwrap();
            told.into_iter().filter_map(|line| line.subject).collect::<Vec<_>>()
        };
        assert_eq!(subjects(ALL).await, ["second", "first"]);
        assert_eq!(subjects(Filter { limit: 1, ..ALL }).await, ["second"]);
        assert_eq!(subjects(Filter { since: Some(clock.now() - Life::days(500)), ..ALL }).await, ["second"]);
        assert_eq!(trial.store.act(start(), async |tx| sweep(tx).await).await.unwrap(), 1);
        assert_eq!(subjects(ALL).await, ["second"]);
    }
}

#[tokio::test]
async fn a_line_falls_with_its_unit_of_work() {
    for trial in trial::databases().await {
        let (clock, lives) = (Clock::System, Lifetimes::default());
        let start = Start { by: Actor::of(Who::Visitor), clock: &clock, lives: &lives };
        let fell = trial.store.act(start, async |tx| {
            tx.record(Deed::new(DeedKind::PasswordSet)).await?;
            Err::<(), _>(crate::base::Fault::Busy("a test"))
        });
        assert!(fell.await.is_err());
        assert!(trial.store.look(&clock, &lives, async |view| list(&mut view.db, ALL).await).await.unwrap().is_empty());
    }
}
