//! Proof, in a running session, that its owner is still there: the password, and the second factor where there is one
//! or where it is demanded. Relying parties ask for it (`max_age`, `acr_values`, RFC 9470), and our own pages before
//! something that matters.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::{self, passkey};
use crate::app::App;
use crate::base::ids::InteractionId;
use crate::base::{AccountKind, Fault, Life, Place};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::interaction::{self, Waiting};
use crate::http::{Caller, Form, InteractionQuery, Visitor, headers, reauthentication};
use crate::limits::TooMany;
use crate::page::{Errors, Frame, Framed as _};
use crate::session::Session;
use crate::session::sign_in::{self, Outcome, Returning, RightPassword};
use crate::web::passkey::PasskeyForm;
use crate::web::sign_in::back::{For, is_ours};
use crate::web::sign_in::check::{self, Checked, Right, TypedPassword};
use crate::web::sign_in::step::SignInStep;
use crate::web::sign_in::upstream;

/// The page that asks for the password again.
#[derive(Debug, Template)]
#[template(path = "sign_in/reauthenticate.html")]
pub struct ReauthenticatePage {
    /// What every page shares.
    pub frame: Frame,
    /// Who is asked: their login.
    pub login: String,
    /// The parked authorization request this is for.
    pub interaction: Option<String>,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    /// The page of ours this is for.
    pub back: Option<String>,
    /// Where somebody else signs in, for a relying party that would take them.
    pub elsewhere: Option<String>,
    /// Whether this person has a passkey.
    pub has_passkey: bool,
    /// The vendor's own provider, for staff: its name, and the way there.
    pub upstream: Option<(String, String)>,
    pub errors: Errors,
}

impl ReauthenticatePage {
    /// The page as it first appears, for one of our own pages.
    pub(crate) fn new(frame: Frame, login: String, back: Option<String>) -> Self {
        Self {
            frame,
            login,
            interaction: None,
            relying_party: None,
            back,
            elsewhere: None,
            has_passkey: false,
            upstream: None,
            errors: Errors::default(),
        }
    }

    /// For somebody who may have a passkey.
    pub(crate) fn of_holder(self, has_passkey: bool) -> Self {
        Self { has_passkey, ..self }
    }

    fn passkey_form(&self) -> PasskeyForm<'_> {
        let carried = [("interaction", self.interaction.as_deref()), ("back", self.back.as_deref())];
        PasskeyForm {
            frame: &self.frame,
            action: Place::PasskeyReturn,
            challenge: Place::PasskeyReturnChallenge,
            autofills: false,
            is_first: false,
            fields: carried.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        }
    }

    /// After an empty field; answered with 422.
    pub(crate) fn incomplete(mut self) -> Self {
        self.errors.add("reauth-password", self.frame.say("login-password-missing"));
        self
    }

    /// After a wrong password; answered with 401.
    pub(crate) fn refused(mut self) -> Self {
        self.errors.add("reauth-password", self.frame.say("reauth-refused"));
        self
    }

    /// After an answer of a passkey that doesn't count; answered with 401.
    pub(crate) fn passkey_refused(mut self) -> Self {
        self.errors.add_overall("passkey-submit", self.frame.say("passkey-refused"));
        self
    }

    /// After too many attempts; answered with 429.
    pub(crate) fn too_often(mut self, wait: Life) -> Self {
        self.errors.add_overall("reauth-password", self.frame.words.count("login-too-often", wait.in_minutes()));
        self
    }

    /// The page for whoever waits.
    pub(crate) fn asked_by(mut self, waiting: Option<&Waiting>) -> Self {
        if let Some(waiting) = waiting {
            self.interaction = Some(waiting.id.to_string());
            self.relying_party = Some(waiting.relying_party.clone());
            self.elsewhere = Some(interaction::at(Place::Login, Some(waiting.id)));
            self.frame.here = interaction::at(Place::Reauthenticate, Some(waiting.id));
        }
        self
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub struct ReauthenticationForm {
    #[serde(default)]
    password: String,
    interaction: Option<InteractionId>,
    back: Option<String>,
}

/// Asks.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InteractionQuery(asked): InteractionQuery,
    Query(wanted): Query<For>,
) -> Result<Response, Rejection> {
    let Visitor { mut caller, session } = visitor;
    let waiting = interaction::waiting(&app, &mut caller, asked).await?;
    let Some(session) = session else { return Ok(answer::see_other(&interaction::at(Place::Login, asked))) };
    let back = wanted.page();
    let page = page(&app, &caller, &session, back.as_deref()).await?.asked_by(waiting.as_ref());
    Ok(answered(StatusCode::OK, &page, waiting.as_ref()))
}

/// Checks the password, and strengthens the session or leads to the second step.
pub(crate) async fn submit(
    State(app): State<App>,
    posted: Form<Visitor, ReauthenticationForm>,
) -> Result<Response, Rejection> {
    let Form { guard: Visitor { mut caller, session }, form, .. } = posted;
    if account::password::is_too_long(&form.password) {
        return Err(answer::trouble(&caller, ErrorKind::TooLarge).into());
    }
    let waiting = interaction::waiting(&app, &mut caller, form.interaction).await?;
    let Some(session) = session else { return Ok(answer::see_other(&interaction::at(Place::Login, form.interaction))) };
    let back = form.back.filter(|back| is_ours(back));
    let page = page(&app, &caller, &session, back.as_deref()).await?.asked_by(waiting.as_ref());
    if form.password.is_empty() {
        return Ok(answered(StatusCode::UNPROCESSABLE_ENTITY, &page.incomplete(), waiting.as_ref()));
    }
    let arrival = SignInStep::new(&app, &caller)?.towards(waiting.as_ref(), back.as_deref());
    let typed = TypedPassword { username: &page.login, password: &form.password };
    let ended = match attempt(&arrival, typed, &session).await? {
        Checked::TooMany(TooMany { wait }) => {
            let page = answered(StatusCode::TOO_MANY_REQUESTS, &page.too_often(wait), waiting.as_ref());
            return Ok(answer::after(page, wait));
        }
        Checked::Wrong => None,
        Checked::Right(outcome) => arrival.end(outcome)?,
    };
    Ok(ended.unwrap_or_else(|| answered(StatusCode::UNAUTHORIZED, &page.refused(), waiting.as_ref())))
}

/// The page for whoever is signed in.
pub(crate) async fn page(
    app: &App,
    caller: &Caller,
    session: &Session,
    back: Option<&str>,
) -> Result<ReauthenticatePage, Fault> {
    let (login, passkeys) = app
        .look(async |view| {
            Ok((
                account::login_of(&mut view.db, session.account).await?,
                passkey::list(&mut view.db, session.account).await?,
            ))
        })
        .await?;
    // A page that answers the form comes back, after a change of language, as the form's own page.
    let here = back.map_or_else(|| Place::Reauthenticate.path().to_owned(), reauthentication);
    let frame = Frame { here, ..caller.frame(app)? };
    let has_passkey = app.site.is_some() && !passkeys.is_empty();
    let page =
        ReauthenticatePage::new(frame, login.unwrap_or_default(), back.map(str::to_owned)).of_holder(has_passkey);
    let upstream = match session.kind {
        AccountKind::Staff => upstream::offer_again(app, back.unwrap_or(Place::Staff.path())),
        AccountKind::Contact => None,
    };
    Ok(ReauthenticatePage { upstream, ..page })
}

/// The answer: its forms may lead on to the relying party, and its script speak with authenticators.
pub(crate) fn answered(status: StatusCode, page: &ReauthenticatePage, waiting: Option<&Waiting>) -> Response {
    let response = interaction::lead_on(waiting, answer::page(status, page));
    if page.has_passkey { headers::admit_script(response) } else { response }
}

/// Checks the password, and strengthens the session with a right one.
async fn attempt(
    arrival: &SignInStep<'_>,
    typed: TypedPassword<'_>,
    session: &Session,
) -> Result<Checked<Outcome>, Fault> {
    let SignInStep { app, caller, .. } = *arrival;
    let right = match check::check(app, caller, typed).await? {
        Checked::Right(right) => right,
        Checked::Wrong => return Ok(Checked::Wrong),
        Checked::TooMany(closed) => return Ok(Checked::TooMany(closed)),
    };
    let Right { account, password_hash, counted } = &right;
    let entrant = RightPassword { account: *account, password_hash, counted, demand: arrival.demand() };
    let returning = Returning { entrant, session, back: arrival.back };
    let by = caller.acts_in(session);
    let outcome = app.act(by, async |tx| sign_in::reenter(tx, returning, arrival.visit()).await).await?;
    Ok(Checked::Right(outcome))
}
