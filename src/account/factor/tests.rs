//! The rows of second factors on both databases: what counts counts once, and what was offered to one is of no use to
//! another.

use std::sync::Arc;

use proptest::prelude::*;
use tokio::sync::Barrier;
use uuid::Uuid;

use super::reset::{self, ResetRequest};
use super::{
    HOW_MANY, Offer, RecoveryCode, Replacing, Seed, accept, enrolled, find, is_required, left, offer, offered,
};
use super::{prove, remove_all, renew, require, spend, sweep};
use crate::account::create_staff;
use crate::base::actor::Who;
use crate::base::ids::{AccountId, TotpId};
use crate::base::seal::{CannotUnseal, Fingerprint};
use crate::base::{Actor, Clock, Dice, Fault, Life, Lifetimes, Seal, Sealed, SignInName, Timestamp};
use crate::store::{Start, Store, Tx, View, execute, trial};

const AT_ONCE: usize = 50;

/// Seals nothing: what is sealed is looked at elsewhere.
struct Glass;

impl Seal for Glass {
    fn seal(&self, plain: &[u8], _: &[u8]) -> Result<Sealed, Fault> {
        Ok(Sealed { by: Fingerprint("glass".to_owned()), bytes: plain.to_vec() })
    }

    fn open(&self, sealed: &Sealed, _: &[u8]) -> Result<Vec<u8>, CannotUnseal> {
        Ok(sealed.bytes.clone())
    }
}

#[derive(Clone)]
struct Bench {
    store: Store,
    clock: Clock,
    account: AccountId,
}

impl Bench {
    async fn at(store: &Store) -> Self {
        let mut bench = Self { store: store.clone(), clock: Clock::movable(), account: AccountId(Uuid::nil()) };
        let name = SignInName::parse("alice@durand.example").unwrap();
        bench.account = bench
            .act(async |tx| {
                // One of the vendor's people: their mailbox is known without a directory.
                let account = create_staff(tx, &name).await?;
                let sql = "insert into staff (account, name, email, roles, invited_at, version) \
                           values ($1, 'Carole', $2, '[]', 0, 1)";
                execute!(tx.db, sql, account, &name)?;
                Ok(account)
            })
            .await;
        bench
    }

    async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
        let lives = Lifetimes::default();
        self.store.act(Start { by: Actor::of(Who::Visitor), clock: &self.clock, lives: &lives }, work).await.unwrap()
    }

    async fn look<T>(&self, work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>) -> T {
        self.store.look(&self.clock, &Lifetimes::default(), work).await.unwrap()
    }

    fn to(&self, whom: u128) -> Offer {
        Offer { account: self.account, to: Uuid::from_u128(whom) }
    }

    async fn offer(&self, whom: u128) -> TotpId {
        self.act(async |tx| offer(tx, &Glass, self.to(whom), &Seed::roll(tx.dice)?).await).await
    }

    async fn prove(&self, whom: u128, id: TotpId, step: i64, replacing: Replacing) -> Option<Vec<RecoveryCode>> {
        self.act(async |tx| prove(tx, self.to(whom), id, step, replacing).await).await
    }

    async fn enrol(&self, step: i64) -> (TotpId, Vec<RecoveryCode>) {
        let id = self.offer(1).await;
        (id, self.prove(1, id, step, Replacing::TheOldOne).await.unwrap())
    }

    async fn accept(&self, id: TotpId, step: i64) -> bool {
        self.act(async |tx| accept(tx, self.account, id, step).await).await
    }

    async fn spend(&self, code: &RecoveryCode) -> bool {
        self.act(async |tx| spend(tx, self.account, code).await).await
    }

    async fn is_enrolled(&self) -> bool {
        self.look(async |view| enrolled(&mut view.db, self.account).await).await.is_some()
    }
}

/// What somebody tries.
#[derive(Clone)]
enum Try {
    Step(TotpId, i64),
    Code(RecoveryCode),
}

/// How many of fifty at once, on two servers, succeed.
async fn race(bench: &Bench, second: &Store, attempt: Try) -> usize {
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|index| {
            let mut bench = bench.clone();
            if index % 2 == 1 {
                bench.store = second.clone();
            }
            let (attempt, barrier) = (attempt.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                match attempt {
                    Try::Step(id, step) => bench.accept(id, step).await,
                    Try::Code(code) => bench.spend(&code).await,
                }
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    won
}

#[tokio::test]
async fn a_step_counts_once_and_none_before_it_counts_any_more() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        let (id, _) = bench.enrol(100).await;
        for (step, counts) in
            [(100, false), (99, false), (101, true), (101, false), (100, false), (103, true), (102, false)]
        {
            assert_eq!(bench.accept(id, step).await, counts, "{step}");
        }
        let second = trial.second_server().await;
        assert_eq!(race(&bench, &second, Try::Step(id, 200)).await, 1);
        assert!(!bench.accept(id, 200).await);
    }
}

#[tokio::test]
async fn each_recovery_code_counts_once_for_its_account_and_new_ones_void_the_old() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        let (_, codes) = bench.enrol(1).await;
        let distinct: std::collections::BTreeSet<String> = codes.iter().map(ToString::to_string).collect();
        assert_eq!((codes.len(), distinct.len()), (HOW_MANY, HOW_MANY));
        let second = trial.second_server().await;
        assert_eq!(race(&bench, &second, Try::Code(codes[0].clone())).await, 1);
        let stranger = Bench { account: AccountId(Uuid::from_u128(9)), ..bench.clone() };
        assert!(!stranger.spend(&codes[1]).await);
        assert!(bench.spend(&codes[1]).await && !bench.spend(&codes[1]).await);
        assert_eq!(bench.look(async |view| left(&mut view.db, bench.account).await).await, HOW_MANY - 2);
        let renewed = bench.act(async |tx| renew(tx, bench.account).await).await;
        assert!(!bench.spend(&codes[2]).await && bench.spend(&renewed[2]).await);
    }
}

#[tokio::test]
async fn a_seed_is_an_offer_to_one_until_a_first_code_proves_it_and_the_others_are_void() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        let (mine, theirs) = (bench.offer(1).await, bench.offer(2).await);
        assert!(!bench.is_enrolled().await && !bench.accept(mine, 5).await, "an offer is no factor");
        let standing = async |whom| {
            bench.look(async |view| offered(&mut view.db, bench.to(whom), view.now).await).await.map(|one| one.id)
        };
        assert_eq!((standing(1).await, standing(2).await, standing(3).await), (Some(mine), Some(theirs), None));
        assert!(bench.prove(2, mine, 5, Replacing::Nothing).await.is_none(), "another's offer");
        assert!(bench.prove(1, mine, 5, Replacing::Nothing).await.is_some());
        assert!(bench.is_enrolled().await && !bench.accept(mine, 5).await, "the code that proved it doesn't sign in");
        assert!(bench.prove(2, theirs, 5, Replacing::TheOldOne).await.is_none(), "it went with the first");
        let late = bench.offer(2).await;
        assert!(bench.prove(2, late, 6, Replacing::Nothing).await.is_none(), "never without the old one");
        assert!(bench.accept(mine, 6).await, "the old one stands");
        assert!(bench.prove(2, late, 7, Replacing::TheOldOne).await.is_some());
        assert_eq!(
            bench.look(async |view| find(&mut view.db, bench.account).await).await.map(|one| one.id),
            Some(late)
        );
        assert!(!bench.accept(mine, 99).await, "the old one is gone");
    }
}

#[tokio::test]
async fn an_offer_runs_out_and_is_swept_and_a_factor_is_not() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        let (enrolled, _) = bench.enrol(1).await;
        let late = bench.offer(2).await;
        bench.clock.advance(Life::hours(2));
        assert!(bench.prove(2, late, 5, Replacing::TheOldOne).await.is_none());
        assert_eq!(bench.act(async |tx| sweep(tx).await).await, 1);
        assert!(bench.accept(enrolled, 2).await);
        assert!(bench.act(async |tx| remove_all(tx, bench.account).await).await);
        assert!(!bench.act(async |tx| remove_all(tx, bench.account).await).await);
        assert!(!bench.is_enrolled().await && !bench.accept(enrolled, 3).await);
        assert_eq!(bench.look(async |view| left(&mut view.db, bench.account).await).await, 0);
    }
}

#[tokio::test]
async fn a_requirement_is_a_change_once() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        for (required, changes) in [(false, false), (true, true), (true, false), (false, true)] {
            let whose = bench.account;
            assert_eq!(bench.act(async |tx| require(tx, whose, required).await).await, changes);
            assert_eq!(bench.look(async |view| is_required(&mut view.db, bench.account).await).await, required);
        }
    }
}

/// RFC 6238 appendix B, cut to six digits.
#[test]
fn codes_are_those_of_the_specification() {
    let seed = Seed::parse("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ").unwrap();
    assert_eq!(seed.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    for (seconds, code) in
        [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
    {
        assert_eq!(seed.code(Timestamp::from_millis(seconds * 1000)).unwrap(), code);
    }
    assert_eq!(
        seed.url("A: B", "a@b.example").unwrap(),
        "otpauth://totp/A%20%20B:a%40b.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%20%20B"
    );
    assert!(Seed::parse("JBSWY3DPEHPK3PXP").is_none(), "80 bits are too few");
}

proptest! {
    /// A phone's clock may be one step off, and no more.
    #[test]
    fn a_code_is_of_its_own_step_where_that_is_near(now in 1_000i64..4_000_000_000, off in -3i64..=3) {
        let seed = Seed::roll(Dice).unwrap();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let code = seed.code(at(now + off * 30)).unwrap();
        let (typed, shown) = (format!(" {} {} ", &code[..3], &code[3..]), now.div_euclid(30) + off);
        let found = seed.step_of(&typed, at(now)).unwrap();
        if off.abs() <= 1 {
            let near = |step: i64| seed.code(at(step * 30)).unwrap() == code && (step - shown).abs() <= 2;
            prop_assert!(found.is_some_and(near));
        } else if let Some(step) = found {
            // Once in a third of a million the same digits come again.
            prop_assert_eq!(seed.code(at(step * 30)).unwrap(), code);
        }
    }

    #[test]
    fn no_text_breaks_it(text: String) {
        let seed = Seed::roll(Dice).unwrap();
        let _ = (Seed::parse(&text), seed.step_of(&text, Timestamp::from_millis(0)), seed.url(&text, &text));
    }
}

#[tokio::test]
async fn a_reset_happens_once_a_day_after_the_owner_was_told_unless_it_is_stopped() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        let asked = async || bench.act(async |tx| reset::ask(tx, bench.account).await).await;
        let next = async || bench.look(async |view| reset::due(&mut view.db, view.now).await).await;
        let waiting = async || bench.look(async |view| reset::waiting(&mut view.db, bench.account).await).await;
        assert_eq!(asked().await, ResetRequest::NoFactor);

        bench.enrol(1).await;
        let (one, other) = tokio::join!(asked(), asked());
        let is_due = |asked| matches!(asked, ResetRequest::Due(_));
        assert!(is_due(one) != is_due(other), "one of two at once");
        bench.clock.advance(Life::days(2));
        assert_eq!(next().await, None, "nobody told the owner");
        let untold = bench.look(async |view| reset::untold(&mut view.db).await).await.remove(0);
        let read_at = bench.clock.now();
        bench.act(async |tx| reset::told(tx, untold.id, read_at).await).await;
        bench.clock.advance(Life::hours(23));
        assert_eq!(next().await, None);
        bench.clock.advance(Life::hours(1));
        let due = next().await.unwrap();
        let done = async || bench.act(async |tx| reset::carry_out(tx, due).await).await;
        let (one, other) = tokio::join!(done(), done());
        assert!(one != other && next().await.is_none() && !bench.is_enrolled().await);

        bench.enrol(2).await;
        assert!(is_due(asked().await), "another one later");
        let untold = waiting().await.unwrap();
        assert_eq!(asked().await, ResetRequest::Already(untold.due_at));
        let stopped = async || bench.act(async |tx| reset::stop(tx, bench.account).await).await;
        assert!(stopped().await && !stopped().await);
        bench.clock.advance(Life::days(2));
        assert!(
            next().await.is_none()
                && !bench.act(async |tx| reset::carry_out(tx, untold).await).await
                && bench.is_enrolled().await
        );
    }
}

#[tokio::test]
async fn a_factor_that_is_proven_or_replaced_isnt_lost() {
    for trial in trial::databases().await {
        let bench = Bench::at(&trial.store).await;
        let asked = async || bench.act(async |tx| reset::ask(tx, bench.account).await).await;
        let ask = async || matches!(asked().await, ResetRequest::Due(_));
        let waits = async || bench.look(async |view| reset::waiting(&mut view.db, bench.account).await).await.is_some();
        let (id, codes) = bench.enrol(1).await;
        assert!(
            ask().await && bench.spend(&codes[0]).await && waits().await,
            "a recovery code says nothing of the app"
        );
        assert!(!bench.accept(id, 1).await && waits().await, "nor does a code that was used");
        assert!(bench.accept(id, 2).await && !waits().await);
        assert!(ask().await && waits().await);
        bench.enrol(3).await;
        assert!(!waits().await);
        assert!(ask().await && bench.act(async |tx| remove_all(tx, bench.account).await).await && !waits().await);
    }
}
