//! A form that came out of date: its page is shown again, and nothing is done until it is sent again.

use axum::body::Bytes;
use serde::de::DeserializeOwned;

/// What was sent, and the page to show.
#[derive(Clone, Debug)]
pub struct Again {
    /// The page's path and query.
    pub page: String,
    body: Bytes,
}

impl Again {
    pub(super) const fn new(page: String, body: Bytes) -> Self {
        Self { page, body }
    }

    /// What was typed.
    pub fn typed<T: DeserializeOwned>(&self) -> Option<T> {
        serde_urlencoded::from_bytes(&self.body).ok()
    }
}
