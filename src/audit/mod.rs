//! The audit trail: who did what, in whose name, when and from where.
//! Lines are written inside the unit of work they tell of, so that they stand or fall with it, and nothing here changes
//! one.

pub mod activity;
mod end_reason;
mod search;

#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;

use crate::base::ids::{AccountId, AuditId, CompanyId, SessionId};
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Tx};

pub use end_reason::EndReason;
pub use search::{PAGE, Search, Sight, search};

/// Writes a line. Actor, address, session and instant are the unit's; the deed says the rest and holds no secret.
pub async fn record(tx: &mut Tx, deed: Deed) -> Result<(), Fault> {
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
        deed.subject,
        Json(deed.detail),
        deed.reference,
    )?;
    Ok(())
}

/// Something done, about to be told.
#[derive(Clone, Debug)]
pub struct Deed {
    what: DeedKind,
    company: Option<CompanyId>,
    account: Option<AccountId>,
    subject: Option<String>,
    detail: Value,
    reference: Option<String>,
}

impl Deed {
    /// A deed of that name, concerning nobody yet.
    #[must_use]
    pub fn new(what: DeedKind) -> Self {
        Self {
            what,
            company: None,
            account: None,
            subject: None,
            detail: Value::Object(serde_json::Map::new()),
            reference: None,
        }
    }

    /// The company whose administrators may read the line (R-DEL-2).
    #[must_use]
    pub fn company(self, company: CompanyId) -> Self {
        Self { company: Some(company), ..self }
    }

    /// The account it concerns, which is not always the one that acts.
    #[must_use]
    pub fn account(self, account: AccountId) -> Self {
        Self { account: Some(account), ..self }
    }

    /// What was acted on: a client's or key's name, an id, a file.
    #[must_use]
    pub fn subject(self, subject: impl fmt::Display) -> Self {
        Self { subject: Some(subject.to_string()), ..self }
    }

    /// The particulars. JSON escapes control characters, so that no particular can pose as a line of its own.
    #[must_use]
    pub fn detail(self, detail: Value) -> Self {
        Self { detail, ..self }
    }

    /// What ties the line to another record: the reference an error page shows, a ticket.
    #[must_use]
    pub fn reference(self, reference: impl fmt::Display) -> Self {
        Self { reference: Some(reference.to_string()), ..self }
    }
}

macro_rules! deeds {
    ($(#[doc = $sentence:literal] $variant:ident = $name:literal),* $(,)?) => {
        /// Every deed the trail tells of: its name in the database, and the sentence that explains it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DeedKind { $(#[doc = $sentence] $variant),* }

        impl DeedKind {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name stored: subject, dot, participle. Names never change, for lines are kept for years.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What it means, for whoever reads the trail.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence.trim_ascii()),* }
            }
        }
    };
}

deeds! {
    /// A person signed in.
    SessionBegan = "session.began",
    /// Somebody tried to sign in and was refused.
    SessionRefused = "session.refused",
    /// A person proved again who they are, in a running session.
    SessionStrengthened = "session.strengthened",
    /// A session ended: its person signed out, somebody ended it, or its conditions no longer held.
    SessionEnded = "session.ended",
    /// A person chose the company to act for (R-DIR-6).
    CompanyChosen = "session.company_chosen",
    /// An account came to exist.
    AccountCreated = "account.created",
    /// A password was set.
    PasswordSet = "account.password_set",
    /// The owner of an account said that a change wasn't theirs: everything that signs in there was made void.
    AlarmRaised = "account.alarm_raised",
    /// The owner of an account closed it for good.
    AccountClosed = "account.closed",
    /// The owner of an account took a copy of their data.
    AccountExported = "account.exported",
    /// A second factor is to be taken away, because its owner lost it.
    FactorResetAsked = "factor.reset_asked",
    /// It isn't: somebody objected.
    FactorResetStopped = "factor.reset_stopped",
    /// A lost second factor is gone.
    FactorResetDone = "factor.reset_done",
    /// A browser that an account had signed in from was forgotten.
    DeviceForgotten = "account.device_forgotten",
    /// An account was signed in to from a browser not seen before, and its owner was told.
    DeviceSeen = "account.device_seen",
    /// A one-time link was made: what it is for is its purpose.
    LinkIssued = "link.issued",
    /// A one-time link was confirmed.
    LinkUsed = "link.used",
    /// One of the vendor's people was invited.
    StaffInvited = "staff.invited",
    /// The vendor's own provider vouched for nobody who may come in, or its answer couldn't be believed.
    UpstreamRefused = "session.upstream_refused",
    /// One of the vendor's people may do other things than before.
    StaffRolesChanged = "staff.roles_changed",
    /// The limits on an account's sign-ins were opened again.
    AccountUnlocked = "account.unlocked",
    /// A browser won't be asked for the second factor for a while.
    DeviceRemembered = "account.device_remembered",
    /// An authenticator app or a passkey was enrolled.
    FactorEnrolled = "factor.enrolled",
    /// A second factor of an account was removed, or all of them.
    FactorRemoved = "factor.removed",
    /// A passkey counted backwards: there may be a copy of it, and what it signed was refused.
    PasskeyCopied = "factor.passkey_copied",
    /// A second factor is demanded of somebody, or no longer.
    FactorRequired = "factor.required",
    /// New recovery codes were made; earlier ones are void.
    RecoveryCodesMade = "factor.recovery_codes_made",
    /// A recovery code was used in place of the second factor.
    RecoveryCodeUsed = "factor.recovery_code_used",
    /// An account was switched off.
    AccountDisabled = "account.disabled",
    /// An account was switched on again.
    AccountEnabled = "account.enabled",
    /// A page refused somebody, and gave them a reference.
    AccessRefused = "access.refused",
    /// A request broke, and its page gave a reference.
    RequestBroke = "request.broke",
    /// A person lets a relying party see something.
    ConsentGiven = "consent.given",
    /// A person no longer lets a relying party see anything.
    ConsentWithdrawn = "consent.withdrawn",
    /// A relying party was given a sign-in.
    AuthorizationBegan = "authorization.began",
    /// A relying party's sign-in ended, and every token of it.
    AuthorizationEnded = "authorization.ended",
    /// A spent code came back: somebody else has it, so all that it gave was ended.
    CodeReplayed = "authorization.code_replayed",
    /// A used refresh token came back: somebody else has one of its family, so all that it gave was ended.
    RefreshTokenReplayed = "authorization.refresh_token_replayed",
    /// A relying party gave a refresh token back, and with it all that hung from the sign-in.
    AuthorizationRevoked = "authorization.revoked",
    /// A relying party gave an access token back before its time.
    AccessTokenRevoked = "access_token.revoked",
    /// Files of the ERP were imported (R-DIR-3).
    DirectoryImported = "directory.imported",
    /// A company came into the directory.
    CompanyAdded = "company.added",
    /// Customer Service blocked a company (R-DIR-1).
    CompanyBlocked = "company.blocked",
    /// Customer Service let a company in again.
    CompanyUnblocked = "company.unblocked",
    /// A company's record changed.
    CompanyChanged = "company.changed",
    /// A contact came into the directory.
    ContactAdded = "contact.added",
    /// A contact's record changed.
    ContactChanged = "contact.changed",
    /// A contact corrected their own record (R-DIR-8).
    ContactCorrected = "contact.corrected",
    /// A contact went inactive and lost access (R-DIR-3).
    ContactDeactivated = "contact.deactivated",
    /// A contact came back.
    ContactReactivated = "contact.reactivated",
    /// An account may act as a contact.
    MembershipApproved = "membership.approved",
    /// What a membership may do changed.
    MembershipChanged = "membership.changed",
    /// An account's access as a contact was taken away (R-DEL-2).
    MembershipDisabled = "membership.disabled",
    /// An account no longer acts as a contact, who stays.
    MembershipDetached = "membership.detached",
    /// A company was designated a user administrator (R-DEL-1).
    AdministratorDesignated = "membership.administrator_designated",
    /// So many attempts failed that none is taken for a while.
    LimitClosed = "limit.closed",
    /// A relying party refused to be told that a sign-in is over.
    LogoutRefused = "logout.refused",
    /// A relying party couldn't be told for too long that a sign-in is over.
    LogoutGivenUp = "logout.given_up",
    /// A letter was given up: its server refused it for good, or too long.
    MailGivenUp = "mail.given_up",
    /// A signing key was published and takes over from another at the instant named.
    KeyPublished = "key.published",
    /// A published key signs earlier than it was to.
    KeyHastened = "key.hastened",
    /// A signing key was taken out at once: whatever it signed is refused.
    KeyRetired = "key.retired",
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

/// Reads lines, newest first.
pub async fn list(db: &mut Db, filter: Filter) -> Result<Vec<AuditLine>, Fault> {
    let since = filter.since.unwrap_or(Timestamp::from_millis(0));
    let limit = i64::from(filter.limit);
    match filter.about {
        About::Everyone => {
            store::all!(
                *db,
                AuditLine,
                "select * from audit_log where at >= $1 order by at desc, id desc limit $2",
                since,
                limit
            )
        }
        About::Account(account) => store::all!(
            *db,
            AuditLine,
            "select * from audit_log where account = $1 and at >= $2 order by at desc, id desc limit $3",
            account,
            since,
            limit
        ),
        About::Company(company) => store::all!(
            *db,
            AuditLine,
            "select * from audit_log where company = $1 and at >= $2 order by at desc, id desc limit $3",
            company,
            since,
            limit
        ),
    }
}

/// Removes lines older than the settings keep, and answers how many it removed.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from audit_log", "id", "at < $1 order by at", tx.now - tx.lives.audit)
}
