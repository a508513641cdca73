//! Contacts, for staff: found by name, email, login or ERP reference.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::base::Place;
use crate::base::ids::ContactId;
use crate::directory::{self, ContactFilter, DirectorySearch, FoundContact};
use crate::http::answer::{self, Rejection};
use crate::http::{OnDuty, duty};
use crate::page::Frame;
use crate::store::Found;
use crate::web::list::{List, ListQuery};
use crate::web::staff::Menu;

/// The contacts found.
#[derive(Debug, Template)]
#[template(path = "staff/contacts.html")]
pub struct ContactsPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    pub list: List<ContactRow>,
}

/// A contact in a list.
#[derive(Clone, Debug)]
pub struct ContactRow {
    /// What their page is known by.
    pub id: ContactId,
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
        Self { id: found.id, name, email: found.email, company: found.company_name, company_ref: found.company_ref }
    }
}

/// Finds contacts.
pub(in crate::web) async fn list(
    State(app): State<App>,
    OnDuty { staff, .. }: OnDuty<duty::ViewContacts>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Rejection> {
    let found = app.look(async |view| directory::search_contacts(&mut view.db, None, search(&asked)).await).await?;
    let frame = asked.frame(&app, &staff)?;
    let page = ContactsPage {
        menu: Menu::of(&app, &staff, &frame, Place::StaffContacts),
        list: rows(asked, &frame, Place::StaffContacts.path().to_owned(), found),
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// What is looked for among contacts.
pub(super) fn search(asked: &ListQuery) -> DirectorySearch<'_, ContactFilter, ContactId> {
    DirectorySearch { text: &asked.q, filter: asked.state.parse().ok(), after: asked.after.parse().ok() }
}

pub(super) fn rows(asked: ListQuery, frame: &Frame, path: String, found: Found<FoundContact>) -> List<ContactRow> {
    let states = asked.states(frame, ContactFilter::ALL.iter().map(|state| state.as_str()));
    asked.list(path, found, |last| last.id.to_string(), ContactRow::new).with(states)
}
