//! Consents: what a person lets a relying party see, remembered until withdrawn or until the relying party asks for
//! more.

use sqlx::types::Json;

use crate::audit::{Deed, DeedKind};
use crate::base::ids::{AccountId, ConsentId};
use crate::base::{Fault, Timestamp};
use crate::relying_party::Scopes;
use crate::store::{self, Db, Tx};

/// A live consent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Consent {
    /// Its id, which authorizations hang from.
    pub id: ConsentId,
    pub client: String,
    /// What it may see.
    pub scope: Json<Scopes>,
    /// When the person last said so.
    pub granted_at: Timestamp,
}

/// The person's live consent to a relying party.
pub async fn standing(db: &mut Db, account: AccountId, client: &str) -> Result<Option<Consent>, Fault> {
    let sql = "select id, client, scope, granted_at from consents where account = $1 and client = $2 \
         and withdrawn_at is null";
    store::optional!(*db, Consent, sql, account, client)
}

/// Every live consent of a person, the newest first.
pub async fn of_account(db: &mut Db, account: AccountId) -> Result<Vec<Consent>, Fault> {
    let sql = "select id, client, scope, granted_at from consents where account = $1 and withdrawn_at is null \
         order by granted_at desc, id";
    store::all!(*db, Consent, sql, account)
}

/// Consents, or lets an earlier consent grow. The row stays the same: withdrawing it later ends what hung from it
/// before it grew too, and growing ends nothing. Of two at once the later text stands, so that at worst the person is
/// asked again.
pub async fn grant(tx: &mut Tx, account: AccountId, client: &str, asked: &Scopes) -> Result<ConsentId, Fault> {
    let scope = match standing(&mut tx.db, account, client).await? {
        Some(earlier) => earlier.scope.with(asked),
        None => asked.clone(),
    };
    let (id,) = store::one!(
        tx.db,
        (ConsentId,),
        "insert into consents (id, account, client, scope, granted_at) values ($1, $2, $3, $4, $5) \
         on conflict (account, client) where withdrawn_at is null do update \
         set scope = excluded.scope, granted_at = excluded.granted_at \
         returning id",
        ConsentId(tx.dice.id(tx.now)?),
        account,
        client,
        Json(&scope),
        tx.now,
    )?;
    let deed = Deed::new(DeedKind::ConsentGiven).account(account).subject(client).detail("scope", scope);
    tx.record(deed).await?;
    Ok(id)
}

/// Withdraws a consent of that person's: every authorization that hangs from it is dead with this. Answers whether
/// there was one.
pub async fn withdraw(tx: &mut Tx, account: AccountId, consent: ConsentId) -> Result<bool, Fault> {
    let sql = "update consents set withdrawn_at = $3 \
         where id = $2 and account = $1 and withdrawn_at is null returning client";
    let withdrawn = store::optional!(tx.db, (String,), sql, account, consent, tx.now)?;
    let Some((client,)) = withdrawn else { return Ok(false) };
    tx.record(Deed::new(DeedKind::ConsentWithdrawn).account(account).subject(client).of_row(consent)).await?;
    Ok(true)
}
