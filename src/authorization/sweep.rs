//! Tokens whose time is over leave the database.

use crate::base::Fault;
use crate::store::Tx;

use super::{access_token, refresh};

/// Removes tokens whose time is over, and answers how many.
pub async fn sweep_tokens(tx: &mut Tx) -> Result<u64, Fault> {
    Ok(refresh::sweep(tx).await? + access_token::sweep(tx).await?)
}
