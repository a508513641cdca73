//! The interaction that a page's address carries.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::base::ids::InteractionId;
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;

/// The interaction in the query: none where it is left out or empty; anything but an id answers like one that expired.
#[derive(Clone, Copy, Debug)]
pub struct InteractionQuery(pub Option<InteractionId>);

impl FromRequestParts<App> for InteractionQuery {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let named = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, value)| name == "interaction" && !value.is_empty());
        match named.map(|(_, value)| value.parse()) {
            None => Ok(Self(None)),
            Some(Ok(interaction)) => Ok(Self(Some(interaction))),
            Some(Err(_)) => {
                let caller = Caller::from_request_parts(parts, app).await?;
                Err(answer::trouble(&caller, ErrorKind::StaleInteraction).into())
            }
        }
    }
}
