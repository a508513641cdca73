//! Interactions: authorization requests that wait for their person, each bound to the browser that picked it up.
//! Pages hold an interaction's id only; what was asked is read again from the row at every step.

use sqlx::types::Json;

use crate::base::ids::InteractionId;
use crate::base::{Digest, Fault, Life, Timestamp};
use crate::store::{self, Db, Tx};

use super::Request;

/// How long an answered interaction stays, so that a double click or a reload gets its answer too.
const LINGERS: Life = Life::seconds(30);

/// A parked request.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Interaction {
    pub request: Json<Request>,
    /// When it was asked: `prompt=login` is met by a later sign-in.
    pub created_at: Timestamp,
    /// When the person refused on the consent page.
    pub declined_at: Option<Timestamp>,
    /// When the person consented there.
    pub allowed_at: Option<Timestamp>,
}

/// Parks a request. Without a browser (a POST from another site carries no cookie) the first to pick it up is bound to
/// it.
pub async fn park(tx: &mut Tx, request: &Request, browser: Option<&Digest>) -> Result<InteractionId, Fault> {
    let id = InteractionId(tx.dice.id(tx.now)?);
    let sql = "insert into interactions (id, browser, client, request, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6)";
    store::execute!(tx.db, sql, id, browser, &request.client, Json(request), tx.now, tx.now + tx.lives.interaction)?;
    Ok(id)
}

/// The interaction, where it is this browser's and hasn't expired. Another browser's answers like none.
pub async fn find(
    db: &mut Db,
    id: InteractionId,
    browser: &Digest,
    now: Timestamp,
) -> Result<Option<Interaction>, Fault> {
    let sql = "select request, created_at, declined_at, allowed_at from interactions \
         where id = $1 and browser = $2 and expires_at > $3";
    store::optional!(*db, Interaction, sql, id, browser, now)
}

/// Binds an interaction that nobody has picked up yet to this browser. Of several at once one succeeds.
pub async fn bind(tx: &mut Tx, id: InteractionId, browser: &Digest) -> Result<Option<Interaction>, Fault> {
    let sql = "update interactions set browser = $2 where id = $1 and browser is null and expires_at > $3 \
         returning request, created_at, declined_at, allowed_at";
    store::optional!(tx.db, Interaction, sql, id, browser, tx.now)
}

/// The person refuses: `/oauth2/authorize` tells the relying party so at the next step. Answers whether the interaction
/// was this browser's.
pub async fn decline(tx: &mut Tx, id: InteractionId, browser: &Digest) -> Result<bool, Fault> {
    let sql = "update interactions set declined_at = $3 where id = $1 and browser = $2 and expires_at > $3";
    let rows = store::execute!(tx.db, sql, id, browser, tx.now)?;
    Ok(rows == 1)
}

/// The person consents to this very request.
pub async fn allow(tx: &mut Tx, id: InteractionId, browser: &Digest) -> Result<(), Fault> {
    let sql = "update interactions set allowed_at = $3 where id = $1 and browser = $2 and expires_at > $3";
    store::execute!(tx.db, sql, id, browser, tx.now).map(drop)
}

/// The interaction is answered: it goes soon. Answers whether it was still there.
pub async fn conclude(tx: &mut Tx, id: InteractionId) -> Result<bool, Fault> {
    let soon = tx.now + LINGERS;
    let sql = "update interactions set expires_at = case when expires_at < $2 then expires_at else $2 end \
         where id = $1 and expires_at > $3";
    let rows = store::execute!(tx.db, sql, id, soon, tx.now)?;
    Ok(rows == 1)
}

/// Removes interactions nobody came back for, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from interactions", "id", "expires_at <= $1 order by expires_at", tx.now)
}
