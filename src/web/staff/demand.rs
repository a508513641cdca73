//! A second factor demanded by Customer Service: of everybody at a company, or of one contact. Whoever has none enrols
//! one at the next sign-in, and is asked at once where they are signed in.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::base::Place;
use crate::http::answer::{self, Rejection};
use crate::http::{Form, OnDuty, duty};
use crate::web::staff::{StaffDone, companies, contact};
use crate::{directory, membership};

#[derive(Deserialize)]
pub(super) struct DemandForm {
    required: bool,
}

impl DemandForm {
    const fn done(&self) -> StaffDone {
        if self.required { StaffDone::Demanded } else { StaffDone::NotDemanded }
    }
}

/// Of everybody at a company.
pub(super) async fn of_company(
    State(app): State<App>,
    Path(reference): Path<String>,
    posted: Form<OnDuty<duty::DemandOfCompanies>, DemandForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form, .. } = posted;
    let found = app.look(async |view| companies::find(view, &reference).await).await?;
    let (company, _) = found.ok_or_else(|| staff.nothing())?;
    app.act(staff.actor(), async |tx| directory::require_second_factor(tx, company.id, form.required).await).await?;
    Ok(answer::see_other(&form.done().at(&Place::staff_company(&company.reference))))
}

/// Of one contact.
pub(super) async fn of_contact(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<OnDuty<duty::DemandOfContacts>, DemandForm>,
) -> Result<Response, Rejection> {
    let Form { guard: OnDuty { staff, .. }, form, .. } = posted;
    let person = contact::owner(&app, &staff, &id).await?;
    app.act(staff.actor(), async |tx| membership::require_second_factor(tx, person.membership.id, form.required).await)
        .await?;
    Ok(contact::back(person.contact.id, form.done()))
}
