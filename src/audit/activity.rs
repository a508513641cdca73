//! What happened to an account of late, for its owner: those lines of the audit trail that are told to people, with the
//! browser they came from.

use crate::audit::DeedKind;
use crate::base::ids::AccountId;
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db, Keyset};

/// What is told, each with a sentence of its own. Links that were made, letters and the like are the machine's affairs.
pub const TOLD: &[DeedKind] = &[
    DeedKind::SessionBegan,
    DeedKind::SessionRefused,
    DeedKind::SessionEnded,
    DeedKind::PasswordSet,
    DeedKind::SessionStrengthened,
    DeedKind::DeviceSeen,
    DeedKind::FactorEnrolled,
    DeedKind::FactorRemoved,
    DeedKind::PasskeyCopied,
    DeedKind::RecoveryCodesMade,
    DeedKind::RecoveryCodeUsed,
    DeedKind::AlarmRaised,
    DeedKind::DeviceForgotten,
    DeedKind::ContactCorrected,
    DeedKind::AccountExported,
    DeedKind::FactorResetAsked,
    DeedKind::FactorResetStopped,
    DeedKind::FactorResetDone,
    DeedKind::AccountUnlocked,
    DeedKind::AccountDisabled,
    DeedKind::AccountEnabled,
    DeedKind::ConsentGiven,
    DeedKind::ConsentWithdrawn,
    DeedKind::AuthorizationBegan,
    DeedKind::CodeReplayed,
    DeedKind::RefreshTokenReplayed,
    DeedKind::MembershipApproved,
    DeedKind::MembershipChanged,
    DeedKind::MembershipDisabled,
    DeedKind::AdministratorDesignated,
    DeedKind::LimitClosed,
];

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
    #[must_use]
    pub fn what(&self) -> Option<DeedKind> {
        TOLD.iter().copied().find(|what| what.name() == self.deed)
    }
}

/// The latest of what is told, the newest first.
pub async fn activity(db: &mut Db, account: AccountId, limit: u32) -> Result<Vec<Happened>, Fault> {
    let told = Keyset::few(TOLD.iter().map(|what| what.name()))?;
    store::all!(
        *db,
        Happened,
        "select l.at, l.deed, l.actor_kind, coalesce(l.actor = $4, false) as is_own, \
         l.address, l.subject, s.user_agent from audit_log l left join sessions s on s.id = l.session \
         where l.account = $1 and l.deed in (select key from json_each($2)) order by l.at desc, l.id desc limit $3",
        account,
        told,
        i64::from(limit),
        account.to_string()
    )
}
