//! Choice of the company to act for, where one person is a contact of several (R-DIR-6).

use askama::Template;

use crate::base::Place;
use crate::http::page::Frame;

/// The page that asks which company.
#[derive(Debug, Template)]
#[template(path = "company_choice.html")]
pub struct CompanyChoicePage {
    /// What every page shares.
    pub frame: Frame,
    /// The parked authorization request this sign-in is for.
    pub errand: Option<String>,
    /// Who sent the person here.
    pub relying_party: Option<String>,
    /// The companies the person may act for.
    pub companies: Vec<CompanyOption>,
}

/// A company to choose.
#[derive(Clone, Debug)]
pub struct CompanyOption {
    /// The ERP's reference, which the button sends.
    pub reference: String,
    /// The company's name.
    pub name: String,
    /// The person's profile there, in words.
    pub profile: String,
    /// Whether the person acts for it already.
    pub here: bool,
}
