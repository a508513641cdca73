//! "My account": who I am here, and what I may do. How I sign in is the security page's.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, Snapshot};
use crate::account;
use crate::app::App;
use crate::base::{EServiceCode, Language, Place};
use crate::http::answer::{self, Rejection};
use crate::http::{Person, at_a_page};
use crate::page::{Frame, Framed as _};
use crate::rights::{self, Group};
use crate::web::sign_in::company::CompanyOption;

/// The account page.
#[derive(Debug, Template)]
#[template(path = "account/home.html")]
pub struct AccountPage {
    /// What every page shares.
    pub frame: Frame,
    /// Who the person is.
    pub person: PersonView,
    /// What they are at the company they act for.
    pub access: AccessView,
    /// Every company they may act for; a choice is offered where there are several.
    pub companies: Vec<CompanyOption>,
}

/// The contact's record.
#[derive(Clone, Debug)]
pub struct PersonView {
    /// First and last name.
    pub name: String,
    /// The login, which never changes (R-ADM-9).
    pub login: String,
    pub email: String,
    /// What they are written to in.
    pub language: Language,
    /// Landline or mobile.
    pub phone: Option<String>,
}

/// Rights at one company, in words.
#[derive(Clone, Debug)]
pub struct AccessView {
    pub company: String,
    /// Its reference at the ERP.
    pub reference: String,
    /// The only branch the person sees, if there is such a limit (R-RGT-6).
    pub branch: Option<String>,
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
    pub name: String,
    pub e_services: Vec<String>,
}

/// What the page's address says was just done: its record was corrected, or nothing that it knows.
#[derive(Deserialize)]
pub struct HomeQuery {
    #[serde(default)]
    done: String,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<App>,
    person: Person,
    Query(just): Query<HomeQuery>,
) -> Result<Response, Rejection> {
    let frame = person.frame(&app)?;
    let notice = (just.done == "record").then(|| frame.say("account-done-record"));
    let notice = notice.or(frame.notice.clone());
    let frame = Frame { notice, here: Place::Account.path().to_owned(), ..frame };
    let account = person.session.account;
    let read = app.look(async |view| {
        Ok((account::login_of(&mut view.db, account).await?, access::of_account(&mut view.db, account).await?))
    });
    let (login, people) = read.await?;
    let asked = at_a_page(&person.caller, &person.session);
    let companies = people.iter().filter(|other| access::judge(*other, asked).holds());
    let page = AccountPage {
        person: PersonView::new(&person.snapshot, login, person.caller.language),
        access: AccessView::new(&app, &frame, &person.snapshot),
        companies: companies.map(|other| CompanyOption::new(&frame, other, &person.session)).collect(),
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

impl PersonView {
    fn new(person: &Snapshot, login: Option<String>, otherwise: Language) -> Self {
        Self {
            name: person.contact.full_name(),
            login: login.unwrap_or_else(|| person.contact.email.clone()),
            email: person.contact.email.clone(),
            language: person.language().unwrap_or(otherwise),
            phone: person.contact.phone.clone().or_else(|| person.contact.mobile.clone()),
        }
    }
}

impl AccessView {
    fn new(app: &App, frame: &Frame, person: &Snapshot) -> Self {
        let profile = rights::profile_key(person.membership.profile);
        Self {
            company: person.company.name.clone(),
            reference: person.company.reference.clone(),
            branch: person.membership.branch.clone(),
            profile: frame.say(profile),
            profile_means: frame.say(&format!("{profile}-explained")),
            roles: person.membership.roles.iter().map(|role| frame.say(rights::role_key(*role))).collect(),
            e_services: EServiceGroup::all(app, frame, &person.entitlements()),
            networks: person.networks().map(ToString::to_string).collect(),
        }
    }
}

impl EServiceGroup {
    /// The groups in which something is held.
    fn all(app: &App, frame: &Frame, held: &BTreeSet<EServiceCode>) -> Vec<Self> {
        let policy = app.policy.load();
        let group = |group: &Group| Self {
            name: frame.say(&group.key()),
            e_services: (policy.catalogue().of(*group))
                .filter(|e_service| held.contains(&e_service.code))
                .map(|e_service| e_service.names.of(frame.words.language()).to_owned())
                .collect(),
        };
        Group::ALL.iter().map(group).filter(|group| !group.e_services.is_empty()).collect()
    }
}
