//! Forms that only our own pages can send, each read together with its guard: a token says whom the page was shown to,
//! and the browser where the form stood. A form counts for whom it was shown to, as they were then, or does nothing.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, MatchedPath, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded::{self, Serializer};

use crate::app::App;
use crate::base::Place;
use crate::base::ids::InteractionId;
use crate::http::again::Again;
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::stamp::{Stamp, Timeliness};
use crate::http::{Caller, Guard, Visitor, interaction};

/// A form one of our pages sent, by whom its guard lets through: any other is refused before its handler runs.
pub struct Form<G, T> {
    pub guard: G,
    pub form: T,
    pub shown: Shown,
}

/// What a form sends that is a button and nothing else.
#[derive(Debug, Deserialize)]
pub struct EmptyForm {}

impl<G: Guard, T: DeserializeOwned + Send> FromRequest<App> for Form<G, T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, app: &App) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let refused = |trouble| Rejection::from(answer::trouble(&caller, trouble));
        let (place, path) = (place(parts.extensions.get()), parts.uri.path().to_owned());
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|_| refused(ErrorKind::TooLarge))?;
        if !is_text(&body) {
            return Err(refused(ErrorKind::BadRequest));
        }
        let stamp = stamp(app, &caller, &headers, &body).ok_or_else(|| refused(ErrorKind::StaleForm))?;
        // The forms are our own: fields that don't fit were not typed by a person.
        let form = serde_urlencoded::from_bytes(&body).map_err(|_| refused(ErrorKind::BadRequest))?;
        let shown = Shown { page: page(place, &path, &body), stamp, body };
        let visitor = Visitor::of(app, caller.clone()).await?;
        match shown.stamp.timeliness(&visitor.caller.stamp) {
            Timeliness::Current => {}
            // Whoever is signed out already gets what they ask for.
            Timeliness::Anothers if visitor.session.is_none() && place == Some(Place::Logout) => {}
            Timeliness::Anothers => {
                let account = visitor.session.map(|session| session.account);
                return Err(answer::shown_to_another(&visitor.caller, account, beginning(&shown)).into());
            }
            Timeliness::OutOfDate => return Err(shown.again()),
        }
        let guard = G::behind(app, visitor, &shown.page).await?;
        if let Some(subject) = guard.subject() {
            shown.must_speak_of(&subject)?;
        }
        Ok(Self { guard, form, shown })
    }
}

/// The page that a form stood on.
pub struct Shown {
    /// Its path and query.
    page: String,
    stamp: Stamp,
    body: Bytes,
}

impl Shown {
    /// Lets on only a form whose page spoke of that.
    pub fn must_speak_of(&self, subject: &str) -> Result<(), Rejection> {
        if self.stamp.speaks_of(subject) { Ok(()) } else { Err(self.again()) }
    }

    /// The page once more, with what was typed.
    fn again(&self) -> Rejection {
        let mut response = StatusCode::CONFLICT.into_response();
        response.extensions_mut().insert(Again::new(self.page.clone(), self.body.clone()));
        response.into()
    }
}

/// Whether a page of ours sent the form, shown to whoever is signed in now, as they are now. Only endpoints that take
/// other people's forms too need to ask.
pub fn is_ours(app: &App, visitor: &Visitor, headers: &HeaderMap, body: &[u8]) -> bool {
    stamp(app, &visitor.caller, headers, body)
        .is_some_and(|stamp| stamp.timeliness(&visitor.caller.stamp) == Timeliness::Current)
}

fn place(route: Option<&MatchedPath>) -> Option<Place> {
    route.and_then(|route| Place::ALL.into_iter().find(|place| place.path() == route.as_str()))
}

/// The page of the form that came to that path: what it carried along stands in the page's address.
fn page(place: Option<Place>, path: &str, body: &[u8]) -> String {
    let pieces = place.map_or(usize::MAX, |place| place.page().path().split('/').count());
    let stood_at = |place: Place| !place.page().path().contains('{');
    let page = match place.filter(|place| stood_at(*place)) {
        Some(place) => place.page().path().to_owned(),
        None => path.split('/').take(pieces).collect::<Vec<_>>().join("/"),
    };
    let mut query = Serializer::new(String::new());
    for (carried, named) in [("interaction", "interaction"), ("back", "for")] {
        if let Some((_, value)) = form_urlencoded::parse(body).find(|(name, _)| name == carried) {
            query.append_pair(named, &value);
        }
    }
    let query = query.finish();
    if query.is_empty() { page } else { format!("{page}?{query}") }
}

/// Where whoever is signed in now begins again: what a relying party asked for is still asked for.
fn beginning(shown: &Shown) -> String {
    let carried = form_urlencoded::parse(&shown.body).find(|(name, _)| name == "interaction");
    match carried.and_then(|(_, id)| id.parse::<InteractionId>().ok()) {
        Some(id) => interaction::at(Place::Authorize, Some(id)),
        None => shown.page.clone(),
    }
}

/// Whether the fields are text: no NUL, and nothing but UTF-8 behind the escapes.
fn is_text(body: &[u8]) -> bool {
    let broken = |text: &str| text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    !form_urlencoded::parse(body).any(|(name, value)| broken(&name) || broken(&value))
}

/// What the token of a form says, unless the form stood elsewhere.
fn stamp(app: &App, caller: &Caller, headers: &HeaderMap, body: &[u8]) -> Option<Stamp> {
    if is_foreign(headers, app.config.origin()) {
        return None;
    }
    let mut tokens = form_urlencoded::parse(body).filter(|(name, _)| name == "csrf");
    match (&caller.browser, tokens.next(), tokens.next()) {
        (Some(browser), Some((_, token)), None) => Stamp::read(app, browser, &token),
        (None | Some(_), _, _) => None,
    }
}

/// Whether the browser says that the form stood on another site.
fn is_foreign(headers: &HeaderMap, ours: &str) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let elsewhere = said(header::ORIGIN.as_str()).is_some_and(|origin| origin != ours && origin != "null");
    elsewhere || said("sec-fetch-site").is_some_and(|site| site == "cross-site")
}
