//! The outbox: which letters wait, who is sending one, and how it ended. Every step is one conditional update of the
//! letter's row.

use crate::base::ids::{AccountId, MailId};
use crate::base::seal::Fingerprint;
use crate::base::{Email, Fault, Language, Life, Seal, Sealed, Timestamp};
use crate::mail::{Letter, LinkPurpose};
use crate::queue::{self, QueueTurn, RetryPolicy};
use crate::store::{self, Db, Tx};

/// A letter is claimed for longer than sending can take, and given up after three days.
pub(super) const POLICY: RetryPolicy = RetryPolicy {
    lease: Life::minutes(5),
    pauses: &[Life::minutes(1), Life::minutes(5), Life::minutes(15), Life::hours(1), Life::hours(3), Life::hours(6)],
    patience: Some(Life::days(3)),
};

/// A letter that is to be written and sent: what is certain of it when it is posted.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The kind of letter, for lists and logs.
    pub name: &'static str,
    /// The mailbox; none is Customer Service's, which the configuration names.
    pub to: Option<Email>,
    /// Whose mailbox it is.
    pub account: Option<AccountId>,
    pub language: Language,
    /// What the link in it is for: it is made when the letter is written.
    pub leads_to: Option<LinkPurpose>,
    /// What it tells, for whoever writes it.
    pub facts: Vec<u8>,
}

/// Puts a letter into the outbox. It leaves once the unit of work is committed, and never if it isn't. Its id is the
/// Message-ID.
pub async fn post(tx: &mut Tx, intent: Intent) -> Result<Option<MailId>, Fault> {
    let id = MailId(tx.dice.id(tx.now)?);
    let Some(seal) = tx.seal()? else { return Ok(None) };
    let sealed = seal.seal(&intent.facts, id.0.as_bytes())?;
    store::execute!(
        tx.db,
        "insert into outbox (id, name, recipient, account, language, leads_to, sealed_facts, sealed_by, created_at, \
         due_at, attempts) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0)",
        id,
        intent.name,
        intent.to,
        intent.account,
        intent.language,
        intent.leads_to,
        sealed.bytes,
        sealed.by,
        tx.now,
    )?;
    tx.posts = true;
    Ok(Some(id))
}

/// Letters to that account whose link is for that, and that haven't left yet, never will. Whoever makes such links void
/// calls this first: a letter written meanwhile has made its link by then, or finds itself void and makes none.
pub async fn void(tx: &mut Tx, account: AccountId, purpose: LinkPurpose) -> Result<(), Fault> {
    let sql = "update outbox set voided_at = $3 where account = $1 and leads_to = $2 and done_at is null \
         and given_up_at is null and voided_at is null";
    store::execute!(tx.db, sql, account, purpose, tx.now).map(drop)
}

/// That letter never leaves, if it hasn't yet: what it tells isn't so any more.
pub async fn withdraw(tx: &mut Tx, id: MailId) -> Result<(), Fault> {
    let sql = "update outbox set voided_at = $2 where id = $1 and done_at is null and given_up_at is null";
    store::execute!(tx.db, sql, id, tx.now).map(drop)
}

/// A letter one server is sending.
#[derive(Debug, sqlx::FromRow)]
pub struct ClaimedLetter {
    pub id: MailId,
    /// The kind of letter.
    pub name: String,
    /// The mailbox; none is Customer Service's.
    pub recipient: Option<String>,
    pub account: Option<AccountId>,
    pub language: Language,
    pub leads_to: Option<LinkPurpose>,
    /// Whether what it leads to was made void: it isn't sent.
    pub is_void: bool,
    sealed_facts: Vec<u8>,
    sealed_letter: Option<Vec<u8>>,
    sealed_by: Fingerprint,
    #[sqlx(flatten)]
    pub turn: QueueTurn,
}

impl ClaimedLetter {
    /// What the letter says, where it is written already: it is sent as it was tried before.
    pub fn written(&self, seal: &dyn Seal) -> Result<Option<Letter>, Fault> {
        let Some(sealed) = &self.sealed_letter else { return Ok(None) };
        let letter = serde_json::from_slice(&self.open(seal, sealed)?);
        letter.map(Some).map_err(|cause| Fault::broken("reading a letter", cause))
    }

    /// What it is to tell.
    pub fn facts(&self, seal: &dyn Seal) -> Result<Vec<u8>, Fault> {
        self.open(seal, &self.sealed_facts)
    }

    fn open(&self, seal: &dyn Seal, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let sealed = Sealed { by: self.sealed_by.clone(), bytes: bytes.to_owned() };
        Ok(seal.open(&sealed, self.id.0.as_bytes())?)
    }
}

/// Claims the letter that has been due longest, by pushing its time forward. Of two servers one gets it, the other
/// nothing.
pub async fn claim(tx: &mut Tx) -> Result<Option<ClaimedLetter>, Fault> {
    queue::claim!(
        tx,
        "outbox",
        ClaimedLetter,
        POLICY,
        "id, name, recipient, account, language, leads_to, sealed_facts, sealed_letter, sealed_by, \
         (voided_at is not null or (leads_to is not null and exists (select 1 from accounts a \
         where a.id = outbox.account and a.disabled_at is not null))) as is_void"
    )
}

/// The letter is written, unless it was made void since it was claimed, or another server wrote it. The link in it is
/// to be made in the same unit of work.
pub async fn write(tx: &mut Tx, claimed: &ClaimedLetter, letter: &Letter) -> Result<bool, Fault> {
    let body = serde_json::to_vec(letter).map_err(|cause| Fault::broken("writing a letter", cause))?;
    let Some(seal) = tx.seal()? else { return Ok(false) };
    let sealed = seal.seal(&body, claimed.id.0.as_bytes())?;
    let sql = "update outbox set sealed_letter = $2 where id = $1 and attempts = $4 and voided_at is null \
         and done_at is null and given_up_at is null and sealed_letter is null and sealed_by = $3 \
         and (leads_to is null or account in (select id from accounts where disabled_at is null))";
    let written = store::execute!(tx.db, sql, claimed.id, sealed.bytes, sealed.by, claimed.turn.attempts)?;
    Ok(written > 0)
}

/// It is dropped, and what it was to say is erased. Answers whether it was this call that did.
pub async fn drop_void(tx: &mut Tx, claimed: &ClaimedLetter) -> Result<bool, Fault> {
    let sql = "update outbox set given_up_at = $2, voided_at = coalesce(voided_at, $2), sealed_facts = null, \
         sealed_letter = null where id = $1 and attempts = $3 and done_at is null and given_up_at is null";
    let dropped = store::execute!(tx.db, sql, claimed.id, tx.now, claimed.turn.attempts)?;
    Ok(dropped > 0)
}

/// The mail server took it: what it said is erased.
pub async fn taken(tx: &mut Tx, claimed: &ClaimedLetter) -> Result<(), Fault> {
    queue::done!(tx, "outbox", claimed.id, erasing ", sealed_facts = null, sealed_letter = null").map(drop)
}

/// It wasn't sent. Answers whether the letter is given up; a later claim by another server has its own end.
pub async fn failed(tx: &mut Tx, claimed: &ClaimedLetter, why: &str, for_good: bool) -> Result<bool, Fault> {
    let next = POLICY.next_attempt(claimed.turn, tx.now).filter(|_| !for_good);
    queue::failed!(tx, "outbox", claimed.id, claimed.turn, next, why, "sealed_facts = null, sealed_letter = null")
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
    let ends = store::optional!(*db, Ends, "select done_at, given_up_at from outbox where id = $1", id)?;
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
    store::sweep!(tx, "from outbox", "id", "created_at < $1 and sealed_facts is null", tx.now - KEPT)
}
