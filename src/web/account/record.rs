//! One's own record, corrected (R-DIR-8). The email has a way of its own, for its mailbox must be proven.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::account;
use crate::app::App;
use crate::base::{Fault, Language, Life, Place};
use crate::directory::{self, Contact, Correction, Field, TypedRecord, Unfit};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::error::ErrorKind;
use crate::http::{Again, Form, Person};
use crate::page::{Errors, Frame, Framed as _};

/// The page with the form.
#[derive(Debug, Template)]
#[template(path = "account/record.html")]
pub struct RecordPage {
    /// What every page shares.
    pub frame: Frame,
    /// Whose record it is: several companies have one each.
    pub company: String,
    /// What stands in the form.
    pub fields: TypedRecord,
    errors: Errors,
}

/// How long a browser keeps the language chosen here.
const KEPT: Life = Life::days(365);

/// Shows the record as it is.
pub(crate) async fn show(State(app): State<App>, person: Person) -> Result<Response, Rejection> {
    let contact = app.look(async |view| directory::contact(&mut view.db, person.snapshot.contact.id).await).await?;
    let Some(contact) = contact else { return Ok(answer::trouble(&person.caller, ErrorKind::NotFound)) };
    let language = person.snapshot.language().unwrap_or(person.caller.language);
    let typed = person.caller.again.as_ref().and_then(Again::typed);
    let fields = typed.unwrap_or_else(|| filled_in(contact, language));
    let page = RecordPage::new(person.frame(&app)?, person.snapshot.company.name.clone(), fields);
    Ok(answer::page(StatusCode::OK, &page))
}

/// Corrects it, as far as it can be read. The language is the account's too, at every company.
pub(crate) async fn save(State(app): State<App>, posted: Form<Person, TypedRecord>) -> Result<Response, Rejection> {
    let Form { guard: person, form: fields, .. } = posted;
    let wanted = match Correction::read(&fields) {
        Ok(wanted) => wanted,
        Err(unfit) => {
            let page =
                RecordPage::new(person.frame(&app)?, person.snapshot.company.name.clone(), fields).refused(&unfit);
            return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let account = person.session.account;
    app.act(person.actor(), async |tx| {
        directory::correct(tx, person.snapshot.contact.id, &wanted, account).await?;
        if let Some(language) = wanted.language {
            account::set_language(tx, account, language).await?;
        }
        Ok(())
    })
    .await?;
    Ok(saved(&app, wanted.language)?)
}

/// Back to the account, in the language chosen.
fn saved(app: &App, language: Option<Language>) -> Result<Response, Fault> {
    let mut response = answer::see_other(&format!("{}?done=record", Place::Account.path()));
    if let Some(language) = language {
        let cookie = Cookie::Language.keep(language.code(), Some(KEPT), &app.config)?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn filled_in(contact: Contact, language: Language) -> TypedRecord {
    TypedRecord {
        first_name: contact.first_name,
        last_name: contact.last_name,
        title: contact.title.unwrap_or_default(),
        phone: contact.phone.unwrap_or_default(),
        mobile: contact.mobile.unwrap_or_default(),
        language: language.code().to_owned(),
    }
}

impl RecordPage {
    /// The page as it first appears.
    pub(crate) fn new(mut frame: Frame, company: String, fields: TypedRecord) -> Self {
        Place::Record.path().clone_into(&mut frame.here);
        Self { frame, company, fields, errors: Errors::default() }
    }

    /// With what can't be taken, field by field; answered with 422.
    pub(crate) fn refused(mut self, unfit: &BTreeMap<Field, Unfit>) -> Self {
        for (field, why) in unfit {
            let sentence = match (field, why) {
                (Field::FirstName, Unfit::Missing) => "record-first-name-missing",
                (Field::LastName, Unfit::Missing) => "record-last-name-missing",
                (Field::Phone | Field::Mobile, Unfit::Missing) => "record-phone-missing",
                (Field::Phone | Field::Mobile, Unfit::Unreadable) => "record-phone-unreadable",
                (Field::Language, _) => "record-language-unknown",
                (Field::FirstName | Field::LastName | Field::Title, _) => "record-unreadable",
            };
            self.errors.add(id(*field), self.frame.say(sentence));
        }
        self
    }
}

const fn id(field: Field) -> &'static str {
    match field {
        Field::FirstName => "record-first-name",
        Field::LastName => "record-last-name",
        Field::Title => "record-title",
        Field::Phone => "record-phone",
        Field::Mobile => "record-mobile",
        Field::Language => "record-language",
    }
}
