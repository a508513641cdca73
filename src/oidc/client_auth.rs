//! Client authentication (RFC 6749 section 2.3): one method per request; a secret or a signature for those that can
//! keep one, nothing for public clients. Every endpoint that asks who calls asks here. Wrong secrets are counted:
//! section 2.3.1 demands that endpoints which take one are protected against brute force.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::{Actor, Address, Fault, Place, Secret};
use crate::http::{Caller, answer};
use crate::limits::{self, Counting, Limit, LimitKind, TooMany};
use crate::relying_party::assertion::{self, Assertion, Here};
use crate::relying_party::{RelyingParties, RelyingParty};

use super::errors::{Error, ErrorCode};
use super::parameters::{Parameters, decode};

/// Why a client isn't let in, or isn't granted what it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedClient {
    pub error: Error,
    /// Whether it tried HTTP Basic, and is told so by a challenge.
    pub by_basic: bool,
}

impl RefusedClient {
    /// RFC 6749 section 5.2.
    #[must_use]
    pub fn answer(self) -> Response {
        let status = if self.error.code == ErrorCode::InvalidClient {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        let mut response = self.error.json(status);
        if self.by_basic && status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"guichet\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Why a request isn't granted.
#[derive(Debug)]
pub enum Failed {
    /// The client isn't who it says, or may not have what it asks.
    Refused(RefusedClient),
    /// Too many wrong secrets came for this client from this network: none is looked at for a while.
    TooMany(TooMany),
    Broken(Fault),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Refused(RefusedClient { error, by_basic: false })
    }
}

impl From<RefusedClient> for Failed {
    fn from(refused: RefusedClient) -> Self {
        Self::Refused(refused)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Broken(fault)
    }
}

/// The answer where a limit is closed: 429 with Retry-After (RFC 6585 section 4). RFC 6749 section 5.2 names no error
/// for it: `invalid_client` would say that the secret was looked at, and `slow_down` is a device's (RFC 8628 section
/// 3.5). What fits is section 4.1.2.1's `temporarily_unavailable`, which clients know as "try again later".
#[must_use]
pub fn too_many(closed: TooMany) -> Response {
    let error = Error::new(
        ErrorCode::TemporarilyUnavailable,
        "too many failed attempts: try again after the time in Retry-After",
    );
    answer::after(error.json(StatusCode::TOO_MANY_REQUESTS), closed.wait)
}

/// Finds out which client calls. What is wrong is never told in more detail than that it is. A right secret costs no
/// query: unlike a password it is compared in no time, so that a wrong one can be counted before anybody is told that
/// it is wrong.
pub async fn authenticate(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Arc<RelyingParty>, Failed> {
    let presented = Presented::read(headers, parameters)?;
    let token_endpoint = app.config.url(Place::Token.path());
    let longest = app.config.lives.client_assertion;
    let here = Here { issuer: &app.config.issuer, token_endpoint: &token_endpoint, now: app.clock.now(), longest };
    let proven = if presented.is_guessable() {
        let limit = presented.limit(app, caller.address);
        app.closed_clients.check(&limit, app.clock.now()).map_err(Failed::TooMany)?;
        match prove(&app.relying_parties, here, &presented) {
            Ok(proven) => proven,
            Err(refused) => {
                return Err(count(app, caller, &presented, limit)
                    .await?
                    .map_or(Failed::Refused(refused), Failed::TooMany));
            }
        }
    } else {
        prove(&app.relying_parties, here, &presented)?
    };
    match proven {
        (party, None) => Ok(party),
        (party, Some(asserted)) => spend(app, &party, &asserted).await.map(|()| party),
    }
}

/// Spent by itself, before anything else happens: what fails later doesn't make an assertion good again.
async fn spend(app: &App, party: &RelyingParty, asserted: &assertion::ProvenAssertion) -> Result<(), Failed> {
    let by = Actor::of(Who::Client(party.id.clone()));
    if app.act(by, async |tx| assertion::spend(tx, asserted).await).await? {
        return Ok(());
    }
    tracing::warn!(client = party.id, "a client assertion came a second time");
    Err(failed(false).into())
}

/// Counts a wrong secret, unless its limit is closed. That a limit closed, or was found closed, this server knows from
/// now on.
async fn count(app: &App, caller: &Caller, presented: &Presented<'_>, limit: Limit) -> Result<Option<TooMany>, Fault> {
    let by = caller.acts_as(Who::Visitor);
    app.act(by, async |tx| {
        let counted = match limits::count(tx, std::slice::from_ref(&limit)).await? {
            Counting::Counted(counted) => counted,
            Counting::TooMany(closed) => {
                app.closed_clients.learn(&limit, tx.now + closed.wait);
                return Ok(Some(closed));
            }
        };
        for (kind, until) in counted.closed() {
            app.closed_clients.learn(&limit, until);
            let client = app.relying_parties.find(&presented.id).map(|party| party.id.clone());
            let detail = serde_json::json!({ "client": client, "until": until.to_string() });
            tx.record(Deed::new(DeedKind::LimitClosed).subject(kind).details(detail)).await?;
        }
        Ok(None)
    })
    .await
}

const fn failed(by_basic: bool) -> RefusedClient {
    RefusedClient { error: Error::new(ErrorCode::InvalidClient, "client authentication failed"), by_basic }
}

/// The client and, where it brought one, the assertion that is still to be spent.
type Found = (Arc<RelyingParty>, Option<assertion::ProvenAssertion>);

fn prove(parties: &RelyingParties, here: Here<'_>, presented: &Presented<'_>) -> Result<Found, RefusedClient> {
    let by_basic = presented.by_basic;
    let party = parties.find(&presented.id).ok_or(failed(by_basic))?;
    match &presented.proof {
        Proof::Nothing if party.is_public() => Ok((party, None)),
        Proof::Secret(secret) if party.knows(secret) => Ok((party, None)),
        Proof::Nothing | Proof::Secret(_) => Err(failed(by_basic)),
        Proof::Assertion(assertion) => match assertion.prove(&party, here) {
            Ok(proven) => Ok((party, Some(proven))),
            Err(flaw) => {
                tracing::info!(client = party.id, %flaw, "a client assertion proves nothing");
                Err(failed(by_basic))
            }
        },
    }
}

/// The one type of assertion (RFC 7523 section 2.2), compared exactly.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who the caller says it is, and how it proves it.
struct Presented<'t> {
    id: String,
    proof: Proof<'t>,
    by_basic: bool,
}

enum Proof<'t> {
    Nothing,
    Secret(Secret),
    Assertion(Box<Assertion<'t>>),
}

impl<'t> Presented<'t> {
    /// Whether trying often enough would find it.
    const fn is_guessable(&self) -> bool {
        match self.proof {
            Proof::Secret(_) => true,
            Proof::Nothing | Proof::Assertion(_) => false,
        }
    }

    /// Client and network, so that nobody elsewhere keeps a client out. Those without a secret, unknown ones among
    /// them, count as one: a caller that makes up names fills no table.
    fn limit(&self, app: &App, address: Option<Address>) -> Limit {
        let guessed = app.relying_parties.find(&self.id).filter(|party| !party.is_public());
        let network = address.map(|address| address.subscriber().to_string()).unwrap_or_default();
        app.config
            .limits
            .on(LimitKind::Client, format!("{network} {}", guessed.as_ref().map_or("", |party| &party.id)).as_bytes())
    }

    fn read(headers: &HeaderMap, parameters: &'t Parameters) -> Result<Self, RefusedClient> {
        let by_basic = headers.contains_key(header::AUTHORIZATION);
        let sent = |name: &str| parameters.get(name).is_some();
        let asserts = sent("client_assertion") || sent("client_assertion_type");
        let ways = headers.get_all(header::AUTHORIZATION).iter().count()
            + usize::from(sent("client_secret"))
            + usize::from(asserts);
        if ways > 1 {
            return Err(refused(ErrorCode::InvalidRequest, "more than one way of client authentication", by_basic));
        }
        let presented = match headers.get(header::AUTHORIZATION) {
            Some(line) => Self::by_basic(line)?,
            None if asserts => Self::by_assertion(parameters)?,
            None => {
                let id = parameters
                    .get("client_id")
                    .ok_or(refused(ErrorCode::InvalidClient, "no client_id", false))?
                    .to_owned();
                let proof = parameters
                    .get("client_secret")
                    .map_or(Proof::Nothing, |secret| Proof::Secret(Secret::presented(secret)));
                Self { id, proof, by_basic }
            }
        };
        if parameters.get("client_id").is_some_and(|id| id != presented.id) {
            return Err(refused(
                ErrorCode::InvalidRequest,
                "client_id differs from the one that authenticates",
                by_basic,
            ));
        }
        Ok(presented)
    }

    fn by_basic(line: &HeaderValue) -> Result<Self, RefusedClient> {
        let unreadable = refused(ErrorCode::InvalidClient, "the Authorization header can't be read", true);
        let (id, secret) = line.to_str().ok().and_then(read_basic).ok_or(unreadable)?;
        Ok(Self { id, proof: Proof::Secret(Secret::presented(&secret)), by_basic: true })
    }

    fn by_assertion(parameters: &'t Parameters) -> Result<Self, RefusedClient> {
        let (Some(token), Some(JWT_BEARER)) =
            (parameters.get("client_assertion"), parameters.get("client_assertion_type"))
        else {
            return Err(refused(
                ErrorCode::InvalidClient,
                "client_assertion and its type, jwt-bearer, belong together",
                false,
            ));
        };
        let assertion = Assertion::read(token).map_err(|flaw| {
            tracing::info!(%flaw, "a client assertion can't be read");
            failed(false)
        })?;
        Ok(Self { id: assertion.client().to_owned(), proof: Proof::Assertion(Box::new(assertion)), by_basic: false })
    }
}

const fn refused(code: ErrorCode, why: &'static str, by_basic: bool) -> RefusedClient {
    RefusedClient { error: Error::new(code, why), by_basic }
}

/// Id and secret are form-encoded before they go into the header (RFC 6749 section 2.3.1).
fn read_basic(line: &str) -> Option<(String, String)> {
    let (scheme, credentials) = line.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = STANDARD.decode(credentials.trim()).ok()?;
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    Some((decode(&bytes[..colon])?, decode(&bytes[colon + 1..])?))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::{ErrorCode, Here, Parameters, Presented, RelyingParties, prove, read_basic};
    use crate::base::{Life, Timestamp};
    use crate::relying_party::Settings;

    fn parties() -> RelyingParties {
        #[derive(serde::Deserialize)]
        struct File {
            clients: Vec<Settings>,
        }
        let text = "[[clients]]\nid = \"web\"\nname = \"Web\"\nsecret = \"s+cr%t &:of the web\"\n[[clients]]\nid = \
            \"spa\"\nname = \"Spa\"";
        RelyingParties::new(&toml::from_str::<File>(text).unwrap().clients).unwrap()
    }

    fn ask(authorization: &[&str], body: &str) -> Result<String, (ErrorCode, bool)> {
        let mut headers = HeaderMap::new();
        for line in authorization {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        let parameters = Parameters::parse(body.as_bytes()).unwrap();
        let parties = parties();
        let here = Here {
            issuer: "https://i.example",
            token_endpoint: "",
            now: Timestamp::from_millis(0),
            longest: Life::minutes(5),
        };
        Presented::read(&headers, &parameters)
            .and_then(|presented| prove(&parties, here, &presented).map(|(party, _)| party.id.clone()))
            .map_err(|refused| (refused.error.code, refused.by_basic))
    }

    fn basic(credentials: &str) -> String {
        format!("Basic {}", STANDARD.encode(credentials))
    }

    #[test]
    fn each_client_has_its_way_in() {
        let encoded = "s%2Bcr%25t+%26%3Aof+the+web";
        assert_eq!(ask(&[&basic(&format!("web:{encoded}"))], ""), Ok("web".to_owned()));
        assert_eq!(
            ask(&[&basic(&format!("web:{encoded}")).replace("Basic", "bAsIc")], "client_id=web"),
            Ok("web".to_owned())
        );
        assert_eq!(ask(&[], &format!("client_id=web&client_secret={encoded}")), Ok("web".to_owned()));
        assert_eq!(ask(&[], "client_id=spa"), Ok("spa".to_owned()));
    }

    #[test]
    fn everything_else_is_refused_and_basic_is_challenged() {
        let fine = basic("web:s%2Bcr%25t+%26%3Aof+the+web");
        for (authorization, body, code, by_basic) in [
            (vec![], "", ErrorCode::InvalidClient, false),
            (vec![], "client_id=nobody", ErrorCode::InvalidClient, false),
            (vec![], "client_id=web", ErrorCode::InvalidClient, false),
            (vec![], "client_id=web&client_secret=wrong", ErrorCode::InvalidClient, false),
            (vec![], "client_id=spa&client_secret=anything", ErrorCode::InvalidClient, false),
            (vec![], "client_id=web&client_id=spa", ErrorCode::InvalidClient, false),
            (vec![basic("web:wrong")], "", ErrorCode::InvalidClient, true),
            (vec![basic("web:")], "", ErrorCode::InvalidClient, true),
            (vec![basic("spa:")], "", ErrorCode::InvalidClient, true),
            (vec!["Bearer x".to_owned()], "client_id=spa", ErrorCode::InvalidClient, true),
            (vec!["Basic !".to_owned()], "client_id=spa", ErrorCode::InvalidClient, true),
            (vec![fine.clone()], "client_secret=x", ErrorCode::InvalidRequest, true),
            (vec![fine.clone(), fine.clone()], "", ErrorCode::InvalidRequest, true),
            (vec![fine], "client_id=spa", ErrorCode::InvalidRequest, true),
            (vec![], "client_id=spa&client_assertion=x", ErrorCode::InvalidClient, false),
            (
                vec![],
                "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ErrorCode::InvalidClient,
                false,
            ),
            (vec![], "client_secret=x&client_assertion=x&client_id=web", ErrorCode::InvalidRequest, false),
            (
                vec![basic("web:s%2Bcr%25t+%26%3Aof+the+web")],
                "client_assertion_type=x",
                ErrorCode::InvalidRequest,
                true,
            ),
        ] {
            let lines: Vec<&str> = authorization.iter().map(String::as_str).collect();
            assert_eq!(ask(&lines, body), Err((code, by_basic)), "{authorization:?} {body}");
        }
    }

    proptest! {
        #[test]
        fn what_a_client_encodes_is_what_we_read(id in "\\PC{0,20}", secret in "\\PC{0,40}") {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let line = basic(&format!("{}:{}", encode(&id), encode(&secret)));
            prop_assert_eq!(read_basic(&line), Some((id, secret)));
        }

        #[test]
        fn no_header_makes_it_panic(line in "\\PC{0,60}") {
            let _ = read_basic(&line);
        }
    }
}
