//! Introspection (RFC 7662): what a token is worth at this moment. A resource server may ask about everybody's access
//! tokens, a relying party about its own tokens; for everybody else there are no live ones.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::access::{self, AuthorizationFacts, Door, Verdict};
use crate::app::App;
use crate::authorization::refresh;
use crate::base::actor::Who;
use crate::base::ids::AuthorizationId;
use crate::base::{Address, Fault, Life, Secret, Timestamp};
use crate::http::Caller;
use crate::relying_party::RelyingParty;
use crate::store::View;

use super::claims::CompanyClaims;
use super::client_request::{self, Failed};
use super::door;
use super::errors::Error;
use super::parameters::Parameters;
use super::presented::{Live, Presented, PresentedToken, TokenSubject};

/// POST.
pub async fn post(State(app): State<App>, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    client_request::answer(introspect(&app, &caller, &headers, &body).await)
}

async fn introspect(app: &App, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Result<Response, Failed> {
    let asked = client_request::read(app, caller, headers, body).await?;
    let token = asked.parameters.get("token").ok_or(Error::request("token is missing"))?;
    let question = Question::read(&asked.client, &asked.parameters)?;
    let found = app
        .look(async |view| match access_token(app, view, token).await? {
            Some(found) => Ok(Some(found)),
            None => refresh_token(app, view, token).await,
        })
        .await?;
    let Some(found) = found.filter(|found| question.may_be_told_of(found)) else { return Ok(inactive()) };
    if let TokenSubject::Person(hanging) = &found.live.holder {
        // Access is asked at this door too (fault 2).
        let by = caller.acts_as(Who::Client(asked.client.id.clone()));
        let standing = question.judge(&found.live.client, hanging, app.clock.now(), app.lives.session_idle);
        if !door::lets_through(app, by, hanging, &standing).await? {
            return Ok(inactive());
        }
    }
    Ok(Json(Introspected::of(&found, &app.config.issuer)).into_response())
}

/// Section 2.2: no word on why.
fn inactive() -> Response {
    Json(json!({ "active": false })).into_response()
}

/// A token that is live, whoever asks.
struct Found {
    live: Live,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Access,
    Refresh,
}

async fn access_token(app: &App, view: &mut View, token: &str) -> Result<Option<Found>, Fault> {
    let Some(presented) = Presented::read(app, token) else { return Ok(None) };
    Ok(presented.live(app, view).await?.map(|live| Found { live, kind: Kind::Access }))
}

async fn refresh_token(app: &App, view: &mut View, token: &str) -> Result<Option<Found>, Fault> {
    let found = refresh::find(&mut view.db, &Secret::presented(token)).await?;
    let Some(token) = found.filter(|token| token.is_live(view.now)) else { return Ok(None) };
    let authorization = token.authorization;
    let Some(client) = app.relying_parties.find(&authorization.client).filter(|client| client.refresh_tokens) else {
        return Ok(None);
    };
    let (now, idle) = (view.now, view.lives.session_idle);
    let hanging =
        access::of_authorization(&mut view.db, authorization.sid).await?.filter(|hanging| hanging.is_live(now, idle));
    let token = PresentedToken {
        sid: Some(authorization.sid),
        client: authorization.client,
        scope: authorization.scope.within(&client.scope),
        jti: None,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
    };
    Ok(hanging.map(|hanging| Found {
        live: Live { token, client, holder: TokenSubject::Person(Box::new(hanging)) },
        kind: Kind::Refresh,
    }))
}

/// Who asks, and where the person is whom the caller serves.
struct Question<'a> {
    caller: &'a RelyingParty,
    user_address: Option<Address>,
    means_a_refresh_token: bool,
}

impl<'a> Question<'a> {
    fn read(caller: &'a RelyingParty, parameters: &Parameters) -> Result<Self, Error> {
        let unreadable = Error::request("user_address is no address");
        let user_address =
            parameters.get("user_address").map(|text| Address::parse(text).ok_or(unreadable)).transpose()?;
        Ok(Self {
            caller,
            user_address,
            means_a_refresh_token: parameters.get("token_type_hint") == Some("refresh_token"),
        })
    }

    /// A resource server that is handed a refresh token in an access token's place must not take it for one, so that it
    /// has to say that it means one; section 2.2 leaves to us what each caller learns.
    fn may_be_told_of(&self, found: &Found) -> bool {
        // Whoever could be anybody, as a public client could, owns nothing.
        let owns = !self.caller.is_public() && self.caller.id == found.live.client.id;
        let serves = match found.kind {
            Kind::Access => self.caller.introspect,
            Kind::Refresh => self.caller.introspect && self.means_a_refresh_token,
        };
        owns || serves
    }

    /// The reported address counts also where the token is a public client's: whoever calls is a server, and its own
    /// address tells nothing of the person (R-RGT-6).
    fn judge(&self, client: &RelyingParty, hanging: &AuthorizationFacts, now: Timestamp, idle: Life) -> Verdict {
        let address = self.user_address.or_else(|| hanging.last_address(now, idle));
        door::judge_from(client, hanging, Door::ConfidentialClient, address)
    }
}

/// Section 2.2, with company and rights as they are now.
#[derive(Serialize)]
struct Introspected<'a> {
    active: bool,
    iss: &'a str,
    sub: String,
    aud: &'a str,
    client_id: &'a str,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<Uuid>,
    #[serde(flatten)]
    sign_in: Option<SignIn<'a>>,
}

/// What there is to say of a person's sign-in.
#[derive(Serialize)]
struct SignIn<'a> {
    sid: AuthorizationId,
    auth_time: i64,
    acr: &'a str,
    amr: &'a [String],
    #[serde(flatten)]
    standing: CompanyClaims<'a>,
}

impl<'a> Introspected<'a> {
    fn of(found: &'a Found, issuer: &'a str) -> Self {
        let token = &found.live.token;
        let (sub, sign_in) = match &found.live.holder {
            TokenSubject::Person(hanging) => (hanging.person.account.id.to_string(), Some(SignIn::of(hanging, token))),
            TokenSubject::Service => (token.client.clone(), None),
        };
        Self {
            active: true,
            iss: issuer,
            sub,
            aud: issuer,
            client_id: &token.client,
            scope: token.scope.to_string(),
            token_type: match found.kind {
                Kind::Access => Some("Bearer"),
                Kind::Refresh => None,
            },
            iat: token.issued_at.seconds(),
            exp: token.expires_at.seconds(),
            jti: token.jti,
            sign_in,
        }
    }
}

impl<'a> SignIn<'a> {
    fn of(hanging: &'a AuthorizationFacts, token: &PresentedToken) -> Self {
        Self {
            sid: hanging.sid,
            auth_time: hanging.auth_time.seconds(),
            acr: &hanging.acr,
            amr: &hanging.amr,
            standing: CompanyClaims::of(&hanging.person, &token.scope),
        }
    }
}
