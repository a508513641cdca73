//! The audit trail: who did what, in whose name, when and from where.
//! Lines are written inside the unit of work they tell of, so that they stand or fall with it, and nothing here changes
//! one.

pub mod activity;
mod deed;
mod deeds;
mod end_reason;
mod letter;
mod post;
mod search;

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::base::ids::{AccountId, AuditId, CompanyId, MailId, SessionId};
use crate::base::{Fault, Timestamp};
use crate::events;
use crate::store::{self, Db, Tx};

pub use deed::Deed;
pub use deeds::DeedKind;
pub use end_reason::EndReason;
pub use letter::{Facts, LetterKind, Recipient};
pub use search::{Search, Sight, search};

impl Tx {
    /// Writes down what was done: its line in the trail, its letters as intents, its event. Actor, address, session and
    /// instant are the unit's; the deed says the rest and holds no secret.
    pub async fn record(&mut self, deed: Deed) -> Result<(), Fault> {
        self.record_and_tell(deed).await.map(drop)
    }

    /// Writes a deed down where it changed anything, and answers whether it did.
    pub async fn record_if(&mut self, changed: bool, deed: Deed) -> Result<bool, Fault> {
        if changed {
            self.record(deed).await?;
        }
        Ok(changed)
    }

    /// The same, for whoever follows what becomes of the letter: answers its id, where there was somebody to write to.
    pub async fn record_and_tell(&mut self, deed: Deed) -> Result<Option<MailId>, Fault> {
        write(self, &deed).await?;
        if let Some(event) = deed.row.and_then(|row| deed.what.event(row)) {
            events::record(self, event).await?;
        }
        post::post(self, &deed).await
    }
}

async fn write(tx: &mut Tx, deed: &Deed) -> Result<(), Fault> {
    let id = AuditId(tx.dice.id(tx.now)?);
    store::execute!(
        tx.db,
        "insert into audit_log (id, at, actor_kind, actor, in_name_of, address, session, deed, company, account, \
         subject, detail, reference) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id,
        tx.now,
        tx.by.who.kind(),
        tx.by.who.id(),
        tx.by.in_name_of,
        tx.by.address.map(|address| address.to_string()),
        tx.by.session,
        deed.what.name(),
        deed.company,
        deed.account,
        deed.subject.as_deref(),
        Json(deed.particulars()),
        deed.reference.as_deref(),
    )
    .map(drop)
}

/// Whose lines are read.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Everyone,
    /// Those that concern an account.
    Account(AccountId),
    /// Those of a company.
    Company(CompanyId),
}

/// Which lines are read.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    pub about: About,
    /// None older than this.
    pub since: Option<Timestamp>,
    /// At most so many, the newest.
    pub limit: u32,
}

/// A line as it was written.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct AuditLine {
    /// The line's own id.
    pub id: AuditId,
    pub at: Timestamp,
    /// The kind of actor ([`crate::base::actor::Who::kind`]).
    pub actor_kind: String,
    pub actor: Option<String>,
    /// In whose name (R-SUP-5).
    pub in_name_of: Option<AccountId>,
    pub address: Option<String>,
    pub session: Option<SessionId>,
    /// The deed's name ([`DeedKind::name`]).
    pub deed: String,
    /// The company it concerns.
    pub company: Option<CompanyId>,
    /// The account it concerns.
    pub account: Option<AccountId>,
    /// What was acted on.
    pub subject: Option<String>,
    #[sqlx(json)]
    pub detail: Value,
    /// What ties it to another record.
    pub reference: Option<String>,
}

macro_rules! lines {
    ($whose:literal) => {
        concat!("select * from audit_log where at >= $1 and ", $whose, " order by at desc, id desc limit $2")
    };
}

/// Reads lines, newest first.
pub async fn list(db: &mut Db, filter: Filter) -> Result<Vec<AuditLine>, Fault> {
    let since = filter.since.unwrap_or(Timestamp::from_millis(0));
    // Each by its own index.
    let (sql, whose): (_, Option<Uuid>) = match filter.about {
        About::Everyone => (lines!("($3 is null or account = $3)"), None),
        About::Account(account) => (lines!("account = $3"), Some(account.into())),
        About::Company(company) => (lines!("company = $3"), Some(company.into())),
    };
    store::all!(*db, AuditLine, sql, since, i64::from(filter.limit), whose)
}

/// Removes lines older than the settings keep, and answers how many it removed.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from audit_log", "id", "at < $1 order by at", tx.now - tx.lives.audit)
}
