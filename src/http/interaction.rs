//! The interaction a page is part of: which relying party waits, and where the answer will go in the end.

use axum::response::Response;

use crate::app::App;
use crate::authorization::{Request, interaction};
use crate::base::Place;
use crate::base::ids::InteractionId;
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::{Caller, headers};

/// A parked authorization request of this browser.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What pages carry along.
    pub id: InteractionId,
    pub request: Request,
    /// The relying party's name in the caller's language.
    pub relying_party: String,
}

/// The interaction that a page's address or form names. One that isn't this browser's, or has expired, ends in a page
/// that says so.
pub async fn waiting(app: &App, caller: &mut Caller, id: Option<InteractionId>) -> Result<Option<Waiting>, Rejection> {
    let Some(id) = id else { return Ok(None) };
    let stale = |caller: &Caller| Rejection::from(answer::trouble(caller, ErrorKind::StaleInteraction));
    let Some(browser) = caller.browser.as_ref().map(crate::base::Secret::digest) else { return Err(stale(caller)) };
    let found = app.look(async |view| interaction::find(&mut view.db, id, &browser, view.now).await).await?;
    let Some(found) = found else { return Err(stale(caller)) };
    let mut request = found.request.0;
    caller.prefer(request.language());
    let Some(party) = app.relying_parties.find(&request.client) else { return Err(stale(caller)) };
    // What the operator took from the client since is neither asked for nor consented to.
    request.scope = request.scope.within(&party.scope);
    request.claims = request.claims.within(&party.scope);
    let relying_party = party.name(caller.language).to_owned();
    Ok(Some(Waiting { id, request, relying_party }))
}

impl Waiting {
    /// The one dispatcher, which every step returns to.
    pub fn dispatcher(&self) -> String {
        at(Place::Authorize, Some(self.id))
    }

    /// Lets the page's forms lead on to the relying party.
    pub fn admit(&self, response: Response) -> Response {
        headers::admit_forms_to(response, &self.request.redirect_uri)
    }
}

/// Lets the page's forms lead on to whoever waits, if anybody does.
pub fn lead_on(waiting: Option<&Waiting>, response: Response) -> Response {
    match waiting {
        Some(waiting) => waiting.admit(response),
        None => response,
    }
}

/// A place with the interaction it is part of.
pub fn at(place: Place, interaction: Option<InteractionId>) -> String {
    match interaction {
        Some(id) => format!("{}?interaction={id}", place.path()),
        None => place.path().to_owned(),
    }
}
