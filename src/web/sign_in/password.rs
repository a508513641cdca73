//! Sign-in with name and password. What is said after a failure tells a stranger nothing (R-ADM-7).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::InteractionId;
use crate::base::{Fault, Life, Place};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::interaction::{self, Waiting};
use crate::http::{Again, Caller, Form, InteractionQuery, Visitor, headers, home, request};
use crate::limits::TooMany;
use crate::page::{Errors, Frame, Framed as _};
use crate::session::sign_in::RightPassword;
use crate::store::Tx;
use crate::web::passkey::PasskeyForm;
use crate::web::sign_in::check::{self, Checked, Right, TypedPassword};
use crate::web::sign_in::step::SignInStep;
use crate::web::sign_in::upstream;
use crate::{account, session};

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "sign_in/password.html")]
pub struct LoginPage {
    /// What every page shares.
    pub frame: Frame,
    /// What was typed, or what the relying party proposed (`login_hint`).
    pub username: String,
    /// The parked authorization request this sign-in is for.
    pub interaction: Option<String>,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    /// The vendor's own provider, for staff: its name and where the way there begins.
    pub upstream: Option<(String, String)>,
    /// Whether passkeys sign in here.
    pub takes_passkeys: bool,
    pub errors: Errors,
}

impl LoginPage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, interaction: Option<String>, relying_party: Option<String>) -> Self {
        Self {
            frame,
            username: String::new(),
            interaction,
            relying_party,
            upstream: None,
            takes_passkeys: false,
            errors: Errors::default(),
        }
    }

    /// Where passkeys sign in too.
    pub(crate) fn taking_passkeys(self, takes_passkeys: bool) -> Self {
        Self { takes_passkeys, ..self }
    }

    /// With a name in it already.
    pub(crate) fn named(mut self, username: &str) -> Self {
        username.clone_into(&mut self.username);
        self
    }

    fn passkey_form(&self) -> PasskeyForm<'_> {
        PasskeyForm {
            frame: &self.frame,
            action: Place::PasskeySignIn,
            challenge: Place::PasskeySignInChallenge,
            autofills: true,
            is_first: false,
            fields: self.interaction.iter().map(|interaction| ("interaction", interaction.as_str())).collect(),
        }
    }

    /// After an empty field; answered with 422.
    pub(crate) fn incomplete(mut self, password: &str) -> Self {
        if self.username.trim().is_empty() {
            self.errors.add("login-username", self.frame.say("login-username-missing"));
        }
        if password.is_empty() {
            self.errors.add("login-password", self.frame.say("login-password-missing"));
        }
        self
    }

    /// After a wrong name or password: which of the two isn't told. Answered with 401.
    pub(crate) fn refused(mut self) -> Self {
        self.errors.add_overall("login-username", self.frame.say("login-refused"));
        self
    }

    /// After a passkey that isn't known here, or whose answer doesn't count; answered with 401.
    pub(crate) fn passkey_refused(mut self) -> Self {
        self.errors.add_overall("passkey-submit", self.frame.say("passkey-refused"));
        self
    }

    /// After too many attempts, alike for known and unknown names; answered with 429.
    pub(crate) fn too_often(mut self, wait: Life) -> Self {
        self.errors.add_overall("login-username", self.frame.words.count("login-too-often", wait.in_minutes()));
        self
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub struct LoginForm {
    username: String,
    password: String,
    interaction: Option<InteractionId>,
}

/// What of it is shown again.
#[derive(Deserialize)]
struct TypedName {
    username: String,
}

/// Shows the form. Whoever is signed in already, without an interaction, goes to their account.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InteractionQuery(asked): InteractionQuery,
) -> Result<Response, Rejection> {
    if let (Some(session), None) = (&visitor.session, asked) {
        return Ok(answer::go(home(session)));
    }
    let mut caller = visitor.caller;
    let waiting = interaction::waiting(&app, &mut caller, asked).await?;
    let page = LoginPage::asked_by(&app, &caller, waiting.as_ref())?;
    Ok(page.answer(StatusCode::OK, waiting.as_ref()))
}

/// Checks name and password, and lets the person in where access holds, or on to the second step.
pub(crate) async fn submit(State(app): State<App>, posted: Form<Visitor, LoginForm>) -> Result<Response, Rejection> {
    let Form { guard: Visitor { mut caller, .. }, form, .. } = posted;
    if account::password::is_too_long(&form.password) {
        return Err(answer::trouble(&caller, ErrorKind::TooLarge).into());
    }
    let waiting = interaction::waiting(&app, &mut caller, form.interaction).await?;
    let page = LoginPage::asked_by(&app, &caller, waiting.as_ref())?.named(form.username.trim());
    if page.username.is_empty() || form.password.is_empty() {
        return Ok(page.incomplete(&form.password).answer(StatusCode::UNPROCESSABLE_ENTITY, waiting.as_ref()));
    }
    let step = SignInStep::new(&app, &caller)?.towards(waiting.as_ref(), None);
    let typed = TypedPassword { username: &form.username, password: &form.password };
    // Where another sign-in made the hash costlier meanwhile, or the password is another one now, a second look tells.
    for _look in 0..2 {
        let Right { account, password_hash, counted } = match check::check(&app, &caller, typed).await? {
            Checked::Right(right) => right,
            Checked::Wrong => break,
            Checked::TooMany(TooMany { wait }) => {
                let page = page.too_often(wait).answer(StatusCode::TOO_MANY_REQUESTS, waiting.as_ref());
                return Ok(answer::after(page, wait));
            }
        };
        request::note_account(account);
        let (password_hash, counted) = (&password_hash, &counted);
        let entrant = RightPassword { account, password_hash, counted, demand: step.demand() };
        let enter = async |tx: &mut Tx| session::sign_in::enter(tx, entrant, step.visit()).await;
        if let Some(ended) = step.end(app.act(caller.acts_as(Who::Visitor), enter).await?)? {
            return Ok(ended);
        }
    }
    Ok(page.refused().answer(StatusCode::UNAUTHORIZED, waiting.as_ref()))
}

impl LoginPage {
    /// The page for whoever waits.
    pub(crate) fn asked_by(app: &App, caller: &Caller, waiting: Option<&Waiting>) -> Result<Self, Fault> {
        // A page that answers the form comes back, after a change of language, as the form's own page.
        let frame =
            Frame { here: interaction::at(Place::Login, waiting.map(|waiting| waiting.id)), ..caller.frame(app)? };
        let typed = caller.again.as_ref().and_then(Again::typed).map(|TypedName { username }| username);
        let hinted = waiting.and_then(|waiting| waiting.request.login_hint.clone());
        let mut page = Self::new(
            frame,
            waiting.map(|waiting| waiting.id.to_string()),
            waiting.map(|waiting| waiting.relying_party.clone()),
        );
        page.upstream = upstream::offer(app, waiting.map(|waiting| waiting.id));
        Ok(page.taking_passkeys(app.site.is_some()).named(&typed.or(hinted).unwrap_or_default()))
    }

    /// The answer: its form may lead on to the relying party, and its script speak with authenticators.
    pub(crate) fn answer(&self, status: StatusCode, waiting: Option<&Waiting>) -> Response {
        let response = interaction::lead_on(waiting, answer::page(status, self));
        if self.takes_passkeys { headers::admit_script(response) } else { response }
    }
}
