//! Fault 4 for letters: one that waits for the mail server leaves only if what it leads to still stands. Each kind of
//! letter to an account's owner, against each ending between the deed and the take-up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use guichet::audit::{Deed, DeedKind, EndReason, LetterKind, Recipient};
use guichet::base::SignInName;
use guichet::base::actor::Who;
use guichet::{account, authorization, membership};

use crate::world::{Kind, World, login};

/// What happens in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    Nothing,
    PasswordChanged,
    Alarm,
    SwitchedOff,
    Closed,
    SignedOutByService,
    ContactInactive,
    MembershipDisabled,
}

impl Between {
    const ALL: [Self; 8] = [
        Self::Nothing,
        Self::PasswordChanged,
        Self::Alarm,
        Self::SwitchedOff,
        Self::Closed,
        Self::SignedOutByService,
        Self::ContactInactive,
        Self::MembershipDisabled,
    ];

    async fn strike(self, world: &World) {
        let alice = world.people("alice").await.remove(0);
        let name = SignInName::parse(&login("alice")).unwrap();
        let stricken = world.as_operator(async |tx| {
            let owner = alice.account;
            match self {
                Self::Nothing | Self::ContactInactive => Ok(true),
                Self::PasswordChanged => {
                    account::set_password(tx, owner.id, "another hash", tx.now).await?;
                    authorization::end_account(tx, owner.id, None, EndReason::PasswordChanged).await.map(|_| true)
                }
                Self::Alarm => authorization::secure(tx, owner.id).await.map(|()| true),
                Self::SwitchedOff => authorization::switch_off(tx, owner.id).await,
                Self::Closed => {
                    let found = account::credentials(&mut tx.db, &name).await?.unwrap();
                    let closed = authorization::close_account(tx, owner.id, &found.password_hash.unwrap()).await?;
                    Ok(closed == authorization::AccountClosing::Closed)
                }
                Self::SignedOutByService => {
                    authorization::end_account(tx, owner.id, None, EndReason::CustomerService).await.map(|_| true)
                }
                Self::MembershipDisabled => membership::disable(tx, alice.membership.id).await,
            }
        });
        assert!(stricken.await, "{self:?}");
        if self == Self::ContactInactive {
            world.import_all_without("alice").await;
        }
    }
}

/// Every letter to an owner there is, as one deed each.
fn deeds() -> Vec<Deed> {
    let to_owner = |letters: &[(LetterKind, Recipient)]| letters.iter().any(|(_, to)| *to == Recipient::Owner);
    let mut deeds = Vec::new();
    for what in DeedKind::ALL {
        if to_owner(what.letters()) {
            deeds.push(Deed::new(*what));
        }
        let by_reason = EndReason::ALL.iter().filter(|reason| reason.letter(*what).is_some());
        let mut letters: Vec<(LetterKind, EndReason)> = Vec::new();
        for reason in by_reason {
            let (letter, _) = reason.letter(*what).unwrap();
            if letters.iter().all(|(other, _)| *other != letter) {
                letters.push((letter, *reason));
            }
        }
        deeds.extend(letters.into_iter().map(|(_, reason)| Deed::new(*what).because(reason)));
    }
    deeds
}

/// What became of each letter that waited while it happened.
async fn fates(kind: Kind, between: Between) -> Option<BTreeMap<String, String>> {
    let world = World::on(kind).await?;
    let afterwards = world.afterwards();
    let alice = world.people("alice").await.remove(0).account;
    world
        .as_operator(async |tx| {
            tx.by.who = Who::Account(alice.id);
            for deed in deeds() {
                tx.record(deed.account(alice.id)).await?;
            }
            Ok(())
        })
        .await;
    world.advance("1s");
    between.strike(&world).await;
    world.mails().await;
    let sql = "select name || ' ' || case when done_at is not null then 'sent' when voided_at is not null \
               then 'dropped' else 'lost' end from outbox where created_at = (select min(created_at) from outbox)";
    let fates = world.database().texts(sql).await.unwrap();
    let dropped = fates.iter().filter(|fate| fate.ends_with("dropped")).count();
    let trail = "select deed from audit_log where deed = 'mail.dropped'";
    assert!(world.database().texts(trail).await.unwrap().len() >= dropped, "each one dropped has its line");
    let fates = fates.iter().filter_map(|fate| fate.split_once(' ')).map(|(name, fate)| (name.into(), fate.into()));
    let fates: BTreeMap<String, String> = fates.collect();
    drop(world);
    afterwards.assert_clean().await;
    Some(fates)
}

async fn table(kind: Kind) -> Option<String> {
    let mut columns = Vec::new();
    for between in Between::ALL {
        columns.push(fates(kind, between).await?);
    }
    let mut table = format!("{:24}", "");
    for between in Between::ALL {
        let _ = write!(table, "{:>20}", format!("{between:?}"));
    }
    let names: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    for name in names {
        let _ = write!(table, "\n{name:24}");
        for column in &columns {
            let _ = write!(table, "{:>20}", column[name]);
        }
    }
    Some(table + "\n")
}

async fn is_the_reviewed_one(kind: Kind) {
    let Some(table) = table(kind).await else { return };
    let golden = include_str!("letters.golden.txt");
    assert_eq!(table, golden, "the table changed: review it and say why\n{table}");
}

#[tokio::test]
async fn a_letter_leaves_only_if_what_it_leads_to_still_stands_sqlite() {
    is_the_reviewed_one(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_letter_leaves_only_if_what_it_leads_to_still_stands_postgres() {
    is_the_reviewed_one(Kind::Postgres).await;
}
