//! What every page has around it, and the pages that say why there is nothing else: refusals, errors, not found.

pub mod format;
pub mod language;
pub mod words;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::app::Shared;
use crate::layout::language::Language;
use crate::layout::words::Words;
use crate::provider::ProviderError;
use crate::rights::{Person, Profile, View, refusals};
use crate::secret;
use crate::sign_in::session::{Fault, Session};

/// Where customers write to when nobody at their company can help.
pub const CUSTOMER_SERVICE: &str = "service.clients@guichet.example";

/// Any answer that ends a request early.
pub struct Refused(Box<Response>);

impl Refused {
    pub fn with(response: impl IntoResponse) -> Self {
        Self(Box::new(response.into_response()))
    }
}

/// The answer of a page.
pub type Answer = Result<Response, Refused>;

/// The frame of a page: language, menu, who is signed in.
#[derive(Clone)]
pub struct Shell {
    pub w: &'static Words,
    /// The address asked for, with its query; the language switch returns there.
    pub path: String,
    pub who: Option<Who>,
    /// The person's own page at the provider.
    pub account: String,
}

/// The person in the header.
#[derive(Clone)]
pub struct Who {
    pub name: String,
    pub company: String,
    pub branch: Option<String>,
    pub profile: &'static str,
    pub roles: Vec<String>,
    /// The token of the sign-out form.
    pub csrf: String,
    pub menu: Vec<Entry>,
}

/// A line of the menu.
#[derive(Clone)]
pub struct Entry {
    pub address: &'static str,
    pub label: &'static str,
    pub current: bool,
}

/// A page with a message and one way on.
#[derive(Template)]
#[template(path = "portal/layout/message.html")]
pub struct Message<'a> {
    pub shell: &'a Shell,
    pub title: &'a str,
    /// Sentences in the order of importance: what, why, what one can do, whom to ask.
    pub sentences: Vec<String>,
    pub button: Button<'a>,
    /// Offers to write to the customer service.
    pub ask: bool,
    pub reference: Option<String>,
}

/// The way on.
pub struct Button<'a> {
    pub label: &'a str,
    pub address: &'a str,
}

impl Shell {
    pub fn new(portal: &Shared, language: Language, path: &str) -> Self {
        Self { w: language.words(), path: path.to_owned(), who: None, account: portal.settings.account() }
    }

    /// The frame with the person of the session in it, and the menu of what they may open.
    pub fn signed_in(mut self, session: &Session) -> Self {
        let person = &session.person;
        self.who = Some(Who {
            name: person.name.clone(),
            company: person.company.name.clone(),
            branch: person.company.branch.clone(),
            profile: profile_words(person.profile, self.w),
            roles: person.roles.iter().map(|role| role_words(role, self.w)).collect(),
            csrf: form_token(&session.secret),
            menu: menu(person, self.w, &self.path),
        });
        self
    }

    pub fn page(&self, template: &impl Template) -> Answer {
        match template.render() {
            Ok(html) => Ok(Html(html).into_response()),
            Err(error) => Err(self.broken(&Fault::Template(error))),
        }
    }

    /// 403, in the order of a good refusal: what, why, what one can do, whom to ask.
    pub fn refuse(&self, person: &Person, view: View) -> Refused {
        let refusal = refusals::of(person, view, self.w.language);
        let home = Button { label: self.w.back_home, address: "/" };
        self.message(StatusCode::FORBIDDEN, self.say(refusal.title, refusal.sentences, home).asking())
    }

    /// 404, the same for what isn't there and for what belongs to another company.
    pub fn not_found(&self) -> Refused {
        let home = Button { label: self.w.back_home, address: "/" };
        let sentences = vec![self.w.not_found_why.to_owned(), self.w.not_found_what_now.to_owned()];
        self.message(StatusCode::NOT_FOUND, self.say(self.w.not_found, sentences, home))
    }

    /// 503: without the provider's word nobody is let in.
    pub fn unreachable(&self, error: &ProviderError) -> Refused {
        let again = Button { label: self.w.try_again, address: &self.path };
        let sentences = vec![self.w.unreachable_why.to_owned(), self.w.unreachable_what_now.to_owned()];
        let message = self.say(self.w.unreachable, sentences, again).logged(error);
        self.message(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// 500, with a reference that finds the cause in the log.
    pub fn broken(&self, fault: &Fault) -> Refused {
        let home = Button { label: self.w.back_home, address: "/" };
        let message = self.say(self.w.broken, vec![self.w.broken_what_now.to_owned()], home).asking().logged(fault);
        self.message(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// A message to complete and then to answer with `message`.
    pub fn say<'a>(&'a self, title: &'a str, sentences: Vec<String>, button: Button<'a>) -> Message<'a> {
        Message { shell: self, title, sentences, button, ask: false, reference: None }
    }

    pub fn message(&self, status: StatusCode, message: Message<'_>) -> Refused {
        match message.render() {
            Ok(html) => Refused::with((status, Html(html))),
            Err(error) => {
                tracing::error!(%error, "a message page");
                Refused::with((StatusCode::INTERNAL_SERVER_ERROR, self.w.broken))
            }
        }
    }
}

impl Message<'_> {
    /// With a button that writes to the customer service.
    pub fn asking(mut self) -> Self {
        self.ask = true;
        self
    }

    /// With a reference, under which the log has the cause.
    pub fn logged(mut self, cause: &dyn std::fmt::Display) -> Self {
        let reference = secret::random()[..8].to_owned();
        tracing::warn!(%reference, "{cause}");
        self.reference = Some(reference);
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// The token that the session's forms carry.
pub fn form_token(session: &str) -> String {
    secret::derived(session, "form")
}

fn menu(person: &Person, w: &'static Words, path: &str) -> Vec<Entry> {
    let pages = [
        (View::Orders, "/orders", w.orders),
        (View::Invoices, "/invoices", w.invoices),
        (View::Tickets, "/tickets", w.tickets),
        (View::Certificates, "/certificates", w.certificates),
    ];
    let home = Entry { address: "/", label: w.home, current: path == "/" };
    let allowed = pages.into_iter().filter(|(view, _, _)| person.may(*view));
    let entries = allowed.map(|(_, address, label)| Entry { address, label, current: path.starts_with(address) });
    std::iter::once(home).chain(entries).collect()
}

fn profile_words(profile: Profile, w: &'static Words) -> &'static str {
    match profile {
        Profile::Complete => w.profile_complete,
        Profile::Limited => w.profile_limited,
        Profile::Invoicing => w.profile_invoicing,
    }
}

/// A role that this portal doesn't know yet is shown by its code.
fn role_words(role: &str, w: &'static Words) -> String {
    match role {
        "account_admin" => w.role_account_admin,
        "tickets" => w.role_tickets,
        "subscriptions" => w.role_subscriptions,
        "billing" => w.role_billing,
        unknown => unknown,
    }
    .to_owned()
}
