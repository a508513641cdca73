//! Deliveries: which logout tokens wait, who is sending one, and how it ended. Every step is one conditional update of
//! the row.

use crate::authorization::ClosedAuthorizations;
use crate::base::ids::{AccountId, AuthorizationId, DeliveryId};
use crate::base::{Fault, Life, Timestamp};
use crate::store::{self, Db, Keyset, Tx};

/// Whoever claims a delivery has this long; then another server may think the first one gone. Longer than a call can
/// take.
pub(super) const LEASE: Life = Life::minutes(1);

/// After its n-th failure a delivery waits this long.
const PAUSES: [Life; 5] = [Life::seconds(10), Life::minutes(1), Life::minutes(5), Life::minutes(15), Life::hours(1)];

/// A delivery that fails when it is older than this is given up: by then the relying party's own session is over too.
const PATIENCE: Life = Life::days(1);

/// Puts a logout token on its way. A sign-in is over once.
pub(super) async fn put(tx: &mut Tx, closed: &ClosedAuthorizations) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "insert into logout_deliveries (id, sid, account, client, created_at, due_at, attempts) \
         values ($1, $2, $3, $4, $5, $5, 0) \
         on conflict (sid) do nothing",
        DeliveryId(tx.dice.id(tx.now)?),
        closed.sid,
        closed.account,
        &closed.client,
        tx.now,
    )?;
    Ok(())
}

/// A delivery that one server is making.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct ClaimedDelivery {
    pub(super) id: DeliveryId,
    pub(super) sid: AuthorizationId,
    pub(super) account: AccountId,
    pub(super) client: String,
    created_at: Timestamp,
    attempts: i64,
}

impl ClaimedDelivery {
    /// When to try again, or never.
    fn next_attempt(&self, now: Timestamp) -> Option<Timestamp> {
        let failures = usize::try_from(self.attempts).unwrap_or(usize::MAX).max(1);
        let next = now + PAUSES[failures.min(PAUSES.len()) - 1];
        (now < self.created_at + PATIENCE).then_some(next)
    }
}

/// Whether any delivery is due. It only reads, so that looking every second costs the writer nothing.
pub(super) async fn are_due(db: &mut Db, now: Timestamp) -> Result<bool, Fault> {
    let first = store::optional!(
        *db,
        (DeliveryId,),
        "select id from logout_deliveries where due_at <= $1 and delivered_at is null and given_up_at is null limit 1",
        now
    )?;
    Ok(first.is_some())
}

/// Claims the delivery that has been due longest, by pushing its time forward; those of `except` get no turn now.
/// Of two servers one gets it, the other nothing.
pub(super) async fn claim<'a>(
    tx: &mut Tx,
    except: impl IntoIterator<Item = &'a str>,
) -> Result<Option<ClaimedDelivery>, Fault> {
    store::optional!(
        tx.db,
        ClaimedDelivery,
        "update logout_deliveries set due_at = $1, attempts = attempts + 1 \
         where id = (select id from logout_deliveries where due_at <= $2 and delivered_at is null \
         and given_up_at is null \
         and client not in (select key from json_each($3)) order by due_at, id limit 1) \
         and due_at <= $2 and delivered_at is null and given_up_at is null \
         returning id, sid, account, client, created_at, attempts",
        tx.now + LEASE,
        tx.now,
        Keyset::few(except)?,
    )
}

/// The relying party was told.
pub(super) async fn done(tx: &mut Tx, claimed: &ClaimedDelivery) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "update logout_deliveries set delivered_at = $1, last_error = null where id = $2 and delivered_at is null",
        tx.now,
        claimed.id,
    )?;
    Ok(())
}

/// Whether a failure can pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeliveryFailure {
    /// It may work later.
    Passing,
    Final,
}

/// The relying party wasn't told. Answers whether the delivery is given up; a later claim by another server has its own
/// end.
pub(super) async fn failed(
    tx: &mut Tx,
    claimed: &ClaimedDelivery,
    failure: DeliveryFailure,
    why: &str,
) -> Result<bool, Fault> {
    let next = match failure {
        DeliveryFailure::Final => None,
        DeliveryFailure::Passing => claimed.next_attempt(tx.now),
    };
    let settled = store::execute!(
        tx.db,
        "update logout_deliveries set due_at = coalesce($1, due_at), given_up_at = case when $1 is null then $2 end, \
         last_error = $3 where id = $4 and attempts = $5 and delivered_at is null and given_up_at is null",
        next,
        tx.now,
        why,
        claimed.id,
        claimed.attempts,
    )?;
    Ok(next.is_none() && settled == 1)
}

/// How long deliveries are kept, for whoever looks into what happened.
const KEPT: Life = Life::days(30);

/// Removes deliveries made or given up long ago, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(
        tx,
        "from logout_deliveries",
        "id",
        "created_at < $1 \
         and (delivered_at is not null or given_up_at is not null) order by created_at",
        tx.now - KEPT
    )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{AccountId, AuthorizationId, ClaimedDelivery, DeliveryId, Life, Timestamp};

    #[test]
    fn pauses_grow_and_end_after_a_day() {
        let start = Timestamp::from_millis(0);
        let mut delivery = ClaimedDelivery {
            id: DeliveryId(Uuid::nil()),
            sid: AuthorizationId(Uuid::nil()),
            account: AccountId(Uuid::nil()),
            client: String::new(),
            created_at: start,
            attempts: 0,
        };
        let (mut now, mut pauses) = (start, Vec::new());
        loop {
            delivery.attempts += 1;
            let Some(next) = delivery.next_attempt(now) else { break };
            pauses.push(next.since(now).to_string());
            now = next;
        }
        assert_eq!(pauses[..6], ["10s", "1min", "5min", "15min", "1h", "1h"]);
        assert!(now.since(start) >= Life::days(1) && now.since(start) < Life::days(2), "{}", now.since(start));
        assert!(super::LEASE.as_duration() > 2 * crate::outbound::WHOLE_CALL);
    }
}
