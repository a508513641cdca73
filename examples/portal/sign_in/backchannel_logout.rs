//! `/backchannel-logout`: the provider says that a sign-in is over, whatever ended it (OpenID Connect Back-Channel
//! Logout 1.0).

use axum::Form;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::app::Shared;
use crate::provider::logout_token::{self, Refusal};
use crate::sign_in::session::{self, Fault};

#[derive(Deserialize)]
pub struct Notice {
    logout_token: String,
}

/// Ends the sessions that the token means. It is answered alike whether there were any.
pub async fn receive(State(portal): State<Shared>, notice: Result<Form<Notice>, FormRejection>) -> Response {
    let Ok(Form(notice)) = notice else {
        return refused(&Refusal::Malformed);
    };
    let token = match logout_token::read(&portal, &notice.logout_token).await {
        Ok(token) => token,
        Err(refusal) => return refused(&refusal),
    };
    match session::end_meant_by(&portal.database, &token).await {
        Ok(true) => StatusCode::OK.into_response(),
        Ok(false) => refused(&Refusal::Again),
        Err(fault) => broken(&fault),
    }
}

/// Section 2.8. What can't be checked now may be checked later: the provider tries again then.
fn refused(refusal: &Refusal) -> Response {
    tracing::info!(%refusal, "a logout token was refused");
    let can_be_sent_again = matches!(refusal, Refusal::Unchecked(_));
    let status = if can_be_sent_again { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST };
    (status, Json(json!({ "error": "invalid_request", "error_description": refusal.to_string() }))).into_response()
}

fn broken(fault: &Fault) -> Response {
    tracing::error!(%fault, "a logout token couldn't be followed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
