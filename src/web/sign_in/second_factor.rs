//! The second step of a sign-in: a code of the authenticator app, or a recovery code; a passkey is offered here too.
//! Whoever has nothing enrolled yet does so here, where the sign-in can't go on without.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::factor::{self, FactorGuess, RecoveryCode};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::TotpId;
use crate::base::{Fault, Life, Place};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::{Form, headers};
use crate::limits::{self, Counted, Counting, TooMany};
use crate::page::{Errors, Frame};
use crate::session::Proof;
use crate::session::sign_in::{self, Outcome};
use crate::store::Tx;
use crate::web::passkey::PasskeyForm;
use crate::web::security::seeds;
use crate::web::sign_in::check::Checked;
use crate::web::sign_in::enrol;
use crate::web::sign_in::second_step::{Step, Takes};
use crate::web::sign_in::step::SignInStep;

/// The page that asks for the second factor.
#[derive(Debug, Template)]
#[template(path = "sign_in/second_factor.html")]
pub struct SecondFactorPage {
    /// What every page shares.
    pub frame: Frame,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    /// Whether this browser may be remembered.
    pub offers_memory: bool,
    /// What can be proven here.
    pub takes: Takes,
    errors: Errors,
}

impl SecondFactorPage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, relying_party: Option<String>, offers_memory: bool) -> Self {
        Self {
            frame,
            relying_party,
            offers_memory,
            takes: Takes { app: true, passkey: false, recovery: true },
            errors: Errors::default(),
        }
    }

    /// The page for somebody at the second step.
    pub(crate) async fn of(app: &App, step: &Step) -> Result<Self, Fault> {
        let relying_party = step.waiting.as_ref().map(|waiting| waiting.relying_party.clone());
        let takes = step.takes(app).await?;
        let offers_memory = step.offers_memory() && takes.app;
        Ok(Self::new(step.frame(app)?, relying_party, offers_memory).taking(takes))
    }

    /// For somebody who can prove something else.
    pub(crate) fn taking(self, takes: Takes) -> Self {
        Self { takes, ..self }
    }

    /// After an answer of a passkey that doesn't count; answered with 401.
    pub(crate) fn passkey_refused(mut self) -> Self {
        self.errors.add_overall("passkey-submit", self.frame.say("passkey-refused"));
        self
    }

    /// The answer: its forms may lead on to whoever waits, and its script speak with authenticators.
    pub(crate) fn answer(&self, arrival: &SignInStep<'_>, status: StatusCode) -> Response {
        let response = arrival.lead_on(answer::page(status, self));
        if self.takes.passkey { headers::admit_script(response) } else { response }
    }

    fn passkey_form(&self) -> PasskeyForm<'_> {
        PasskeyForm {
            frame: &self.frame,
            action: Place::PasskeySecondStep,
            challenge: Place::PasskeySecondStepChallenge,
            autofills: false,
            is_first: !self.takes.app,
            fields: Vec::new(),
        }
    }

    /// The field to begin with.
    fn first_field(&self) -> &'static str {
        if self.takes.app { "totp-code" } else { "recovery-code" }
    }

    /// After an empty form; answered with 422.
    pub(crate) fn incomplete(mut self) -> Self {
        let field = self.first_field();
        self.errors.add(field, self.frame.say("second-factor-missing"));
        self
    }

    /// After a wrong code, or one that counted before; answered with 401.
    pub(crate) fn refused(mut self, field: &'static str) -> Self {
        self.errors.add(field, self.frame.say("second-factor-refused"));
        self
    }

    /// After too many wrong codes; answered with 429.
    pub(crate) fn too_often(mut self, wait: Life) -> Self {
        let field = self.first_field();
        self.errors.add_overall(field, self.frame.words.count("login-too-often", wait.in_minutes()));
        self
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub struct SecondFactorForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    recovery_code: String,
    /// The box is sent only where it is ticked.
    remember: Option<String>,
}

/// Shows the form, or the enrolment.
pub(crate) async fn show(State(app): State<App>, step: Step) -> Result<Response, Rejection> {
    let arrival = step.arrival(&app)?;
    let response = if step.is_enrolled(&app).await? {
        SecondFactorPage::of(&app, &step).await?.answer(&arrival, StatusCode::OK)
    } else {
        arrival.lead_on(answer::page(StatusCode::OK, &enrol::page(&app, &step).await?))
    };
    Ok(response)
}

/// Checks the code, and lets the person in where access holds.
pub(crate) async fn submit(
    State(app): State<App>,
    posted: Form<Step, SecondFactorForm>,
) -> Result<Response, Rejection> {
    let Form { guard: step, form, .. } = posted;
    let arrival = step.arrival(&app)?;
    let page = SecondFactorPage::of(&app, &step).await?;
    let Some(typed) = form.typed() else {
        return Ok(page.incomplete().answer(&arrival, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let attempt = Attempt { step: &step, arrival: &arrival, typed, remembers: form.remember.is_some() };
    match attempt.make().await? {
        Checked::TooMany(TooMany { wait }) => {
            let page = page.too_often(wait).answer(&arrival, StatusCode::TOO_MANY_REQUESTS);
            Ok(answer::after(page, wait))
        }
        Checked::Wrong => {
            let field = typed.field(page.takes);
            Ok(page.refused(field).answer(&arrival, StatusCode::UNAUTHORIZED))
        }
        Checked::Right(outcome) => Ok(arrival.end(outcome)?.unwrap_or_else(|| answer::see_other(&arrival.beginning()))),
    }
}

/// What was typed, and where.
#[derive(Clone, Copy)]
enum Typed<'a> {
    Code(&'a str),
    RecoveryCode(&'a str),
}

impl Typed<'_> {
    /// The field that the page has of it.
    const fn field(self, takes: Takes) -> &'static str {
        match self {
            Self::Code(_) if takes.app => "totp-code",
            Self::Code(_) | Self::RecoveryCode(_) => "recovery-code",
        }
    }
}

impl SecondFactorForm {
    fn typed(&self) -> Option<Typed<'_>> {
        match (self.code.trim(), self.recovery_code.trim()) {
            ("", "") => None,
            ("", code) => Some(Typed::RecoveryCode(code)),
            (code, _) => Some(Typed::Code(code)),
        }
    }
}

/// A code that looks right, still to be counted by its row.
enum Candidate {
    Step(TotpId, i64),
    RecoveryCode(RecoveryCode),
}

struct Attempt<'a> {
    step: &'a Step,
    arrival: &'a SignInStep<'a>,
    typed: Typed<'a>,
    remembers: bool,
}

impl Attempt<'_> {
    /// Counts the guess, looks at it, and finishes the sign-in.
    async fn make(&self) -> Result<Checked<Outcome>, Fault> {
        let SignInStep { app, caller, .. } = *self.arrival;
        let (account, device) = (self.step.pending.account, caller.cookies.secret(Cookie::Device));
        let guess = app
            .look(async |view| {
                FactorGuess::weigh(view, &app.config.limits, account, device.as_ref(), caller.address).await
            })
            .await?;
        if let Some(closed) = guess.closed {
            return Ok(Checked::TooMany(closed));
        }
        let counted = match app.act(caller.acts_as(Who::Visitor), async |tx| guess.count(tx).await).await? {
            Counting::Counted(counted) => counted,
            Counting::TooMany(closed) => return Ok(Checked::TooMany(closed)),
        };
        let outcome = match self.candidate().await? {
            Some(candidate) => self.finish(candidate, &counted).await?,
            None => None,
        };
        if outcome.is_none() {
            self.miss(&guess, &counted).await?;
        }
        Ok(outcome.map_or(Checked::Wrong, Checked::Right))
    }

    async fn candidate(&self) -> Result<Option<Candidate>, Fault> {
        let app = self.arrival.app;
        let code = match self.typed {
            Typed::RecoveryCode(text) => return Ok(RecoveryCode::parse(text).map(Candidate::RecoveryCode)),
            Typed::Code(code) => code,
        };
        let found = app.look(async |view| factor::find(&mut view.db, self.step.pending.account).await).await?;
        let Some(found) = found else { return Ok(None) };
        let step = found.open(&seeds::seal(app))?.step_of(code, app.clock.now())?;
        Ok(step.map(|step| Candidate::Step(found.id, step)))
    }

    /// In one unit of work the code counts, the sign-in is finished, and the guess is no longer counted.
    async fn finish(&self, candidate: Candidate, counted: &Counted) -> Result<Option<Outcome>, Fault> {
        let SignInStep { app, caller, .. } = *self.arrival;
        app.act(caller.acts_as(Who::Visitor), async |tx| {
            let Some(proof) = self.count(tx, &candidate).await? else { return Ok(None) };
            let outcome = self.complete(tx, proof).await?;
            limits::give_back(tx, counted).await?;
            Ok(Some(outcome))
        })
        .await
    }

    async fn count(&self, tx: &mut Tx, candidate: &Candidate) -> Result<Option<Proof>, Fault> {
        let account = self.step.pending.account;
        tx.by.who = Who::Account(account);
        Ok(match candidate {
            Candidate::Step(id, step) => factor::accept(tx, account, *id, *step).await?.then(|| Proof::totp(tx.now)),
            Candidate::RecoveryCode(code) => {
                factor::spend(tx, account, code).await?.then(|| Proof::recovery_code(tx.now))
            }
        })
    }

    async fn complete(&self, tx: &mut Tx, proof: Proof) -> Result<Outcome, Fault> {
        let pending = &self.step.pending;
        let outcome = sign_in::complete(tx, pending, proof, self.arrival.visit()).await?;
        if let Outcome::Entered(_) = &outcome
            && self.remembers
            && self.step.offers_memory()
        {
            sign_in::remember(tx, pending.account, self.arrival.visit()).await?;
        }
        Ok(outcome)
    }

    async fn miss(&self, guess: &FactorGuess, counted: &Counted) -> Result<(), Fault> {
        let SignInStep { app, caller, .. } = *self.arrival;
        app.act(caller.acts_as(Who::Visitor), async |tx| guess.missed(tx, counted).await).await
    }
}
