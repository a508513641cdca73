//! UserInfo (OpenID Connect Core section 5.3), a protected resource after RFC 6750. A valid signature isn't enough:
//! the authorization must be live and access must hold, here and now (R-OWN-4).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::base::actor::Who;
use crate::http::answer::Rejection;
use crate::http::{Caller, request};
use crate::relying_party::{Claim, Scope};

use super::claims::UserInfo;
use super::door;
use super::errors::{Error, ErrorCode};
use super::parameters::{Parameters, is_form};
use super::presented::{Presented, TokenSubject};

/// GET.
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    answer(&app, &caller, bearer(&headers, query.as_deref(), &[])).await
}

/// POST, where the token may also stand in the form.
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Rejection> {
    let form = if is_form(&headers) { &body[..] } else { &[] };
    answer(&app, &caller, bearer(&headers, query.as_deref(), form)).await
}

/// How a token came, or why there is none.
type Carried = Result<Option<String>, Error>;

/// RFC 6750 section 2: one way per request, and never the query (section 5.3).
fn bearer(headers: &HeaderMap, query: Option<&str>, form: &[u8]) -> Carried {
    let read = |encoded| Parameters::parse(encoded).map_err(|unreadable| Error::request(unreadable.why()));
    let (query, form) = (read(query.unwrap_or_default().as_bytes())?, read(form)?);
    if query.has_repeated() || form.has_repeated() {
        return Err(Error::request("a parameter was sent twice"));
    }
    if query.get("access_token").is_some() {
        return Err(Error::request("access tokens are not taken from the query"));
    }
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    match (lines.next(), lines.next(), form.get("access_token")) {
        (Some(line), None, None) => Ok(line.to_str().ok().and_then(after_scheme).map(str::to_owned)),
        (None, _, token) => Ok(token.map(str::to_owned)),
        (Some(_), ..) => Err(Error::request("the access token was sent in more than one way")),
    }
}

/// The scheme's case doesn't matter (RFC 9110 section 11.1).
fn after_scheme(line: &str) -> Option<&str> {
    let (scheme, token) = line.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn answer(app: &App, caller: &Caller, presented: Carried) -> Result<Response, Rejection> {
    let token = match presented {
        Ok(Some(token)) => token,
        // Who brings nothing is told what to bring, and no error (RFC 6750 section 3.1).
        Ok(None) => return Ok(unauthenticated()),
        Err(error) => return Ok(error.challenge()),
    };
    let Some(presented) = Presented::read(app, &token) else { return Ok(INVALID.challenge()) };
    let found = app.look(async |view| presented.live(app, view).await).await?;
    let Some(live) = found else { return Ok(INVALID.challenge()) };
    request::note_client(&live.client.id);
    let hanging = match &live.holder {
        TokenSubject::Person(hanging) => hanging,
        // A service speaks for itself: there is nobody to tell about.
        TokenSubject::Service => return Ok(LACKS_OPENID.challenge()),
    };
    request::note_account(hanging.person.account.id);
    let by = caller.acts_as(Who::Client(live.client.id.clone()));
    let standing = door::judge(&live.client, hanging, caller.address, app.clock.now(), app.lives.session_idle);
    if !door::lets_through(app, by, hanging, &standing).await? {
        return Ok(INVALID.challenge());
    }
    let scope = &live.token.scope;
    if !scope.has(Scope::Openid) {
        return Ok(LACKS_OPENID.challenge());
    }
    // What the operator took from the client since isn't told by name either.
    let by_name = hanging.claims.get("userinfo").into_iter().flatten().filter_map(|name| name.parse().ok());
    let by_name = by_name.filter(|claim: &Claim| claim.is_open_to(&live.client.scope)).collect();
    Ok(Json(UserInfo::of(&hanging.person, scope, &by_name)).into_response())
}

const LACKS_OPENID: Error = Error::new(ErrorCode::InsufficientScope, "the access token lacks the scope openid");

/// Whatever is wrong with a token, its bearer learns no more than this.
const INVALID: Error = Error::new(ErrorCode::InvalidToken, "the access token is not valid, or no longer");

fn unauthenticated() -> Response {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"guichet\""))])
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{ErrorCode, bearer};

    fn ask(lines: &[&'static str], query: Option<&str>, form: &str) -> Result<Option<String>, ErrorCode> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(line));
        }
        bearer(&headers, query, form.as_bytes()).map_err(|error| error.code)
    }

    #[test]
    fn a_token_comes_in_one_way_and_never_in_the_query() {
        let token = || Ok(Some("t".to_owned()));
        assert_eq!(ask(&["Bearer t"], None, ""), token());
        assert_eq!(ask(&["bEARER t"], None, ""), token());
        assert_eq!(ask(&[], None, "access_token=t"), token());
        assert_eq!(ask(&[], None, ""), Ok(None));
        assert_eq!(ask(&["Basic t"], None, ""), Ok(None));
        for wrong in [
            ask(&["Bearer t"], None, "access_token=t"),
            ask(&["Bearer t", "Bearer t"], None, ""),
            ask(&[], Some("access_token=t"), ""),
            ask(&["Bearer t"], Some("access_token=t"), ""),
            ask(&[], None, "access_token=t&access_token=u"),
            ask(&[], None, "access_token=%00"),
        ] {
            assert_eq!(wrong, Err(ErrorCode::InvalidRequest));
        }
    }
}
