//! The consent page: who asks, for which company, and what they will see. It records the answer and leads back to the
//! dispatcher.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, Circumstances, Door, Snapshot};
use crate::app::App;
use crate::authorization::{self, consent, interaction};
use crate::base::ids::InteractionId;
use crate::base::{Place, Secret};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::interaction::{Waiting, at, waiting};
use crate::http::{Caller, Form, InteractionQuery, Visitor, at_a_page};
use crate::oidc::authorize::consent_page::ConsentPage;
use crate::page::Framed as _;
use crate::page::scopes::in_words;
use crate::relying_party::{RelyingParty, Scopes};
use crate::session::Session;

use super::answer::host;

/// The button pressed.
#[derive(Debug, Deserialize)]
pub struct Decided {
    interaction: InteractionId,
    decision: Decision,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Allow,
    Deny,
}

/// Asks.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InteractionQuery(interaction): InteractionQuery,
) -> Result<Response, Rejection> {
    let Visitor { mut caller, session } = visitor;
    let waiting = known(&app, &mut caller, interaction).await?;
    // Whoever isn't as far as this page is sent to where they are.
    let Some((session, membership)) =
        session.and_then(|session| session.membership.map(|membership| (session, membership)))
    else {
        return Ok(answer::see_other(&waiting.dispatcher()));
    };
    let (person, held) = app
        .look(async |view| {
            let held = consent::standing(&mut view.db, session.account, &waiting.request.client).await?;
            Ok((access::of_membership(&mut view.db, membership).await?, held))
        })
        .await?;
    let door = Here { caller: &caller, session: &session, party: app.relying_parties.find(&waiting.request.client) };
    let Some(person) = person.filter(|person| door.admits(person)) else {
        return Ok(answer::see_other(&waiting.dispatcher()));
    };
    let scope = authorization::grantable(&waiting.request.sights(), &person);
    caller.stamp = caller.stamp.clone().about(&subject(&waiting, &scope));
    let mut frame = caller.frame(&app)?;
    frame.here = at(Place::Consent, Some(waiting.id));
    let asked = words(&scope);
    let added = held.map(|held| words(&scope.without(&held.scope))).unwrap_or_default();
    let page = ConsentPage {
        interaction: waiting.id.to_string(),
        host: host(&waiting.request.redirect_uri),
        company: person.company.name,
        sights: in_words(&frame, asked),
        added: in_words(&frame, added),
        relying_party: waiting.relying_party.clone(),
        frame,
    };
    Ok(waiting.admit(answer::page(StatusCode::OK, &page)))
}

/// Records the answer; the dispatcher tells the relying party.
pub async fn decide(State(app): State<App>, posted: Form<Visitor, Decided>) -> Result<Response, Rejection> {
    let Form { guard: Visitor { mut caller, session }, form, shown } = posted;
    let waiting = known(&app, &mut caller, Some(form.interaction)).await?;
    let Some((session, membership)) =
        session.and_then(|session| session.membership.map(|membership| (session, membership)))
    else {
        return Ok(answer::see_other(&waiting.dispatcher()));
    };
    let Some(browser) = caller.browser.as_ref().map(Secret::digest) else {
        return Err(answer::trouble(&caller, ErrorKind::StaleInteraction).into());
    };
    let by = caller.acts_in(&session);
    let door = Here { caller: &caller, session: &session, party: app.relying_parties.find(&waiting.request.client) };
    app.act(by, async |tx| {
        let person = access::of_membership(&mut tx.db, membership).await?;
        let Some(person) = person.filter(|person| door.admits(person)) else { return Ok(Ok(())) };
        let scope = authorization::grantable(&waiting.request.sights(), &person);
        if let Err(again) = shown.must_speak_of(&subject(&waiting, &scope)) {
            return Ok(Err(again));
        }
        match form.decision {
            Decision::Allow => {
                consent::grant(tx, session.account, &waiting.request.client, &scope).await?;
                interaction::allow(tx, waiting.id, &browser).await?;
            }
            Decision::Deny => interaction::decline(tx, waiting.id, &browser).await.map(drop)?,
        }
        Ok(Ok(()))
    })
    .await??;
    Ok(answer::see_other(&waiting.dispatcher()))
}

/// What the page spoke of: another request, or a scope that grew or shrank meanwhile, is another question.
fn subject(waiting: &Waiting, scope: &Scopes) -> String {
    format!("consent {} {} {}", waiting.id, waiting.request.client, words(scope).join(" "))
}

/// Access is asked here too (fault 2): whoever has lost it gives no consent, and is told why by the dispatcher.
struct Here<'a> {
    caller: &'a Caller,
    session: &'a Session,
    party: Option<Arc<RelyingParty>>,
}

impl Here<'_> {
    fn admits(&self, person: &Snapshot) -> bool {
        let e_service = self.party.as_ref().and_then(|party| party.e_service.as_ref());
        let asked = Circumstances { door: Door::Authorize, e_service, ..at_a_page(self.caller, self.session) };
        access::judge(person, asked).holds()
    }
}

async fn known(app: &App, caller: &mut Caller, id: Option<InteractionId>) -> Result<Waiting, Rejection> {
    match waiting(app, caller, id).await? {
        Some(waiting) => Ok(waiting),
        None => Err(answer::trouble(caller, ErrorKind::StaleInteraction).into()),
    }
}

fn words(scope: &Scopes) -> Vec<&'static str> {
    scope.iter().map(crate::relying_party::Scope::as_str).collect()
}
