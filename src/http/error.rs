//! What can go wrong at any door, as far as the person is concerned. How it is said, `page` knows.

use axum::http::StatusCode;

/// What went wrong, as far as the person is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such page, or none for this person.
    NotFound,
    /// The form was too old, or came from elsewhere.
    StaleForm,
    /// The sign-in took too long, or began in another browser.
    StaleInteraction,
    /// The link was used, has expired, or a newer one came.
    StaleLink,
    /// The person's role at the vendor has other duties.
    NotPermitted,
    /// The vendor's own provider vouched for nobody who may come in.
    Upstream,
    /// A relying party asked for something we can't answer, and it can't be told so.
    BadRequest,
    /// The request is larger than anything we read.
    TooLarge,
    /// The server is at its bound.
    Busy,
    /// Something broke on our side.
    Broken,
}

impl ErrorKind {
    pub const ALL: [Self; 10] = [
        Self::NotFound,
        Self::StaleForm,
        Self::StaleInteraction,
        Self::StaleLink,
        Self::NotPermitted,
        Self::Upstream,
        Self::BadRequest,
        Self::TooLarge,
        Self::Busy,
        Self::Broken,
    ];

    /// How its sentences are called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::StaleForm => "stale-form",
            Self::StaleInteraction => "stale-interaction",
            Self::StaleLink => "stale-link",
            Self::NotPermitted => "not-permitted",
            Self::Upstream => "upstream",
            Self::BadRequest => "bad-request",
            Self::TooLarge => "too-large",
            Self::Busy => "busy",
            Self::Broken => "broken",
        }
    }

    /// Whether only Customer Service can help.
    #[must_use]
    pub const fn needs_us(self) -> bool {
        match self {
            Self::BadRequest | Self::Broken => true,
            Self::NotFound
            | Self::StaleForm
            | Self::StaleInteraction
            | Self::StaleLink
            | Self::NotPermitted
            | Self::Upstream
            | Self::TooLarge
            | Self::Busy => false,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::StaleLink => StatusCode::NOT_FOUND,
            Self::StaleForm | Self::NotPermitted | Self::Upstream => StatusCode::FORBIDDEN,
            Self::StaleInteraction | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
