//! Enrolment of a second factor in the middle of a sign-in, where one is demanded and the person has none yet. The
//! password was proven a moment ago; whoever has a factor already proves that one instead, and enrols nothing here.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::factor::{self, Enrolled, Offer, RecoveryCode, Replacing};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::{Fault, Place};
use crate::http::Form;
use crate::http::answer::{self, Rejection};
use crate::page::{Errors, Frame, Framed as _, Link};
use crate::session::Proof;
use crate::session::sign_in::{self, Outcome};
use crate::web::security::seeds::{self, SeedView};
use crate::web::security::totp::RecoveryCodesPage;
use crate::web::sign_in::second_step::Step;
use crate::web::sign_in::step::SignInStep;

/// The page that enrols an authenticator app before the sign-in goes on.
#[derive(Debug, Template)]
#[template(path = "sign_in/enrol.html")]
pub struct EnrolFirstPage {
    /// What every page shares.
    pub frame: Frame,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    /// What to scan or type.
    pub seed: SeedView,
    errors: Errors,
}

impl EnrolFirstPage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, relying_party: Option<String>, seed: SeedView) -> Self {
        Self { frame, relying_party, seed, errors: Errors::default() }
    }

    /// After a code that isn't the app's; answered with 422.
    pub(crate) fn refused(mut self) -> Self {
        self.errors.add("totp-code", self.frame.say("totp-wrong-first-code"));
        self
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub struct EnrolForm {
    #[serde(default)]
    code: String,
}

/// The page for somebody at the second step, with the seed that is offered to them.
pub(crate) async fn page(app: &App, step: &Step) -> Result<EnrolFirstPage, Fault> {
    let seed = seeds::view(app, step.caller.acts_as(Who::Visitor), offer(step)).await?;
    Ok(EnrolFirstPage::new(step.frame(app)?, step.waiting.as_ref().map(|waiting| waiting.relying_party.clone()), seed))
}

const fn offer(step: &Step) -> Offer {
    Offer { account: step.pending.account, to: step.pending.id.0 }
}

/// Checks the first code, enrols the app and finishes the sign-in; the recovery codes are shown this once.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Step, EnrolForm>) -> Result<Response, Rejection> {
    let Form { guard: step, form, .. } = posted;
    if step.is_enrolled(&app).await? {
        return Ok(answer::go(Place::SecondFactor));
    }
    let arrival = step.arrival(&app)?;
    let Some((standing, at_step)) = seeds::first_code(&app, offer(&step), &form.code).await? else {
        let page = answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &step).await?.refused());
        return Ok(arrival.lead_on(page));
    };
    match enrol(&step, &arrival, standing, at_step).await? {
        // A factor was enrolled elsewhere meanwhile: it is asked for.
        None => Ok(answer::go(Place::SecondFactor)),
        Some((codes, Outcome::Entered(entered))) => {
            let next =
                Link { to: arrival.next(&entered), text: arrival.caller.frame(&app)?.say("recovery-codes-go-on") };
            let page = RecoveryCodesPage::new(step.frame(&app)?, &codes, next);
            Ok(arrival.admit(answer::page(StatusCode::OK, &page), &entered)?)
        }
        Some((_, outcome)) => Ok(arrival.end(outcome)?.unwrap_or_else(|| answer::see_other(&arrival.beginning()))),
    }
}

/// In one unit of work the app is enrolled and the sign-in finished.
async fn enrol(
    step: &Step,
    arrival: &SignInStep<'_>,
    standing: Enrolled,
    at_step: i64,
) -> Result<Option<(Vec<RecoveryCode>, Outcome)>, Fault> {
    let SignInStep { app, caller, .. } = *arrival;
    app.act(caller.acts_as(Who::Account(step.pending.account)), async |tx| {
        // Otherwise whoever had an old password would enrol a factor without getting in.
        if !sign_in::is_open(tx, &step.pending).await? {
            return Ok(None);
        }
        let Some(codes) = factor::prove(tx, offer(step), standing.id, at_step, Replacing::Nothing).await? else {
            return Ok(None);
        };
        let proof = Proof::totp(tx.now);
        let outcome = sign_in::complete(tx, &step.pending, proof, arrival.visit()).await?;
        Ok(Some((codes, outcome)))
    })
    .await
}
