//! Contacts: people's records at companies (R-DIR-2).

use crate::base::fold::folded;
use crate::base::ids::{CompanyId, ContactId};
use crate::base::{Email, Fault, Language, Timestamp};
use crate::store::{self, Db, Keyset, Tx};

use super::composed;

/// A person's record at a company.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Contact {
    pub id: ContactId,
    pub company: CompanyId,
    /// The ERP's reference; none where the company added the contact and the ERP doesn't know it yet (R-DIR-7).
    #[sqlx(rename = "ref")]
    pub reference: Option<String>,
    pub last_name: String,
    pub first_name: String,
    /// Email, unique within the company.
    pub email: Email,
    /// Landline, as it was typed.
    pub phone: Option<String>,
    /// Mobile, as it was typed.
    pub mobile: Option<String>,
    /// The person's role at the company, in its own words; webmaster, web designer and developer propose a role
    /// (R-DIR-2).
    #[sqlx(rename = "type")]
    pub kind: Option<String>,
    /// Form of address.
    pub title: Option<String>,
    /// Language of mails, where the ERP knows it.
    pub language: Option<Language>,
    /// Whether the newsletter is wanted.
    pub newsletter: bool,
    /// The code of the branch the person works at.
    pub branch: Option<String>,
    /// Since when the ERP has the contact inactive (R-DIR-3).
    pub erp_inactive_at: Option<Timestamp>,
    /// Since when the company has it deactivated; imports never touch it (R-DIR-3).
    pub disabled_at: Option<Timestamp>,
}

macro_rules! contacts {
    ($rest:literal) => {
        concat!(
            "select id, company, ref, last_name, first_name, email, phone, mobile, type, title, \
             language, newsletter, branch, ",
            "erp_inactive_at, disabled_at from contacts ",
            $rest
        )
    };
}

/// The contact with this id.
pub async fn contact(db: &mut Db, id: ContactId) -> Result<Option<Contact>, Fault> {
    store::optional!(*db, Contact, contacts!("where id = $1"), id)
}

/// The contact with this ERP reference.
pub async fn contact_by_ref(db: &mut Db, reference: &str) -> Result<Option<Contact>, Fault> {
    store::optional!(*db, Contact, contacts!("where ref = $1"), composed(reference))
}

/// Every contact with this email, one per company at most, oldest first (R-DIR-6).
pub async fn contacts_by_email(db: &mut Db, email: &Email) -> Result<Vec<Contact>, Fault> {
    store::all!(*db, Contact, contacts!("where email = $1 order by id"), email)
}

/// The contacts with these ERP references, those that exist.
pub(super) async fn contacts_by_refs(
    db: &mut Db,
    references: impl Iterator<Item = &str>,
) -> Result<Vec<Contact>, Fault> {
    let mut found = Vec::new();
    for keys in Keyset::lots(references)? {
        found.extend(store::all!(*db, Contact, contacts!("where ref in (select key from json_each($1))"), keys)?);
    }
    Ok(found)
}

/// The contacts with these emails, at whichever company.
pub(super) async fn contacts_by_emails(db: &mut Db, emails: impl Iterator<Item = &str>) -> Result<Vec<Contact>, Fault> {
    let mut found = Vec::new();
    for keys in Keyset::lots(emails)? {
        found.extend(store::all!(*db, Contact, contacts!("where email in (select key from json_each($1))"), keys)?);
    }
    Ok(found)
}

/// Every contact that the ERP knows and has active, with its reference.
pub(super) async fn listed_contacts(db: &mut Db) -> Result<Vec<(ContactId, CompanyId, String)>, Fault> {
    let sql = "select id, company, ref from contacts where ref is not null and erp_inactive_at is null";
    store::all!(*db, (ContactId, CompanyId, String), sql)
}

/// Writes what the ERP knows of a contact, a new one or anew; its company and the company's flag stay as they are
/// (R-DIR-3).
pub(super) async fn put_contact(tx: &mut Tx, contact: &Contact) -> Result<(), Fault> {
    store::execute!(
        tx.db,
        "insert into contacts (id, company, ref, last_name, first_name, email, phone, mobile, type, title, \
         language, newsletter, branch, erp_inactive_at, created_at, updated_at, search) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16) \
         on conflict (id) do update set ref = excluded.ref, last_name = excluded.last_name, \
         first_name = excluded.first_name, email = excluded.email, phone = excluded.phone, \
         mobile = excluded.mobile, type = excluded.type, title = excluded.title, language = excluded.language, \
         newsletter = excluded.newsletter, branch = excluded.branch, erp_inactive_at = excluded.erp_inactive_at, \
         updated_at = excluded.updated_at, search = excluded.search",
        contact.id,
        contact.company,
        contact.reference.as_deref(),
        contact.last_name.as_str(),
        contact.first_name.as_str(),
        &contact.email,
        contact.phone.as_deref(),
        contact.mobile.as_deref(),
        contact.kind.as_deref(),
        contact.title.as_deref(),
        contact.language,
        contact.newsletter,
        contact.branch.as_deref(),
        contact.erp_inactive_at,
        tx.now,
        searched(contact),
    )
    .map(drop)
}

/// What a contact is found by, and where they stand in a list: the last name first.
fn searched(contact: &Contact) -> String {
    let numbers = [&contact.phone, &contact.mobile].into_iter().flatten().map(|number| dialled(number));
    let known = [&contact.last_name, &contact.first_name, contact.email.as_str()]
        .map(str::to_owned)
        .into_iter()
        .chain(contact.reference.clone());
    folded(&known.chain(numbers).collect::<Vec<_>>().join(" "))
}

/// The digits of a telephone number, a French one's also as it is dialled in France.
fn dialled(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.trim_start_matches("00").strip_prefix("33") {
        Some(own) => format!("{digits} 0{}", own.trim_start_matches('0')),
        None => digits,
    }
}

/// Frees a contact's email until [`put_contact`] writes the new one, so that two contacts may swap theirs.
pub(super) async fn park_email(tx: &mut Tx, contact: ContactId) -> Result<(), Fault> {
    store::execute!(tx.db, "update contacts set email = $2 where id = $1", contact, contact.to_string())?;
    Ok(())
}

/// Marks a contact inactive at the ERP.
pub(super) async fn delist_contact(tx: &mut Tx, contact: ContactId) -> Result<(), Fault> {
    store::execute!(tx.db, "update contacts set erp_inactive_at = $2, updated_at = $2 where id = $1", contact, tx.now)?;
    Ok(())
}
