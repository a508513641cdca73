//! Access tokens as far as the database knows them: opaque ones by their digest, signed ones only once they are taken
//! back.

use sqlx::types::Json;
use uuid::Uuid;

use crate::audit::{Deed, DeedKind};
use crate::base::ids::AuthorizationId;
use crate::base::{Fault, Secret, Timestamp};
use crate::relying_party::Scopes;
use crate::store::{self, Db, Tx};

/// An opaque access token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Opaque {
    /// The authorization it hangs from; none for a service's own.
    pub sid: Option<AuthorizationId>,
    /// Who it was given to.
    pub client: String,
    /// What it is good for.
    pub scope: Json<Scopes>,
    /// When it was given.
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Gives an opaque access token for an authorization, or to a service in its own name.
pub async fn issue(tx: &mut Tx, sid: Option<AuthorizationId>, client: &str, scope: &Scopes) -> Result<Secret, Fault> {
    let token = tx.dice.secret()?;
    let sql =
        "insert into access_tokens (hash, sid, client, scope, issued_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    store::execute!(tx.db, sql, token.digest(), sid, client, Json(scope), tx.now, tx.now + tx.lives.token)?;
    Ok(token)
}

/// The opaque access token presented, unless its time is over.
pub async fn find(db: &mut Db, presented: &Secret, now: Timestamp) -> Result<Option<Opaque>, Fault> {
    let sql = "select sid, client, scope, issued_at, expires_at from access_tokens where hash = $1 and expires_at > $2";
    store::optional!(*db, Opaque, sql, presented.digest(), now)
}

/// Whether the signed access token of that `jti` was taken back.
pub async fn is_revoked(db: &mut Db, jti: Uuid) -> Result<bool, Fault> {
    let (revoked,) = store::one!(*db, (bool,), "select exists (select 1 from revoked_tokens where jti = $1)", jti)?;
    Ok(revoked)
}

/// Takes an opaque access token back: it is forgotten.
pub async fn revoke_opaque(tx: &mut Tx, presented: &Secret) -> Result<(), Fault> {
    let rows = store::execute!(tx.db, "delete from access_tokens where hash = $1", presented.digest())?;
    told(tx, rows).await
}

/// Takes a signed access token back: it is remembered until it would have ended.
pub async fn revoke_signed(tx: &mut Tx, jti: Uuid, expires_at: Timestamp) -> Result<(), Fault> {
    let sql = "insert into revoked_tokens (jti, expires_at) values ($1, $2) on conflict do nothing";
    let rows = store::execute!(tx.db, sql, jti, expires_at)?;
    told(tx, rows).await
}

async fn told(tx: &mut Tx, rows: u64) -> Result<(), Fault> {
    if rows == 1 { tx.record(Deed::new(DeedKind::AccessTokenRevoked)).await } else { Ok(()) }
}

/// Removes what was taken back and what was given, once its time is over; answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    let issued = store::sweep!(tx, "from access_tokens", "hash", "expires_at <= $1 order by expires_at", tx.now)?;
    Ok(issued + store::sweep!(tx, "from revoked_tokens", "jti", "expires_at <= $1 order by expires_at", tx.now)?)
}
