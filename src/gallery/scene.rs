//! What every page and letter of the gallery is drawn from: a moment, a frame, who is signed in.

use std::sync::Arc;

use askama::Template;

use crate::base::{Language, Timestamp};
use crate::page::{Frame, SignedIn};
use crate::words::Words;
use crate::words::brand::Brand;

pub(super) const PORTAL: &str = "Customer portal";
pub(super) const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";

pub(super) type Named = Vec<(String, String)>;

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-03-13T13:30:00Z").unwrap()
}

pub(super) fn frame(language: Language) -> Frame {
    Frame {
        words: Words::of(language),
        brand: Arc::new(Brand::default()),
        now: now(),
        prefix: "".into(),
        csrf: "token".to_owned(),
        here: "/login?interaction=1&x=\"2\"".to_owned(),
        person: None,
        notice: None,
    }
}

pub(super) fn signed_in(language: Language) -> Frame {
    let person = SignedIn { name: "Inès Aubert-Lefèvre".to_owned(), company: Some("Durand Télécom".to_owned()) };
    Frame { person: Some(person), ..frame(language) }
}

pub(super) fn named(name: &str, page: &impl Template) -> (String, String) {
    (name.to_owned(), page.render().unwrap())
}
