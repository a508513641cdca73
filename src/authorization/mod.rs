//! Authorizations: what one sign-in gave one relying party (idea 5). Every code and token hangs from one row
//! and lives as long as that row, its session, its consent and its membership do; ending something is one update of one
//! row. With `offline_access` it doesn't hang from its session; only its codes do, and the access tokens given in it.
//! The session is still told, for the last address and for whoever tells relying parties of a sign-out. It decides what
//! a request still lacks, and knows neither HTTP nor the wording of any specification's messages.

pub mod access_token;
mod close;
mod closing;
pub mod code;
pub mod consent;
mod ending;
pub mod interaction;
mod next;
pub mod refresh;
mod request;
mod sweep;
#[cfg(test)]
mod tests;

use sqlx::types::Json;

use crate::access::Snapshot;
use crate::audit::{Deed, DeedKind, EndReason};
use crate::base::ids::{AccountId, AuthorizationId, ConsentId, MembershipId, SessionId};
use crate::base::{Fault, Life, Timestamp};
use crate::relying_party::{Claims, Scope, Scopes};
use crate::store::{self, Db, Tx};

pub use close::{AccountClosing, close_account, left_behind};
pub use closing::{ClosedAuthorizations, Closing, close};
pub use ending::{end_account, secure, switch_off, void_lost_ways_in, void_ways_in};
pub use next::{Admission, Next, SignIn, Situation, next};
pub use request::{Prompt, Request, ResponseMode};
pub use sweep::sweep_tokens;

/// An authorization, as its tokens speak of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Authorization {
    /// Its id: the `sid` of tokens.
    pub sid: AuthorizationId,
    /// The session of the sign-in. It hangs from that, unless the scope holds `offline_access`.
    pub session: Option<SessionId>,
    /// Who signed in: the `sub` of tokens.
    pub account: AccountId,
    /// The relying party it was given to.
    pub client: String,
    pub scope: Json<Scopes>,
    /// What was granted claim by claim.
    pub claims: Json<Claims>,
    /// How strongly the person signed in.
    pub acr: String,
    /// By what means (RFC 8176).
    pub amr: Json<Vec<String>>,
    /// When the person signed in.
    pub auth_time: Timestamp,
}

impl Authorization {
    /// The same as tokens of a narrower scope speak of it.
    #[must_use]
    pub fn narrowed(self, scope: Scopes) -> Self {
        Self { scope: Json(scope), ..self }
    }

    /// The same without what its client may not have any more, by scope or by name.
    #[must_use]
    pub fn within(self, allowed: &Scopes) -> Self {
        Self { scope: Json(self.scope.within(allowed)), claims: Json(self.claims.within(allowed)), ..self }
    }
}

/// What an authorization begins with.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// The session of the sign-in.
    pub session: SessionId,
    pub account: AccountId,
    /// As which contact; a token never changes company.
    pub membership: MembershipId,
    /// The relying party it is given to.
    pub client: String,
    /// The consent it rests on.
    pub consent: ConsentId,
    pub scope: Scopes,
    /// What is granted claim by claim.
    pub claims: Claims,
    /// How strongly the person signed in.
    pub acr: String,
    pub amr: Vec<String>,
    pub auth_time: Timestamp,
    /// When the second factor behind the sign-in was proven.
    pub second_factor_at: Option<Timestamp>,
}

/// What of the scope asked for may be given to that person. Offline access isn't where a network list applies to them
/// or their company: nobody knows where an absent person is (R-RGT-6).
pub fn grantable(asked: &Scopes, person: &Snapshot) -> Scopes {
    if person.networks().next().is_some() {
        asked.without(&[Scope::OfflineAccess].into_iter().collect())
    } else {
        asked.clone()
    }
}

/// Begins an authorization.
pub async fn begin(tx: &mut Tx, given: NewAuthorization) -> Result<AuthorizationId, Fault> {
    let sid = AuthorizationId(tx.dice.id(tx.now)?);
    store::execute!(
        tx.db,
        "insert into authorizations (id, session, account, membership, client, consent, scope, claims, acr, amr, \
         auth_time, created_at, second_factor_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        sid,
        given.session,
        given.account,
        given.membership,
        &given.client,
        given.consent,
        Json(&given.scope),
        Json(&given.claims),
        &given.acr,
        Json(&given.amr),
        given.auth_time,
        tx.now,
        given.second_factor_at,
    )?;
    let deed = Deed::new(DeedKind::AuthorizationBegan).account(given.account).subject(&given.client).reference(sid);
    tx.record(deed).await?;
    Ok(sid)
}

/// Ends an authorization and with it all that hangs from it. Answers whether it was this call that did.
pub async fn end(tx: &mut Tx, sid: AuthorizationId, because: EndReason) -> Result<bool, Fault> {
    let sql = "update authorizations set ended_at = $2, ended_because = $3 where id = $1 and ended_at is null \
         returning account, client";
    let ended = store::optional!(tx.db, (AccountId, String), sql, sid, tx.now, because.as_str())?;
    let Some((account, client)) = ended else { return Ok(false) };
    let deed = Deed::new(because.of_authorization()).account(account).subject(client).reference(sid);
    tx.record(deed.of_row(sid).because(because)).await?;
    Ok(true)
}

/// The relying party is about to get its first tokens: from now on it is told when the sign-in is over.
/// Answers false where that is over already, so that there are none to give.
pub async fn mark_tokens_issued(tx: &mut Tx, sid: AuthorizationId) -> Result<bool, Fault> {
    // Whoever closes it waits for this row, or this statement for theirs: nobody gets tokens and is never told.
    let rows = store::execute!(
        tx.db,
        "update authorizations set tokens_issued_at = coalesce(tokens_issued_at, $2) \
         where id = $1 and closed_at is null",
        sid,
        tx.now
    )?;
    Ok(rows == 1)
}

/// Ends every authorization of an account, those that outlive their session too; answers how many it ended. The
/// account's row is locked.
async fn end_all(tx: &mut Tx, account: AccountId, because: EndReason) -> Result<u64, Fault> {
    let sql = "update authorizations set ended_at = $2, ended_because = $3 where account = $1 and ended_at is null";
    let ended = store::execute!(tx.db, sql, account, tx.now, because.as_str())?;
    if ended > 0 {
        let deed = Deed::new(DeedKind::AuthorizationsEnded).account(account).because(because);
        tx.record(deed.detail("authorizations", ended)).await?;
    }
    Ok(ended)
}

/// How long a sign-in is kept when it is over, for whoever looks into what happened; the audit trail keeps more.
const KEPT: Life = Life::days(7);

/// Removes sign-ins that are over and that nothing hangs from any more, then withdrawn consents without any; answers
/// how many. A session that is over isn't enough: with `offline_access` refresh tokens outlive it.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    let over = store::sweep!(
        tx,
        "from authorizations",
        "id",
        "(ended_at < $1 or session in (select s.id from sessions s where s.ended_at < $1)) \
         and not exists (select 1 from codes c where c.sid = authorizations.id) \
         and not exists (select 1 from refresh_tokens r where r.sid = authorizations.id) \
         and not exists (select 1 from access_tokens t where t.sid = authorizations.id) \
         and not exists (select 1 from logout_deliveries d where d.sid = authorizations.id)",
        tx.now - KEPT
    )?;
    Ok(over
        + store::sweep!(
            tx,
            "from consents",
            "id",
            "withdrawn_at < $1 and not exists (select 1 from authorizations a where a.consent = consents.id)",
            tx.now - KEPT
        )?)
}

/// The authorization of that `sid`, ended or not.
pub async fn find(db: &mut Db, sid: AuthorizationId) -> Result<Option<Authorization>, Fault> {
    let sql = "select id as sid, session, account, client, scope, claims, acr, amr, auth_time \
         from authorizations where id = $1";
    store::optional!(*db, Authorization, sql, sid)
}
