//! Limits: how many attempts may fail within a window, counted in the database, so that neither a restart nor another
//! server forgets any. It counts what it is told to, and knows neither people nor passwords nor networks.

mod closed;
mod settings;
#[cfg(test)]
mod tests;

use crate::base::vocabulary::words;
use crate::base::{Digest, Fault, Life, Timestamp};
use crate::store::{self, Db, Tx};

pub use closed::ClosedLimits;
pub use settings::Settings;

words! {
    /// What failures are counted by. Units of work count them in this order.
    LimitKind, "limit" {
        /// One browser that an account knows.
        Device = "device",
        /// One account, or one name that nobody has.
        Name = "name",
        /// The second factor of one account.
        Factor = "factor",
        /// One subscriber's network.
        Network = "network",
        /// All of them together.
        Overall = "overall",
        /// One client, from one network.
        Client = "client",
        /// Challenges for passkeys, asked for from one subscriber's network. They are no failures, but each is a row.
        Challenge = "challenge",
    }
}

/// A limit on somebody or something in particular.
#[derive(Clone, Debug)]
pub struct Limit {
    kind: LimitKind,
    key: Digest,
    most: i64,
    window: Life,
}

/// At least one limit is closed: no attempt is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// How long until all are open again.
    pub wait: Life,
}

/// An attempt that was counted as failed before it was made: fifty at once are fifty, on however many servers.
#[derive(Debug)]
pub struct Counted(Vec<Mark>);

/// Where an attempt was counted.
#[derive(Debug)]
struct Mark {
    kind: LimitKind,
    key: Digest,
    ends_at: Timestamp,
    is_last: bool,
}

/// What came of counting an attempt.
#[derive(Debug)]
pub enum Counting {
    /// It is counted and may be made.
    Counted(Counted),
    TooMany(TooMany),
}

/// Until when one of them is closed; nothing where all are open. It only reads: refusing must cost the attacker more
/// than it costs us.
pub async fn check(db: &mut Db, limits: &[Limit], now: Timestamp) -> Result<Option<TooMany>, Fault> {
    let mut longest = None;
    for limit in limits {
        let sql = "select ends_at from limits where key = $1 and failures >= $2 and ends_at > $3";
        let row = store::optional!(*db, (Timestamp,), sql, &limit.key, limit.most, now)?;
        longest = longest.max(row.map(|(ends_at,)| ends_at.since(now)));
    }
    Ok(longest.map(|wait| TooMany { wait }))
}

/// Counts an attempt by each of them, in the order of [`LimitKind`] so that no two units wait for each other, or by
/// none where one is closed.
pub async fn count(tx: &mut Tx, limits: &[Limit]) -> Result<Counting, Fault> {
    let mut counted = Counted(Vec::with_capacity(limits.len()));
    for limit in limits {
        if let Some(mark) = count_by(tx, limit).await? {
            counted.0.push(mark);
            continue;
        }
        give_back(tx, &counted).await?;
        // Whoever closed it committed before this statement went on.
        let refused = check(&mut tx.db, limits, tx.now).await?;
        return Ok(Counting::TooMany(refused.unwrap_or(TooMany { wait: limit.window })));
    }
    Ok(Counting::Counted(counted))
}

/// A window begins with the first failure in it, so that one in which nothing failed begins anew. The row decides: a
/// full one isn't touched.
async fn count_by(tx: &mut Tx, limit: &Limit) -> Result<Option<Mark>, Fault> {
    let row = store::optional!(
        tx.db,
        (i64, Timestamp),
        "insert into limits (key, kind, failures, ends_at) values ($1, $2, 1, $3) on conflict (key) do update set \
         failures = case when limits.ends_at <= $4 or limits.failures = 0 then 1 else limits.failures + 1 end, \
         ends_at = case when limits.ends_at <= $4 or limits.failures = 0 then excluded.ends_at else limits.ends_at end \
         where limits.ends_at <= $4 or limits.failures < $5 returning failures, ends_at",
        &limit.key,
        limit.kind.as_str(),
        tx.now + limit.window,
        tx.now,
        limit.most
    )?;
    Ok(row.map(|(failures, ends_at)| Mark {
        kind: limit.kind,
        key: limit.key.clone(),
        ends_at,
        is_last: failures >= limit.most,
    }))
}

/// Takes an attempt that succeeded, or wasn't made, out of the count again. What others failed at meanwhile stays:
/// somebody who signs in every minute doesn't open the way for whoever guesses in between.
pub async fn give_back(tx: &mut Tx, counted: &Counted) -> Result<(), Fault> {
    for mark in &counted.0 {
        let sql = "update limits set failures = failures - 1 where key = $1 and ends_at = $2 and failures > 0";
        store::execute!(tx.db, sql, &mark.key, mark.ends_at)?;
    }
    Ok(())
}

/// Takes everything counted out of these limits, closed or not. Answers whether there was anything.
pub async fn open(tx: &mut Tx, limits: &[Limit]) -> Result<bool, Fault> {
    let mut opened = false;
    for limit in limits {
        let sql = "update limits set failures = 0 where key = $1 and failures > 0 and ends_at > $2";
        opened |= store::execute!(tx.db, sql, &limit.key, tx.now)? > 0;
    }
    Ok(opened)
}

impl Counted {
    /// Nothing was counted: for tests of what comes after.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self(Vec::new())
    }

    /// The limits that this attempt closed, now that it failed, and until when: exactly one attempt closes each.
    pub fn closed(&self) -> impl Iterator<Item = (LimitKind, Timestamp)> {
        self.0.iter().filter(|mark| mark.is_last).map(|mark| (mark.kind, mark.ends_at))
    }
}

/// Removes the counts of windows that have ended, and answers how many it removed.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from limits", "key", "ends_at <= $1", tx.now)
}
