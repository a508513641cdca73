//! What came back: status, headers and body, and the questions that tests ask of them.

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use url::Url;

use super::ISSUER;
use super::page::Page;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(super) async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self::new(parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    /// An answer that came over a wire.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header, empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Every `Set-Cookie`.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap())
    }

    /// The `Set-Cookie` of the cookie whose name ends so.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies().find(|cookie| cookie.split('=').next().unwrap().ends_with(name))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The `error` of an OAuth answer in JSON.
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The body as a page.
    pub fn page(&self) -> Page {
        Page::read(&self.text())
    }

    /// Where the answer sends the browser.
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get("location")?.to_str().unwrap();
        Some(Url::parse(ISSUER).unwrap().join(location).unwrap())
    }

    /// A parameter of the address the browser is sent to.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location()?;
        let found: Vec<String> =
            location.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect();
        assert!(found.len() < 2, "{name} twice in {location}");
        found.into_iter().next()
    }

    /// The conditions of a refusal page, each with whether it holds.
    pub fn standing(&self) -> Vec<(String, bool)> {
        let page = self.page();
        let rows = page.all("[data-condition]");
        let standing =
            rows.iter().map(|row| (row.attr("data-condition").unwrap(), row.attr("data-met") == Some("true")));
        standing.map(|(condition, met)| (condition.to_owned(), met)).collect()
    }

    /// The conditions of a refusal page that don't hold.
    pub fn unmet(&self) -> Vec<String> {
        self.standing().into_iter().filter(|(_, met)| !met).map(|(condition, _)| condition).collect()
    }

    /// Whether this is a page of ours with that element id.
    pub fn shows(&self, id: &str) -> bool {
        self.header("content-type").starts_with("text/html") && self.page().has(id)
    }

    /// The text with what changes from request to request taken out: the form's token, references, the address asked
    /// for.
    pub fn text_without(&self, changing: &[&str]) -> String {
        let mut text = self.text();
        for token in self.page().attributes("[name=csrf]", "value") {
            text = text.replace(&token, "TOKEN");
        }
        for word in changing {
            text = text.replace(word, "WORD");
        }
        text
    }
}
