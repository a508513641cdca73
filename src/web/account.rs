//! "My account": who I am here, what I may do, where I am signed in, and which applications know me.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, Snapshot};
use crate::account::{self, Because, Session};
use crate::app::App;
use crate::authorization::consent::{self, Consent};
use crate::base::ids::{ConsentId, SessionId};
use crate::base::{EServiceCode, Fault, Place, Timestamp};
use crate::http::answer::{self, Stop};
use crate::http::consent::in_words;
use crate::http::error::Trouble;
use crate::http::page::Frame;
use crate::http::{Person, Posted, at_a_page};
use crate::relying_party::Scope;
use crate::rights::{self, Group};
use crate::store::View;
use crate::web::company_choice::CompanyOption;
use crate::words::Device;

/// The account page.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// What every page shares.
    pub frame: Frame,
    /// Who the person is.
    pub person: PersonView,
    /// What they are at the company they act for.
    pub access: AccessView,
    /// Every company they may act for; a choice is offered where there are several.
    pub companies: Vec<CompanyOption>,
    /// Where they are signed in.
    pub sessions: Vec<SessionView>,
    /// Which applications they allowed.
    pub applications: Vec<ApplicationView>,
}

/// The contact's record.
#[derive(Clone, Debug)]
pub struct PersonView {
    /// First and last name.
    pub name: String,
    /// The login, which never changes (R-ADM-9).
    pub login: String,
    /// The email address.
    pub email: String,
    /// Landline or mobile.
    pub phone: Option<String>,
}

/// Rights at one company, in words.
#[derive(Clone, Debug)]
pub struct AccessView {
    /// The company's name.
    pub company: String,
    /// Its reference at the ERP.
    pub reference: String,
    /// The only branch the person sees, if there is such a limit (R-RGT-6).
    pub branch: Option<String>,
    /// The profile's name.
    pub profile: String,
    /// What the profile allows, in one sentence.
    pub profile_means: String,
    /// The roles held, in words.
    pub roles: Vec<String>,
    /// The e-services held, by group (R-RGT-3).
    pub e_services: Vec<EServiceGroup>,
    /// The networks the person may come from; none means anywhere.
    pub networks: Vec<String>,
}

/// E-services of one group.
#[derive(Clone, Debug)]
pub struct EServiceGroup {
    /// The group's name.
    pub name: String,
    /// The e-services' names.
    pub e_services: Vec<String>,
}

/// A session, as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// What the button sends.
    pub id: String,
    /// The browser, in words.
    pub device: String,
    /// The last address seen.
    pub address: String,
    /// When it began.
    pub since: Timestamp,
    /// When it was last used.
    pub seen: Timestamp,
    /// Whether it is the one reading this page.
    pub here: bool,
}

/// An application with access.
#[derive(Clone, Debug)]
pub struct ApplicationView {
    /// What the button sends.
    pub id: String,
    /// The application's name.
    pub name: String,
    /// What it sees, in words.
    pub sights: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}

/// Shows the page.
pub async fn show(State(app): State<App>, person: Person) -> Result<Response, Stop> {
    let frame = person.frame(&app)?;
    let rows = app.look(async |view| Rows::read(view, &person).await).await?;
    let asked = at_a_page(&person.caller, &person.session);
    let companies = rows.people.iter().filter(|other| access::judge(other, asked).holds());
    let page = AccountPage {
        person: PersonView::new(&person.snapshot, rows.login),
        access: AccessView::new(&app, &frame, &person.snapshot),
        companies: companies.map(|other| CompanyOption::new(&frame, other, &person.session)).collect(),
        sessions: rows.sessions.iter().map(|session| SessionView::new(&frame, session, &person.session)).collect(),
        applications: rows.consents.iter().map(|consent| ApplicationView::new(&app, &frame, consent)).collect(),
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// What the page is made from.
struct Rows {
    login: Option<String>,
    people: Vec<Snapshot>,
    sessions: Vec<Session>,
    consents: Vec<Consent>,
}

impl Rows {
    async fn read(view: &mut View, person: &Person) -> Result<Self, Fault> {
        let account = person.session.account;
        Ok(Self {
            login: account::login_of(&mut view.db, account).await?,
            people: access::of_account(&mut view.db, account).await?,
            sessions: account::list(&mut view.db, account, (view.now, view.rules.session_idle)).await?,
            consents: consent::of_account(&mut view.db, account).await?,
        })
    }
}

/// The button of one session.
#[derive(Debug, Deserialize)]
pub struct Which {
    session: SessionId,
}

/// Ends one of the person's sessions. Another person's answers like one that doesn't exist.
pub async fn end_session(State(app): State<App>, posted: Posted<Which>) -> Result<Response, Stop> {
    let person = Person::behind(&app, posted.caller, &posted.headers).await?;
    let account = person.session.account;
    let ended = app.act(person.actor(), async |tx| account::end(tx, account, posted.form.session, Because::EndedByOwner).await).await?;
    Ok(if ended { answer::go(Place::Account) } else { answer::trouble(&app, &person.caller, Trouble::NotFound) })
}

/// The button of one application.
#[derive(Debug, Deserialize)]
pub struct Withdrawn {
    consent: ConsentId,
}

/// Withdraws a consent: what it gave is dead with it.
pub async fn withdraw_consent(State(app): State<App>, posted: Posted<Withdrawn>) -> Result<Response, Stop> {
    let person = Person::behind(&app, posted.caller, &posted.headers).await?;
    let account = person.session.account;
    let withdrawn = app.act(person.actor(), async |tx| consent::withdraw(tx, account, posted.form.consent).await).await?;
    Ok(if withdrawn { answer::go(Place::Account) } else { answer::trouble(&app, &person.caller, Trouble::NotFound) })
}

impl PersonView {
    fn new(person: &Snapshot, login: Option<String>) -> Self {
        Self {
            name: person.full_name(),
            login: login.unwrap_or_else(|| person.email.clone()),
            email: person.email.clone(),
            phone: person.phone.clone().or_else(|| person.mobile.clone()),
        }
    }
}

impl AccessView {
    fn new(app: &App, frame: &Frame, person: &Snapshot) -> Self {
        let profile = rights::profile_key(person.profile);
        let networks = person.networks.iter().chain(person.company_networks.iter());
        Self {
            company: person.company_name.clone(),
            reference: person.company_ref.clone(),
            branch: person.branch.clone(),
            profile: frame.say(profile),
            profile_means: frame.say(&format!("{profile}-explained")),
            roles: person.roles.iter().map(|role| frame.say(rights::role_key(*role))).collect(),
            e_services: EServiceGroup::all(app, frame, &person.entitlements()),
            networks: networks.map(ToString::to_string).collect(),
        }
    }
}

impl EServiceGroup {
    /// The groups in which something is held.
    fn all(app: &App, frame: &Frame, held: &BTreeSet<EServiceCode>) -> Vec<Self> {
        let group = |group: &Group| Self {
            name: frame.say(group.key()),
            e_services: (app.policy.catalogue().of(*group))
                .filter(|e_service| held.contains(&e_service.code))
                .map(|e_service| frame.say(&rights::e_service_key(&e_service.code)))
                .collect(),
        };
        Group::ALL.iter().map(group).filter(|group| !group.e_services.is_empty()).collect()
    }
}

impl SessionView {
    fn new(frame: &Frame, session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            device: Device::from_user_agent(&session.user_agent).in_words(frame.words),
            address: session.address.clone().unwrap_or_else(|| frame.say("access-address-unknown")),
            since: session.created_at,
            seen: session.last_seen_at,
            here: session.id == current.id,
        }
    }
}

impl ApplicationView {
    fn new(app: &App, frame: &Frame, consent: &Consent) -> Self {
        // A relying party that the operator removed is still named by what it was called in requests.
        let party = app.relying_parties.find(&consent.client);
        Self {
            id: consent.id.to_string(),
            name: party.map_or_else(|| consent.client.clone(), |party| party.name(frame.words.language()).to_owned()),
            sights: in_words(frame, consent.scope.iter().map(Scope::as_str)),
            since: consent.granted_at,
        }
    }
}
