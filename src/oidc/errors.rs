//! The errors of the specifications: their codes, and the sentence for the developer who reads them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::base::vocabulary::words;

words! {
    /// An error code.
    ErrorCode, "error code" {
        /// RFC 6749 section 4.1.2.1 and 5.2.
        InvalidRequest = "invalid_request",
        /// RFC 6749 section 4.1.2.1: the person or the server says no.
        AccessDenied = "access_denied",
        /// RFC 6749 section 4.1.2.1.
        UnsupportedResponseType = "unsupported_response_type",
        /// RFC 6749 section 4.1.2.1.
        InvalidScope = "invalid_scope",
        /// RFC 6749 section 4.1.2.1.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// OpenID Connect Core section 3.1.2.6.
        LoginRequired = "login_required",
        /// OpenID Connect Core section 3.1.2.6.
        AccountSelectionRequired = "account_selection_required",
        /// OpenID Connect Core section 3.1.2.6.
        InteractionRequired = "interaction_required",
        /// OpenID Connect Core Error ErrorCode unmet_authentication_requirements.
        UnmetAuthenticationRequirements = "unmet_authentication_requirements",
        /// OpenID Connect Core section 3.1.2.6.
        ConsentRequired = "consent_required",
        /// OpenID Connect Core section 3.1.2.6.
        RequestNotSupported = "request_not_supported",
        /// OpenID Connect Core section 3.1.2.6.
        RequestUriNotSupported = "request_uri_not_supported",
        /// RFC 6749 section 5.2.
        InvalidClient = "invalid_client",
        /// RFC 6749 section 5.2.
        InvalidGrant = "invalid_grant",
        /// RFC 6749 section 5.2.
        UnauthorizedClient = "unauthorized_client",
        /// RFC 6749 section 5.2.
        UnsupportedGrantType = "unsupported_grant_type",
        /// RFC 6750 section 3.1.
        InvalidToken = "invalid_token",
        /// RFC 6750 section 3.1.
        InsufficientScope = "insufficient_scope",
    }
}

/// A refusal in the specifications' terms. The sentence is ours and constant: nothing a request says is echoed in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    pub code: ErrorCode,
    /// What the developer should know.
    pub why: &'static str,
}

impl Error {
    /// An error with its sentence.
    pub const fn new(code: ErrorCode, why: &'static str) -> Self {
        Self { code, why }
    }

    /// `invalid_request` with its sentence.
    pub const fn request(why: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, why)
    }

    /// `invalid_grant` with its sentence.
    pub const fn grant(why: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, why)
    }

    /// As JSON (RFC 6749 section 5.2).
    pub fn json(self, status: StatusCode) -> Response {
        (status, Json(json!({ "error": self.code.as_str(), "error_description": self.why }))).into_response()
    }

    /// As a challenge of a protected resource (RFC 6750 section 3).
    pub fn challenge(self) -> Response {
        let status = if self.code == ErrorCode::InvalidToken {
            StatusCode::UNAUTHORIZED
        } else if self.code == ErrorCode::InsufficientScope {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::BAD_REQUEST
        };
        let challenge =
            format!("Bearer realm=\"guichet\", error=\"{}\", error_description=\"{}\"", self.code, self.why);
        let mut response = self.json(status);
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}
