//! What a grant is answered with: an access token signed or opaque, an ID token where `openid` was granted, a refresh
//! token where the client gets them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::access::Snapshot;
use crate::app::App;
use crate::authorization::{Authorization, access_token};
use crate::base::{Fault, Secret, Timestamp};
use crate::keys::{Algorithm, TokenType};
use crate::oidc::claims::{self, Echo, IdToken, Issuance};
use crate::relying_party::{AccessTokens, RelyingParty, Scope};
use crate::store::Tx;

use super::admit::Admitted;

/// What a successful request gets (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Debug, Serialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) token_type: &'static str,
    pub(super) expires_in: i64,
    pub(super) scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
}

impl IntoResponse for Tokens {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// What is about to be answered; made inside the unit of work that spent the grant.
pub(super) struct Granted {
    person: Snapshot,
    authorization: Authorization,
    echoed: Echoed,
    access: Access,
    refresh: Option<Secret>,
    now: Timestamp,
}

/// What the ID token says beside its authorization.
pub(super) struct Echoed {
    pub(super) nonce: Option<String>,
    pub(super) wants_auth_time: bool,
}

/// An access token: known to the database, or still to be signed.
enum Access {
    Opaque(Secret),
    Signed { jti: Uuid },
}

impl Granted {
    /// Makes what the database must know of the tokens. The authorization's scope is the one the tokens get, cut to
    /// what the operator lets the client have now.
    pub(super) async fn new(
        tx: &mut Tx,
        Admitted { client, hanging }: Admitted<'_>,
        authorization: Authorization,
        echoed: Echoed,
        refresh: Option<Secret>,
    ) -> Result<Self, Fault> {
        let authorization = authorization.within(&client.scope);
        let access = match client.access_token {
            AccessTokens::Opaque => Access::Opaque(
                access_token::issue(tx, Some(authorization.sid), &client.id, &authorization.scope).await?,
            ),
            AccessTokens::Jwt => Access::Signed { jti: tx.dice.id(tx.now)? },
        };
        Ok(Self { person: hanging.person, authorization, echoed, access, refresh, now: tx.now })
    }
}

/// Phases 6 and 7: the claims, signed. Access tokens are ES256, which costs a tenth of RS256; ID tokens as the client
/// chose.
pub(super) fn sign(app: &App, client: &RelyingParty, granted: &Granted) -> Result<Tokens, Fault> {
    let Granted { person, authorization, echoed, .. } = granted;
    let issuance = Issuance { issuer: &app.config.issuer, now: granted.now, life: app.config.lives.token };
    let keyring = app.keys.ring();
    let access_token = match &granted.access {
        Access::Opaque(secret) => secret.expose().to_owned(),
        Access::Signed { jti } => {
            let claims = claims::AccessToken::new(issuance, *jti, authorization, person);
            keyring.sign(Algorithm::Es256, TokenType::Access, &claims)?
        }
    };
    let id_token = if authorization.scope.has(Scope::Openid) {
        let echo =
            Echo { nonce: echoed.nonce.as_deref(), auth_time: echoed.wants_auth_time, access_token: &access_token };
        Some(keyring.sign(client.id_token_alg, TokenType::Id, &IdToken::new(issuance, echo, authorization, person))?)
    } else {
        None
    };
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in: issuance.life.as_seconds(),
        scope: authorization.scope.to_string(),
        id_token,
        refresh_token: granted.refresh.as_ref().map(|token| token.expose().to_owned()),
    })
}
