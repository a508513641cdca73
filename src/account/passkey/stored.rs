//! A passkey as its row has it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::types::Json;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use crate::base::Timestamp;
use crate::base::ids::{AccountId, PasskeyId};

/// A passkey in its row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredPasskey {
    pub id: PasskeyId,
    pub account: AccountId,
    pub handle: Uuid,
    pub credential_id: Vec<u8>,
    pub credential: Json<Passkey>,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub confined_at: Option<Timestamp>,
}

impl StoredPasskey {
    /// Its id, as browsers write it.
    pub fn text_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.credential_id)
    }
}
