//! The passkeys of an account, as they are kept.

use sqlx::types::Json;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use crate::account::factor::{self, RecoveryCode};
use crate::account::lock;
use crate::audit::{Deed, DeedKind};
use crate::base::Fault;
use crate::base::ids::{AccountId, PasskeyId};
use crate::store::{self, Db, Tx};

use super::{StoredPasskey, VerifiedPasskey};

/// How many an account may have: a person's devices, and room to spare.
pub const MOST: usize = 10;

/// What its owner calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The longest, in characters.
    pub const LONGEST: usize = 60;

    /// Reads what somebody typed; nothing for an empty or overlong one.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> =
            text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
        let name = words.join(" ");
        (!name.is_empty() && name.chars().count() <= Self::LONGEST).then_some(Self(name))
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! kept {
    ($which:literal) => {
        concat!(
            "select p.id, p.account, a.passkey_handle as handle, p.credential_id, p.credential, p.name, p.created_at, \
             p.last_used_at, p.confined_at ",
            "from passkeys p join accounts a on a.id = p.account where ",
            $which
        )
    };
}

/// The passkeys of an account, the oldest first.
pub async fn list(db: &mut Db, account: AccountId) -> Result<Vec<StoredPasskey>, Fault> {
    store::all!(*db, StoredPasskey, kept!("p.account = $1 order by p.created_at, p.id"), account)
}

/// The passkey that an authenticator calls so.
pub async fn find(db: &mut Db, credential_id: &[u8]) -> Result<Option<StoredPasskey>, Fault> {
    store::optional!(*db, StoredPasskey, kept!("p.credential_id = $1"), credential_id)
}

/// Who an account is to authenticators: the same for all its passkeys, and no name of it anywhere else.
pub async fn handle(tx: &mut Tx, account: AccountId) -> Result<Uuid, Fault> {
    let fresh = Uuid::from_bytes(tx.dice.bytes()?);
    let sql =
        "update accounts set passkey_handle = coalesce(passkey_handle, $2) where id = $1 returning passkey_handle";
    Ok(store::one!(tx.db, (Uuid,), sql, account, fresh)?.0)
}

/// What became of a new passkey.
#[derive(Debug)]
pub enum Enrolment {
    /// It is the account's. With the account's first factor come recovery codes.
    Enrolled(Option<Vec<RecoveryCode>>),
    /// The account has as many as it may have.
    Enough,
    /// It is somebody's already.
    Known,
}

/// Adds a passkey that was judged right. Whoever calls saw what there was before proven.
pub async fn enrol(tx: &mut Tx, account: AccountId, name: &Name, passkey: &Passkey) -> Result<Enrolment, Fault> {
    lock(tx, account).await?;
    if list(&mut tx.db, account).await?.len() >= MOST {
        return Ok(Enrolment::Enough);
    }
    let is_first = factor::enrolled(&mut tx.db, account).await?.is_none();
    let added = store::execute!(
        tx.db,
        "insert into passkeys (id, account, credential_id, credential, counter, name, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (credential_id) do nothing",
        PasskeyId(tx.dice.id(tx.now)?),
        account,
        passkey.cred_id().clone(),
        Json(passkey),
        // Whatever it counted when it was made, the first answer counts on from there (the key itself knows).
        0_i64,
        name.as_str(),
        tx.now
    )?;
    if added == 0 {
        return Ok(Enrolment::Known);
    }
    factor::note_factors(tx, account).await?;
    tx.record(Deed::new(DeedKind::PasskeyEnrolled).account(account)).await?;
    Ok(Enrolment::Enrolled(if is_first { Some(factor::renew_with_factor(tx, account).await?) } else { None }))
}

/// Counts an answer of a passkey. The row decides: it is there still, and no other answer with the same counter counted
/// before.
pub async fn count(tx: &mut Tx, verified: &VerifiedPasskey) -> Result<bool, Fault> {
    let VerifiedPasskey { kept, after, counter } = verified;
    // The account's row first, as everywhere: switching it off comes before this and is seen, or after it and ends what
    // begins here.
    lock(tx, kept.account).await?;
    let sql = "update passkeys set credential = $2, counter = $3, last_used_at = $4 where id = $1 and (counter < $3 \
         or (counter = 0 and $3 = 0))";
    let counted = store::execute!(tx.db, sql, kept.id, Json(after), *counter, tx.now)?;
    if counted == 1 {
        // What signs isn't lost.
        factor::reset::stop(tx, kept.account).await?;
    }
    Ok(counted == 1)
}

/// A passkey counted backwards: the trail tells of it, for there may be a copy.
pub async fn doubt(tx: &mut Tx, kept: &StoredPasskey) -> Result<(), Fault> {
    tx.record(Deed::new(DeedKind::PasskeyCopied).account(kept.account).subject(kept.id)).await
}

/// Somebody else may have added one of an account's passkeys: none of them signs in by itself any more. They stay
/// second factors, for whoever reads the mailbox alone must not get rid of those.
pub async fn confine(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql = "update passkeys set confined_at = $2 where account = $1 and confined_at is null";
    store::execute!(tx.db, sql, account, tx.now).map(drop)
}

/// Gives a passkey another name. Answers whether there is such a one.
pub async fn rename(tx: &mut Tx, account: AccountId, id: PasskeyId, name: &Name) -> Result<bool, Fault> {
    let sql = "update passkeys set name = $3 where id = $1 and account = $2";
    Ok(store::execute!(tx.db, sql, id, account, name.as_str())? == 1)
}

/// What became of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Removed,
    /// It is the only second factor, and one is demanded.
    Needed,
    /// There is no such passkey.
    Unknown,
}

/// Removes a passkey: from now on it opens nothing. The last factor stays where one is demanded.
pub async fn remove(tx: &mut Tx, account: AccountId, id: PasskeyId, is_demanded: bool) -> Result<Removal, Fault> {
    lock(tx, account).await?;
    let all = list(&mut tx.db, account).await?;
    if !all.iter().any(|kept| kept.id == id) {
        return Ok(Removal::Unknown);
    }
    let is_last = all.len() == 1 && factor::since(&mut tx.db, account).await?.is_none();
    if is_last && (is_demanded || factor::is_required(&mut tx.db, account).await?) {
        return Ok(Removal::Needed);
    }
    store::execute!(tx.db, "delete from passkeys where id = $1 and account = $2", id, account)?;
    factor::tell_removal(tx, account, DeedKind::PasskeyRemoved).await?;
    Ok(Removal::Removed)
}
