//! How a step of a sign-in ends: in a session, at the second step, in a refusal, or back at the beginning.

use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::app::App;
use crate::base::{Dice, Fault, Place, Secret};
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::interaction::{self, Waiting};
use crate::http::refusal::{Attempted, ContactRefusal, Refusal, StaffRefusal};
use crate::session::sign_in::{BrowserContext, Entered, Outcome, RequiredAcr};

/// The browser in which somebody signs in, and what for.
pub struct SignInStep<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    /// The authorization request that waits.
    pub waiting: Option<&'a Waiting>,
    /// The page of ours that waits, where no authorization request does.
    pub back: Option<&'a str>,
    device: Secret,
    before: Option<Secret>,
}

impl<'a> SignInStep<'a> {
    /// Reads the browser's cookies; one without the lasting one gets it at the end.
    pub(crate) fn new(app: &'a App, caller: &'a Caller) -> Result<Self, Fault> {
        let device = caller.cookies.secret(Cookie::Device).map_or_else(|| Dice.secret(), Ok)?;
        Ok(Self { app, caller, waiting: None, back: None, device, before: caller.cookies.secret(Cookie::Session) })
    }

    /// The same, for whoever waits.
    pub(crate) fn towards(self, waiting: Option<&'a Waiting>, back: Option<&'a str>) -> Self {
        Self { waiting, back, ..self }
    }

    /// The browser, as the account's module knows it.
    pub(crate) fn visit(&self) -> BrowserContext<'_> {
        BrowserContext {
            device: &self.device,
            user_agent: &self.caller.user_agent,
            before: self.before.as_ref(),
            staff: self.app.config.staff.rules(),
        }
    }

    /// What the sign-in is for.
    pub(crate) fn demand(&self) -> RequiredAcr {
        let demanded = |waiting: &Waiting| RequiredAcr {
            interaction: Some(waiting.id),
            must: waiting.request.weakest(),
            wish: waiting.request.wished(),
        };
        self.waiting.map(demanded).unwrap_or_default()
    }

    /// Answers; nothing for a sign-in that has to begin anew.
    pub(crate) fn end(&self, outcome: Outcome) -> Result<Option<Response>, Rejection> {
        match outcome {
            Outcome::Entered(entered) => Ok(Some(self.admit(answer::see_other(&self.next(&entered)), &entered)?)),
            Outcome::Pending(secret) => {
                let mut response = answer::go(Place::SecondFactor);
                let life = self.app.config.lives.second_step;
                set(&mut response, Cookie::SignIn.keep(secret.expose(), Some(life), &self.app.config)?);
                Ok(Some(response))
            }
            Outcome::Refused(people) => {
                let refusal = ContactRefusal { wish: Attempted::SignIn, people, e_service: None, others: false };
                Ok(Some(answer::refuse(self.caller, Refusal::Contact(refusal))))
            }
            Outcome::StaffRefused(person, standing) => {
                let refusal = StaffRefusal { wish: Attempted::SignIn, person: *person, standing };
                Ok(Some(answer::refuse(self.caller, Refusal::Staff(Box::new(refusal)))))
            }
            Outcome::Outdated => Ok(None),
        }
    }

    /// Where the person goes from here.
    pub(crate) fn next(&self, entered: &Entered) -> String {
        let ours = self.back.unwrap_or(entered.home.path());
        self.waiting.map_or_else(|| ours.to_owned(), Waiting::dispatcher)
    }

    /// Where a sign-in begins anew.
    pub(crate) fn beginning(&self) -> String {
        interaction::at(Place::Login, self.waiting.map(|waiting| waiting.id))
    }

    /// Gives the browser its session.
    pub(crate) fn admit(&self, mut response: Response, entered: &Entered) -> Result<Response, Fault> {
        let config = &self.app.config;
        set(&mut response, Cookie::Session.keep(entered.secret.expose(), None, config)?);
        set(&mut response, Cookie::Device.keep(self.device.expose(), Some(config.lives.device), config)?);
        set(&mut response, Cookie::SignIn.forget(config)?);
        Ok(response)
    }

    /// Lets a page's forms lead on to the relying party that waits.
    pub(crate) fn lead_on(&self, response: Response) -> Response {
        interaction::lead_on(self.waiting, response)
    }
}

fn set(response: &mut Response, cookie: HeaderValue) {
    response.headers_mut().append(header::SET_COOKIE, cookie);
}
