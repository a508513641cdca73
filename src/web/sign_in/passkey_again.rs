//! Proof by a passkey, in a running session, that its owner is still there. It says as much as password and second
//! factor together.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::account::passkey::{self, Binding, CeremonyPurpose};
use crate::app::App;
use crate::base::{Fault, Place};
use crate::http::answer::{self, Rejection};
use crate::http::{Caller, EmptyForm, Form, Visitor, interaction};
use crate::session::Session;
use crate::session::sign_in::{self, Outcome};
use crate::web::passkey::{Answered, binding, judged, send, site};
use crate::web::sign_in::back::is_ours;
use crate::web::sign_in::reauthenticate::{answered, page};
use crate::web::sign_in::step::SignInStep;

/// Sends a challenge for the passkeys of whoever is signed in.
pub(crate) async fn challenge(State(app): State<App>, posted: Form<Visitor, EmptyForm>) -> Result<Response, Rejection> {
    let Visitor { caller, session } = posted.guard;
    let Some(session) = session else { return Ok(answer::go(Place::Login)) };
    let allowed = app.look(async |view| passkey::list(&mut view.db, session.account).await).await?;
    let (options, state) = site(&app, &caller)?.ask_to_sign(&allowed)?;
    Ok(send(&app, caller.acts_in(&session), &bound(&caller, &session)?, options, &state).await?)
}

fn bound(caller: &Caller, session: &Session) -> Result<Binding, Fault> {
    binding(caller, CeremonyPurpose::Return, Some((session.account, session.id.0)))
}

/// Judges the answer, and strengthens the session.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Visitor, Answered>) -> Result<Response, Rejection> {
    let Form { guard: Visitor { mut caller, session }, form, .. } = posted;
    site(&app, &caller)?;
    let waiting = interaction::waiting(&app, &mut caller, form.interaction).await?;
    let Some(session) = session else { return Ok(answer::see_other(&interaction::at(Place::Login, form.interaction))) };
    let back = form.back.clone().filter(|back| is_ours(back));
    let arrival = SignInStep::new(&app, &caller)?.towards(waiting.as_ref(), back.as_deref());
    let outcome = match judged::verify(&app, &caller, &bound(&caller, &session)?, &form).await? {
        Some(verified) => {
            let acts = app
                .act(caller.acts_in(&session), async |tx| sign_in::return_by_passkey(tx, &verified, session.id).await);
            acts.await?
        }
        None => Outcome::Outdated,
    };
    if let Some(response) = arrival.end(outcome)? {
        return Ok(response);
    }
    let page = page(&app, &caller, &session, back.as_deref()).await?.asked_by(waiting.as_ref()).passkey_refused();
    Ok(answered(StatusCode::UNAUTHORIZED, &page, waiting.as_ref()))
}
