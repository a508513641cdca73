//! One contact, for staff: who they are, whether they can sign in and why not, and what helps: unlock, end sessions,
//! switch the account, take a lost second factor away.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, AccountFacts, Candidate, Snapshot};
use crate::account::factor::reset::{self, FactorReset, ResetRequest};
use crate::account::{self, AccountRecord};
use crate::app::App;
use crate::audit::EndReason;
use crate::authorization;
use crate::base::ids::ContactId;
use crate::base::{Address, Fault, Life, Place, Timestamp};
use crate::directory::{self, Company, Contact};
use crate::http::answer::{self, Rejection};
use crate::http::{EmptyForm, Form, OnDuty, Staff, duty};
use crate::page::{ConditionRow, Frame};
use crate::rights::{self, StaffPermission};
use crate::session::{self, Session};
use crate::store::View;
use crate::web::staff::{ListQuery, Menu, StaffDone, condition};
use crate::words::UserAgent;

/// The page.
#[derive(Debug, Template)]
#[template(path = "staff/contact.html")]
pub struct ContactPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    pub contact: ContactView,
    /// Every condition of their access, met or not.
    pub standing: Vec<ConditionRow>,
    /// Their account, if they have one.
    pub account: Option<AccountView>,
    /// What the reader may do about it.
    pub may: Vec<StaffPermission>,
}

/// The contact's record.
#[derive(Clone, Debug)]
pub struct ContactView {
    pub id: ContactId,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub reference: Option<String>,
    pub company: String,
    pub company_ref: String,
    pub profile: Option<String>,
    pub roles: Vec<String>,
}

/// The account behind a contact.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// What it signs in with.
    pub names: Vec<String>,
    /// Since when it is switched off.
    pub disabled_at: Option<Timestamp>,
    /// When its owner took it up.
    pub activated_at: Option<Timestamp>,
    /// How long it waits after too many wrong passwords, in words.
    pub locked: Option<String>,
    /// Where it is signed in: device, address, last use.
    pub sessions: Vec<(String, String, Timestamp)>,
    /// Since when it has a second factor.
    pub second_factor_since: Option<Timestamp>,
    /// Since when they must have one.
    pub demanded_at: Option<Timestamp>,
    /// When that goes, where its owner said that it is lost.
    pub reset: Option<FactorReset>,
    /// Whether it acts for other companies as well.
    pub is_shared: bool,
}

/// What can be done here, each by whom it is a duty of.
const DEEDS: [StaffPermission; 5] = [
    StaffPermission::Unlock,
    StaffPermission::EndSessions,
    StaffPermission::SwitchAccounts,
    StaffPermission::ResetFactors,
    StaffPermission::DemandOfContacts,
];

/// What the page is made from.
struct Rows {
    contact: Contact,
    company: Company,
    candidate: Candidate,
    account: Option<(AccountRecord, Vec<String>, Vec<Session>)>,
    locked: Option<Life>,
    reset: Option<FactorReset>,
    memberships: usize,
}

/// Shows it.
pub(in crate::web) async fn show(
    State(app): State<App>,
    OnDuty { staff, .. }: OnDuty<duty::ViewContacts>,
    Path(id): Path<String>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Rejection> {
    let id = id.parse::<ContactId>().map_err(|_| staff.nothing())?;
    let rows = app.look(async |view| Rows::read(view, &app, id).await).await?.ok_or_else(|| staff.nothing())?;
    let frame = asked.frame(&app, &staff)?;
    let page = ContactPage {
        menu: Menu::of(&app, &staff, &frame, Place::StaffContacts),
        standing: rows.standing(&frame),
        account: rows.account(&frame),
        contact: rows.contact(&frame),
        may: DEEDS.into_iter().filter(|duty| staff.may(&app, *duty)).collect(),
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

impl Rows {
    async fn read(view: &mut View, app: &App, id: ContactId) -> Result<Option<Self>, Fault> {
        let Some(contact) = directory::contact(&mut view.db, id).await? else { return Ok(None) };
        let company = directory::company(&mut view.db, contact.company).await?;
        let (Some(company), Some(candidate)) = (company, access::of_contact(&mut view.db, id).await?) else {
            return Ok(None);
        };
        let (mut account, mut locked, mut reset, mut memberships) = (None, None, None, 0);
        if let Some(AccountFacts { id, .. }) = candidate.account.0 {
            let names = account::names(&mut view.db, id).await?;
            let sessions = session::list(&mut view.db, id, view.now, view.lives.session_idle).await?;
            account = account::by_id(&mut view.db, id).await?.map(|record| (record, names, sessions));
            locked = session::locked(view, &app.config.limits, id).await?;
            reset = reset::waiting(&mut view.db, id).await?;
            memberships = access::of_account(&mut view.db, id).await?.len();
        }
        Ok(Some(Self { contact, company, candidate, account, locked, reset, memberships }))
    }

    fn standing(&self, frame: &Frame) -> Vec<ConditionRow> {
        let name = format!("{} {}", self.contact.first_name, self.contact.last_name);
        // Where they come from is known from the session used last.
        let last = self
            .account
            .as_ref()
            .and_then(|(.., sessions)| sessions.first())
            .and_then(|session| session.address.as_deref());
        let unknown = frame.say("access-address-unknown");
        let values = [
            ("company", self.company.name.as_str()),
            ("person", &name),
            ("address", last.unwrap_or(&unknown)),
            ("service", ""),
        ];
        let verdict = access::judge_from(&self.candidate, last.and_then(Address::parse));
        verdict.conditions().map(|(one, met)| condition(frame, one, met, &values)).collect()
    }

    fn account(&self, frame: &Frame) -> Option<AccountView> {
        let (record, names, sessions) = self.account.as_ref()?;
        let in_words = |session: &Session| {
            let address = session.address.clone().unwrap_or_else(|| frame.say("access-address-unknown"));
            (UserAgent::from_user_agent(&session.user_agent).in_words(frame.words), address, session.last_seen_at)
        };
        Some(AccountView {
            names: names.clone(),
            disabled_at: record.disabled_at,
            activated_at: record.activated_at,
            locked: self.locked.map(|wait| frame.words.count("staff-locked", wait.in_minutes())),
            sessions: sessions.iter().map(in_words).collect(),
            second_factor_since: self.candidate.account.0.as_ref().and_then(AccountFacts::second_factor_since),
            demanded_at: self
                .candidate
                .membership
                .0
                .as_ref()
                .and_then(|membership| membership.second_factor_required_at),
            reset: self.reset,
            is_shared: self.memberships > 1,
        })
    }

    fn contact(self, frame: &Frame) -> ContactView {
        let Self { contact, company, candidate, .. } = self;
        let membership = candidate.membership.0;
        ContactView {
            id: contact.id,
            name: format!("{} {}", contact.first_name, contact.last_name),
            email: contact.email.to_string(),
            phone: contact.phone.or(contact.mobile),
            reference: contact.reference,
            company: company.name,
            company_ref: company.reference,
            profile: membership.as_ref().map(|it| frame.say(rights::profile_key(it.profile))),
            roles: membership
                .iter()
                .flat_map(|it| it.roles.iter())
                .map(|role| frame.say(rights::role_key(*role)))
                .collect(),
        }
    }
}

/// Opens the limits of the contact's account.
pub(in crate::web) async fn unlock(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::Unlock>, EmptyForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: EmptyForm {}, .. } = posted;
    let Snapshot { contact, account, .. } = owner(&app, &staff, &id).await?;
    let opened = app.act(staff.actor(), async |tx| session::unlock(tx, &app.config.limits, account.id).await).await?;
    Ok(back(contact.id, if opened { StaffDone::Unlocked } else { StaffDone::NotLocked }))
}

/// Ends every session of the contact's account, and what relying parties hold with them.
pub(in crate::web) async fn end_sessions(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::EndSessions>, EmptyForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: EmptyForm {}, .. } = posted;
    let Snapshot { contact, account, .. } = owner(&app, &staff, &id).await?;
    app.act(staff.actor(), async |tx| {
        authorization::end_account(tx, account.id, None, EndReason::CustomerService).await
    })
    .await?;
    Ok(back(contact.id, StaffDone::SessionsEnded))
}

#[derive(Deserialize)]
pub(in crate::web) struct Switch {
    on: bool,
}

/// Switches the contact's account off, with everything that hangs from it, or on again.
pub(in crate::web) async fn switch(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::SwitchAccounts>, Switch>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: Switch { on }, .. } = posted;
    let Snapshot { contact, account, .. } = owner(&app, &staff, &id).await?;
    app.act(staff.actor(), async |tx| {
        if on { account::enable(tx, account.id).await } else { authorization::switch_off(tx, account.id).await }
    })
    .await?;
    Ok(back(contact.id, if on { StaffDone::SwitchedOn } else { StaffDone::SwitchedOff }))
}

#[derive(Deserialize)]
pub(in crate::web) struct Lost {
    lost: bool,
}

/// Asks that every second factor of the contact's account go, a day after its owner was told by mail, or stops that.
pub(in crate::web) async fn reset_factor(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::ResetFactors>, Lost>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: Lost { lost }, .. } = posted;
    let Snapshot { contact, account, .. } = owner(&app, &staff, &id).await?;
    if !lost {
        app.act(staff.actor(), async |tx| reset::stop(tx, account.id).await).await?;
        return Ok(back(contact.id, StaffDone::ResetStopped));
    }
    Ok(match app.act(staff.actor(), async |tx| reset::ask(tx, account.id).await).await? {
        ResetRequest::NobodyToTell => back(contact.id, StaffDone::NobodyToTell),
        ResetRequest::Due(_) | ResetRequest::Already(_) => back(contact.id, StaffDone::ResetAsked),
        // It was switched off since the page was shown.
        ResetRequest::NoFactor => answer::see_other(&Place::staff_contact(&contact.id)),
    })
}

/// Whom a deed is done to. A contact without an account answers like one that doesn't exist.
pub(super) async fn owner(app: &App, staff: &Staff, id: &str) -> Result<Snapshot, Rejection> {
    let id = id.parse::<ContactId>().map_err(|_| staff.nothing())?;
    let person = app.look(async |view| access::of_contact(&mut view.db, id).await).await?;
    person.and_then(Candidate::person).ok_or_else(|| staff.nothing())
}

pub(super) fn back(id: ContactId, done: StaffDone) -> Response {
    answer::see_other(&done.at(&Place::staff_contact(&id)))
}
