//! Ceremonies: challenges on their way to an authenticator and back. Each is one browser's, for one purpose, and good
//! for one answer.

use sqlx::types::Json;
use uuid::Uuid;

use crate::base::ids::{AccountId, CeremonyId};
use crate::base::vocabulary::words;
use crate::base::{Digest, Fault, Life};
use crate::store::{self, Tx};

use super::CeremonyState;

/// How long an answer may take: what WebAuthn section 15.1 recommends to give people whom a step takes longer.
pub const LIFE: Life = Life::minutes(5);

words! {
    /// What an answer is for: one for another purpose is none.
    #[derive(sqlx::Type)]
    #[sqlx(type_name = "TEXT", rename_all = "kebab-case")]
    CeremonyPurpose, "purpose of a ceremony" {
        /// To sign in without a password.
        SignIn = "sign-in",
        /// To take the second step of a sign-in.
        SecondStep = "second-step",
        /// To prove, in a running session, that its owner is still there.
        Return = "return",
        /// To make a new passkey.
        Enrolment = "enrolment",
    }
}

/// What a ceremony is bound to.
#[derive(Clone, Debug)]
pub struct Binding {
    pub browser: Digest,
    pub purpose: CeremonyPurpose,
    /// Whose answer it must be, where that is known, and the session or half-made sign-in that waits for it.
    pub whose: Option<(AccountId, Uuid)>,
}

/// Remembers a challenge that goes out.
pub async fn begin(tx: &mut Tx, bound: &Binding, state: &CeremonyState) -> Result<CeremonyId, Fault> {
    let id = CeremonyId(tx.dice.id(tx.now)?);
    store::execute!(
        tx.db,
        "insert into passkey_ceremonies (id, browser, purpose, account, bound_to, state, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        &bound.browser,
        bound.purpose,
        bound.whose.map(|(account, _)| account),
        bound.whose.map(|(_, to)| to),
        Json(state),
        tx.now,
        tx.now + LIFE
    )?;
    Ok(id)
}

/// Takes a challenge up again, for an answer that came back. The row decides: of fifty answers at once one is looked
/// at.
pub async fn redeem(tx: &mut Tx, bound: &Binding, id: CeremonyId) -> Result<Option<CeremonyState>, Fault> {
    let row = store::optional!(
        tx.db,
        (Json<CeremonyState>,),
        "update passkey_ceremonies set used_at = $6 where id = $1 and browser = $2 and purpose = $3 \
         and account is not distinct from $4 \
         and bound_to is not distinct from $5 and used_at is null and expires_at > $6 returning state",
        id,
        &bound.browser,
        bound.purpose,
        bound.whose.map(|(account, _)| account),
        bound.whose.map(|(_, to)| to),
        tx.now
    )?;
    Ok(row.map(|(state,)| state.0))
}

/// Removes ceremonies whose time is over, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from passkey_ceremonies", "id", "expires_at <= $1 order by expires_at", tx.now)
}
