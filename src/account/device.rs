//! Devices: browsers an account has signed in from, so that its owner is told of one that is new, and isn't asked for
//! the second factor in one of their own at every sign-in.

use crate::audit::{Deed, DeedKind};
use crate::base::ids::{AccountId, DeviceId};
use crate::base::{Digest, Fault, Secret, SignInName, Timestamp};
use crate::store::{self, Db, Tx};

/// The account of that name, if it knows that browser at `now`. One statement, so that an unknown name takes as long as
/// a known one.
pub async fn knowing(
    db: &mut Db,
    name: &SignInName,
    device: &Secret,
    now: Timestamp,
) -> Result<Option<AccountId>, Fault> {
    let sql = "select d.account from sign_in_names n join devices d on d.account = n.account where n.name = $1 \
         and d.hash = $2 and d.expires_at > $3";
    let row = store::optional!(*db, (AccountId,), sql, name, device.digest(), now)?;
    Ok(row.map(|(account,)| account))
}

/// Whether an account knows that browser at `now`.
pub async fn knows(db: &mut Db, account: AccountId, device: &Secret, now: Timestamp) -> Result<bool, Fault> {
    let sql = "select id from devices where account = $1 and hash = $2 and expires_at > $3";
    Ok(store::optional!(*db, (DeviceId,), sql, account, device.digest(), now)?.is_some())
}

/// When the second factor was proven in a browser that its owner wished not to be asked in again, if that isn't too
/// long ago.
pub async fn second_factor_at(tx: &mut Tx, account: AccountId, device: &Secret) -> Result<Option<Timestamp>, Fault> {
    let sql = "select second_factor_at from devices where account = $1 and hash = $2 and second_factor_at > $3";
    let row = store::optional!(tx.db, (Timestamp,), sql, account, device.digest(), tx.now - tx.lives.device)?;
    Ok(row.map(|(proven_at,)| proven_at))
}

/// The second factor was proven in a browser that the account knows, and its owner wishes not to be asked again there
/// for a while.
pub async fn remember(tx: &mut Tx, account: AccountId, device: &Secret) -> Result<(), Fault> {
    let sql = "update devices set second_factor_at = $3 where account = $1 and hash = $2";
    store::execute!(tx.db, sql, account, device.digest(), tx.now)?;
    tx.record(Deed::new(DeedKind::DeviceRemembered).account(account)).await
}

/// Every browser of an account asks for the second factor again.
pub async fn forget_second_factors(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql = "update devices set second_factor_at = null where account = $1 and second_factor_at is not null";
    store::execute!(tx.db, sql, account).map(drop)
}

/// Notes that an account signs in from a browser; answers whether it knew that browser.
pub async fn recognise(tx: &mut Tx, account: AccountId, device: &Secret, user_agent: &str) -> Result<bool, Fault> {
    let sql = "update devices set last_seen_at = $3, expires_at = $4, user_agent = $5 \
         where account = $1 and hash = $2 and expires_at > $3";
    let seen = store::execute!(tx.db, sql, account, device.digest(), tx.now, tx.now + tx.lives.device, user_agent)?;
    if seen > 0 {
        return Ok(true);
    }
    store::execute!(
        tx.db,
        "insert into devices (id, account, hash, user_agent, first_seen_at, last_seen_at, expires_at) \
         values ($1, $2, $3, $4, $5, $5, $6) on conflict (account, hash) \
         do update set last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at",
        DeviceId(tx.dice.id(tx.now)?),
        account,
        device.digest(),
        user_agent,
        tx.now,
        tx.now + tx.lives.device
    )?;
    Ok(false)
}

/// A browser that an account has signed in from.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Device {
    pub id: DeviceId,
    pub user_agent: String,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// When the second factor was last proven there, where it isn't asked for again for a while.
    pub second_factor_at: Option<Timestamp>,
    hash: Digest,
}

impl Device {
    /// Whether it is the browser that keeps this secret.
    pub fn is(&self, secret: &Secret) -> bool {
        self.hash == secret.digest()
    }
}

/// The browsers that an account knows at `now`, the one seen last first.
pub async fn list(db: &mut Db, account: AccountId, now: Timestamp) -> Result<Vec<Device>, Fault> {
    let sql = "select id, user_agent, first_seen_at, last_seen_at, second_factor_at, hash from devices \
         where account = $1 and expires_at > $2 order by last_seen_at desc, id";
    store::all!(*db, Device, sql, account, now)
}

/// Forgets a browser of an account: the next sign-in from it is one from an unknown device. Answers whether the account
/// knew it.
pub async fn forget(tx: &mut Tx, account: AccountId, id: DeviceId) -> Result<bool, Fault> {
    let forgotten = store::execute!(tx.db, "delete from devices where id = $2 and account = $1", account, id)?;
    tx.record_if(forgotten > 0, Deed::new(DeedKind::DeviceForgotten).account(account).subject(id)).await
}

/// Forgets every browser of an account: each counts as unknown again, and none has a counter of its own for wrong
/// passwords.
pub async fn forget_all(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    store::execute!(tx.db, "delete from devices where account = $1", account).map(drop)
}

/// Forgets devices not seen for longer than they are remembered, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from devices", "id", "expires_at < $1 order by expires_at", tx.now)
}
