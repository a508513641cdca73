//! "Security": how one signs in, where one is signed in, from which browsers, which applications have access, and what
//! happened of late.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::factor::{self, reset};
use crate::account::{self, passkey};
use crate::app::App;
use crate::audit::activity::Happened;
use crate::audit::{self, EndReason};
use crate::authorization;
use crate::authorization::consent::{self, Consent};
use crate::base::ids::{ConsentId, DeviceId, SessionId};
use crate::base::vocabulary::words;
use crate::base::{Fault, Place, Secret, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::error::ErrorKind;
use crate::http::{EmptyForm, Form, Person};
use crate::page::{Frame, Framed as _};
use crate::session::{self, Session};
use crate::store::View;
use crate::web::security::views::{ActivityView, ApplicationView, DeviceView, SecondFactorView, SessionView};

/// The page.
#[derive(Debug, Template)]
#[template(path = "security/overview.html")]
pub struct SecurityPage {
    /// What every page shares.
    pub frame: Frame,
    /// Since when the password is the one it is.
    pub password_since: Option<Timestamp>,
    pub second_factor: SecondFactorView,
    /// Where the person is signed in.
    pub sessions: Vec<SessionView>,
    /// The browsers they signed in from.
    pub devices: Vec<DeviceView>,
    /// Which applications they allowed.
    pub applications: Vec<ApplicationView>,
    /// What happened of late.
    pub activity: Vec<ActivityView>,
}

words! {
    /// What was just done, as the page says when it comes back.
    SecurityDone, "deed" {
        /// Another password was chosen.
        Password = "password",
        /// A session was ended.
        Session = "session",
        /// All the others were.
        OtherSessions = "other-sessions",
        /// A browser was forgotten.
        Device = "device",
        /// A consent was withdrawn.
        Application = "application",
    }
}

/// What the page's address says was just done. It chooses among our own sentences; anything else is passed over.
#[derive(Deserialize)]
pub struct SecurityQuery {
    #[serde(default)]
    done: String,
}

/// How many lines of recent activity are shown.
const RECENT: u32 = 20;

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    person: Person,
    Query(just): Query<SecurityQuery>,
) -> Result<Response, Rejection> {
    let frame = person.frame(&app)?;
    let notice = just.done.parse::<SecurityDone>().ok().map(|done| frame.say(&format!("security-done-{done}")));
    let notice = notice.or(frame.notice.clone());
    let frame = Frame { notice, here: Place::Security.path().to_owned(), ..frame };
    let rows = app.look(async |view| Rows::read(view, &person).await).await?;
    let device = person.caller.cookies.secret(Cookie::Device);
    Ok(answer::page(StatusCode::OK, &rows.page(&app, frame, &person, device.as_ref())))
}

/// What the page is made from.
struct Rows {
    second_factor: SecondFactorView,
    sessions: Vec<Session>,
    devices: Vec<account::device::Device>,
    consents: Vec<Consent>,
    activity: Vec<Happened>,
}

impl Rows {
    async fn read(view: &mut View, person: &Person) -> Result<Self, Fault> {
        let account = person.session.account;
        let second_factor = SecondFactorView {
            app_since: factor::since(&mut view.db, account).await?,
            passkeys: passkey::list(&mut view.db, account).await?.len(),
            codes_left: factor::left(&mut view.db, account).await?,
            reset_due: reset::waiting(&mut view.db, account).await?.map(|waiting| waiting.due_at),
        };
        Ok(Self {
            second_factor,
            sessions: session::list(&mut view.db, account, view.now, view.lives.session_idle).await?,
            devices: account::device::list(&mut view.db, account, view.now).await?,
            consents: consent::of_account(&mut view.db, account).await?,
            activity: audit::activity::activity(&mut view.db, account, RECENT).await?,
        })
    }

    fn page(&self, app: &App, frame: Frame, person: &Person, device: Option<&Secret>) -> SecurityPage {
        SecurityPage {
            password_since: person.snapshot.account.password_set_at,
            second_factor: self.second_factor.clone(),
            sessions: self.sessions.iter().map(|session| SessionView::new(&frame, session, &person.session)).collect(),
            devices: self
                .devices
                .iter()
                .map(|known| DeviceView::new(&frame, app.config.lives.device, known, device))
                .collect(),
            applications: self.consents.iter().map(|consent| ApplicationView::new(app, &frame, consent)).collect(),
            activity: self.activity.iter().filter_map(|happened| ActivityView::new(app, &frame, happened)).collect(),
            frame,
        }
    }
}

/// Back to the page, which says what was done.
pub(crate) fn back(done: SecurityDone) -> Response {
    answer::see_other(&format!("{}?done={done}", Place::Security.path()))
}

/// The button of one session.
#[derive(Debug, Deserialize)]
pub struct SessionForm {
    session: SessionId,
}

/// Ends one of the person's sessions. Another person's answers like one that doesn't exist.
pub(crate) async fn end_session(
    State(app): State<App>,
    posted: Form<Person, SessionForm>,
) -> Result<Response, Rejection> {
    let person = posted.guard;
    let (account, which) = (person.session.account, posted.form.session);
    // Ending the session one is in is signing out, of which nobody is told.
    let because = if which == person.session.id { EndReason::SignedOut } else { EndReason::EndedByOwner };
    let ended = app.act(person.actor(), async |tx| session::end(tx, account, which, because).await).await?;
    Ok(if ended { back(SecurityDone::Session) } else { answer::trouble(&person.caller, ErrorKind::NotFound) })
}

/// Ends every session of the person but the one that asks.
pub(crate) async fn end_others(State(app): State<App>, posted: Form<Person, EmptyForm>) -> Result<Response, Rejection> {
    let person = posted.guard;
    let account = person.session.account;
    app.act(person.actor(), async |tx| {
        authorization::end_account(tx, account, Some(person.session.id), EndReason::EndedByOwner).await
    })
    .await?;
    Ok(back(SecurityDone::OtherSessions))
}

/// The button of one browser.
#[derive(Debug, Deserialize)]
pub struct Forgotten {
    device: DeviceId,
}

/// Forgets a browser: the next sign-in there is one from an unknown device.
pub(crate) async fn forget_device(
    State(app): State<App>,
    posted: Form<Person, Forgotten>,
) -> Result<Response, Rejection> {
    let person = posted.guard;
    let account = person.session.account;
    let device = posted.form.device;
    let forgotten = app.act(person.actor(), async |tx| account::device::forget(tx, account, device).await).await?;
    Ok(if forgotten { back(SecurityDone::Device) } else { answer::trouble(&person.caller, ErrorKind::NotFound) })
}

/// The button of one application.
#[derive(Debug, Deserialize)]
pub struct Withdrawn {
    consent: ConsentId,
}

/// Withdraws a consent: what it gave is dead with it.
pub(crate) async fn withdraw_consent(
    State(app): State<App>,
    posted: Form<Person, Withdrawn>,
) -> Result<Response, Rejection> {
    let person = posted.guard;
    let account = person.session.account;
    let which = posted.form.consent;
    let withdrawn = app.act(person.actor(), async |tx| consent::withdraw(tx, account, which).await).await?;
    Ok(if withdrawn { back(SecurityDone::Application) } else { answer::trouble(&person.caller, ErrorKind::NotFound) })
}
