//! Pages for people: sign-in, choice of company, "my account", its security. Each handler answers with a page of
//! `templates/`. Which step of an authorization comes next is not decided here: pages lead back to the dispatcher.

pub mod account;
pub mod links;
pub mod list;
pub mod passkey;
pub mod security;
pub mod sign_in;
pub mod staff;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::app::App;
use crate::base::Place;
use crate::http::error::ErrorKind;
use crate::http::{Caller, answer};
use crate::page::assets::Asset;

/// Every page of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(Place::Root.path(), get(sign_in::welcome::show))
        .route(Place::Login.path(), get(sign_in::password::show).post(sign_in::password::submit))
        .route(Place::Upstream.path(), get(sign_in::upstream::depart))
        .route(Place::UpstreamCallback.path(), get(sign_in::upstream::arrive))
        .route(Place::SecondFactor.path(), get(sign_in::second_factor::show).post(sign_in::second_factor::submit))
        .route(Place::EnrolFirst.path(), post(sign_in::enrol::submit))
        .route(Place::Reauthenticate.path(), get(sign_in::reauthenticate::show).post(sign_in::reauthenticate::submit))
        .route(Place::CompanyChoice.path(), get(sign_in::company::show).post(sign_in::company::choose))
        .route(Place::Link.path(), get(links::show).post(links::confirm))
        .route(Place::NewPassword.path(), get(links::new_password::show).post(links::new_password::submit))
        .route(Place::PasswordDone.path(), get(links::new_password::done))
        .route(Place::Secured.path(), get(links::not_me::done))
        .route(Place::Logout.path(), get(sign_in::sign_out::show).post(sign_in::sign_out::submit))
        .route(Place::Language.path(), get(sign_in::language::switch))
        .route(Place::Account.path(), get(account::home::show))
        .route(Place::Record.path(), get(account::record::show).post(account::record::save))
        .route(Place::Export.path(), get(account::export::download))
        .route(Place::Close.path(), get(account::close::show).post(account::close::submit))
        .route(Place::Closed.path(), get(account::close::done))
        .route(Place::EndSession.path(), post(security::overview::end_session))
        .route(Place::EndOtherSessions.path(), post(security::overview::end_others))
        .route(Place::ForgetDevice.path(), post(security::overview::forget_device))
        .route(Place::WithdrawConsent.path(), post(security::overview::withdraw_consent))
        .route(Place::Security.path(), get(security::overview::show))
        .route(Place::ChangePassword.path(), get(security::password::show).post(security::password::submit))
        .route(Place::Totp.path(), get(security::totp::show).post(security::totp::enrol))
        .route(Place::RenewRecoveryCodes.path(), post(security::totp::renew))
        .route(Place::RemoveTotp.path(), post(security::totp::remove))
        .route(Place::Asset.path(), get(asset))
        .route(Place::PasskeySignIn.path(), post(sign_in::passkey::submit))
        .route(Place::PasskeySignInChallenge.path(), post(sign_in::passkey::challenge))
        .route(Place::PasskeySecondStep.path(), post(sign_in::passkey_as_second::submit))
        .route(Place::PasskeySecondStepChallenge.path(), post(sign_in::passkey_as_second::challenge))
        .route(Place::PasskeyReturn.path(), post(sign_in::passkey_again::submit))
        .route(Place::PasskeyReturnChallenge.path(), post(sign_in::passkey_again::challenge))
        .route(Place::Passkeys.path(), get(security::passkeys::show).post(security::new_passkey::submit))
        .route(Place::PasskeyChallenge.path(), post(security::new_passkey::challenge))
        .route(Place::RenamePasskey.path(), post(security::passkeys::rename))
        .route(Place::RemovePasskey.path(), post(security::passkeys::remove))
        .merge(staff::routes())
}

/// Serves a file of ours. Its address names its version, so browsers may keep it for good.
async fn asset(State(app): State<App>, caller: Caller, Path(file): Path<String>) -> Response {
    let Some(asset) = Asset::from_file(&file) else { return answer::trouble(&caller, ErrorKind::NotFound) };
    let headers =
        [(header::CONTENT_TYPE, asset.media_type()), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.body(&app.brand).into_owned()).into_response()
}
