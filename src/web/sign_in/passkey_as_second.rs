//! The second step of a sign-in by a passkey, once the password was right.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::account::passkey::{self, Binding, CeremonyPurpose, VerifiedPasskey};
use crate::app::App;
use crate::base::Fault;
use crate::base::actor::Who;
use crate::http::answer::{self, Rejection};
use crate::http::{EmptyForm, Form};
use crate::session::Proof;
use crate::session::sign_in::{self, Outcome};
use crate::web::passkey::{Answered, binding, judged, send, site};
use crate::web::sign_in::second_factor::SecondFactorPage;
use crate::web::sign_in::second_step::Step;
use crate::web::sign_in::step::SignInStep;

/// Sends a challenge for the passkeys of whoever's password was right.
pub(crate) async fn challenge(State(app): State<App>, posted: Form<Step, EmptyForm>) -> Result<Response, Rejection> {
    let step = posted.guard;
    let allowed = app.look(async |view| passkey::list(&mut view.db, step.pending.account).await).await?;
    let (options, state) = site(&app, &step.caller)?.ask_to_sign(&allowed)?;
    Ok(send(&app, step.caller.acts_as(Who::Visitor), &bound(&step)?, options, &state).await?)
}

/// The answer is the half-made sign-in's: one that somebody else was asked for doesn't finish it.
fn bound(step: &Step) -> Result<Binding, Fault> {
    binding(&step.caller, CeremonyPurpose::SecondStep, Some((step.pending.account, step.pending.id.0)))
}

/// Judges the answer, and finishes the sign-in where access holds.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Step, Answered>) -> Result<Response, Rejection> {
    let Form { guard: step, form, .. } = posted;
    site(&app, &step.caller)?;
    let Some(verified) = judged::verify(&app, &step.caller, &bound(&step)?, &form).await? else {
        return refused(&app, &step).await;
    };
    let arrival = step.arrival(&app)?;
    match complete(&step, &arrival, &verified).await? {
        Some(outcome) => Ok(arrival.end(outcome)?.unwrap_or_else(|| answer::see_other(&arrival.beginning()))),
        None => refused(&app, &step).await,
    }
}

async fn refused(app: &App, step: &Step) -> Result<Response, Rejection> {
    let page = SecondFactorPage::of(app, step).await?.passkey_refused();
    Ok(page.answer(&step.arrival(app)?, StatusCode::UNAUTHORIZED))
}

/// In one unit of work the answer counts and the sign-in is finished; nothing where the passkey is gone.
async fn complete(step: &Step, arrival: &SignInStep<'_>, verified: &VerifiedPasskey) -> Result<Option<Outcome>, Fault> {
    let SignInStep { app, caller, .. } = *arrival;
    app.act(caller.acts_as(Who::Account(step.pending.account)), async |tx| {
        if !passkey::count(tx, verified).await? {
            return Ok(None);
        }
        let proof = Proof::password_and_passkey(tx.now);
        sign_in::complete(tx, &step.pending, proof, arrival.visit()).await.map(Some)
    })
    .await
}
