//! The postman: takes due letters one by one, writes what isn't written yet, sends each outside any transaction, and
//! notes how it went. Delivery is at least once: a server that dies between sending and noting leaves the letter to the
//! next one, as it was written, under the same Message-ID.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::account::link;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::ids::MailId;
use crate::base::{Actor, Clock, Fault, Lifetimes, Seal, Secret};
use crate::mail::{self, ClaimedLetter, Letter, Route, SendAttempt};
use crate::store::{Start, Store, Tx, View};
use crate::words::brand::Brand;

/// What letters are written and sent with.
pub struct Context {
    pub store: Store,
    pub clock: Clock,
    /// The numbers in force.
    pub lives: Arc<Lifetimes>,
    /// Whose service it is.
    pub brand: Arc<Brand>,
    /// Where links lead.
    pub issuer: String,
    /// What opens what waits.
    pub seal: Arc<dyn Seal>,
    /// The way mail leaves.
    pub route: Route,
}

/// Sends what is in the outbox.
pub struct Postman {
    pub(super) context: Context,
    round: Mutex<()>,
}

/// How a round went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Letters the mail server took.
    pub sent: u32,
    /// Letters to be tried again.
    pub deferred: u32,
    /// Letters that had become void.
    pub dropped: u32,
    /// Letters that will never arrive.
    pub given_up: Vec<GivenUp>,
}

/// A letter that will never arrive.
#[derive(Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// Its row in the outbox.
    pub id: MailId,
    /// The kind of letter.
    pub name: String,
    pub why: String,
}

/// A letter taken up.
enum TakenUp {
    Written(Letter),
    /// What it leads to was made void.
    Void,
}

impl Postman {
    pub fn new(context: Context) -> Self {
        Self { context, round: Mutex::new(()) }
    }

    /// Waits until a letter was posted here. One posted by another program leaves with the timetable's next round.
    pub async fn woken(&self) {
        self.context.store.letter_posted().await;
    }

    /// Sends every letter due now. Rounds of one server follow one another; those of several servers share the letters.
    pub async fn deliver_due(&self) -> Result<Delivery, Fault> {
        let _round = self.round.lock().await;
        let mut delivery = Delivery::default();
        while let Some(claimed) = self.act(async |tx| mail::claim(tx).await).await? {
            self.deliver(claimed, &mut delivery).await?;
        }
        Ok(delivery)
    }

    async fn deliver(&self, claimed: ClaimedLetter, delivery: &mut Delivery) -> Result<(), Fault> {
        let attempt = match self.take_up(&claimed).await {
            Ok(TakenUp::Void) => {
                delivery.dropped += 1;
                return self.drop_void(&claimed).await;
            }
            Ok(TakenUp::Written(letter)) => self.send(&claimed, letter).await,
            // Another master key may come back; nobody loses a letter over it before its time.
            Err(fault) => SendAttempt::Deferred(fault.to_string()),
        };
        let (why, for_good) = match attempt {
            SendAttempt::Taken => {
                delivery.sent += 1;
                return self.act(async |tx| mail::taken(tx, &claimed).await).await;
            }
            SendAttempt::Deferred(why) => (why, false),
            SendAttempt::Refused(why) => (why, true),
        };
        tracing::warn!(mail = %claimed.id, name = claimed.name, why, "a letter wasn't sent");
        if self.act(async |tx| mail::failed(tx, &claimed, &why, for_good).await).await? {
            delivery.given_up.push(GivenUp { id: claimed.id, name: claimed.name, why });
        } else {
            delivery.deferred += 1;
        }
        Ok(())
    }

    /// Writes the letter, if it isn't yet, and makes its link in the unit that keeps what was written: both, or
    /// neither.
    async fn take_up(&self, claimed: &ClaimedLetter) -> Result<TakenUp, Fault> {
        if claimed.is_void {
            return Ok(TakenUp::Void);
        }
        if let Some(letter) = claimed.written(self.context.seal.as_ref())? {
            return Ok(TakenUp::Written(letter));
        }
        let (letter, link) = self.compose(claimed).await?;
        let is_written = self.act(async |tx| {
            if !mail::write(tx, claimed, &letter).await? {
                return Ok(false);
            }
            if let (Some(account), Some(purpose), Some(link)) = (claimed.account, claimed.leads_to, &link) {
                link::issue(tx, account, purpose, link).await?;
            }
            Ok(true)
        });
        Ok(if is_written.await? { TakenUp::Written(letter) } else { TakenUp::Void })
    }

    async fn send(&self, claimed: &ClaimedLetter, letter: Letter) -> SendAttempt {
        let to = claimed.recipient.as_deref().unwrap_or(&self.context.brand.support);
        self.context.route.send(claimed, to, letter, self.context.clock.now()).await
    }

    async fn drop_void(&self, claimed: &ClaimedLetter) -> Result<(), Fault> {
        self.act(async |tx| {
            if !mail::drop_void(tx, claimed).await? {
                return Ok(());
            }
            let deed = Deed::new(DeedKind::MailDropped).subject(claimed.id).detail("name", &claimed.name);
            tx.record(match claimed.account {
                Some(account) => deed.account(account),
                None => deed,
            })
            .await
        })
        .await
    }

    async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        let Context { store, clock, lives, .. } = &self.context;
        store.act(Start { by: Actor::of(Who::Timetable), clock, lives }, work).await
    }

    pub(super) async fn look<T>(&self, work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>) -> Result<T, Fault> {
        let Context { store, clock, lives, .. } = &self.context;
        store.look(clock, lives, work).await
    }

    /// A link that works once the letter is kept.
    pub(super) fn fresh_link(claimed: &ClaimedLetter) -> Result<Option<Secret>, Fault> {
        claimed.leads_to.map(|_| crate::base::Dice.secret()).transpose()
    }
}
