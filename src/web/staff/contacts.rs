//! Contacts, for staff: found by name, email, login or ERP reference.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::base::Place;
use crate::directory::{self, Found, FoundContact};
use crate::http::answer::{self, Rejection};
use crate::http::{OnDuty, duty};
use crate::page::Frame;
use crate::web::staff::{ListQuery, Menu, Paging};

/// The contacts found.
#[derive(Debug, Template)]
#[template(path = "staff/contacts.html")]
pub struct ContactsPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    pub paging: Paging,
    pub contacts: Vec<ContactRow>,
}

/// A contact in a list.
#[derive(Clone, Debug)]
pub struct ContactRow {
    /// What their page is known by.
    pub id: String,
    /// First and last name.
    pub name: String,
    /// Where they are written to.
    pub email: String,
    pub company: String,
    /// Its reference at the ERP.
    pub company_ref: String,
}

impl ContactRow {
    pub(super) fn new(found: FoundContact) -> Self {
        let name = format!("{} {}", found.first_name, found.last_name);
        Self {
            id: found.id.to_string(),
            name,
            email: found.email,
            company: found.company_name,
            company_ref: found.company_ref,
        }
    }
}

/// Finds contacts.
pub(in crate::web) async fn list(
    State(app): State<App>,
    OnDuty { staff, .. }: OnDuty<duty::ViewContacts>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Rejection> {
    let after = asked.after.parse().ok();
    let Found { items, more } =
        app.look(async |view| directory::search_contacts(&mut view.db, &asked.q, after).await).await?;
    let frame = asked.frame(&app, &staff)?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    let page = ContactsPage {
        menu: Menu::of(&app, &staff, &frame, Place::StaffContacts),
        contacts: items.into_iter().map(ContactRow::new).collect(),
        paging: Paging { q: asked.q, next },
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}
