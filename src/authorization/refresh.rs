//! Refresh tokens: each authorization has one family, and of each family one token is live (RFC 9700 section 4.14.2).
//!
//! What holds when a token comes back, which the protocol's two sentences say together:
//!
//! - It is exchanged once, for its successor.
//! - Within the grace after that it is answered once more, as long as the successor is unused: the answer was lost. The
//!   successor
//!   that got lost is retired by the same statement, so that there is never a second live family.
//! - In the grace, but a third time, or after its successor was used, it is refused, and nothing ends: retries of a
//!   client that sends twice must not sign its person out.
//! - After the grace it is a copy in other hands. The authorization ends, and everything with it. A retired successor
//!   counts as
//!   used when it was retired: if somebody kept it after all, two parties hold the family, and that shows here.

use crate::audit::EndReason;
use crate::base::ids::AuthorizationId;
use crate::base::{Digest, Fault, Secret, Timestamp};
use crate::store::{self, Db, Tx};

use super::{Authorization, end};

/// What the tokens of a family have in common.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The authorization it hangs from.
    pub sid: AuthorizationId,
    /// When it ends, however often it is used.
    pub until: Timestamp,
    /// Whether its ID tokens say when the person signed in.
    pub wants_auth_time: bool,
}

/// Begins the family of an authorization.
pub async fn begin(tx: &mut Tx, family: Family) -> Result<Secret, Fault> {
    let token = tx.dice.secret()?;
    insert(tx, &token, family).await?;
    Ok(token)
}

async fn insert(tx: &mut Tx, token: &Secret, family: Family) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "insert into refresh_tokens (hash, sid, wants_auth_time, issued_at, expires_at, family_expires_at) \
         values ($1, $2, $3, $4, $5, $6)",
        token.digest(),
        family.sid,
        family.wants_auth_time,
        tx.now,
        family.until.min(tx.now + tx.lives.refresh_idle),
        family.until,
    )
    .map(drop)
}

/// A refresh token that somebody presented, with what it was given for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RefreshToken {
    hash: Digest,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it ends, unless it is used before.
    pub expires_at: Timestamp,
    family_expires_at: Timestamp,
    used_at: Option<Timestamp>,
    wants_auth_time: bool,
    /// What it was given for.
    #[sqlx(flatten)]
    pub authorization: Authorization,
}

impl RefreshToken {
    /// What it has in common with its family.
    pub fn family(&self) -> Family {
        Family { sid: self.authorization.sid, until: self.family_expires_at, wants_auth_time: self.wants_auth_time }
    }

    /// Whether it is the live one of its family.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}

/// The refresh token presented, used or expired ones included.
pub async fn find(db: &mut Db, presented: &Secret) -> Result<Option<RefreshToken>, Fault> {
    let sql = "select t.hash, t.issued_at, t.expires_at, t.family_expires_at, t.used_at, t.wants_auth_time, t.sid, \
         a.session, a.account, a.client, a.scope, a.claims, a.acr, a.amr, a.auth_time \
         from refresh_tokens t join authorizations a on a.id = t.sid where t.hash = $1";
    store::optional!(*db, RefreshToken, sql, presented.digest())
}

/// What became of a refresh token that its own client presented.
#[derive(Clone, Debug)]
pub enum SpentRefreshToken {
    /// It was exchanged for this successor.
    For(Secret),
    /// It was exchanged just before, and nothing more comes of it.
    Already,
    /// It had been exchanged longer ago: the authorization has ended.
    Replayed,
    TooLate,
}

/// Exchanges a token: of fifty at once one gets the successor, and one more, at most, the successor's replacement.
pub async fn spend(tx: &mut Tx, token: &RefreshToken) -> Result<SpentRefreshToken, Fault> {
    let successor = tx.dice.secret()?;
    if exchange(tx, &token.hash, &successor).await? || exchange_again(tx, &token.hash).await? {
        insert(tx, &successor, token.family()).await?;
        return Ok(SpentRefreshToken::For(successor));
    }
    // The row is read again: what was found may be older than another use.
    let row = store::optional!(
        tx.db,
        (Option<Timestamp>,),
        "select used_at from refresh_tokens where hash = $1",
        &token.hash
    )?;
    match row {
        Some((Some(used_at),)) if tx.now < used_at + tx.lives.refresh_grace => Ok(SpentRefreshToken::Already),
        Some((Some(_),)) => {
            end(tx, token.authorization.sid, EndReason::RefreshTokenReplayed).await?;
            Ok(SpentRefreshToken::Replayed)
        }
        Some((None,)) | None => Ok(SpentRefreshToken::TooLate),
    }
}

async fn exchange(tx: &mut Tx, hash: &Digest, successor: &Secret) -> Result<bool, Fault> {
    let sql = "update refresh_tokens set used_at = $2, successor = $3 \
         where hash = $1 and used_at is null and expires_at > $2";
    let rows = store::execute!(tx.db, sql, hash, tx.now, successor.digest())?;
    Ok(rows == 1)
}

/// The successor's row decides: whoever retires it unused may replace it. Rows are touched from the older to the newer
/// one by everybody, so that PostgreSQL finds nobody waiting in a circle.
async fn exchange_again(tx: &mut Tx, hash: &Digest) -> Result<bool, Fault> {
    let sql = "update refresh_tokens set used_again_at = $2 \
         where hash = $1 and used_again_at is null and used_at > $3 returning successor";
    let claimed = store::optional!(tx.db, (Option<Digest>,), sql, hash, tx.now, tx.now - tx.lives.refresh_grace)?;
    let Some((Some(successor),)) = claimed else { return Ok(false) };
    let sql = "update refresh_tokens set used_at = $2, used_again_at = $2 where hash = $1 and used_at is null";
    let rows = store::execute!(tx.db, sql, successor, tx.now)?;
    Ok(rows == 1)
}

/// Removes tokens that would have expired by now, used or not, and answers how many: until then a replay must be
/// recognised.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from refresh_tokens", "hash", "expires_at <= $1 order by expires_at", tx.now)
}
