//! Guesses at a second factor: counted before they are looked at, by the same counters whichever kind of code it is and
//! whichever door asks for it. Whoever guesses here has the password.

use crate::account::device;
use crate::audit::{Deed, DeedKind};
use crate::base::ids::AccountId;
use crate::base::{Address, Fault, Secret};
use crate::limits::{self, Counted, Counting, Limit, LimitKind, Settings, TooMany};
use crate::store::{Tx, View};

/// A guess that may be made, once it is counted.
#[derive(Debug)]
pub struct FactorGuess {
    account: AccountId,
    /// A limit was closed already: the guess isn't made, and nothing is written.
    pub closed: Option<TooMany>,
    limits: Vec<Limit>,
}

impl FactorGuess {
    /// Looks up what the guess counts by.
    /// A browser that the account knows counts by itself alone, together with its guesses at the password.
    pub async fn weigh(
        view: &mut View,
        settings: &Settings,
        account: AccountId,
        device: Option<&Secret>,
        address: Option<Address>,
    ) -> Result<Self, Fault> {
        let known = match device {
            Some(device) => device::knows(&mut view.db, account, device, view.now).await?.then_some(device),
            None => None,
        };
        let limits = match known {
            Some(device) => vec![settings.on_device(account, &device.digest())],
            None => vec![
                settings.on(LimitKind::Factor, account.to_string().as_bytes()),
                settings.on_network(address),
                settings.on(LimitKind::Overall, b""),
            ],
        };
        let closed = limits::check(&mut view.db, &limits, view.now).await?;
        Ok(Self { account, closed, limits })
    }

    /// Counts the guess, unless a limit has closed meanwhile. Only what is counted can be compared.
    pub async fn count(&self, tx: &mut Tx) -> Result<Counting, Fault> {
        limits::count(tx, &self.limits).await
    }

    /// The guess was wrong and stays counted; the trail tells of it, and of each limit that it closed. Where that is
    /// the account's own, its owner is told that somebody has the password.
    pub async fn missed(&self, tx: &mut Tx, counted: &Counted) -> Result<(), Fault> {
        let deed = Deed::new(DeedKind::SessionRefused).account(self.account);
        tx.record(deed.detail("unmet", ["second-factor"])).await?;
        for (kind, until) in counted.closed() {
            let what = if kind == LimitKind::Factor { DeedKind::CodesGuessed } else { DeedKind::LimitClosed };
            let deed = Deed::new(what).account(self.account).subject(kind);
            tx.record(deed.until(until)).await?;
        }
        Ok(())
    }
}
