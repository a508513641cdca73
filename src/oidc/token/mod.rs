//! The token endpoint (RFC 6749 section 3.2): one pipeline of numbered phases. A grant says how it is proven and spent;
//! it can't leave out what comes before or after, since each phase takes what only the one before it makes.

mod code;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::access::{self, Asked, Door, Snapshot};
use crate::app::App;
use crate::authorization::{self, Authorization, Because};
use crate::base::actor::Who;
use crate::base::{Address, Fault, Timestamp};
use crate::http::Caller;
use crate::http::answer::Broken;
use crate::keys::{Algorithm, TokenType};
use crate::oidc::claims::{AccessToken, Echo, IdToken, Issuance};
use crate::oidc::client_auth::{self, Denied};
use crate::oidc::errors::{Code, Error};
use crate::oidc::parameters::Parameters;
use crate::relying_party::{RelyingParty, Scope};
use crate::store::Tx;

/// POST.
pub async fn post(State(app): State<App>, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    let mut response = match exchange(&app, &caller, (&headers, &body)).await {
        Ok(tokens) => Json(tokens).into_response(),
        Err(Failed::Denied(Denied::Refused(refused))) => refused.answer(),
        Err(Failed::Denied(Denied::TooMany(closed))) => client_auth::too_many(closed),
        Err(Failed::Refused(error)) => error.json(StatusCode::BAD_REQUEST),
        Err(Failed::Broken(fault) | Failed::Denied(Denied::Broken(fault))) => Broken(fault).into_response(),
    };
    // RFC 6749 section 5.1, on errors too.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// What a successful request gets (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Debug, Serialize)]
struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

enum Failed {
    Denied(Denied),
    Refused(Error),
    Broken(Fault),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Broken(fault)
    }
}

async fn exchange(app: &App, caller: &Caller, (headers, body): (&HeaderMap, &[u8])) -> Result<Tokens, Failed> {
    // 1. Parameters.
    let parameters = Parameters::of_form(headers, body).map_err(|unreadable| Error::request(unreadable.why()))?;
    if parameters.has_repeated() {
        return Err(Error::request("a parameter was sent twice").into());
    }
    // 2. The client proves who it is.
    let client = client_auth::authenticate(app, caller, (headers, &parameters)).await.map_err(Failed::Denied)?;
    // 3. What it brings is proven to be its own.
    let proven = prove(app, client, &parameters).await?;
    // 4 and 5. It is spent, and access is asked, in one unit of work: what a refusal ends is ended.
    let by = caller.acts_as(Who::Client(client.id.clone()));
    let entering = Entering { client, address: caller.address };
    let admitted = app
        .act(by, async |tx| match spend(tx, proven).await? {
            Ok(spent) => admit(tx, entering, spent).await,
            Err(error) => Ok(Err(error)),
        })
        .await??;
    // 6 and 7. Claims are made and signed when nothing is locked any more.
    Ok(sign(app, client, &admitted)?)
}

/// What a client brings, proven to be its own.
enum Proven {
    Code(authorization::code::Proven),
}

/// Phase 3: each grant's own proof.
async fn prove(app: &App, client: &RelyingParty, parameters: &Parameters) -> Result<Proven, Failed> {
    match parameters.get("grant_type") {
        Some("authorization_code") => code::prove(app, client, parameters).await.map(Proven::Code),
        Some(_) => Err(Error::new(Code::UnsupportedGrantType, "grant_type must be authorization_code").into()),
        None => Err(Error::request("grant_type is missing").into()),
    }
}

/// What was spent, and what its tokens echo.
struct Spent {
    authorization: Authorization,
    nonce: Option<String>,
    wants_auth_time: bool,
}

/// Phase 4: each grant's own transition. A refusal is an answer and is committed.
async fn spend(tx: &mut Tx, proven: Proven) -> Result<Result<Spent, Error>, Fault> {
    match proven {
        Proven::Code(code) => code::spend(tx, code).await,
    }
}

/// Who redeems, and from where.
#[derive(Clone, Copy)]
struct Entering<'a> {
    client: &'a RelyingParty,
    address: Option<Address>,
}

/// Someone whose access was found to hold in this unit of work.
struct Admitted {
    spent: Spent,
    person: Snapshot,
    jti: Uuid,
    now: Timestamp,
}

/// Phase 5: access is asked at this door too (SECURITY 2), of the rows as they are now.
async fn admit(tx: &mut Tx, entering: Entering<'_>, spent: Spent) -> Result<Result<Admitted, Error>, Fault> {
    let sid = spent.authorization.sid;
    let Some(hanging) = access::of_authorization(&mut tx.db, sid).await?.filter(|hanging| hanging.is_live(tx.now)) else {
        return Ok(Err(Error::grant("the sign-in behind this grant has ended")));
    };
    let (door, address) = if entering.client.is_public() {
        (Door::PublicClient, entering.address)
    } else {
        (Door::ConfidentialClient, hanging.last_address())
    };
    let e_service = entering.client.e_service.as_ref();
    let standing = access::judge(&hanging.person, Asked { door, address, e_service, second_factor_at: hanging.second_factor_at });
    if standing.is_final() {
        authorization::end(tx, sid, Because::AccessLost).await?;
    }
    if !standing.holds() {
        return Ok(Err(Error::grant("access does not hold for the person behind this grant")));
    }
    if hanging.given_at.is_none() && !authorization::give(tx, sid).await? {
        return Ok(Err(Error::grant("the sign-in behind this grant has ended")));
    }
    Ok(Ok(Admitted { spent, person: hanging.person, jti: tx.dice.id(tx.now)?, now: tx.now }))
}

/// Phases 6 and 7: the claims, signed. Access tokens are ES256, which costs a tenth of RS256; ID tokens as the client chose.
fn sign(app: &App, client: &RelyingParty, admitted: &Admitted) -> Result<Tokens, Fault> {
    let Admitted { spent, person, jti, now } = admitted;
    let issuance = Issuance { issuer: &app.config.issuer, now: *now, life: app.config.lives.token };
    let keyring = app.keys.ring();
    let access_token =
        keyring.sign(Algorithm::Es256, TokenType::Access, &AccessToken::new(issuance, *jti, &spent.authorization, person))?;
    let id_token = if spent.authorization.scope.has(Scope::Openid) {
        let echo = Echo { nonce: spent.nonce.as_deref(), auth_time: spent.wants_auth_time, access_token: &access_token };
        Some(keyring.sign(client.id_token_alg, TokenType::Id, &IdToken::new(issuance, echo, &spent.authorization, person))?)
    } else {
        None
    };
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in: issuance.life.as_seconds(),
        scope: spent.authorization.scope.to_string(),
        id_token,
    })
}
