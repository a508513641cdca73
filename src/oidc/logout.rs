//! Sign-out asked for by a relying party (OpenID Connect RP-Initiated Logout): ends the session, and with it everything
//! that hangs from it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use url::form_urlencoded::Serializer;

use crate::app::App;
use crate::audit::EndReason;
use crate::authorization;
use crate::base::{Fault, Language, Place};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::{Caller, Visitor, headers, is_ours};
use crate::page::{Framed as _, LoggedOutPage, LogoutPage};
use crate::relying_party::{RelyingParties, RelyingParty};
use crate::session::{self, Session};

use super::hint::{self, Hint};
use super::parameters::Parameters;

/// What a request may carry (section 2); the confirmation page carries it along. `logout_hint` is taken and spares
/// nobody the question.
const CARRIED: [&str; 6] =
    ["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

const TWICE: &str = "a parameter was sent twice";

/// GET.
pub async fn get(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes())
        .map_err(|why| bad_request(&visitor.caller, why.why()))?;
    proceed(&app, visitor, &parameters, false).await
}

/// POST: a relying party's form, or the answer of our own confirmation page.
pub async fn post(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Rejection> {
    let parameters = Parameters::of_form(&headers, &body).map_err(|why| bad_request(&visitor.caller, why.why()))?;
    if parameters.has_repeated() {
        return Err(bad_request(&visitor.caller, TWICE));
    }
    if visitor.caller.browser.is_none() {
        // Another site's form carries no cookies: the GET that follows does.
        return Ok(answer::see_other(&format!("{}?{}", Place::RelyingPartyLogout.path(), carried_query(&parameters))));
    }
    let confirmed = parameters.get("decision") == Some("sign_out") && is_ours(&app, &visitor, &headers, &body);
    proceed(&app, visitor, &parameters, confirmed).await
}

async fn proceed(
    app: &App,
    mut visitor: Visitor,
    parameters: &Parameters,
    confirmed: bool,
) -> Result<Response, Rejection> {
    visitor.caller.prefer(parameters.get("ui_locales").and_then(Language::from_ui_locales));
    if parameters.has_repeated() {
        return Err(bad_request(&visitor.caller, TWICE));
    }
    let keyring = app.keys.ring();
    let hint = parameters.get("id_token_hint").and_then(|token| hint::read(&keyring, &app.config.issuer, token));
    let asking = Asking::read(&app.relying_parties, parameters, hint);
    match &visitor.session {
        Some(session) if confirmed || asking.fits(app, session).await? => {
            let actor = visitor.caller.acts_in(session);
            app.act(actor, async |tx| session::end(tx, session.account, session.id, EndReason::RelyingParty).await)
                .await?;
            let forgotten = Cookie::Session.forget(&app.config)?;
            Ok(answer::with_cookie(farewell(app, &visitor.caller, &asking)?, forgotten))
        }
        Some(_) => confirm(app, &visitor.caller, &asking, parameters),
        None => farewell(app, &visitor.caller, &asking),
    }
}

/// Who asks, as far as that is proven.
#[derive(Debug)]
struct Asking {
    party: Option<Arc<RelyingParty>>,
    hint: Option<Hint>,
    back: Option<String>,
}

impl Asking {
    /// Only an ID token of ours proves a relying party here, and `client_id` must agree with it (section 2).
    fn read(parties: &RelyingParties, parameters: &Parameters, hint: Option<Hint>) -> Self {
        let hint = hint.filter(|hint| parameters.get("client_id").is_none_or(|id| id == hint.client));
        let party = hint.as_ref().and_then(|hint| parties.find(&hint.client));
        let registers = |uri: &&str| party.as_ref().is_some_and(|party| party.returns_to(uri));
        let back = parameters.get("post_logout_redirect_uri").filter(registers);
        let back = back.map(|uri| with_state(uri, parameters.get("state")));
        Self { party, hint, back }
    }

    /// The hint was given in this very session: no need to ask. One of another browser's, or of a session long over,
    /// proves less.
    async fn fits(&self, app: &App, session: &Session) -> Result<bool, Fault> {
        let (Some(_), Some(hint)) = (&self.party, &self.hint) else { return Ok(false) };
        let given = app.look(async |view| authorization::find(&mut view.db, hint.sid).await).await?;
        Ok(given.is_some_and(|given| given.account == session.account && given.session == Some(session.id)))
    }
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let joint = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{joint}{}", Serializer::new(String::new()).append_pair("state", state).finish())
}

fn confirm(app: &App, caller: &Caller, asking: &Asking, parameters: &Parameters) -> Result<Response, Rejection> {
    let mut frame = caller.frame(app)?;
    frame.here = format!("{}?{}", Place::RelyingPartyLogout.path(), carried_query(parameters));
    let page = LogoutPage {
        frame,
        relying_party: asking.party.as_ref().map(|party| party.name(caller.language).to_owned()),
        place: Place::RelyingPartyLogout,
        carried: carried(parameters).map(|(name, value)| (name, value.to_owned())).collect(),
    };
    let response = answer::page(StatusCode::OK, &page);
    Ok(match &asking.back {
        Some(back) => headers::admit_forms_to(response, back),
        None => response,
    })
}

/// Back to a registered address of a proven relying party; everybody else stays here.
fn farewell(app: &App, caller: &Caller, asking: &Asking) -> Result<Response, Rejection> {
    match &asking.back {
        Some(back) => Ok(answer::see_other(back)),
        None => Ok(answer::page(StatusCode::OK, &LoggedOutPage { frame: caller.frame(app)?, back: None })),
    }
}

fn carried(parameters: &Parameters) -> impl Iterator<Item = (&'static str, &str)> {
    CARRIED.into_iter().filter_map(|name| parameters.get(name).map(|value| (name, value)))
}

fn carried_query(parameters: &Parameters) -> String {
    Serializer::new(String::new()).extend_pairs(carried(parameters)).finish()
}

/// The page of a request that can't be answered.
fn bad_request(caller: &Caller, detail: &str) -> Rejection {
    answer::bad_request(caller, &format!("invalid_request: {detail}")).into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Asking, Hint, Parameters, RelyingParties};
    use crate::base::ids::{AccountId, AuthorizationId};
    use crate::relying_party::Settings;

    fn parties() -> RelyingParties {
        #[derive(serde::Deserialize)]
        struct File {
            clients: Vec<Settings>,
        }
        let text = "[[clients]]\nid = \"app\"\nname = \"App\"\npost_logout_redirect_uris = \
            [\"https://app.example/bye\", \"https://app.example/bye?x=1\"]";
        RelyingParties::new(&toml::from_str::<File>(text).unwrap().clients).unwrap()
    }

    fn back(query: &str, hinted: Option<&str>) -> Option<String> {
        let hint = hinted.map(|client| Hint {
            account: AccountId(Uuid::nil()),
            client: client.to_owned(),
            sid: AuthorizationId(Uuid::nil()),
        });
        Asking::read(&parties(), &Parameters::parse(query.as_bytes()).unwrap(), hint).back
    }

    #[test]
    fn a_browser_is_sent_only_where_a_proven_client_registered_exactly() {
        let bye = "post_logout_redirect_uri=https://app.example/bye";
        assert_eq!(back(bye, Some("app")).unwrap(), "https://app.example/bye");
        assert_eq!(back(&format!("{bye}&state=a%26b"), Some("app")).unwrap(), "https://app.example/bye?state=a%26b");
        assert_eq!(
            back(&format!("{bye}%3Fx%3D1&state=s"), Some("app")).unwrap(),
            "https://app.example/bye?x=1&state=s"
        );
        for (query, hinted) in [
            (bye.to_owned(), None),
            (format!("{bye}&client_id=app"), None),
            (format!("{bye}&client_id=other"), Some("app")),
            (format!("{bye}/"), Some("app")),
            (format!("{bye}%3Fx%3D2"), Some("app")),
            (bye.to_owned(), Some("removed")),
            ("state=s".to_owned(), Some("app")),
        ] {
            assert_eq!(back(&query, hinted), None, "{query} {hinted:?}");
        }
    }
}
