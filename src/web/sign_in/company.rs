//! Choice of the company to act for, where one person is a contact of several (R-DIR-6).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, Snapshot};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::InteractionId;
use crate::base::{AccountKind, Place};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::refusal::{Attempted, ContactRefusal, Refusal};
use crate::http::{Caller, Form, InteractionQuery, Visitor, at_a_page, interaction};
use crate::page::{Frame, Framed as _};
use crate::rights;
use crate::session::{self, Session};

/// The page that asks which company.
#[derive(Debug, Template)]
#[template(path = "sign_in/company.html")]
pub struct CompanyChoicePage {
    /// What every page shares.
    pub frame: Frame,
    /// The parked authorization request this sign-in is for.
    pub interaction: Option<String>,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    /// The companies the person may act for.
    pub companies: Vec<CompanyOption>,
}

/// A company to choose.
#[derive(Clone, Debug)]
pub struct CompanyOption {
    /// The ERP's reference, which the button sends.
    pub reference: String,
    pub name: String,
    /// The person's profile there, in words.
    pub profile: String,
    /// Whether the person acts for it already.
    pub here: bool,
}

/// The button pressed.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    company: String,
    interaction: Option<InteractionId>,
}

/// Shows the companies the person may act for now.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InteractionQuery(asked): InteractionQuery,
) -> Result<Response, Rejection> {
    let Visitor { mut caller, session } = visitor;
    let waiting = interaction::waiting(&app, &mut caller, asked).await?;
    let Some(session) = session else { return Ok(answer::see_other(&interaction::at(Place::Login, asked))) };
    if session.kind == AccountKind::Staff {
        return Ok(staff(&caller, waiting.as_ref()));
    }
    let people = app.look(async |view| access::of_account(&mut view.db, session.account).await).await?;
    let judged: Vec<_> =
        people.into_iter().map(|person| (access::judge(&person, at_a_page(&caller, &session)), person)).collect();
    let mut frame = caller.frame(&app)?;
    frame.here = interaction::at(Place::CompanyChoice, asked);
    let companies: Vec<_> = judged
        .iter()
        .filter(|(standing, _)| standing.holds_or_lacks_second_factor_only())
        .map(|(_, person)| CompanyOption::new(&frame, person, &session))
        .collect();
    if companies.is_empty() {
        let people: Vec<_> = judged.into_iter().map(|(standing, person)| (person, standing)).collect();
        let refusal = ContactRefusal { wish: Attempted::Page, people, e_service: None, others: false };
        return Ok(answer::refuse(&caller, Refusal::Contact(refusal)));
    }
    let relying_party = waiting.as_ref().map(|waiting| waiting.relying_party.clone());
    let page = CompanyChoicePage {
        frame,
        interaction: waiting.as_ref().map(|waiting| waiting.id.to_string()),
        relying_party,
        companies,
    };
    Ok(interaction::lead_on(waiting.as_ref(), answer::page(StatusCode::OK, &page)))
}

/// Staff act for no company: relying parties don't see them.
fn staff(caller: &Caller, waiting: Option<&interaction::Waiting>) -> Response {
    let Some(waiting) = waiting else { return answer::go(Place::Staff) };
    let wish = Attempted::Enter(waiting.relying_party.clone());
    let refusal = ContactRefusal { wish, people: Vec::new(), e_service: None, others: false };
    answer::refuse(caller, Refusal::Contact(refusal))
}

/// Makes the session act for the company chosen. One the person isn't a contact of answers like one that doesn't exist.
pub(crate) async fn choose(State(app): State<App>, posted: Form<Visitor, Chosen>) -> Result<Response, Rejection> {
    let Form { guard: Visitor { mut caller, session }, form, .. } = posted;
    let waiting = interaction::waiting(&app, &mut caller, form.interaction).await?;
    let Some(session) = session else { return Ok(answer::see_other(&interaction::at(Place::Login, form.interaction))) };
    let actor = caller.acts_as(Who::Account(session.account));
    let chosen = app.act(actor, async |tx| {
        let people = access::of_account(&mut tx.db, session.account).await?;
        let stands = |person: &&Snapshot| {
            access::judge(*person, at_a_page(&caller, &session)).holds_or_lacks_second_factor_only()
        };
        let Some(person) = people.iter().filter(stands).find(|person| person.company.reference == form.company) else {
            return Ok(false);
        };
        session::choose(tx, session.id, person.membership.id).await
    });
    if !chosen.await? {
        return Err(answer::trouble(&caller, ErrorKind::NotFound).into());
    }
    Ok(answer::see_other(&waiting.map_or_else(|| Place::Account.path().to_owned(), |waiting| waiting.dispatcher())))
}

impl CompanyOption {
    /// The company of a snapshot, as a button.
    pub(crate) fn new(frame: &Frame, person: &Snapshot, session: &Session) -> Self {
        Self {
            reference: person.company.reference.clone(),
            name: person.company.name.clone(),
            profile: frame.say(rights::profile_key(person.membership.profile)),
            here: session.membership == Some(person.membership.id),
        }
    }
}
