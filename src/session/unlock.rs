//! Unlocking: whoever failed too often waits, unless Customer Service, who knows the voice on the telephone, opens the
//! limits again.

use crate::audit::{Deed, DeedKind};
use crate::base::ids::AccountId;
use crate::base::{Digest, Fault, Life};
use crate::limits::{self, Limit, LimitKind, Settings, TooMany};
use crate::store::{self, Db, Tx, View};

/// How long the account still waits, if its own limit or that of a browser it knows is closed.
pub async fn locked(view: &mut View, settings: &Settings, account: AccountId) -> Result<Option<Life>, Fault> {
    let limits = of_account(&mut view.db, settings, account).await?;
    Ok(limits::check(&mut view.db, &limits, view.now).await?.map(|TooMany { wait }| wait))
}

/// Opens the limits of an account and of the browsers it knows. Answers whether anything was counted.
pub async fn unlock(tx: &mut Tx, settings: &Settings, account: AccountId) -> Result<bool, Fault> {
    let limits = of_account(&mut tx.db, settings, account).await?;
    let opened = limits::open(tx, &limits).await?;
    tx.record_if(opened, Deed::new(DeedKind::AccountUnlocked).account(account)).await
}

/// The limits that are the account's alone. Those of networks and of everybody are not its own to open.
async fn of_account(db: &mut Db, settings: &Settings, account: AccountId) -> Result<Vec<Limit>, Fault> {
    let devices = store::all!(*db, (Digest,), "select hash from devices where account = $1 order by hash", account)?;
    let mut limits: Vec<Limit> = devices.iter().map(|(device,)| settings.on_device(account, device)).collect();
    limits.extend([LimitKind::Name, LimitKind::Factor].map(|kind| settings.on(kind, account.to_string().as_bytes())));
    Ok(limits)
}
