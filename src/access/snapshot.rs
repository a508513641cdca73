//! The snapshot: every row that access depends on, read by one query.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::types::Json;
use uuid::Uuid;

use crate::base::ids::{AccountId, AuthorizationId, CompanyId, ConsentId, ContactId, MembershipId, SessionId};
use crate::base::{Address, Digest, EServiceCode, Fault, Life, Networks, Profile, Role, Timestamp};
use crate::store::{self, Db};

/// A person as one contact of one company, with the rows that decide about their access.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Snapshot {
    pub membership: MembershipId,
    pub account: AccountId,
    pub contact: ContactId,
    pub company: CompanyId,
    pub company_ref: String,
    pub company_name: String,
    pub accounting_validated_at: Option<Timestamp>,
    pub first_order_at: Option<Timestamp>,
    pub erp_blocked_at: Option<Timestamp>,
    pub blocked_at: Option<Timestamp>,
    pub subscriptions: Json<BTreeSet<EServiceCode>>,
    pub company_networks: Json<Networks>,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub email_signs_in: bool,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<String>,
    pub erp_inactive_at: Option<Timestamp>,
    pub contact_disabled_at: Option<Timestamp>,
    pub approved_at: Option<Timestamp>,
    pub refused_at: Option<Timestamp>,
    pub detached_at: Option<Timestamp>,
    pub membership_disabled_at: Option<Timestamp>,
    pub profile: Profile,
    pub roles: Json<BTreeSet<Role>>,
    pub e_services: Json<BTreeSet<EServiceCode>>,
    pub branch: Option<String>,
    pub networks: Json<Networks>,
    pub account_disabled_at: Option<Timestamp>,
    pub activated_at: Option<Timestamp>,
    pub mailbox_proven_at: Option<Timestamp>,
    pub password_set_at: Option<Timestamp>,
    pub second_factor_required_at: Option<Timestamp>,
    pub second_factor_enrolled_at: Option<Timestamp>,
    pub passkey_enrolled_at: Option<Timestamp>,
}

impl Snapshot {
    /// The e-services held: ticked for the person and subscribed to by the company (R-RGT-3).
    #[must_use]
    pub fn entitlements(&self) -> BTreeSet<EServiceCode> {
        self.e_services.intersection(&self.subscriptions).cloned().collect()
    }

    /// Whether the owner proved the mailbox of the contact's email: what was proven is the mailbox the account signs in
    /// by, and the ERP may have written another address into the contact since (R-OWN-5).
    #[must_use]
    pub fn email_is_proven(&self) -> bool {
        self.mailbox_proven_at.is_some() && self.email_signs_in
    }

    /// Whether a sign-in must prove two factors: where that is demanded of the person, and of whoever has enrolled a
    /// second one.
    #[must_use]
    pub const fn needs_second_factor(&self) -> bool {
        self.second_factor_required_at.is_some() || self.second_factor_enrolled_at.is_some()
    }

    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// A snapshot reached through an authorization, with the rows its life hangs on (idea 5).
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuthorizationFacts {
    #[sqlx(flatten)]
    pub person: Snapshot,
    pub sid: AuthorizationId,
    pub client: String,
    pub consent: ConsentId,
    pub scope: Json<BTreeSet<String>>,
    pub tokens_issued_at: Option<Timestamp>,
    pub claims: Json<BTreeMap<String, BTreeSet<String>>>,
    pub second_factor_at: Option<Timestamp>,
    pub acr: String,
    pub amr: Json<Vec<String>>,
    pub auth_time: Timestamp,
    pub authorization_ended_at: Option<Timestamp>,
    pub consent_withdrawn_at: Option<Timestamp>,
    pub session: Option<SessionId>,
    pub session_ended_at: Option<Timestamp>,
    pub session_expires_at: Option<Timestamp>,
    pub session_last_seen_at: Option<Timestamp>,
    pub session_address: Option<String>,
    pub token_revoked: bool,
}

impl AuthorizationFacts {
    /// Whether the authorization and every ancestor is live, and the token asked about wasn't taken back. What was
    /// given with `offline_access` doesn't hang from the session: it is meant for the time after it, and lives until
    /// the person withdraws the consent or access ends it (OpenID Connect Core section 11, Back-Channel Logout section
    /// 2.7).
    #[must_use]
    pub fn is_live(&self, now: Timestamp, idle: Life) -> bool {
        let outlives_the_session = self.scope.contains("offline_access");
        self.authorization_ended_at.is_none()
            && self.consent_withdrawn_at.is_none()
            && !self.token_revoked
            && (outlives_the_session || self.session_is_live(now, idle))
    }

    /// Whether an access token given at that instant is live: also under `offline_access` one that was given in the
    /// session dies with it, and only what a refresh gives afterwards lives without it.
    #[must_use]
    pub fn honours(&self, issued_at: Timestamp, now: Timestamp, idle: Life) -> bool {
        self.is_live(now, idle) && self.session_over_since(now, idle).is_none_or(|over| over < issued_at)
    }

    /// Whether the session of the sign-in still runs, at that instant and with that idle time.
    #[must_use]
    pub fn session_is_live(&self, now: Timestamp, idle: Life) -> bool {
        self.session_over_since(now, idle).is_none()
    }

    fn session_over_since(&self, now: Timestamp, idle: Life) -> Option<Timestamp> {
        let idle_since = self.session_last_seen_at.map(|seen| seen + idle);
        let ends = [self.session_ended_at, self.session_expires_at, idle_since];
        ends.into_iter().flatten().filter(|end| *end <= now).min()
    }

    /// The address the session was last used from; unknown once it is over, for then nobody knows where the person is.
    #[must_use]
    pub fn last_address(&self, now: Timestamp, idle: Life) -> Option<Address> {
        self.session_address.as_deref().filter(|_| self.session_is_live(now, idle)).and_then(Address::parse)
    }
}

/// The columns of [`Snapshot`] and the joins they come from, `$rest` filling in what hangs on them.
macro_rules! snapshot {
    ($columns:expr, $rest:expr) => {
        concat!(
            "select m.id as membership, m.account, m.contact, m.company, m.approved_at, m.refused_at, m.detached_at, ",
            "m.disabled_at as membership_disabled_at, m.profile, m.roles, m.e_services, m.branch, m.networks, ",
            "co.ref as company_ref, co.name as company_name, co.accounting_validated_at, co.first_order_at, \
             co.erp_blocked_at, co.blocked_at, ",
            "co.subscriptions, co.networks as company_networks, ",
            "ct.first_name, ct.last_name, ct.email, ",
            "exists (select 1 from sign_in_names n where n.name = ct.email \
             and n.account = a.id) as email_signs_in, ct.phone, ct.mobile, ct.erp_inactive_at, ct.disabled_at as \
             contact_disabled_at, ",
            "coalesce(a.language, ct.language) as language, a.disabled_at as account_disabled_at, a.activated_at, ",
            "a.mailbox_proven_at, a.password_set_at, ",
            "coalesce(a.second_factor_required_at, m.second_factor_required_at, co.second_factor_required_at) as \
             second_factor_required_at, ",
            "coalesce((select t.proven_at from totp_factors t where t.account = a.id and t.proven_at is not null), ",
            "(select min(p.created_at) from passkeys p where p.account = a.id)) as second_factor_enrolled_at, ",
            "(select min(p.created_at) from passkeys p where p.account = a.id) as passkey_enrolled_at ",
            $columns,
            "from memberships m join contacts ct on ct.id = m.contact join companies co on co.id = m.company ",
            "join accounts a on a.id = m.account ",
            $rest
        )
    };
}

/// The person behind a membership.
pub async fn of_membership(db: &mut Db, membership: MembershipId) -> Result<Option<Snapshot>, Fault> {
    store::optional!(*db, Snapshot, snapshot!("", "where m.id = $1"), membership)
}

/// Every live membership of an account, in the order of the companies' names (R-DIR-6).
pub async fn of_account(db: &mut Db, account: AccountId) -> Result<Vec<Snapshot>, Fault> {
    let sql =
        snapshot!("", "where m.account = $1 and m.refused_at is null and m.detached_at is null order by co.name, m.id");
    store::all!(*db, Snapshot, sql, account)
}

/// The person that a contact signs in as, if they have an account.
pub async fn of_contact(db: &mut Db, contact: ContactId) -> Result<Option<Snapshot>, Fault> {
    let sql = snapshot!("", "where m.contact = $1 and m.refused_at is null and m.detached_at is null");
    store::optional!(*db, Snapshot, sql, contact)
}

/// The administrators of a company, whether or not their own access holds.
pub(super) async fn designated(db: &mut Db, company: CompanyId) -> Result<Vec<Snapshot>, Fault> {
    let sql = snapshot!(
        "",
        "where m.company = $1 and cast(m.roles as text) like '%\"account_admin\"%' order by ct.last_name, ct.first_name"
    );
    store::all!(*db, Snapshot, sql, company)
}

/// An opaque access token of a person, with what its life hangs on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TokenFacts {
    #[sqlx(flatten)]
    pub hanging: AuthorizationFacts,
    pub token_client: String,
    pub token_scope: Json<BTreeSet<String>>,
    pub token_issued_at: Timestamp,
    pub token_expires_at: Timestamp,
}

/// The columns of [`AuthorizationFacts`] and the joins they come from, `$rest` filling in how the authorization is
/// found.
macro_rules! hanging {
    ($columns:literal, $revoked:literal, $rest:literal) => {
        snapshot!(
            concat!(
                ", au.id as sid, au.client, au.consent, au.scope, au.claims, au.tokens_issued_at, au.second_factor_at, \
                 au.acr, au.amr, au.auth_time, ",
                "au.ended_at as authorization_ended_at, cs.withdrawn_at as consent_withdrawn_at, ",
                "au.session, s.ended_at as session_ended_at, s.expires_at as session_expires_at, ",
                "s.last_seen_at as session_last_seen_at, s.address as session_address, ",
                $revoked,
                " as token_revoked",
                $columns,
                " "
            ),
            concat!(
                "join authorizations au on au.membership = m.id join consents cs on cs.id = au.consent ",
                "left join sessions s on s.id = au.session ",
                $rest
            )
        )
    };
}

/// The person behind an authorization, with what its life hangs on.
pub async fn of_authorization(db: &mut Db, sid: AuthorizationId) -> Result<Option<AuthorizationFacts>, Fault> {
    of_token(db, sid, None).await
}

/// The same, with whether the signed access token of that `jti` was taken back.
pub async fn of_token(
    db: &mut Db,
    sid: AuthorizationId,
    jti: Option<Uuid>,
) -> Result<Option<AuthorizationFacts>, Fault> {
    let sql = hanging!("", "exists (select 1 from revoked_tokens r where r.jti = $2)", "where au.id = $1");
    store::optional!(*db, AuthorizationFacts, sql, sid, jti)
}

/// The person behind an opaque access token whose time isn't over, with what its life hangs on. One that was taken back
/// isn't there.
pub async fn of_opaque_token(db: &mut Db, hash: &Digest, now: Timestamp) -> Result<Option<TokenFacts>, Fault> {
    let sql = hanging!(
        ", t.client as token_client, t.scope as token_scope, t.issued_at as token_issued_at, \
         t.expires_at as token_expires_at",
        "false",
        "join access_tokens t on t.sid = au.id where t.hash = $1 and t.expires_at > $2"
    );
    store::optional!(*db, TokenFacts, sql, hash, now)
}
