//! Deliveries: which logout tokens wait, who is sending one, and how it ended. Every step is one conditional update of
//! the row.

use crate::authorization::ClosedAuthorizations;
use crate::base::ids::{AccountId, AuthorizationId, DeliveryId};
use crate::base::{Fault, Life, Timestamp};
use crate::queue::{self, QueueTurn, RetryPolicy};
use crate::store::{self, Db, Keyset, Tx};

/// A delivery is claimed for longer than a call can take, and given up after a day: by then the relying party's own
/// session is over too.
const POLICY: RetryPolicy = RetryPolicy {
    lease: Life::minutes(1),
    pauses: &[Life::seconds(10), Life::minutes(1), Life::minutes(5), Life::minutes(15), Life::hours(1)],
    patience: Some(Life::days(1)),
};

/// Puts a logout token on its way. A sign-in is over once.
pub(super) async fn put(tx: &mut Tx, closed: &ClosedAuthorizations) -> Result<(), Fault> {
    let sql = "insert into logout_deliveries (id, sid, account, client, created_at, due_at, attempts) \
         values ($1, $2, $3, $4, $5, $5, 0) \
         on conflict (sid) do nothing";
    store::execute!(tx.db, sql, DeliveryId(tx.dice.id(tx.now)?), closed.sid, closed.account, &closed.client, tx.now)?;
    Ok(())
}

/// A delivery that one server is making.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct ClaimedDelivery {
    pub(super) id: DeliveryId,
    pub(super) sid: AuthorizationId,
    pub(super) account: AccountId,
    pub(super) client: String,
    #[sqlx(flatten)]
    turn: QueueTurn,
}

/// Whether any delivery is due. It only reads, so that looking every second costs the writer nothing.
pub(super) async fn are_due(db: &mut Db, now: Timestamp) -> Result<bool, Fault> {
    queue::are_due!(*db, "logout_deliveries", now)
}

/// Claims the delivery that has been due longest, by pushing its time forward; those of `except` get no turn now.
/// Of two servers one gets it, the other nothing.
pub(super) async fn claim<'a>(
    tx: &mut Tx,
    except: impl IntoIterator<Item = &'a str>,
) -> Result<Option<ClaimedDelivery>, Fault> {
    queue::claim!(
        tx,
        "logout_deliveries",
        ClaimedDelivery,
        POLICY,
        "id, sid, account, client",
        "client not in (select key from json_each($3))",
        Keyset::few(except)?
    )
}

/// The relying party was told.
pub(super) async fn done(tx: &mut Tx, claimed: &ClaimedDelivery) -> Result<(), Fault> {
    queue::done!(tx, "logout_deliveries", claimed.id, erasing "").map(drop)
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
        DeliveryFailure::Passing => POLICY.next_attempt(claimed.turn, tx.now),
    };
    queue::failed!(tx, "logout_deliveries", claimed.id, claimed.turn, next, why)
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
         and (done_at is not null or given_up_at is not null) order by created_at",
        tx.now - KEPT
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_call_is_over_before_its_lease() {
        assert!(super::POLICY.lease.as_duration() > 2 * crate::outbound::WHOLE_CALL);
    }
}
