//! The authorization endpoint and its one dispatcher: every step of a sign-in comes back here, where everything is
//! checked again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::{self, Circumstances, Condition, Door, Snapshot, Verdict};
use crate::app::App;
use crate::authorization::consent::{self, Consent};
use crate::authorization::{
    self, Admission, NewAuthorization, Next, Prompt, Request, SignIn, Situation, code, interaction,
};
use crate::base::actor::Who;
use crate::base::ids::InteractionId;
use crate::base::{Actor, Fault, Place, Secret, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::refusal::{Attempted, ContactRefusal, Refusal};
use crate::http::request::note_client;
use crate::http::{Caller, Visitor, interaction as waiting, stands_elsewhere};
use crate::oidc::errors::{Error, ErrorCode};
use crate::oidc::hint;
use crate::oidc::parameters::{Parameters, Unreadable};
use crate::relying_party::RelyingParty;
use crate::session::{self, Acr, Session};

use super::answer::ReturnAddress;
use super::request::Unverified;

/// GET: a new request, or the next step of a parked one.
pub async fn get(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let parameters = match Parameters::parse(query.unwrap_or_default().as_bytes()) {
        Ok(parameters) => parameters,
        Err(why) => return Ok(unreadable(&visitor.caller, why)),
    };
    match parameters.get("interaction") {
        Some(id) if parameters.get("client_id").is_none() => resume(&app, &visitor, id).await,
        Some(_) | None => begin(&app, &visitor, parameters).await,
    }
}

/// POST: a new request (OpenID Connect Core section 3.1.2.1).
pub async fn post(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Rejection> {
    match Parameters::of_form(&headers, &body) {
        Ok(parameters) => begin(&app, &visitor, parameters).await,
        Err(why) => Ok(unreadable(&visitor.caller, why)),
    }
}

/// A request on its way to an answer.
struct Flow<'a> {
    app: &'a App,
    visitor: &'a Visitor,
    party: Arc<RelyingParty>,
    request: Request,
    asked_at: Timestamp,
    parked: Option<InteractionId>,
    declined: bool,
    allowed: bool,
}

async fn begin(app: &App, visitor: &Visitor, parameters: Parameters) -> Result<Response, Rejection> {
    let verified = match Unverified::new(parameters).verify(&app.relying_parties) {
        Ok(verified) => verified,
        // Nobody vouches for an address to go back to.
        Err(why) => return Ok(answer::bad_request(&visitor.caller, why.detail())),
    };
    let keyring = app.keys.ring();
    let request = match verified.request(|token| hint::read(&keyring, &app.config.issuer, token)) {
        Ok(request) => request,
        Err(error) => return Ok(verified.return_address().send_back(app, &visitor.caller, error)),
    };
    if visitor.caller.browser.is_none() {
        // A POST from another site carries no cookies: the GET that follows does, and takes the interaction up.
        let id = app
            .act(visitor.caller.acts_as(Who::Visitor), async |tx| interaction::park(tx, &request, None).await)
            .await?;
        return Ok(answer::see_other(&waiting::at(Place::Authorize, Some(id))));
    }
    let party = verified.client();
    note_client(&party.id);
    let asked_at = app.clock.now();
    Flow { app, visitor, party, request, asked_at, parked: None, declined: false, allowed: false }.proceed().await
}

async fn resume(app: &App, visitor: &Visitor, id: &str) -> Result<Response, Rejection> {
    let stale = || answer::trouble(&visitor.caller, ErrorKind::StaleInteraction);
    let (Ok(id), Some(browser)) = (id.parse::<InteractionId>(), &visitor.caller.browser) else { return Ok(stale()) };
    let browser = browser.digest();
    let mut found = app.look(async |view| interaction::find(&mut view.db, id, &browser, view.now).await).await?;
    if found.is_none() {
        found =
            app.act(visitor.caller.acts_as(Who::Visitor), async |tx| interaction::bind(tx, id, &browser).await).await?;
    }
    let Some(found) = found else { return Ok(stale()) };
    let mut request = found.request.0;
    // The client may have been changed since: what was proven then is proven again.
    let party = app.relying_parties.find(&request.client).filter(|party| party.redirects_to(&request.redirect_uri));
    let Some(party) = party else { return Ok(stale()) };
    note_client(&party.id);
    request.scope = request.scope.within(&party.scope);
    request.claims = request.claims.within(&party.scope);
    let (declined, allowed) = (found.declined_at.is_some(), found.allowed_at.is_some());
    let asked_at = found.created_at;
    Flow { app, visitor, party, request, asked_at, parked: Some(id), declined, allowed }.proceed().await
}

/// What the database says about whoever is signed in.
struct Known {
    person: Option<(Snapshot, Verdict)>,
    consent: Option<Consent>,
    /// How strongly the person could sign in, by what they have enrolled.
    could: Acr,
}

fn strongest(person: &Snapshot) -> Acr {
    match (person.account.passkey_since, person.account.second_factor_since()) {
        (Some(_), _) => Acr::PhishingResistant,
        (None, Some(_)) => Acr::TwoFactors,
        (None, None) => Acr::OneFactor,
    }
}

fn admission(standing: &Verdict) -> Admission {
    match standing.holds() {
        true => Admission::Holds,
        false if standing.lacks_second_factor_only() => Admission::LacksSecondFactor,
        false => Admission::Refused,
    }
}

/// The page on which the person takes that step, and what the relying party is told where no page may be shown.
const fn asked_of_the_person(step: Next) -> Option<(Place, ErrorCode, &'static str)> {
    Some(match step {
        Next::SignIn => (Place::Login, ErrorCode::LoginRequired, "nobody is signed in, or not recently enough"),
        Next::Reauthenticate => {
            (Place::Reauthenticate, ErrorCode::LoginRequired, "the sign-in is not recent or not strong enough")
        }
        Next::ChooseCompany => {
            (Place::CompanyChoice, ErrorCode::AccountSelectionRequired, "the person must choose a company")
        }
        Next::Consent => (Place::Consent, ErrorCode::ConsentRequired, "the person must consent"),
        Next::SomebodyElse | Next::TooWeak | Next::Decline | Next::Refuse | Next::Answer => return None,
    })
}

impl Flow<'_> {
    async fn proceed(self) -> Result<Response, Rejection> {
        let known = match &self.visitor.session {
            Some(session) => self.known(session).await?,
            None => Known { person: None, consent: None, could: Acr::OneFactor },
        };
        let mut grantable = self.request.clone();
        if let Some((person, _)) = &known.person {
            grantable.scope = authorization::grantable(&self.request.scope, person);
        }
        let step = authorization::next(Situation {
            request: &grantable,
            asked_at: self.asked_at,
            now: self.app.clock.now(),
            sign_in: self.visitor.session.as_ref().map(|session| SignIn {
                account: session.account,
                auth_time: session.auth_time,
                acr: session.acr,
                could: known.could,
            }),
            admission: known.person.as_ref().map(|(_, standing)| admission(standing)),
            consent: known.consent.as_ref(),
            declined: self.declined,
            allowed: self.allowed,
            is_native: self.party.is_native_at(&self.request.redirect_uri),
        });
        if let Some((place, code, why)) = asked_of_the_person(step) {
            return self.ask(place, Error::new(code, why)).await;
        }
        match (step, &self.visitor.session, known) {
            (Next::Refuse, Some(session), Known { person: Some((person, standing)), .. }) => {
                self.refuse(session, person, standing).await
            }
            (Next::Answer, Some(session), Known { person: Some((person, _)), consent: Some(consent), .. }) => {
                self.answer(session, &person, &consent).await
            }
            (Next::SomebodyElse, ..) => {
                Ok(self.send_back(Error::new(ErrorCode::LoginRequired, "another person is signed in")))
            }
            (Next::TooWeak, ..) => {
                let code = ErrorCode::UnmetAuthenticationRequirements;
                Ok(self.send_back(Error::new(code, "no sign-in here is one of the essential acr")))
            }
            (Next::Decline, ..) => {
                Ok(self.send_back(Error::new(ErrorCode::AccessDenied, "the person did not consent")))
            }
            // What the decision says can't be without these.
            _ => Err(Fault::broken("authorizing", "a decision without its grounds").into()),
        }
    }

    async fn known(&self, session: &Session) -> Result<Known, Fault> {
        let (person, consent, could) = self
            .app
            .look(async |view| {
                let person = match session.membership {
                    Some(membership) => access::of_membership(&mut view.db, membership).await?,
                    None => None,
                };
                let could = match &person {
                    Some(person) => strongest(person),
                    None => session::strongest(&mut view.db, session.account).await?,
                };
                Ok((person, consent::standing(&mut view.db, session.account, &self.party.id).await?, could))
            })
            .await?;
        let asked = Circumstances {
            door: Door::Authorize,
            address: self.visitor.caller.address,
            e_service: self.party.e_service.as_ref(),
            second_factor_at: session.second_factor_at,
        };
        let person = person.map(|person| {
            let standing = access::judge(&person, asked);
            (person, standing)
        });
        Ok(Known { person, consent, could })
    }

    /// Sends the person to a page that carries the interaction along; with `prompt=none` says instead what it would
    /// take.
    async fn ask(self, place: Place, unasked: Error) -> Result<Response, Rejection> {
        if self.request.prompts(Prompt::None) {
            return Ok(self.send_back(unasked));
        }
        let id = if let Some(id) = self.parked {
            id
        } else {
            let browser = self.visitor.caller.browser.as_ref().map(Secret::digest);
            self.app.act(self.actor(), async |tx| interaction::park(tx, &self.request, browser.as_ref()).await).await?
        };
        Ok(answer::see_other(&waiting::at(place, Some(id))))
    }

    /// R-RGT-3, R-OWN-4: who may not pass is told why, here; the relying party learns of it only where no page may be
    /// shown.
    async fn refuse(self, session: &Session, person: Snapshot, standing: Verdict) -> Result<Response, Rejection> {
        let others = stands_elsewhere(self.app, &self.visitor.caller, session, &person).await?;
        if standing.is_final() {
            self.app.act(self.actor(), async |tx| session::lose(tx, session, others).await).await?;
        }
        if self.request.prompts(Prompt::None) {
            return Ok(self.send_back(silent_refusal(&standing)));
        }
        let caller = self.caller();
        let wish = Attempted::Enter(self.party.name(caller.language).to_owned());
        let refusal =
            ContactRefusal { wish, people: vec![(person, standing)], e_service: self.party.e_service.clone(), others };
        Ok(answer::refuse(&caller, Refusal::Contact(refusal)))
    }

    async fn answer(self, session: &Session, person: &Snapshot, consent: &Consent) -> Result<Response, Rejection> {
        let request = &self.request;
        let wants_auth_time = request.max_age.is_some() || request.wants_auth_time || self.party.require_auth_time;
        let beginning = NewAuthorization {
            session: session.id,
            account: session.account,
            membership: person.membership.id,
            client: self.party.id.clone(),
            consent: consent.id,
            scope: authorization::grantable(&request.scope, person),
            claims: request.claims.clone(),
            acr: request.tells(session.acr).as_str().to_owned(),
            amr: session.amr.0.clone(),
            auth_time: session.auth_time,
            second_factor_at: session.second_factor_at,
        };
        let code = self
            .app
            .act(self.actor(), async |tx| {
                if let Some(id) = self.parked
                    && !interaction::conclude(tx, id).await?
                {
                    return Ok(None);
                }
                let sid = authorization::begin(tx, beginning).await?;
                code::issue(tx, sid, request, wants_auth_time).await.map(Some)
            })
            .await?;
        Ok(match code {
            Some(code) => ReturnAddress::of(request).send_code(self.app, &self.caller(), &code),
            None => answer::trouble(&self.visitor.caller, ErrorKind::StaleInteraction),
        })
    }

    fn send_back(&self, error: Error) -> Response {
        ReturnAddress::of(&self.request).send_back(self.app, &self.caller(), error)
    }

    /// The caller, spoken to in the language that the relying party proposes unless they chose another.
    fn caller(&self) -> Caller {
        let mut caller = self.visitor.caller.clone();
        caller.prefer(self.request.language());
        caller
    }

    fn actor(&self) -> Actor {
        match &self.visitor.session {
            Some(session) => self.visitor.caller.acts_in(session),
            None => self.visitor.caller.acts_as(Who::Visitor),
        }
    }
}

/// What `prompt=none` tells of a refusal: whether a page of ours could help (OpenID Connect Core section 3.1.2.6).
fn silent_refusal(standing: &Verdict) -> Error {
    if standing.unmet().into_iter().all(Condition::is_the_persons) {
        Error::new(ErrorCode::InteractionRequired, "the person must complete their account first")
    } else {
        Error::new(ErrorCode::AccessDenied, "access does not hold")
    }
}

fn unreadable(caller: &Caller, why: Unreadable) -> Response {
    match why {
        Unreadable::TooLong => answer::trouble(caller, ErrorKind::TooLarge),
        Unreadable::NotText | Unreadable::NotAForm => answer::bad_request(caller, why.why()),
    }
}
