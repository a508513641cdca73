//! Searching the trail, page by page, newest first. Whoever reads it sees what concerns customers, or the service and
//! its staff, or both.

use crate::base::ids::{AccountId, AuditId, CompanyId};
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Found, Keyset};

use super::{AuditLine, DeedKind};

/// How many lines one page has.
const PAGE: u32 = 50;

/// Which part of the trail somebody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// What concerns customers and their people.
    Customers,
    /// What concerns the service and its staff, without customer data.
    Service,
    Everything,
}

/// What is looked for; each part narrows.
#[derive(Clone, Debug)]
pub struct Search {
    /// What may be seen.
    pub sight: Sight,
    pub company: Option<CompanyId>,
    pub account: Option<AccountId>,
    pub deed: Option<DeedKind>,
    /// From this instant on.
    pub since: Timestamp,
    /// Before this instant.
    pub until: Timestamp,
    /// What a page showed.
    pub reference: Option<String>,
    /// The last line of the page before.
    pub before: Option<AuditId>,
}

/// The deeds that concern no customer where neither company nor account is named.
const OF_THE_SERVICE: [DeedKind; 11] = [
    DeedKind::DirectoryImported,
    DeedKind::MailGivenUp,
    DeedKind::LogoutGivenUp,
    DeedKind::LogoutRefused,
    DeedKind::KeyPublished,
    DeedKind::KeyHastened,
    DeedKind::KeyRetired,
    DeedKind::StaffInvited,
    DeedKind::StaffRolesChanged,
    DeedKind::RequestBroke,
    DeedKind::UpstreamRefused,
];

/// Which part a line belongs to: 1 is the service's, 0 the customers'. A request that broke is everybody's: its line
/// names nobody.
macro_rules! searched {
    ($by:literal) => {
        concat!(
            "select * from audit_log where ",
            $by,
            " and at >= $2 and at < $3 and ($4 is null or deed = $4) ",
            "and ($5 = 2 or deed = 'request.broke' or $5 = case when company is not null then 0 ",
            "when account is null then (case when deed in (select key from json_each($6)) then 1 else 0 end) ",
            "when account in (select account from staff) then 1 else 0 end) ",
            "and ($7 is null or (at, id) < (select a.at, a.id from audit_log a where a.id = $7)) ",
            "and ($8 is null or company = $8) and ($9 is null or account = $9) and ($10 is null or reference = $10) ",
            "order by at desc, id desc limit $11"
        )
    };
}

/// One page of lines. The narrowest part is looked up by its index.
pub async fn search(db: &mut Db, search: &Search) -> Result<Found<AuditLine>, Fault> {
    let sight: i64 = match search.sight {
        Sight::Customers => 0,
        Sight::Service => 1,
        Sight::Everything => 2,
    };
    let service = Keyset::few(OF_THE_SERVICE.map(DeedKind::name))?;
    let sql = match (&search.reference, search.account, search.company) {
        (Some(_), ..) => searched!("reference = $1"),
        (None, Some(_), _) => searched!("$1 = '' and account = $9"),
        (None, None, Some(_)) => searched!("$1 = '' and company = $8"),
        (None, None, None) => searched!("$1 = ''"),
    };
    let lines = store::all!(
        *db,
        AuditLine,
        sql,
        search.reference.as_deref().unwrap_or_default(),
        search.since,
        search.until,
        search.deed.map(DeedKind::name),
        sight,
        service,
        search.before,
        search.company,
        search.account,
        search.reference.as_deref(),
        Found::<AuditLine>::asked(PAGE)
    )?;
    Ok(Found::of(lines, PAGE))
}
