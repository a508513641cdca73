//! What can go wrong at any door, as far as the person is concerned. How it is said, `page` knows.

use axum::http::StatusCode;

use crate::base::vocabulary::words;

words! {
    /// What went wrong, as far as the person is concerned; its sentences are called by its word.
    ErrorKind, "error" {
        /// There is no such page, or none for this person.
        NotFound = "not-found",
        /// The form was too old, or came from elsewhere.
        StaleForm = "stale-form",
        /// The form was shown to somebody else.
        AnothersForm = "anothers-form",
        /// The sign-in took too long, or began in another browser.
        StaleInteraction = "stale-interaction",
        /// The link was used, has expired, or a newer one came.
        StaleLink = "stale-link",
        /// The person's role at the vendor has other duties.
        NotPermitted = "not-permitted",
        /// The vendor's own provider vouched for nobody who may come in.
        Upstream = "upstream",
        /// A relying party asked for something we can't answer, and it can't be told so.
        BadRequest = "bad-request",
        /// The request is larger than anything we read.
        TooLarge = "too-large",
        /// The server is at its bound.
        Busy = "busy",
        /// Something broke on our side.
        Broken = "broken",
    }
}

impl ErrorKind {
    /// Whether only Customer Service can help.
    pub const fn needs_us(self) -> bool {
        matches!(self, Self::BadRequest | Self::Broken)
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::StaleLink => StatusCode::NOT_FOUND,
            Self::StaleForm | Self::AnothersForm | Self::NotPermitted | Self::Upstream => StatusCode::FORBIDDEN,
            Self::StaleInteraction | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
