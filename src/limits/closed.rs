//! Limits known to be closed, for doors too hot to ask the database each time.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::base::{Digest, Fault, Timestamp};
use crate::store::{self, View};

use super::{Limit, LimitKind, Settings, TooMany};

/// The closed limits of one kind. A server learns of them from its own refusals at once, and from the other servers'
/// within 5 s.
#[derive(Debug)]
pub struct ClosedLimits {
    kind: LimitKind,
    most: i64,
    until: RwLock<HashMap<Digest, Timestamp>>,
}

impl ClosedLimits {
    /// None of that kind is known yet.
    pub fn of(kind: LimitKind, settings: &Settings) -> Self {
        Self { kind, most: settings.most(kind).into(), until: RwLock::default() }
    }

    /// Whether the limit is open, as far as this server knows.
    pub fn check(&self, limit: &Limit, now: Timestamp) -> Result<(), TooMany> {
        let until = self.until.read().unwrap_or_else(PoisonError::into_inner).get(&limit.key).copied();
        match until {
            Some(until) if until > now => Err(TooMany { wait: until.since(now) }),
            Some(_) | None => Ok(()),
        }
    }

    /// A refusal that the database gave is from now on known here.
    pub fn learn(&self, limit: &Limit, until: Timestamp) {
        self.until.write().unwrap_or_else(PoisonError::into_inner).insert(limit.key.clone(), until);
    }

    /// Reads what is closed, and forgets what has opened.
    pub async fn refresh(&self, view: &mut View) -> Result<(), Fault> {
        let sql = "select key, ends_at from limits where kind = $1 and failures >= $2 and ends_at > $3";
        let rows = store::all!(view.db, (Digest, Timestamp), sql, self.kind.as_str(), self.most, view.now)?;
        let mut until = self.until.write().unwrap_or_else(PoisonError::into_inner);
        until.retain(|_, until| *until > view.now);
        until.extend(rows);
        Ok(())
    }
}
