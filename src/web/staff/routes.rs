//! Which handler answers at which place of the console.

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::base::Place;

use super::{audit, companies, contact, contacts, demand, home, people};

/// Every page of the console.
pub(in crate::web) fn routes() -> Router<App> {
    Router::new()
        .route(Place::Staff.path(), get(home::show))
        .route(Place::StaffCompanies.path(), get(companies::list))
        .route(Place::StaffCompany.path(), get(companies::show))
        .route(Place::StaffBlockCompany.path(), post(companies::block))
        .route(Place::StaffDemandOfCompany.path(), post(demand::of_company))
        .route(Place::StaffContacts.path(), get(contacts::list))
        .route(Place::StaffContact.path(), get(contact::show))
        .route(Place::StaffUnlock.path(), post(contact::unlock))
        .route(Place::StaffEndSessions.path(), post(contact::end_sessions))
        .route(Place::StaffSwitchAccount.path(), post(contact::switch))
        .route(Place::StaffResetFactor.path(), post(contact::reset_factor))
        .route(Place::StaffDemandOfContact.path(), post(demand::of_contact))
        .route(Place::StaffPeople.path(), get(people::list).post(people::invite))
        .route(Place::StaffRoles.path(), post(people::set_roles))
        .route(Place::StaffInviteAgain.path(), post(people::invite_again))
        .route(Place::StaffDismiss.path(), post(people::dismiss))
        .route(Place::StaffAudit.path(), get(audit::list))
}
