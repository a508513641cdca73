//! Sign-in with name and password. What is said after a failure tells a stranger nothing (SECURITY: enumeration).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, Door};
use crate::account;
use crate::account::sign_in::{Entered, Entrant, Outcome};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::{AccountId, ErrandId};
use crate::base::{Dice, Email, Fault, Language, Life, Place, Secret};
use crate::http::answer::{self, Stop};
use crate::http::cookies::Kept;
use crate::http::errand::{self, Waiting};
use crate::http::error::Trouble;
use crate::http::page::{Errors, Frame};
use crate::http::refusal::{self, Refusal, Wish};
use crate::http::{Caller, Carried, Posted, Visitor};
use crate::limits::TooMany;
use crate::mail::letters::{NewDevice, Stationery};
use crate::mail::{self, Letter, Outgoing};
use crate::store::Tx;
use crate::words::{Device, Words};

use super::password::{self, Right, Typed};

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// What every page shares.
    pub frame: Frame,
    /// What was typed, or what the relying party proposed (`login_hint`).
    pub username: String,
    /// The parked authorization request this sign-in is for.
    pub errand: Option<String>,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    errors: Errors,
}

impl LoginPage {
    /// The page as it first appears.
    #[must_use]
    pub fn new(frame: Frame, errand: Option<String>, relying_party: Option<String>) -> Self {
        Self { frame, username: String::new(), errand, relying_party, errors: Errors::default() }
    }

    /// With a name in it already.
    #[must_use]
    pub fn named(mut self, username: &str) -> Self {
        username.clone_into(&mut self.username);
        self
    }

    /// After an empty field; answered with 422.
    #[must_use]
    pub fn incomplete(mut self, password: &str) -> Self {
        if self.username.trim().is_empty() {
            self.errors.add("login-username", self.frame.say("login-username-missing"));
        }
        if password.is_empty() {
            self.errors.add("login-password", self.frame.say("login-password-missing"));
        }
        self
    }

    /// After a wrong name or password: which of the two isn't told. Answered with 401.
    #[must_use]
    pub fn refused(mut self) -> Self {
        self.errors.add_overall("login-username", self.frame.say("login-refused"));
        self
    }

    /// After too many attempts, alike for known and unknown names; answered with 429.
    #[must_use]
    pub fn too_often(mut self, wait: Life) -> Self {
        let minutes = (wait.as_seconds() + 59) / 60;
        self.errors.add_overall("login-username", self.frame.words.count("login-too-often", minutes.max(1)));
        self
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Fields {
    username: String,
    password: String,
    errand: Option<ErrandId>,
}

/// Shows the form. Whoever is signed in already, without an errand, goes to their account.
pub async fn show(State(app): State<App>, visitor: Visitor, Carried(asked): Carried) -> Result<Response, Stop> {
    if visitor.session.is_some() && asked.is_none() {
        return Ok(answer::go(Place::Account));
    }
    let mut caller = visitor.caller;
    let waiting = errand::waiting(&app, &mut caller, asked).await?;
    let page = LoginPage::asked_by(&app, &caller, waiting.as_ref())?;
    Ok(page.answer(StatusCode::OK, waiting.as_ref()))
}

/// Checks name and password, and lets the person in where access holds.
pub async fn submit(State(app): State<App>, posted: Posted<Fields>) -> Result<Response, Stop> {
    let Posted { mut caller, headers, form } = posted;
    if form.password.len() > account::LONGEST_PASSWORD {
        return Err(answer::trouble(&app, &caller, Trouble::TooLarge).into());
    }
    let waiting = errand::waiting(&app, &mut caller, form.errand).await?;
    let page = LoginPage::asked_by(&app, &caller, waiting.as_ref())?.named(form.username.trim());
    if page.username.is_empty() || form.password.is_empty() {
        return Ok(page.incomplete(&form.password).answer(StatusCode::UNPROCESSABLE_ENTITY, waiting.as_ref()));
    }
    let mut attempted = attempt(&app, &caller, &headers, &form).await?;
    if let Ok(Some((Outcome::Outdated, _))) = attempted {
        // Another sign-in made the hash costlier meanwhile, or the password is another one now: the second look tells which.
        attempted = attempt(&app, &caller, &headers, &form).await?;
    }
    match attempted {
        Err(TooMany { wait }) => {
            let page = page.too_often(wait).answer(StatusCode::TOO_MANY_REQUESTS, waiting.as_ref());
            Ok(answer::after(page, wait))
        }
        Ok(None | Some((Outcome::Outdated, _))) => Ok(page.refused().answer(StatusCode::UNAUTHORIZED, waiting.as_ref())),
        Ok(Some((Outcome::Refused(people), _))) => {
            Ok(refusal::answer(&app, &caller, Refusal { wish: Wish::SignIn, people, e_service: None, others: false }).await?)
        }
        Ok(Some((Outcome::Entered(entered), device))) => Ok(enter(&app, &entered, &device, waiting.as_ref())?),
    }
}

impl LoginPage {
    fn asked_by(app: &App, caller: &Caller, waiting: Option<&Waiting>) -> Result<Self, Fault> {
        // A page that answers the form comes back, after a change of language, as the form's own page.
        let frame = Frame { here: errand::at(Place::Login, waiting.map(|waiting| waiting.id)), ..caller.frame(app)? };
        let page = Self::new(frame, waiting.map(|waiting| waiting.id.to_string()), waiting.map(|waiting| waiting.relying_party.clone()));
        Ok(page.named(waiting.and_then(|waiting| waiting.request.login_hint.as_deref()).unwrap_or_default()))
    }

    fn answer(&self, status: StatusCode, waiting: Option<&Waiting>) -> Response {
        let response = answer::page(status, self);
        match waiting {
            Some(waiting) => waiting.admit(response),
            None => response,
        }
    }
}

/// What became of a right password, with the browser's secret; nothing for a wrong one, whatever was wrong with it.
type Attempt = Option<(Outcome, Secret)>;

async fn attempt(app: &App, caller: &Caller, headers: &HeaderMap, form: &Fields) -> Result<Result<Attempt, TooMany>, Fault> {
    let right = match password::check(app, caller, headers, Typed { username: &form.username, password: &form.password }).await? {
        Ok(Some(right)) => right,
        Ok(None) => return Ok(Ok(None)),
        Err(closed) => return Ok(Err(closed)),
    };
    let device = Kept::Device.secret(headers, app.config.is_https());
    let device = device.map_or_else(|| Dice.secret(), Ok)?;
    let outcome = arrive(app, caller, (headers, &device), &right).await?;
    Ok(Ok(Some((outcome, device))))
}

/// With the right password, in one unit of work: a session where access holds, and the guess no longer counted.
async fn arrive(
    app: &App,
    caller: &Caller,
    (headers, device): (&HeaderMap, &Secret),
    Right { account, password_hash, counted }: &Right,
) -> Result<Outcome, Fault> {
    let account = *account;
    let before = Kept::Session.secret(headers, app.config.is_https());
    let entrant = Entrant { account, password_hash, counted, device, user_agent: &caller.user_agent, before: before.as_ref() };
    let notice = new_device_letter(app, caller, account).await?;
    let outcome = app.act(caller.acts_as(Who::Visitor), async |tx| sign_in(tx, app, entrant, notice).await).await?;
    app.postman.wake();
    Ok(outcome)
}

async fn sign_in(tx: &mut Tx, app: &App, entrant: Entrant<'_>, notice: Option<(Email, Letter)>) -> Result<Outcome, Fault> {
    let outcome = account::sign_in::enter(tx, entrant).await?;
    if let (Outcome::Entered(entered), Some((to, letter))) = (&outcome, notice)
        && !entered.known_device
    {
        mail::post(tx, app.envelope.as_ref(), Outgoing { name: "new_device", to, letter }).await?;
    }
    Ok(outcome)
}

/// The letter that tells of a sign-in from an unknown device, written before anybody knows whether this is one: nothing is rendered inside the unit of work.
async fn new_device_letter(app: &App, caller: &Caller, account: AccountId) -> Result<Option<(Email, Letter)>, Fault> {
    let people = app.look(async |view| access::of_account(&mut view.db, account).await).await?;
    // Only a contact that may sign in is told: the address of one that was removed may be somebody else's by now.
    let asked = access::Asked { door: Door::SignIn, address: caller.address, e_service: None };
    let Some(person) = people.iter().find(|person| access::judge(person, asked).holds()) else { return Ok(None) };
    let Ok(to) = Email::parse(&person.email) else { return Ok(None) };
    let language = person.language.as_deref().and_then(Language::from_tag).unwrap_or(caller.language);
    let now = app.clock.now();
    let words = Words::of(language);
    let letter = NewDevice {
        name: person.full_name(),
        at: now,
        device: Device::from_user_agent(&caller.user_agent),
        address: caller.address.map_or_else(|| words.say("access-address-unknown"), |address| address.to_string()),
        account: app.config.url(Place::Account.path()),
    };
    Ok(Some((to, letter.write(&Stationery { words, brand: app.brand.clone(), now })?)))
}

fn enter(app: &App, entered: &Entered, device: &Secret, waiting: Option<&Waiting>) -> Result<Response, Fault> {
    let https = app.config.is_https();
    let mut response = answer::see_other(&waiting.map_or_else(|| Place::Account.path().to_owned(), Waiting::dispatcher));
    let session = Kept::Session.keep(entered.opened.secret.expose(), None, https)?;
    let device = Kept::Device.keep(device.expose(), Some(app.config.lives.device), https)?;
    response.headers_mut().append(header::SET_COOKIE, session);
    response.headers_mut().append(header::SET_COOKIE, device);
    Ok(response)
}
