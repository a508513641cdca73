//! Companies, for staff: found by name or ERP reference, their standing explained, blocked and let in again (R-DIR-1).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{self, CompanyFacts};
use crate::app::App;
use crate::base::{Fault, Place, Timestamp};
use crate::directory::{self, Company, CompanyFilter, DirectorySearch};
use crate::http::answer::{self, Rejection};
use crate::http::{Form, OnDuty, duty};
use crate::page::{ConditionRow, Frame};
use crate::rights::StaffPermission;
use crate::store::View;
use crate::web::list::{List, ListQuery};
use crate::web::staff::contacts::{self, ContactRow};
use crate::web::staff::{Menu, StaffDone, condition};

/// The companies found.
#[derive(Debug, Template)]
#[template(path = "staff/companies.html")]
pub struct CompaniesPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    /// Name and ERP reference of each.
    pub list: List<(String, String)>,
}

/// One company.
#[derive(Debug, Template)]
#[template(path = "staff/company.html")]
pub struct CompanyPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    pub name: String,
    /// Its reference at the ERP.
    pub reference: String,
    /// The conditions its people's access hangs on.
    pub standing: Vec<ConditionRow>,
    /// Since when staff have it blocked.
    pub blocked_at: Option<Timestamp>,
    /// Whether the reader may block it.
    pub may_block: bool,
    /// Since when everybody there must have a second factor.
    pub demanded_at: Option<Timestamp>,
    /// Whether the reader may demand it.
    pub may_demand: bool,
    /// Its contacts.
    pub list: List<ContactRow>,
}

/// Finds companies.
pub(in crate::web) async fn list(
    State(app): State<App>,
    OnDuty { staff, .. }: OnDuty<duty::ViewCompanies>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Rejection> {
    let search = DirectorySearch { text: &asked.q, filter: asked.state.parse().ok(), after: asked.after.parse().ok() };
    let found = app.look(async |view| directory::search_companies(&mut view.db, search).await).await?;
    let frame = asked.frame(&app, &staff)?;
    let states = asked.states(&frame, CompanyFilter::ALL.iter().map(|state| state.as_str()));
    let row = |company: Company| (company.name, company.reference);
    let path = Place::StaffCompanies.path().to_owned();
    let page = CompaniesPage {
        menu: Menu::of(&app, &staff, &frame, Place::StaffCompanies),
        list: asked.list(path, found, |last| last.id.to_string(), row).with(states),
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// Shows one, by its ERP reference.
pub(in crate::web) async fn show(
    State(app): State<App>,
    OnDuty { staff, .. }: OnDuty<duty::ViewCompanies>,
    Path(reference): Path<String>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Rejection> {
    let found = app.look(async |view| {
        let Some((company, standing)) = find(view, &reference).await? else { return Ok(None) };
        let people = directory::search_contacts(&mut view.db, Some(company.id), contacts::search(&asked)).await?;
        Ok(Some((company, standing, people)))
    });
    let (company, standing, people) = found.await?.ok_or_else(|| staff.nothing())?;
    let frame = asked.frame(&app, &staff)?;
    let page = CompanyPage {
        menu: Menu::of(&app, &staff, &frame, Place::StaffCompanies),
        standing: access::judge_without_caller(&standing)
            .conditions()
            .map(|(one, met)| condition(&frame, one, met, &[("company", &company.name)]))
            .collect(),
        blocked_at: standing.blocked_at,
        may_block: staff.may(&app, StaffPermission::BlockCompanies),
        demanded_at: standing.second_factor_required_at,
        may_demand: staff.may(&app, StaffPermission::DemandOfCompanies),
        list: contacts::rows(asked, &frame, Place::staff_company(&company.reference), people),
        name: company.name,
        reference: company.reference,
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

pub(super) async fn find(view: &mut View, reference: &str) -> Result<Option<(Company, CompanyFacts)>, Fault> {
    // No database takes NUL in a text, so that no company has one in its reference.
    if reference.contains('\0') {
        return Ok(None);
    }
    let Some(company) = directory::company_by_ref(&mut view.db, reference).await? else { return Ok(None) };
    let standing = access::of_company(&mut view.db, company.id).await?;
    Ok(standing.map(|standing| (company, standing)))
}

#[derive(Deserialize)]
pub(in crate::web) struct Block {
    open: bool,
}

/// Blocks the company, or lets it in again. Blocked, it loses access at once, everywhere.
pub(in crate::web) async fn block(
    State(app): State<App>,
    Path(reference): Path<String>,
    posted: Form<OnDuty<duty::BlockCompanies>, Block>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form: Block { open }, .. } = posted;
    let found = app.look(async |view| find(view, &reference).await).await?;
    let (company, _) = found.ok_or_else(|| staff.nothing())?;
    app.act(staff.actor(), async |tx| {
        if open { directory::unblock(tx, company.id).await } else { directory::block(tx, company.id).await }
    })
    .await?;
    let done = if open { StaffDone::Unblocked } else { StaffDone::Blocked };
    Ok(answer::see_other(&done.at(&Place::staff_company(&company.reference))))
}
