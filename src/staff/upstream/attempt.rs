//! Attempts: sign-ins on their way to the provider, each bound to the browser that began it, and good for one answer.

use crate::base::ids::InteractionId;
use crate::base::{Digest, Fault, Life, Secret};
use crate::store::{self, Tx};

/// How long somebody may take to sign in at the provider.
pub const LIFE: Life = Life::minutes(15);

/// What was remembered of an attempt.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UpstreamAttempt {
    pub nonce: String,
    pub verifier: String,
    pub interaction: Option<InteractionId>,
    pub back: Option<String>,
}

/// Remembers an attempt of a browser under the state that comes back with it.
pub async fn begin(tx: &mut Tx, state: &Secret, browser: &Digest, attempt: &UpstreamAttempt) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "insert into upstream_attempts (state, browser, nonce, verifier, interaction, back, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        state.digest(),
        browser,
        &attempt.nonce,
        &attempt.verifier,
        attempt.interaction,
        attempt.back.as_deref(),
        tx.now,
        tx.now + LIFE
    )
    .map(drop)
}

/// Takes an attempt up, once, in the browser that began it.
pub async fn redeem(tx: &mut Tx, state: &Secret, browser: &Digest) -> Result<Option<UpstreamAttempt>, Fault> {
    let sql = "update upstream_attempts set used_at = $3 \
         where state = $1 and browser = $2 and used_at is null and expires_at > $3 \
         returning nonce, verifier, interaction, back";
    store::optional!(tx.db, UpstreamAttempt, sql, state.digest(), browser, tx.now)
}

/// Removes attempts whose time is over, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from upstream_attempts", "state", "expires_at <= $1 order by expires_at", tx.now)
}
