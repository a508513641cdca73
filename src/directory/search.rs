//! Finding companies and contacts, page by page: what Customer Service types while somebody is on the telephone.

use crate::base::fold::patterns;
use crate::base::ids::{CompanyId, ContactId};
use crate::base::vocabulary::words;
use crate::base::{Fault, SignInName};
use crate::store::{self, Db, Found};

use super::company::{Company, companies};

/// How many one page has.
const PAGE: u32 = 25;

words! {
    /// The companies that have something in common.
    CompanyFilter, "state" {
        /// By staff.
        Blocked = "blocked",
        ErpBlocked = "erp-blocked",
    }
}

words! {
    /// The contacts that have something in common.
    ContactFilter, "state" {
        WithAccount = "with-account",
        WithoutAccount = "without-account",
        /// At the ERP, or by the company.
        Inactive = "inactive",
    }
}

/// What is looked for; each part narrows.
#[derive(Clone, Debug)]
pub struct DirectorySearch<'a, Filter, Id> {
    /// As it was typed; empty is any.
    pub text: &'a str,
    pub filter: Option<Filter>,
    /// The last one of the page before.
    pub after: Option<Id>,
}

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

/// Companies by parts of their name and reference, in the order of their names.
pub async fn search_companies(
    db: &mut Db,
    search: DirectorySearch<'_, CompanyFilter, CompanyId>,
) -> Result<Found<Company>, Fault> {
    let [first, second, rest] = patterns(search.text);
    let sql = companies!(
        "where search like $1 escape '\\' and search like $2 escape '\\' and search like $3 escape '\\' \
         and ($4 = '' or ($4 = 'blocked' and blocked_at is not null) \
         or ($4 = 'erp-blocked' and erp_blocked_at is not null)) \
         and ($5 is null or (search, id) > (select c.search, c.id from companies c where c.id = $5)) \
         order by search, id limit $6"
    );
    let filter = search.filter.map_or("", CompanyFilter::as_str);
    let rows =
        store::all!(*db, Company, sql, first, second, rest, filter, search.after, Found::<Company>::asked(PAGE))?;
    Ok(Found::of(rows, PAGE))
}

/// Contacts, of one company or of all, by parts of their name, email, reference, telephone numbers and company, or by a
/// login; in the order of their names.
pub async fn search_contacts(
    db: &mut Db,
    company: Option<CompanyId>,
    search: DirectorySearch<'_, ContactFilter, ContactId>,
) -> Result<Found<FoundContact>, Fault> {
    let [first, second, rest] = patterns(search.text);
    let login = SignInName::parse(search.text).map(|name| name.to_string()).unwrap_or_default();
    let rows = store::all!(
        *db,
        FoundContact,
        "select ct.id, ct.last_name, ct.first_name, ct.email, co.ref as company_ref, co.name as company_name \
         from contacts ct join companies co on co.id = ct.company where ($1 is null or ct.company = $1) \
         and ((ct.search || ' ' || co.search like $2 escape '\\' and ct.search || ' ' || co.search like $3 escape '\\' \
         and ct.search || ' ' || co.search like $4 escape '\\') or ct.id in (select m.contact from memberships m \
         join sign_in_names n on n.account = m.account \
         where n.name = $5 and m.refused_at is null and m.detached_at is null)) \
         and ($6 = '' or ($6 = 'inactive' and (ct.erp_inactive_at is not null or ct.disabled_at is not null)) \
         or $6 = (case when exists (select 1 from memberships m where m.contact = ct.id and m.refused_at is null \
         and m.detached_at is null) then 'with-account' else 'without-account' end)) \
         and ($7 is null or (ct.search, ct.id) > (select c.search, c.id from contacts c where c.id = $7)) \
         order by ct.search, ct.id limit $8",
        company,
        first,
        second,
        rest,
        login,
        search.filter.map_or("", ContactFilter::as_str),
        search.after,
        Found::<FoundContact>::asked(PAGE)
    )?;
    Ok(Found::of(rows, PAGE))
}
