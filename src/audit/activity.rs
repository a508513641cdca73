//! What happened to an account of late, for its owner: those lines of the audit trail that are told to people, with the
//! browser they came from.

use crate::audit::DeedKind;
use crate::base::ids::AccountId;
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Keyset};

/// Something that happened to an account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Happened {
    pub at: Timestamp,
    deed: String,
    pub actor_kind: String,
    /// Whether the account's owner did it.
    pub is_own: bool,
    pub address: Option<String>,
    pub subject: Option<String>,
    /// The browser's own words, as long as its session is kept.
    pub user_agent: Option<String>,
}

impl Happened {
    /// What it was; nothing where only a newer server than this one knows.
    pub fn what(&self) -> Option<DeedKind> {
        DeedKind::of_name(&self.deed).filter(|what| what.is_shown())
    }
}

/// The latest of what is told, the newest first.
pub async fn activity(db: &mut Db, account: AccountId, limit: u32) -> Result<Vec<Happened>, Fault> {
    let told = Keyset::few(DeedKind::ALL.iter().filter(|what| what.is_shown()).map(|what| what.name()))?;
    let sql = "select l.at, l.deed, l.actor_kind, coalesce(l.actor = $4, false) as is_own, \
         l.address, l.subject, s.user_agent from audit_log l left join sessions s on s.id = l.session \
         where l.account = $1 and l.deed in (select key from json_each($2)) order by l.at desc, l.id desc limit $3";
    store::all!(*db, Happened, sql, account, told, i64::from(limit), account.to_string())
}
