//! Finding companies and contacts, page by page: what Customer Service types while somebody is on the telephone.

use crate::base::ids::{CompanyId, ContactId};
use crate::base::{Fault, SignInName};
use crate::store::{self, Db};

use super::company::{Company, companies};

/// How many one page has.
pub const PAGE: usize = 25;

/// A contact found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundContact {
    pub id: ContactId,
    pub last_name: String,
    pub first_name: String,
    pub email: String,
    pub company_ref: String,
    pub company_name: String,
}

/// One page, and whether another follows.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// At most [`PAGE`].
    pub items: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

impl<T> Found<T> {
    fn of(mut items: Vec<T>) -> Self {
        let more = items.len() > PAGE;
        items.truncate(PAGE);
        Self { items, more }
    }
}

/// Companies by ERP reference or a part of their name; an empty text finds all. `after` is the last one of the page
/// before.
pub async fn search_companies(db: &mut Db, text: &str, after: Option<CompanyId>) -> Result<Found<Company>, Fault> {
    let Typed { exactly, lower, cased } = Typed::of(text);
    let sql = companies!(
        "where (ref = $1 or lower(name) like $2 escape '\\' or name like $3 escape '\\') \
         and ($4 is null or (name, id) > (select c.name, c.id from companies c where c.id = $4)) order by name, id \
         limit $5"
    );
    Ok(Found::of(store::all!(*db, Company, sql, exactly, lower, cased, after, one_more())?))
}

/// Contacts by ERP reference, email, login or a part of their name; an empty text finds all. `after` is the last one of
/// the page before.
pub async fn search_contacts(db: &mut Db, text: &str, after: Option<ContactId>) -> Result<Found<FoundContact>, Fault> {
    let Typed { exactly, lower, cased } = Typed::of(text);
    let name = SignInName::parse(&exactly).map(|name| name.to_string()).unwrap_or_default();
    let rows = store::all!(
        *db,
        FoundContact,
        "select ct.id, ct.last_name, ct.first_name, ct.email, co.ref as company_ref, co.name as company_name \
         from contacts ct join companies co on co.id = ct.company where (ct.ref = $1 or ct.email = $2 \
         or ct.id in (select m.contact from memberships m join sign_in_names n on n.account = m.account \
         where n.name = $2 \
         and m.refused_at is null and m.detached_at is null) \
         or lower(ct.first_name || ' ' || ct.last_name || ' ' || ct.first_name || ' ' || ct.email) like $3 escape '\\' \
         or ct.first_name || ' ' || ct.last_name || ' ' || ct.first_name like $4 escape '\\') \
         and ($5 is null or (ct.last_name, ct.first_name, ct.id) > (select c.last_name, c.first_name, c.id \
         from contacts c where c.id = $5)) \
         order by ct.last_name, ct.first_name, ct.id limit $6",
        exactly,
        name,
        lower,
        cased,
        after,
        one_more()
    )?;
    Ok(Found::of(rows))
}

/// The contacts of one company.
pub async fn contacts_of(
    db: &mut Db,
    company: CompanyId,
    after: Option<ContactId>,
) -> Result<Found<FoundContact>, Fault> {
    let rows = store::all!(
        *db,
        FoundContact,
        "select ct.id, ct.last_name, ct.first_name, ct.email, co.ref as company_ref, co.name as company_name \
         from contacts ct join companies co on co.id = ct.company where ct.company = $1 \
         and ($2 is null or (ct.last_name, ct.first_name, ct.id) > (select c.last_name, c.first_name, c.id \
         from contacts c where c.id = $2)) \
         order by ct.last_name, ct.first_name, ct.id limit $3",
        company,
        after,
        one_more()
    )?;
    Ok(Found::of(rows))
}

/// What was typed, as statements compare it. SQLite folds no accented capitals, so that a name also counts as it was
/// typed.
struct Typed {
    exactly: String,
    lower: String,
    cased: String,
}

impl Typed {
    fn of(text: &str) -> Self {
        let text = text.replace('\0', "");
        let text = text.trim();
        let pattern = |text: &str| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        Self { exactly: text.to_owned(), lower: pattern(&text.to_lowercase()), cased: pattern(text) }
    }
}

fn one_more() -> i64 {
    i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
}
