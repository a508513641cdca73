//! The vendor's own people, for operators: invited, given roles, dismissed.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::base::ids::AccountId;
use crate::base::{Email, Fault, Place, StaffRole};
use crate::http::answer::{self, Rejection};
use crate::http::{Again, EmptyForm, Form, OnDuty, Staff, duty};
use crate::page::{Errors, Frame, Framed as _};
use crate::staff;
use crate::staff::{Invitation, Invited, InvitedBy, StaffChange, StaffMember, StaffState};
use crate::web::list::{List, ListQuery};
use crate::web::staff::{Menu, StaffDone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "staff/people.html")]
pub struct PeoplePage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    pub list: List<MemberView>,
    /// What was typed, where it couldn't be taken.
    pub typed: InvitationForm,
    pub errors: Errors,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct MemberView {
    pub id: AccountId,
    /// First and last name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// Each role there is, and whether they have it.
    pub roles: Vec<RoleView>,
    pub state: StaffState,
}

/// A role to tick.
#[derive(Clone, Debug)]
pub struct RoleView {
    pub role: StaffRole,
    pub name: String,
    /// Whether it is ticked.
    pub held: bool,
}

/// The form of an invitation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InvitationForm {
    /// First and last name.
    pub name: String,
    /// What they will sign in with.
    pub email: String,
    #[serde(flatten)]
    pub ticked: Ticked,
}

/// The roles ticked in a form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ticked {
    customer_service: Option<String>,
    support_agent: Option<String>,
    operator: Option<String>,
}

impl Ticked {
    fn has(&self, role: StaffRole) -> bool {
        match role {
            StaffRole::CustomerService => self.customer_service.is_some(),
            StaffRole::SupportAgent => self.support_agent.is_some(),
            StaffRole::Operator => self.operator.is_some(),
        }
    }

    fn roles(&self) -> BTreeSet<StaffRole> {
        StaffRole::ALL.iter().copied().filter(|role| self.has(*role)).collect()
    }
}

/// Lists them.
pub(in crate::web) async fn list(
    State(app): State<App>,
    OnDuty { staff, .. }: OnDuty<duty::ViewStaff>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Rejection> {
    let frame = asked.frame(&app, &staff)?;
    Ok(answer::page(StatusCode::OK, &PeoplePage::read(&app, &staff, frame, asked).await?))
}

impl PeoplePage {
    async fn read(app: &App, staff: &Staff, frame: Frame, asked: ListQuery) -> Result<Self, Fault> {
        let (state, after) = (asked.state.parse().ok(), asked.after.parse().ok());
        let found = app.look(async |view| staff::search(&mut view.db, &asked.q, state, after).await).await?;
        let states = asked.states(&frame, StaffState::ALL.iter().map(|state| state.as_str()));
        let (path, row) = (Place::StaffPeople.path().to_owned(), |member| MemberView::new(&frame, member));
        let list = asked.list(path, found, |last| last.account.to_string(), row).with(states);
        let menu = Menu::of(app, staff, &frame, Place::StaffPeople);
        let typed = staff.caller.again.as_ref().and_then(Again::typed).unwrap_or_default();
        Ok(Self { list, menu, frame, typed, errors: Errors::default() })
    }

    fn state(&self, person: &MemberView) -> String {
        self.frame.say(&format!("staff-state-{}", person.state))
    }

    /// The roles of the invitation's form.
    fn choices(&self) -> Vec<RoleView> {
        RoleView::all(&self.frame, |role| self.typed.ticked.has(role))
    }
}

impl MemberView {
    fn new(frame: &Frame, member: StaffMember) -> Self {
        let roles = RoleView::all(frame, |role| member.roles.contains(&role));
        Self { id: member.account, name: member.name, email: member.email.to_string(), roles, state: member.state }
    }
}

impl RoleView {
    /// Every role, ticked where it is held.
    #[must_use]
    pub(crate) fn all(frame: &Frame, held: impl Fn(StaffRole) -> bool) -> Vec<Self> {
        let view =
            |role: &StaffRole| Self { role: *role, name: frame.say(&format!("staff-role-{role}")), held: held(*role) };
        StaffRole::ALL.iter().map(view).collect()
    }
}

/// Invites somebody: a link to choose a password goes to their mailbox.
pub(in crate::web) async fn invite(
    State(app): State<App>,
    posted: Form<OnDuty<duty::ManageStaff>, InvitationForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: typed, .. } = posted;
    let mut page = PeoplePage::read(&app, &staff, staff.frame(&app)?, ListQuery::default()).await?;
    Place::StaffPeople.path().clone_into(&mut page.frame.here);
    let Some(invited) = page.understand(&typed) else { return Ok(page.again(typed)) };
    let made = app.act(staff.actor(), async |tx| staff::invite(tx, &invited, InvitedBy::Letter).await);
    let refusal = match made.await? {
        Invitation::Made(_) => None,
        Invitation::Taken => Some("staff-email-taken"),
        Invitation::Contact => Some("staff-email-contact"),
    };
    if let Some(sentence) = refusal {
        page.refuse(sentence);
        return Ok(page.again(typed));
    }
    Ok(answer::see_other(&StaffDone::Invited.at(Place::StaffPeople.path())))
}

impl PeoplePage {
    /// Reads the form; what is wrong with it is said at its fields.
    fn understand(&mut self, typed: &InvitationForm) -> Option<Invited> {
        let (name, email, roles) = (typed.name.trim().to_owned(), Email::parse(&typed.email), typed.ticked.roles());
        if name.is_empty() || name.chars().count() > 100 {
            self.errors.add("staff-name", self.frame.say("staff-name-missing"));
        }
        if email.is_err() {
            self.errors.add("staff-email", self.frame.say("staff-email-wrong"));
        }
        if roles.is_empty() {
            self.errors.add_overall("role-customer_service", self.frame.say("staff-role-missing"));
        }
        let email = email.ok()?;
        self.errors.is_empty().then_some(Invited { name, email, roles })
    }

    fn refuse(&mut self, sentence: &str) {
        self.errors.add_overall("staff-email", self.frame.say(sentence));
    }

    fn again(mut self, typed: InvitationForm) -> Response {
        self.typed = typed;
        answer::page(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }
}

/// Gives somebody exactly the roles ticked.
pub(in crate::web) async fn set_roles(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::ManageStaff>, Ticked>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form, .. } = posted;
    let id = id.parse::<AccountId>().map_err(|_| staff.nothing())?;
    let roles = form.roles();
    let set = app.act(staff.actor(), async |tx| staff::set_roles(tx, id, &roles).await).await?;
    conclude(&app, &staff, set, StaffDone::RolesChanged).await
}

/// Switches somebody's account off, with all its sessions.
pub(in crate::web) async fn dismiss(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::ManageStaff>, EmptyForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: EmptyForm {}, .. } = posted;
    let id = id.parse::<AccountId>().map_err(|_| staff.nothing())?;
    let dismissed = app.act(staff.actor(), async |tx| staff::dismiss(tx, id).await).await?;
    conclude(&app, &staff, dismissed, StaffDone::SwitchedOff).await
}

/// Says what was done, or why not. Somebody who isn't staff answers like somebody who doesn't exist.
async fn conclude(app: &App, staff: &Staff, change: StaffChange, done: StaffDone) -> Result<Response, Rejection> {
    match change {
        StaffChange::Done | StaffChange::Already => Ok(answer::see_other(&done.at(Place::StaffPeople.path()))),
        StaffChange::Nobody => Err(staff.nothing()),
        StaffChange::LastOperator => {
            let mut page = PeoplePage::read(app, staff, staff.frame(app)?, ListQuery::default()).await?;
            Place::StaffPeople.path().clone_into(&mut page.frame.here);
            page.refuse("staff-last-operator");
            Ok(page.again(InvitationForm::default()))
        }
    }
}

/// Sends a new invitation to somebody who hasn't taken theirs up; the link before stops working.
pub(in crate::web) async fn invite_again(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::ManageStaff>, EmptyForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: EmptyForm {}, .. } = posted;
    let id = id.parse::<AccountId>().map_err(|_| staff.nothing())?;
    if !app.act(staff.actor(), async |tx| staff::invite_again(tx, id, InvitedBy::Letter).await).await? {
        return Err(staff.nothing());
    }
    Ok(answer::see_other(&StaffDone::Invited.at(Place::StaffPeople.path())))
}
