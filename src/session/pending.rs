//! Sign-ins half made: the password was right, and the second factor is still to be proven, or enrolled. Nothing but
//! the second step is open to whoever holds one, and it doesn't last.

use crate::base::ids::{AccountId, InteractionId, SessionId, SignInId};
use crate::base::{Digest, Fault, Secret, Timestamp};
use crate::store::{self, Db, Tx};

/// What a half-made sign-in waits with.
#[derive(Clone, Copy, Debug)]
pub struct NewPendingSignIn<'a> {
    /// Whose password was right.
    pub account: AccountId,
    /// The hash it was right for.
    pub password_hash: &'a str,
    /// The session that is strengthened in the end; without one, a session begins.
    pub session: Option<SessionId>,
    /// The authorization request it is for.
    pub interaction: Option<InteractionId>,
    /// The page of ours that it is for.
    pub back: Option<&'a str>,
}

/// A half-made sign-in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PendingSignIn {
    pub id: SignInId,
    /// Whose password was right.
    pub account: AccountId,
    password_digest: Digest,
    /// The session that is strengthened in the end.
    pub session: Option<SessionId>,
    /// The authorization request it is for.
    pub interaction: Option<InteractionId>,
    /// The page of ours that it is for.
    pub back: Option<String>,
    /// Whether it is one of the vendor's people.
    pub is_staff: bool,
}

impl PendingSignIn {
    /// The account's password hash, where it is still the one that the password was right for.
    pub(super) async fn password_hash(&self, db: &mut Db) -> Result<Option<String>, Fault> {
        let row =
            store::optional!(*db, (Option<String>,), "select password_hash from accounts where id = $1", self.account)?;
        let hash = row.and_then(|(hash,)| hash);
        Ok(hash.filter(|hash| Digest::of(hash.as_bytes()).matches(&self.password_digest)))
    }
}

/// Begins one; the secret is its browser's.
pub async fn begin(tx: &mut Tx, new: NewPendingSignIn<'_>) -> Result<Secret, Fault> {
    let (id, secret) = (SignInId(tx.dice.id(tx.now)?), tx.dice.secret()?);
    store::execute!(
        tx.db,
        "insert into pending_sign_ins \
         (id, hash, account, password_digest, session, interaction, back, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        secret.digest(),
        new.account,
        Digest::of(new.password_hash.as_bytes()),
        new.session,
        new.interaction,
        new.back,
        tx.now,
        tx.now + tx.lives.second_step
    )?;
    Ok(secret)
}

/// The half-made sign-in of a cookie, where it still waits.
pub async fn find(db: &mut Db, secret: &Secret, now: Timestamp) -> Result<Option<PendingSignIn>, Fault> {
    let sql = "select id, account, password_digest, session, interaction, back, \
         exists (select 1 from staff where staff.account = pending_sign_ins.account) as is_staff from pending_sign_ins \
         where hash = $1 and finished_at is null and expires_at > $2";
    store::optional!(*db, PendingSignIn, sql, secret.digest(), now)
}

/// It is finished. The row decides: of several at once one succeeds.
pub(super) async fn finish(tx: &mut Tx, id: SignInId) -> Result<bool, Fault> {
    let sql = "update pending_sign_ins set finished_at = $2 where id = $1 and finished_at is null and expires_at > $2";
    Ok(store::execute!(tx.db, sql, id, tx.now)? == 1)
}

/// Those of an account can't be finished any more.
pub async fn void_pending(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql = "update pending_sign_ins set finished_at = $2 where account = $1 and finished_at is null";
    store::execute!(tx.db, sql, account, tx.now).map(drop)
}

/// Removes those that nobody can finish any more, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from pending_sign_ins", "id", "expires_at <= $1 order by expires_at", tx.now)
}
