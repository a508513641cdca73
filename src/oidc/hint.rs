//! `id_token_hint`: an ID token we gave once, shown again to say whom it is about. It proves nothing about who shows
//! it.

use serde_json::Value;

use crate::base::ids::{AccountId, AuthorizationId};
use crate::keys::{Keyring, TokenType};

/// What an ID token of ours says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub account: AccountId,
    /// The relying party it was given to.
    pub client: String,
    /// The authorization it was given for.
    pub sid: AuthorizationId,
}

/// Reads a hint. Expired ones count (OpenID Connect RP-Initiated Logout section 2); another provider's or another type
/// of token doesn't.
pub fn read(keyring: &Keyring, issuer: &str, token: &str) -> Option<Hint> {
    let claims = keyring.verify_hint(token, TokenType::Id).ok()?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(issuer) {
        return None;
    }
    Some(Hint { account: text("sub")?.parse().ok()?, client: text("aud")?.to_owned(), sid: text("sid")?.parse().ok()? })
}
