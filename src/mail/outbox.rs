//! The outbox: which letters wait, who is sending one, and how it ended. Every step is one conditional update of the
//! letter's row.

use crate::base::ids::MailId;
use crate::base::seal::Fingerprint;
use crate::base::{Email, Fault, Life, Seal, Sealed, Timestamp};
use crate::mail::Letter;
use crate::store::{self, Db, Tx};

/// Whoever claims a letter has this long to send it; then another server may think the first one gone. Longer than
/// sending can take.
pub(super) const LEASE: Life = Life::minutes(5);

/// After its n-th failure a letter waits this long.
const PAUSES: [Life; 6] =
    [Life::minutes(1), Life::minutes(5), Life::minutes(15), Life::hours(1), Life::hours(3), Life::hours(6)];

/// A letter that fails when it is older than this is given up.
const PATIENCE: Life = Life::days(3);

/// A letter about to be put into the outbox.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The kind of letter, for lists and logs.
    pub name: &'static str,
    pub to: Email,
    pub letter: Letter,
}

/// Puts a letter into the outbox. It leaves once the unit of work is committed, and never if it isn't.
pub async fn post(tx: &mut Tx, seal: &dyn Seal, outgoing: Outgoing) -> Result<MailId, Fault> {
    let id = MailId(tx.dice.id(tx.now)?);
    let body = serde_json::to_vec(&outgoing.letter).map_err(|cause| Fault::broken("writing a letter", cause))?;
    let sealed = seal.seal(&body, id.0.as_bytes())?;
    store::execute!(
        tx.db,
        "insert into outbox (id, name, recipient, sealed_letter, sealed_by, created_at, due_at, attempts) \
         values ($1, $2, $3, $4, $5, $6, $6, 0)",
        id,
        outgoing.name,
        &outgoing.to,
        sealed.bytes,
        sealed.by,
        tx.now,
    )?;
    Ok(id)
}

/// A letter one server is sending.
#[derive(sqlx::FromRow)]
pub(super) struct ClaimedLetter {
    pub(super) id: MailId,
    pub(super) name: String,
    pub(super) recipient: String,
    sealed_letter: Vec<u8>,
    sealed_by: Fingerprint,
    pub(super) created_at: Timestamp,
    attempts: i64,
}

impl ClaimedLetter {
    /// What the letter says.
    pub(super) fn read(&self, seal: &dyn Seal) -> Result<Letter, Fault> {
        let sealed = Sealed { by: self.sealed_by.clone(), bytes: self.sealed_letter.clone() };
        let body = seal.open(&sealed, self.id.0.as_bytes())?;
        serde_json::from_slice(&body).map_err(|cause| Fault::broken("reading a letter", cause))
    }

    /// When to try again, or never.
    fn next_attempt(&self, now: Timestamp) -> Option<Timestamp> {
        let failures = usize::try_from(self.attempts).unwrap_or(usize::MAX).max(1);
        let next = now + PAUSES[failures.min(PAUSES.len()) - 1];
        (now < self.created_at + PATIENCE).then_some(next)
    }
}

/// Claims the letter that has been due longest, by pushing its time forward. Of two servers one gets it, the other
/// nothing.
pub(super) async fn claim(tx: &mut Tx) -> Result<Option<ClaimedLetter>, Fault> {
    store::optional!(
        tx.db,
        ClaimedLetter,
        "update outbox set due_at = $1, attempts = attempts + 1 \
         where id = (select id from outbox where due_at <= $2 and sent_at is null and given_up_at is null \
         order by due_at, id limit 1) and due_at <= $2 and sent_at is null and given_up_at is null \
         returning id, name, recipient, sealed_letter, sealed_by, created_at, attempts",
        tx.now + LEASE,
        tx.now,
    )
}

/// The mail server took it: what it said is erased.
pub(super) async fn taken(tx: &mut Tx, claimed: &ClaimedLetter) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "update outbox set sent_at = $1, sealed_letter = null, last_error = null where id = $2 and sent_at is null",
        tx.now,
        claimed.id,
    )?;
    Ok(())
}

/// It wasn't sent. Answers whether the letter is given up; a later claim by another server has its own end.
pub(super) async fn failed(tx: &mut Tx, claimed: &ClaimedLetter, why: &str, for_good: bool) -> Result<bool, Fault> {
    let next = if for_good { None } else { claimed.next_attempt(tx.now) };
    let settled = match next {
        Some(next) => store::execute!(
            tx.db,
            "update outbox set due_at = $1, last_error = $2 where id = $3 and attempts = $4 and sent_at is null",
            next,
            why,
            claimed.id,
            claimed.attempts,
        )?,
        None => store::execute!(
            tx.db,
            "update outbox set given_up_at = $1, sealed_letter = null, last_error = $2 where id = $3 \
             and attempts = $4 and sent_at is null",
            tx.now,
            why,
            claimed.id,
            claimed.attempts,
        )?,
    };
    Ok(next.is_none() && settled == 1)
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits, or is being sent.
    Waits,
    /// The mail server took it then.
    Taken(Timestamp),
    /// It was given up, or is so old that nothing is left of it.
    Lost,
}

/// What became of the letter of that id.
pub async fn fate(db: &mut Db, id: MailId) -> Result<Fate, Fault> {
    type Ends = (Option<Timestamp>, Option<Timestamp>);
    let ends = store::optional!(*db, Ends, "select sent_at, given_up_at from outbox where id = $1", id)?;
    Ok(match ends {
        Some((Some(taken_at), _)) => Fate::Taken(taken_at),
        Some((None, None)) => Fate::Waits,
        Some((None, Some(_))) | None => Fate::Lost,
    })
}

/// How long is kept that a letter went out, or didn't, for whoever asks after it.
const KEPT: Life = Life::days(30);

/// Removes what is left of letters that were sent or given up long ago; answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from outbox", "id", "created_at < $1 and sealed_letter is null", tx.now - KEPT)
}

#[cfg(test)]
mod tests {
    use super::{ClaimedLetter, Fingerprint, Life, MailId, Timestamp};

    #[test]
    fn pauses_grow_and_end_after_three_days() {
        let start = Timestamp::from_millis(0);
        let mut letter = ClaimedLetter {
            id: MailId(uuid::Uuid::nil()),
            name: String::new(),
            recipient: String::new(),
            sealed_letter: Vec::new(),
            sealed_by: Fingerprint(String::new()),
            created_at: start,
            attempts: 0,
        };
        let mut now = start;
        let mut pauses = Vec::new();
        loop {
            letter.attempts += 1;
            let Some(next) = letter.next_attempt(now) else { break };
            assert!(next > now);
            pauses.push(next.since(now).to_string());
            now = next;
        }
        assert_eq!(pauses[..7], ["1min", "5min", "15min", "1h", "3h", "6h", "6h"]);
        assert!(now.since(start) >= Life::days(3) && now.since(start) < Life::days(4), "{}", now.since(start));
    }
}
