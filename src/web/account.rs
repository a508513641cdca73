//! "My account": who I am here, what I may do, where I am signed in, and which applications know me.

use askama::Template;

use crate::base::{Place, Timestamp};
use crate::http::page::Frame;
use crate::web::company_choice::CompanyOption;

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
    /// The company the consent was given for.
    pub company: String,
    /// What it sees, in words.
    pub sights: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}
