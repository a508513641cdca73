//! Pages for people: sign-in, choice of company, "my account", its security. Each handler answers with a page of
//! `templates/`. Which step of an authorization comes next is not decided here: pages lead back to the dispatcher.

pub mod account;
pub mod alarm;
mod arrival;
pub mod close;
pub mod company_choice;
pub mod enrol_first;
mod export;
mod language;
pub mod links;
pub mod login;
pub mod mailbox;
pub mod new_password;
pub mod notices;
pub mod passkeys;
mod password;
pub mod reauthenticate;
pub mod record;
pub mod second_factor;
pub mod security;
pub mod seeds;
mod sign_out;
pub mod staff;
#[cfg(test)]
mod tests;
pub mod totp;
pub mod upstream;
pub mod welcome;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::app::App;
use crate::base::Place;
use crate::http::assets::Asset;
use crate::http::error::Trouble;
use crate::http::{Caller, answer};

/// Every page of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route(Place::Root.path(), get(welcome::show))
        .route(Place::Login.path(), get(login::show).post(login::submit))
        .route(Place::Upstream.path(), get(upstream::depart))
        .route(Place::UpstreamCallback.path(), get(upstream::arrive))
        .route(Place::SecondFactor.path(), get(second_factor::show).post(second_factor::submit))
        .route(Place::EnrolFirst.path(), post(enrol_first::submit))
        .route(Place::Reauthenticate.path(), get(reauthenticate::show).post(reauthenticate::submit))
        .route(Place::CompanyChoice.path(), get(company_choice::show).post(company_choice::choose))
        .route(Place::Link.path(), get(links::show).post(links::confirm))
        .route(Place::NewPassword.path(), get(new_password::show).post(new_password::submit))
        .route(Place::PasswordDone.path(), get(new_password::done))
        .route(Place::Secured.path(), get(alarm::done))
        .route(Place::Logout.path(), get(sign_out::show).post(sign_out::submit))
        .route(Place::Language.path(), get(language::switch))
        .route(Place::Account.path(), get(account::show))
        .route(Place::Record.path(), get(record::show).post(record::save))
        .route(Place::Export.path(), get(export::download))
        .route(Place::Close.path(), get(close::show).post(close::submit))
        .route(Place::Closed.path(), get(close::done))
        .route(Place::EndSession.path(), post(security::end_session))
        .route(Place::EndOtherSessions.path(), post(security::end_others))
        .route(Place::ForgetDevice.path(), post(security::forget_device))
        .route(Place::WithdrawConsent.path(), post(security::withdraw_consent))
        .route(Place::Security.path(), get(security::show))
        .route(Place::ChangePassword.path(), get(security::password::show).post(security::password::submit))
        .route(Place::Totp.path(), get(totp::show).post(totp::enrol))
        .route(Place::RenewRecoveryCodes.path(), post(totp::renew))
        .route(Place::RemoveTotp.path(), post(totp::remove))
        .route(Place::Asset.path(), get(asset))
        .merge(passkeys::routes())
        .merge(staff::routes())
}

/// Serves a file of ours. Its address names its version, so browsers may keep it for good.
async fn asset(State(app): State<App>, caller: Caller, Path(file): Path<String>) -> Response {
    let Some(asset) = Asset::from_file(&file) else { return answer::trouble(&app, &caller, Trouble::NotFound) };
    let headers =
        [(header::CONTENT_TYPE, asset.media_type()), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.body(&app.brand).into_owned()).into_response()
}
