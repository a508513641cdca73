//! What every page shares: the frame around it, fields in error, links. It knows no page.

use std::borrow::Borrow;
use std::sync::Arc;

use askama::filters::HtmlSafe;
use fluent_templates::fluent_bundle::FluentValue;

use crate::base::{Language, Place, Timestamp};
use crate::page::assets::Asset;
use crate::words::brand::Brand;
use crate::words::{Moment, Words};

/// What `layout.html` needs of every page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The sentences of the reader's language.
    pub words: Words,
    /// Whose service this is.
    pub brand: Arc<Brand>,
    /// The request's instant, which every "in 2 hours" counts from.
    pub now: Timestamp,
    /// The issuer's path, before every path of ours.
    pub prefix: Arc<str>,
    /// The token of the page's forms, in a hidden field named `csrf`.
    pub csrf: String,
    /// The path and query that the language switch comes back to. A page that answers a form names the form's own page.
    pub here: String,
    /// Who is signed in.
    pub person: Option<SignedIn>,
    /// What was just done, in one sentence.
    pub notice: Option<String>,
}

/// Who is signed in, as the header names them.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// First and last name.
    pub name: String,
    /// The company they act for; staff have none.
    pub company: Option<String>,
}

impl Frame {
    /// A sentence without values.
    pub fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// A sentence with values.
    pub fn tell<'v, V: Into<FluentValue<'v>> + Clone>(&self, key: &str, values: &[(&'static str, V)]) -> String {
        self.words.tell(key, values)
    }

    /// A sentence in which one value stands out: the value is escaped, and set in `<strong>`.
    pub fn stress(&self, key: &str, name: &'static str, value: &str) -> Stressed {
        // The mark can't occur in a value: databases and headers refuse NUL.
        let sentence = self.words.tell(key, &[(name, "\0")]);
        let (before, after) = sentence.split_once('\0').unwrap_or((&sentence, ""));
        Stressed { before: before.to_owned(), value: value.to_owned(), after: after.to_owned() }
    }

    /// A sentence about a number of things, called `count` in it.
    pub fn count(&self, key: &str, count: usize) -> String {
        self.words.count(key, i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A language in its own words, for the switch.
    pub fn language_name(&self, language: Language) -> String {
        self.say(&format!("language-{}", language.code()))
    }

    /// An instant in words.
    pub fn moment(&self, at: &Timestamp) -> Moment {
        self.words.moment(*at, self.now, &self.brand.zone)
    }

    /// Where the stylesheet is, with a version that changes with it.
    pub fn asset(&self, asset: Asset) -> String {
        format!("{}{}?v={}", self.prefix, asset.path(), asset.version(&self.brand))
    }

    /// The address of one of our places.
    pub fn at(&self, place: impl Borrow<Place>) -> String {
        self.href(place.borrow().path())
    }

    /// The address that a link leads to: of our own, only path and query are known until here.
    pub fn href(&self, to: impl AsRef<str>) -> String {
        let to = to.as_ref();
        if to.starts_with('/') { format!("{}{to}", self.prefix) } else { to.to_owned() }
    }
}

/// A sentence with one part that stands out.
#[derive(Clone, Debug, askama::Template)]
#[template(source = "{{ before }}<strong>{{ value }}</strong>{{ after }}", ext = "html")]
pub struct Stressed {
    before: String,
    value: String,
    after: String,
}

impl HtmlSafe for Stressed {}

/// A field that can't be taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The element's id, which the summary links to.
    pub field: &'static str,
    /// What to do about it.
    pub sentence: String,
    /// Whether the sentence is about the whole form, and stands in the summary only.
    pub overall: bool,
}

/// Everything that keeps a form from being taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// One more, told in the summary and at its field.
    pub fn add(&mut self, field: &'static str, sentence: String) {
        self.0.push(FieldError { field, sentence, overall: false });
    }

    /// One about the whole form, told in the summary; its link leads to the field to begin with.
    pub fn add_overall(&mut self, field: &'static str, sentence: String) {
        self.0.push(FieldError { field, sentence, overall: true });
    }

    /// What is wrong with that field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field && !error.overall).map(|error| error.sentence.as_str())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

/// Somebody who can help, with the button that writes to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpContact {
    /// Their name: a person's, or Customer Service.
    pub name: String,
    /// What they are to the reader, if the name doesn't say it.
    pub what: Option<String>,
    pub email: String,
}

impl HelpContact {
    /// Customer Service.
    pub fn customer_service(frame: &Frame) -> Self {
        Self { name: frame.say("customer-service"), what: None, email: frame.brand.support.clone() }
    }

    /// A user administrator of the reader's company.
    pub fn administrator(frame: &Frame, name: &str, email: &str) -> Self {
        Self { name: name.to_owned(), what: Some(frame.say("user-administrator")), email: email.to_owned() }
    }
}

/// A link out of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub to: String,
    pub text: String,
}

impl Link {
    /// A link to one of our own pages.
    pub fn to_place(place: Place, text: String) -> Self {
        Self { to: place.path().to_owned(), text }
    }
}
