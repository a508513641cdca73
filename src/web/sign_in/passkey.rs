//! Sign-in by a passkey, without name or password. A stranger learns no more from it than from a wrong password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::account::passkey::{CeremonyPurpose, VerifiedPasskey};
use crate::app::App;
use crate::base::Fault;
use crate::base::actor::Who;
use crate::http::answer::Rejection;
use crate::http::{EmptyForm, Form, Visitor, interaction, request};
use crate::session::sign_in::{self, Outcome};
use crate::web::passkey::{Answered, binding, judged, send, site};
use crate::web::sign_in::password::LoginPage;
use crate::web::sign_in::step::SignInStep;

/// Sends a challenge for whichever passkey of this site its owner chooses. Nobody is named, and nobody learns who has
/// one.
pub(crate) async fn challenge(State(app): State<App>, posted: Form<Visitor, EmptyForm>) -> Result<Response, Rejection> {
    let Visitor { caller, .. } = posted.guard;
    let (options, state) = site(&app, &caller)?.ask_to_sign(&[])?;
    let bound = binding(&caller, CeremonyPurpose::SignIn, None)?;
    Ok(send(&app, caller.acts_as(Who::Visitor), &bound, options, &state).await?)
}

/// Judges the answer, and lets its owner in where access holds.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Visitor, Answered>) -> Result<Response, Rejection> {
    let Form { guard: Visitor { mut caller, .. }, form, .. } = posted;
    site(&app, &caller)?;
    let waiting = interaction::waiting(&app, &mut caller, form.interaction).await?;
    let page = LoginPage::asked_by(&app, &caller, waiting.as_ref())?;
    let arrival = SignInStep::new(&app, &caller)?.towards(waiting.as_ref(), None);
    let bound = binding(&caller, CeremonyPurpose::SignIn, None)?;
    let ended = match judged::verify(&app, &caller, &bound, &form).await? {
        Some(verified) => arrival.end(enter(&arrival, &verified).await?)?,
        None => None,
    };
    Ok(ended.unwrap_or_else(|| page.passkey_refused().answer(StatusCode::UNAUTHORIZED, waiting.as_ref())))
}

async fn enter(arrival: &SignInStep<'_>, verified: &VerifiedPasskey) -> Result<Outcome, Fault> {
    request::note_account(verified.kept.account);
    let SignInStep { app, caller, .. } = *arrival;
    let visit = arrival.visit();
    app.act(caller.acts_as(Who::Visitor), async |tx| sign_in::enter_by_passkey(tx, verified, visit).await).await
}
