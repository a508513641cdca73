//! An access token that somebody presents, signed or opaque: both are read into the same thing. That a token can be
//! read says nothing yet; whether it is live is asked of the database every time.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::access::{self, AuthorizationFacts, TokenFacts};
use crate::app::App;
use crate::authorization::access_token;
use crate::base::ids::AuthorizationId;
use crate::base::{Fault, Secret, Timestamp};
use crate::keys::TokenType;
use crate::relying_party::{RelyingParty, Scopes};
use crate::store::View;

/// What an access token says.
#[derive(Clone, Debug)]
pub struct PresentedToken {
    /// The authorization it hangs from; none for a service's own.
    pub sid: Option<AuthorizationId>,
    /// Who it was given to.
    pub client: String,
    /// What it is good for.
    pub scope: Scopes,
    /// Its id, if it is signed.
    pub jti: Option<Uuid>,
    /// When it was given.
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Who a live token speaks for.
pub enum TokenSubject {
    /// A person, through an authorization.
    Person(Box<AuthorizationFacts>),
    /// The client itself.
    Service,
}

/// A token that hangs from nothing dead.
pub struct Live {
    pub token: PresentedToken,
    /// Who it was given to.
    pub client: Arc<RelyingParty>,
    /// Whom it speaks for.
    pub holder: TokenSubject,
}

/// A token as it came.
pub enum Presented {
    /// A signed one, whose signature, type, issuer, audience and expiry are right (RFC 9068 section 4).
    Signed(PresentedToken),
    /// Anything else, which may be an opaque one.
    Opaque(Secret),
}

impl Presented {
    /// Reads a token as far as that goes without the database; `None` for a signed one that isn't ours.
    pub fn read(app: &App, token: &str) -> Option<Self> {
        if token.contains('.') {
            read_signed(app, token).map(Self::Signed)
        } else {
            Some(Self::Opaque(Secret::presented(token)))
        }
    }

    /// What it says, who it was given to and whom it speaks for: as long as it wasn't taken back and everything it
    /// hangs from is live. Access is still to be asked.
    pub async fn live(self, app: &App, view: &mut View) -> Result<Option<Live>, Fault> {
        let Some((mut token, hanging)) = self.found(view).await? else { return Ok(None) };
        // A relying party that was removed has no tokens any more.
        let Some(client) = app.relying_parties.find(&token.client) else { return Ok(None) };
        let holder = match hanging {
            Some(hanging) => {
                let (now, idle) = (view.now, view.lives.session_idle);
                if hanging.client != token.client || !hanging.honours(token.issued_at, now, idle) {
                    return Ok(None);
                }
                let granted = Scopes::known(hanging.scope.iter().map(String::as_str));
                token.scope = token.scope.within(&granted).within(&client.scope);
                TokenSubject::Person(hanging)
            }
            None if is_services(view, &client, &token).await? => TokenSubject::Service,
            None => return Ok(None),
        };
        Ok(Some(Live { token, client, holder }))
    }

    /// What it says, with what it hangs from where it speaks for a person: one query for either form.
    async fn found(self, view: &mut View) -> Result<Option<(PresentedToken, Option<Box<AuthorizationFacts>>)>, Fault> {
        let secret = match self {
            Self::Signed(token) => {
                let Some(sid) = token.sid else { return Ok(Some((token, None))) };
                let hanging = access::of_token(&mut view.db, sid, token.jti).await?;
                return Ok(hanging.map(|hanging| (token, Some(Box::new(hanging)))));
            }
            Self::Opaque(secret) => secret,
        };
        if let Some(found) = access::of_opaque_token(&mut view.db, &secret.digest(), view.now).await? {
            return Ok(Some((PresentedToken::of_person(&found), Some(Box::new(found.hanging)))));
        }
        let found = access_token::find(&mut view.db, &secret, view.now).await?;
        Ok(found.filter(|row| row.sid.is_none()).map(|row| (PresentedToken::of_service(row), None)))
    }
}

impl PresentedToken {
    fn of_person(found: &TokenFacts) -> Self {
        Self {
            sid: Some(found.hanging.sid),
            client: found.token_client.clone(),
            scope: Scopes::known(found.token_scope.iter().map(String::as_str)),
            jti: None,
            issued_at: found.token_issued_at,
            expires_at: found.token_expires_at,
        }
    }

    fn of_service(row: access_token::Opaque) -> Self {
        Self {
            sid: None,
            client: row.client,
            scope: row.scope.0,
            jti: None,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
        }
    }
}

/// A service's token is good as long as it wasn't taken back, and the operator lets the service have what it says.
async fn is_services(view: &mut View, client: &RelyingParty, token: &PresentedToken) -> Result<bool, Fault> {
    let revoked = match token.jti {
        Some(jti) => access_token::is_revoked(&mut view.db, jti).await?,
        None => false,
    };
    Ok(!revoked && client.scope.of_services().cover(&token.scope))
}

fn read_signed(app: &App, token: &str) -> Option<PresentedToken> {
    let claims: Map<String, Value> = app.keys.verify(token, TokenType::Access, app.clock.now()).ok()?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time =
        |name: &str| claims.get(name).and_then(Value::as_i64).map(|seconds| Timestamp::from_millis(seconds * 1000));
    let issuer = Some(app.config.issuer.as_str());
    if text("iss") != issuer || text("aud") != issuer {
        return None;
    }
    let sid = text("sid").map(str::parse).transpose().ok()?;
    // Only a service is its own subject (RFC 9068 section 2.2).
    if sid.is_none() && text("sub") != text("client_id") {
        return None;
    }
    let jti = text("jti")?.parse().ok()?;
    Some(PresentedToken {
        sid,
        client: text("client_id")?.to_owned(),
        scope: Scopes::known(text("scope")?.split(' ')),
        jti: Some(jti),
        issued_at: made_at(jti)?,
        expires_at: time("exp")?,
    })
}

/// The instant in a `UUIDv7`: `iat` tells only the second.
fn made_at(jti: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = jti.get_timestamp()?.to_unix();
    Some(Timestamp::from_millis(i64::try_from(seconds).ok()? * 1000 + i64::from(nanos / 1_000_000)))
}
