//! Corrections: what a contact changes in their own record (R-DIR-8). Each is kept for the ERP's change feed, in the
//! order of the commits, and holds against imports that bring what it corrected: the ERP may not have heard of it yet.
//! Once a file brings what was corrected to, or something else again, the ERP's word counts as before (R-DIR-3).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;
use sqlx::types::Json;

use crate::audit::{Deed, DeedKind, LetterKind};
use crate::base::ids::{AccountId, ContactId};
use crate::base::vocabulary::words;
use crate::base::{Fault, Language};
use crate::store::{self, Tx};

use super::contact::{Contact, contact, put_contact};
use super::import::cells;

words! {
    /// What a contact may correct: never the email, a status or a right.
    #[derive(sqlx::Type)]
    #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
    Field, "field of a record" {
        FirstName = "first_name",
        LastName = "last_name",
        /// Form of address.
        Title = "title",
        /// Landline.
        Phone = "phone",
        Mobile = "mobile",
        /// Language of mails.
        Language = "language",
    }
}

/// Why a value can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has to be there.
    Missing,
    /// It is too long, or has characters nobody sees; for numbers, others than a number has.
    Unreadable,
}

/// A record as its contact wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub first_name: String,
    pub last_name: String,
    pub title: Option<String>,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<Language>,
}

/// What a contact typed.
#[derive(Clone, Debug, Deserialize)]
pub struct TypedRecord {
    pub first_name: String,
    pub last_name: String,
    pub title: String,
    pub phone: String,
    pub mobile: String,
    pub language: String,
}

impl Correction {
    /// Reads what was typed, by the rules of imports; every field that can't be taken is named.
    pub fn read(typed: &TypedRecord) -> Result<Self, BTreeMap<Field, Unfit>> {
        let mut unfit = BTreeMap::new();
        let (first_name, last_name) = (cells::text(&typed.first_name), cells::text(&typed.last_name));
        for (field, text, read) in
            [(Field::FirstName, &typed.first_name, &first_name), (Field::LastName, &typed.last_name, &last_name)]
        {
            if read.is_err() {
                unfit.insert(field, if text.trim().is_empty() { Unfit::Missing } else { Unfit::Unreadable });
            }
        }
        let (title, language) = (cells::optional_text(&typed.title), cells::language(typed.language.trim()));
        let (phone, mobile) = (cells::phone(&typed.phone), cells::phone(&typed.mobile));
        let unreadable = [
            (Field::Title, title.is_err()),
            (Field::Phone, phone.is_err()),
            (Field::Mobile, mobile.is_err()),
            (Field::Language, language.is_err()),
        ];
        unfit.extend(
            unreadable.into_iter().filter(|(_, is_unfit)| *is_unfit).map(|(field, _)| (field, Unfit::Unreadable)),
        );
        if let (Ok(None), Ok(None)) = (&phone, &mobile) {
            // R-DIR-2: one of the two.
            unfit.insert(Field::Phone, Unfit::Missing);
        }
        match (first_name, last_name, title, phone, mobile, language) {
            (Ok(first_name), Ok(last_name), Ok(title), Ok(phone), Ok(mobile), Ok(language)) if unfit.is_empty() => {
                Ok(Self { first_name, last_name, title, phone, mobile, language })
            }
            _ => Err(unfit),
        }
    }

    /// The record with this in it.
    fn over(&self, before: &Contact) -> Contact {
        let Self { first_name, last_name, title, phone, mobile, language } = self.clone();
        Contact { last_name, first_name, phone, mobile, title, language, ..before.clone() }
    }
}

/// A value of the record as text, empty where there is none.
pub(super) fn value(contact: &Contact, field: Field) -> &str {
    match field {
        Field::FirstName => &contact.first_name,
        Field::LastName => &contact.last_name,
        Field::Title => contact.title.as_deref().unwrap_or_default(),
        Field::Phone => contact.phone.as_deref().unwrap_or_default(),
        Field::Mobile => contact.mobile.as_deref().unwrap_or_default(),
        Field::Language => contact.language.map_or("", Language::code),
    }
}

/// Corrects a record, by the account of the contact. Answers the fields that are others than before; nothing where
/// there is no such contact.
pub async fn correct(
    tx: &mut Tx,
    id: ContactId,
    to: &Correction,
    by: AccountId,
) -> Result<Option<BTreeSet<Field>>, Fault> {
    one_at_a_time(tx).await?;
    let Some(before) = contact(&mut tx.db, id).await? else { return Ok(None) };
    let after = to.over(&before);
    let changed: BTreeSet<Field> =
        Field::ALL.iter().copied().filter(|field| value(&before, *field) != value(&after, *field)).collect();
    if changed.is_empty() {
        return Ok(Some(changed));
    }
    put_contact(tx, &after).await?;
    for field in &changed {
        hold(tx, id, *field, value(&before, *field), value(&after, *field)).await?;
    }
    let values = |contact: &Contact| {
        Json(changed.iter().map(|field| (field.as_str(), told(contact, *field))).collect::<BTreeMap<_, _>>())
    };
    let (seq,) = store::one!(tx.db, (i64,), "update record_feed set last_seq = last_seq + 1 returning last_seq")?;
    let sql =
        "insert into record_changes (seq, contact, before, after, at, by_account) values ($1, $2, $3, $4, $5, $6)";
    store::execute!(tx.db, sql, seq, id, values(&before), values(&after), tx.now, by)?;
    let fields: Vec<&str> = changed.iter().map(|field| field.as_str()).collect();
    let deed = Deed::new(DeedKind::ContactCorrected).account(by).company(before.company).subject(id);
    // Of another language alone nobody needs to be warned.
    let is_told = changed.iter().any(|field| *field != Field::Language);
    let deed = if is_told { deed } else { deed.without(LetterKind::RecordChanged) };
    tx.record(deed.detail("fields", fields)).await?;
    Ok(Some(changed))
}

/// As the feed tells it: nothing is null.
fn told(contact: &Contact, field: Field) -> Value {
    match value(contact, field) {
        "" => Value::Null,
        text => Value::from(text),
    }
}

/// Corrections and imports follow one another: an import that read the record before would otherwise undo what is
/// corrected meanwhile.
pub(super) async fn one_at_a_time(tx: &mut Tx) -> Result<(), Fault> {
    store::execute!(tx.db, "update record_feed set last_seq = last_seq").map(drop)
}

/// From now on the value before holds no more against the one after, whoever brings it.
async fn hold(tx: &mut Tx, contact: ContactId, field: Field, before: &str, after: &str) -> Result<(), Fault> {
    let sql = "insert into corrections (contact, field, was) values ($1, $2, $3) \
        on conflict (contact, field, was) do nothing";
    store::execute!(tx.db, sql, contact, field, before)?;
    // Corrected back: what it is now isn't held against itself.
    store::execute!(
        tx.db,
        "delete from corrections where contact = $1 and field = $2 and was = $3",
        contact,
        field,
        after
    )
    .map(drop)
}

/// The corrections that the ERP hasn't taken yet.
#[derive(Debug, Default)]
pub(super) struct Held(HashMap<(ContactId, Field), BTreeSet<String>>);

impl Held {
    /// All of them. There are few: each goes with the next file that knows better.
    pub(super) async fn read(tx: &mut Tx) -> Result<Self, Fault> {
        one_at_a_time(tx).await?;
        let rows = store::all!(tx.db, (ContactId, Field, String), "select contact, field, was from corrections")?;
        let mut held = Self::default();
        for (contact, field, was) in rows {
            held.0.entry((contact, field)).or_default().insert(was);
        }
        Ok(held)
    }

    /// The fields in which the ERP brings back what was corrected; and those corrected ones in which it says something
    /// else, or agrees.
    pub(super) fn compare(&self, told: &Contact) -> (Vec<Field>, Vec<Field>) {
        let corrected = Field::ALL.iter().copied().filter(|field| self.0.contains_key(&(told.id, *field)));
        corrected.partition(|field| self.0[&(told.id, *field)].contains(value(told, *field)))
    }
}

/// The ERP's word counts again.
pub(super) async fn settle(tx: &mut Tx, contact: ContactId, field: Field) -> Result<(), Fault> {
    store::execute!(tx.db, "delete from corrections where contact = $1 and field = $2", contact, field).map(drop)
}

/// Puts the corrected value of a field in the place of the one that the ERP brings back.
pub(super) fn keep(into: &mut Contact, corrected: &Contact, field: Field) {
    match field {
        Field::FirstName => into.first_name.clone_from(&corrected.first_name),
        Field::LastName => into.last_name.clone_from(&corrected.last_name),
        Field::Title => into.title.clone_from(&corrected.title),
        Field::Phone => into.phone.clone_from(&corrected.phone),
        Field::Mobile => into.mobile.clone_from(&corrected.mobile),
        Field::Language => into.language = corrected.language,
    }
}
