//! A second factor demanded by Customer Service: of everybody at a company, or of one contact. Whoever has none enrols
//! one at the next sign-in, and is asked at once where they are signed in.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::base::Place;
use crate::http::answer::{self, Rejection};
use crate::http::{Form, Staff};
use crate::rights::StaffPermission;
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
    posted: Form<DemandForm>,
) -> Result<Response, Rejection> {
    let staff = Staff::with_permission(&app, posted.caller, StaffPermission::DemandOfCompanies).await?;
    let found = app.look(async |view| companies::find(view, &reference).await).await?;
    let (company, _) = found.ok_or_else(|| staff.nothing())?;
    app.act(staff.actor(), async |tx| directory::require_second_factor(tx, company.id, posted.form.required).await)
        .await?;
    Ok(answer::see_other(&posted.form.done().at(&Place::StaffCompany.with(&company.reference))))
}

/// Of one contact.
pub(super) async fn of_contact(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Form<DemandForm>,
) -> Result<Response, Rejection> {
    let (staff, person) = contact::deed(&app, posted.caller, &id, StaffPermission::DemandOfContacts).await?;
    app.act(staff.actor(), async |tx| {
        membership::require_second_factor(tx, person.membership.id, posted.form.required).await
    })
    .await?;
    Ok(contact::back(person.contact.id, posted.form.done()))
}
