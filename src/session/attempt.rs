//! Guesses: every attempt at a password is counted before the password is looked at, whatever door it comes through.
//! A name that nobody has is counted like an account, by the same statements: a stranger can't
//! tell the two apart.

use crate::account::device::knowing;
use crate::account::{Credentials, credentials};
use crate::audit::{Deed, DeedKind};
use crate::base::ids::AccountId;
use crate::base::{Address, Fault, Secret, SignInName};
use crate::limits::{self, Counted, Counting, Limit, LimitKind, Settings, TooMany};
use crate::store::{Tx, View};

/// Who somebody with a password says to be.
#[derive(Clone, Copy, Debug)]
pub struct LoginAttempt<'a> {
    /// The name typed, where it can be one.
    pub name: Option<&'a SignInName>,
    /// What the name typed is counted by where nobody has it. The door keys it, for people type passwords into the
    /// wrong field.
    pub typed: &'a [u8],
    /// The browser's long-lived secret, where it brought one.
    pub device: Option<&'a Secret>,
    /// Where the browser is.
    pub address: Option<Address>,
}

/// A guess that may be made, once it is counted.
#[derive(Debug)]
pub struct Guess {
    /// What the password is compared with; nothing for a name that nobody has.
    pub found: Option<Credentials>,
    /// A limit was closed already: the guess isn't made, and nothing is written.
    pub closed: Option<TooMany>,
    limits: Vec<Limit>,
}

impl Guess {
    /// Looks up who is meant and what the guess counts by.
    pub async fn weigh(view: &mut View, settings: &Settings, claim: LoginAttempt<'_>) -> Result<Self, Fault> {
        let found = match claim.name {
            Some(name) => credentials(&mut view.db, name).await?,
            None => None,
        };
        let known = match (claim.name, claim.device) {
            (Some(name), Some(device)) => {
                knowing(&mut view.db, name, device, view.now).await?.map(|account| (account, device))
            }
            (Some(_) | None, _) => None,
        };
        let limits = match known {
            Some((account, device)) => vec![settings.on_device(account, &device.digest())],
            None => of_stranger(settings, found.as_ref(), claim),
        };
        let closed = limits::check(&mut view.db, &limits, view.now).await?;
        Ok(Self { found, closed, limits })
    }

    /// Counts the guess, unless a limit has closed meanwhile. Only what is counted can be compared with a password.
    pub async fn count(&self, tx: &mut Tx) -> Result<Counting, Fault> {
        limits::count(tx, &self.limits).await
    }

    /// The guess was wrong and stays counted; the trail tells of it, and of each limit that it closed.
    pub async fn missed(&self, tx: &mut Tx, counted: &Counted) -> Result<(), Fault> {
        let account = self.found.as_ref().map(|found| found.account);
        tx.record(about(DeedKind::SessionRefused, account).detail("unmet", ["password"])).await?;
        for (kind, until) in counted.closed() {
            let deed = about(DeedKind::LimitClosed, account).subject(kind);
            tx.record(deed.until(until)).await?;
        }
        Ok(())
    }
}

/// One counter per account, whichever of its names was typed, and however.
fn of_stranger(settings: &Settings, found: Option<&Credentials>, claim: LoginAttempt<'_>) -> Vec<Limit> {
    let account = found.map(|found| found.account.to_string());
    vec![
        settings.on(LimitKind::Name, account.as_deref().map_or(claim.typed, str::as_bytes)),
        settings.on_network(claim.address),
        settings.on(LimitKind::Overall, b""),
    ]
}

fn about(what: DeedKind, account: Option<AccountId>) -> Deed {
    match account {
        Some(account) => Deed::new(what).account(account),
        None => Deed::new(what),
    }
}
