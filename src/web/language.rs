//! The language switch: keeps the choice in a cookie and comes back to the page it stood on.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::base::{Language, Life, Place};
use crate::http::answer::{self, Stop};
use crate::http::cookies::Kept;

/// How long a browser keeps the choice.
const KEPT: Life = Life::days(365);

#[derive(Deserialize)]
pub(super) struct Switch {
    #[serde(default)]
    to: String,
    #[serde(default)]
    back: String,
}

pub(super) async fn switch(State(app): State<App>, Query(switch): Query<Switch>) -> Result<Response, Stop> {
    let back = if is_ours(&switch.back) { switch.back.as_str() } else { Place::Root.path() };
    let mut response = answer::see_other(back);
    if let Some(language) = Language::from_tag(&switch.to) {
        response.headers_mut().append(header::SET_COOKIE, Kept::Language.keep(language.code(), Some(KEPT), app.config.is_https())?);
    }
    Ok(response)
}

/// Only a path of this very site: browsers take `//elsewhere` and `/\elsewhere` for another one.
pub(super) fn is_ours(back: &str) -> bool {
    back.starts_with('/') && !back.starts_with("//") && !back.contains('\\') && back.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_switch_never_leads_to_another_site() {
        for (back, ours) in [
            ("/login?errand=1", true),
            ("/", true),
            ("", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/a\r\nSet-Cookie: x", false),
            ("/a\tb", false),
        ] {
            assert_eq!(is_ours(back), ours, "{back:?}");
        }
    }
}
