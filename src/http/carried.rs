//! The errand that a page's address carries.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::base::ids::ErrandId;

use crate::http::Caller;
use crate::http::answer::{self, Stop};
use crate::http::error::Trouble;

/// The errand in the query: none where it is left out or empty; anything but an id answers like one that expired.
#[derive(Clone, Copy, Debug)]
pub struct Carried(pub Option<ErrandId>);

impl FromRequestParts<App> for Carried {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stop> {
        let query = parts.uri.query().unwrap_or_default();
        let named =
            url::form_urlencoded::parse(query.as_bytes()).find(|(name, value)| name == "errand" && !value.is_empty());
        match named.map(|(_, value)| value.parse()) {
            None => Ok(Self(None)),
            Some(Ok(errand)) => Ok(Self(Some(errand))),
            Some(Err(_)) => {
                let caller = Caller::from_request_parts(parts, app).await?;
                Err(answer::trouble(&caller, Trouble::StaleErrand).into())
            }
        }
    }
}
