//! Sessions: browsers in which an account is signed in now. Known by the hash of a cookie, listed, endable.

use sqlx::types::Json;

use crate::access::live_session;
use crate::account;
use crate::audit::{Deed, DeedKind, EndReason};
use crate::base::ids::{AccountId, MembershipId, SessionId};
use crate::base::{AccountKind, Address, Fault, Life, Secret, Timestamp};
use crate::store::{self, Db, Tx};

use super::proof::{Acr, Proof};

/// A live session.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub kind: AccountKind,
    pub membership: Option<MembershipId>,
    pub acr: Acr,
    pub amr: Json<Vec<String>>,
    pub auth_time: Timestamp,
    pub second_factor_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub address: Option<String>,
    pub user_agent: String,
}

impl Session {
    /// The same, once its owner proved more.
    #[must_use]
    pub fn strengthened(self, with: &Strengthening) -> Self {
        let Proof { acr, second_factor_at, .. } = with.proof;
        Self { acr, second_factor_at, auth_time: with.auth_time, ..self }
    }
}

/// A session to begin.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    pub account: AccountId,
    /// The membership to act as, where there is no choice to make.
    pub membership: Option<MembershipId>,
    /// The browser's own words.
    pub user_agent: &'a str,
    pub proof: Proof,
}

/// How often a session's last use is written down.
const TOUCHED_EVERY: Life = Life::minutes(1);

/// Begins a session, always with a new secret (session fixation), which its browser keeps.
pub async fn begin(tx: &mut Tx, begin: Begin<'_>) -> Result<Secret, Fault> {
    let id = SessionId(tx.dice.id(tx.now)?);
    let secret = tx.dice.secret()?;
    store::execute!(
        tx.db,
        "insert into sessions (id, hash, account, membership, acr, amr, auth_time, second_factor_at, created_at, \
         last_seen_at, expires_at, \
         address, user_agent) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)",
        id,
        secret.digest(),
        begin.account,
        begin.membership,
        begin.proof.acr,
        Json(begin.proof.amr),
        begin.proof.proven_at.unwrap_or(tx.now),
        begin.proof.second_factor_at,
        tx.now,
        tx.now + tx.lives.session,
        tx.by.address.map(|address| address.to_string()),
        begin.user_agent
    )?;
    tx.by.session = Some(id);
    tx.record(Deed::new(DeedKind::SessionBegan).account(begin.account).subject(id)).await?;
    Ok(secret)
}

/// What a session is to be from now on, because its owner proved something again.
#[derive(Clone, Copy, Debug)]
pub struct Strengthening {
    pub session: SessionId,
    pub account: AccountId,
    pub proof: Proof,
    /// When the person proved to be its owner.
    pub auth_time: Timestamp,
}

/// Strengthens a live session. It gets a new secret (session fixation) and stays the same row: what relying parties
/// were given lives on.
pub async fn strengthen(tx: &mut Tx, with: Strengthening) -> Result<Option<Secret>, Fault> {
    let secret = tx.dice.secret()?;
    let strengthened = store::execute!(
        tx.db,
        concat!(
            "update sessions set hash = $3, acr = $4, amr = $5, auth_time = $6, second_factor_at = $7, \
             last_seen_at = $8 where id = $1 and account = $2 and ",
            live_session!("$8", "$9")
        ),
        with.session,
        with.account,
        secret.digest(),
        with.proof.acr,
        Json(with.proof.amr),
        with.auth_time,
        with.proof.second_factor_at,
        tx.now,
        tx.now - tx.lives.session_idle
    )?;
    if strengthened == 0 {
        return Ok(None);
    }
    let deed = Deed::new(DeedKind::SessionStrengthened).account(with.account).subject(with.session);
    tx.record(deed.detail("acr", with.proof.acr.as_str())).await?;
    Ok(Some(secret))
}

/// Live sessions: `$2` is now, and those last used at `$3` or before are over.
macro_rules! live {
    ($which:literal $(, $order:literal)?) => {
        concat!(
            "select s.id, s.account, a.kind, s.membership, s.acr, s.amr, s.auth_time, s.second_factor_at, \
             s.created_at, s.last_seen_at, s.address, s.user_agent \
             from sessions s join accounts a on a.id = s.account where ",
            live_session!("$2", "$3"),
            " and ",
            $which
            $(, $order)?
        )
    };
}

/// The live session of a cookie, if its idle time hasn't run out at `now`.
pub async fn find(db: &mut Db, secret: &Secret, now: Timestamp, idle: Life) -> Result<Option<Session>, Fault> {
    store::optional!(*db, Session, live!("s.hash = $1"), secret.digest(), now, now - idle)
}

/// Whether a request from this address is worth writing down.
pub fn is_stale(session: &Session, now: Timestamp, address: Option<Address>) -> bool {
    now.since(session.last_seen_at) >= TOUCHED_EVERY || session.address != address.map(|address| address.to_string())
}

/// Writes down that the session is in use, and from where.
pub async fn touch(tx: &mut Tx, id: SessionId) -> Result<(), Fault> {
    let sql = "update sessions set last_seen_at = $2, address = $3 where id = $1 and ended_at is null";
    store::execute!(tx.db, sql, id, tx.now, tx.by.address.map(|address| address.to_string())).map(drop)
}

/// Gives a live session a new secret, because its owner proved to be there (session fixation): whoever else holds the
/// old one is out. It stays the same row, and what relying parties were given in it lives on.
pub async fn renew(tx: &mut Tx, account: AccountId, id: SessionId) -> Result<Option<Secret>, Fault> {
    let secret = tx.dice.secret()?;
    let sql = concat!(
        "update sessions set hash = $3, last_seen_at = $4 where id = $1 and account = $2 and ",
        live_session!("$4", "$5")
    );
    let renewed = store::execute!(tx.db, sql, id, account, secret.digest(), tx.now, tx.now - tx.lives.session_idle)?;
    Ok((renewed > 0).then_some(secret))
}

/// Makes the session act as one of its account's memberships (R-DIR-6). Answers whether it is one.
pub async fn choose(tx: &mut Tx, id: SessionId, membership: MembershipId) -> Result<bool, Fault> {
    let sql = "update sessions set membership = $2 where id = $1 and ended_at is null and account = \
         (select account from memberships where id = $2 and refused_at is null and detached_at is null)";
    let chosen = store::execute!(tx.db, sql, id, membership)?;
    tx.record_if(chosen > 0, Deed::new(DeedKind::CompanyChosen).subject(membership)).await
}

/// The live sessions of an account, the one used last first.
pub async fn list(db: &mut Db, account: AccountId, now: Timestamp, idle: Life) -> Result<Vec<Session>, Fault> {
    store::all!(*db, Session, live!("s.account = $1", " order by s.last_seen_at desc, s.id"), account, now, now - idle)
}

/// Ends one session of an account: one update, and everything that hangs from it is dead. Answers whether it was live.
pub async fn end(tx: &mut Tx, account: AccountId, id: SessionId, because: EndReason) -> Result<bool, Fault> {
    let sql =
        "update sessions set ended_at = $3, ended_because = $4 where id = $1 and account = $2 and ended_at is null";
    let ended = store::execute!(tx.db, sql, id, account, tx.now, because.as_str())?;
    if ended > 0 {
        tell_end(tx, id, account, because).await?;
    }
    Ok(ended > 0)
}

/// Every ending of one session leaves a line in the trail, and one event.
async fn tell_end(tx: &mut Tx, id: SessionId, account: AccountId, because: EndReason) -> Result<(), Fault> {
    let deed = Deed::new(DeedKind::SessionEnded).account(account).of_row(id);
    tx.record(deed.because(because)).await
}

/// Whether a session still runs. The account's row is written first, so that whatever ends its sessions comes before
/// this and is seen, or after it.
pub async fn holds(tx: &mut Tx, session: SessionId, account: AccountId) -> Result<bool, Fault> {
    account::lock(tx, account).await?;
    let sql = concat!("select id from sessions where id = $1 and account = $2 and ", live_session!("$3", "$4"));
    let idle_since = tx.now - tx.lives.session_idle;
    Ok(store::optional!(tx.db, (SessionId,), sql, session, account, tx.now, idle_since)?.is_some())
}

/// Ends every session of an account, leaving out the one that asks for it; answers how many were live. Whoever calls
/// locked the account's row, which a sign-in going on at the same time writes too: it is either over, and its session
/// ends here, or finds the account as it is after this.
pub async fn end_all(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionId>,
    because: EndReason,
) -> Result<u64, Fault> {
    let sql = "update sessions set ended_at = $2, ended_because = $3 where account = $1 and ended_at is null \
         and id is distinct from $4";
    let ended = store::execute!(tx.db, sql, account, tx.now, because.as_str(), kept)?;
    if ended > 0 {
        let deed = Deed::new(DeedKind::SessionsEnded).account(account).because(because);
        tx.record(deed.detail("sessions", ended)).await?;
    }
    Ok(ended)
}

/// Accounts whose sessions one call ends at most, so that it never holds the writer for long.
const RUN_OUT_AT_ONCE: i64 = 100;

/// Ends sessions whose time, in all or idle, ran out, and answers how many. [`find`] refuses them to the second; what
/// this adds is that relying parties hear of it.
pub async fn end_run_out(tx: &mut Tx) -> Result<u64, Fault> {
    let idle_since = tx.now - tx.lives.session_idle;
    let sql = concat!(
        "select distinct account from sessions where ended_at is null and not (",
        live_session!("$1", "$2"),
        ") order by account limit $3"
    );
    let accounts = store::all!(tx.db, (AccountId,), sql, tx.now, idle_since, RUN_OUT_AT_ONCE)?;
    let mut count = 0;
    for (account,) in accounts {
        account::lock(tx, account).await?;
        let sql = concat!(
            "update sessions set ended_at = $1, ended_because = $2 where account = $3 and ended_at is null \
                 and not (",
            live_session!("$1", "$4"),
            ") returning id"
        );
        let ended = store::all!(tx.db, (SessionId,), sql, tx.now, EndReason::RanOut.as_str(), account, idle_since)?;
        for (id,) in &ended {
            tell_end(tx, *id, account, EndReason::RanOut).await?;
        }
        count += ended.len() as u64;
    }
    Ok(count)
}

/// How long a session is kept after its end, for whoever looks into what happened; the audit trail keeps more.
const KEPT: Life = Life::days(7);

/// Removes sessions that ended long ago and that no sign-in at a relying party hangs from any more; answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(
        tx,
        "from sessions",
        "id",
        "ended_at < $1 \
         and not exists (select 1 from authorizations a where a.session = sessions.id)",
        tx.now - KEPT
    )
}
