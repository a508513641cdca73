//! Facts reached through an authorization or a token, with what their life hangs on (idea 5).

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::base::ids::AuthorizationId;
use crate::base::{Address, Digest, Fault, Life, Timestamp};
use crate::store::{self, Db, Joined, Left};

use super::Snapshot;
use super::facts::facts;

/// The session of a sign-in, and when it ends.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionFacts {
    #[sqlx(rename = "session_ended_at")]
    pub ended_at: Option<Timestamp>,
    #[sqlx(rename = "session_expires_at")]
    pub expires_at: Timestamp,
    #[sqlx(rename = "session_last_seen_at")]
    pub last_seen_at: Timestamp,
    #[sqlx(rename = "session_address")]
    pub address: Option<String>,
}

impl Joined for SessionFacts {
    const KEY: &'static str = "session";
}

impl SessionFacts {
    /// When it was over, if it is: ended, run out, or not used for too long. As [`live_session`] in SQL.
    pub fn over_since(&self, now: Timestamp, idle: Life) -> Option<Timestamp> {
        let ends = [self.ended_at, Some(self.expires_at), Some(self.last_seen_at + idle)];
        ends.into_iter().flatten().filter(|end| *end <= now).min()
    }
}

/// A live session in SQL, as [`SessionFacts::over_since`] decides it: `$now`, and the time since which an unused one is
/// over.
macro_rules! live_session {
    ($now:literal, $idle_since:literal) => {
        concat!("ended_at is null and expires_at > ", $now, " and last_seen_at > ", $idle_since)
    };
}

pub(crate) use live_session;

/// An authorization, and the person behind it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuthorizationFacts {
    #[sqlx(flatten)]
    pub person: Snapshot,
    #[sqlx(flatten)]
    pub session: Left<SessionFacts>,
    pub sid: AuthorizationId,
    pub client: String,
    pub consent_withdrawn_at: Option<Timestamp>,
    #[sqlx(json)]
    pub scope: BTreeSet<String>,
    #[sqlx(json)]
    pub claims: BTreeMap<String, BTreeSet<String>>,
    pub tokens_issued_at: Option<Timestamp>,
    pub second_factor_at: Option<Timestamp>,
    pub acr: String,
    #[sqlx(json)]
    pub amr: Vec<String>,
    pub auth_time: Timestamp,
    #[sqlx(rename = "authorization_ended_at")]
    pub ended_at: Option<Timestamp>,
    pub token_revoked: bool,
}

impl AuthorizationFacts {
    /// Whether the authorization and every ancestor is live, and the token asked about wasn't taken back. What was
    /// given with `offline_access` doesn't hang from the session: it is meant for the time after it, and lives until
    /// the person withdraws the consent or access ends it (OpenID Connect Core section 11, Back-Channel Logout section
    /// 2.7).
    pub fn is_live(&self, now: Timestamp, idle: Life) -> bool {
        let outlives_the_session = self.scope.contains("offline_access");
        self.ended_at.is_none()
            && self.consent_withdrawn_at.is_none()
            && !self.token_revoked
            && (outlives_the_session || self.session_is_live(now, idle))
    }

    /// Whether an access token given at that instant is live: also under `offline_access` one that was given in the
    /// session dies with it, and only what a refresh gives afterwards lives without it.
    pub fn honours(&self, issued_at: Timestamp, now: Timestamp, idle: Life) -> bool {
        self.is_live(now, idle) && self.session_over_since(now, idle).is_none_or(|over| over < issued_at)
    }

    /// Whether the session of the sign-in still runs, at that instant and with that idle time.
    pub fn session_is_live(&self, now: Timestamp, idle: Life) -> bool {
        self.session_over_since(now, idle).is_none()
    }

    fn session_over_since(&self, now: Timestamp, idle: Life) -> Option<Timestamp> {
        self.session.0.as_ref().and_then(|session| session.over_since(now, idle))
    }

    /// The address the session was last used from; unknown once it is over, for then nobody knows where the person is.
    pub fn last_address(&self, now: Timestamp, idle: Life) -> Option<Address> {
        let session = self.session.0.as_ref().filter(|session| session.over_since(now, idle).is_none())?;
        session.address.as_deref().and_then(Address::parse)
    }
}

/// An opaque access token of a person, with what its life hangs on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TokenFacts {
    #[sqlx(flatten)]
    pub hanging: AuthorizationFacts,
    pub token_client: String,
    #[sqlx(json)]
    pub token_scope: BTreeSet<String>,
    pub token_issued_at: Timestamp,
    pub token_expires_at: Timestamp,
}

/// The columns of [`AuthorizationFacts`] and the joins they come from, `$joins` and `$where` filling in how the
/// authorization is found.
macro_rules! hanging {
    ($columns:literal, $revoked:literal, $joins:literal, $where:literal) => {
        facts!(
            concat!(
                ", au.id as sid, au.client, au.scope, au.claims, au.tokens_issued_at, au.second_factor_at, \
                 au.acr, au.amr, au.auth_time, au.ended_at as authorization_ended_at, \
                 cs.withdrawn_at as consent_withdrawn_at, au.session, s.ended_at as session_ended_at, \
                 s.expires_at as session_expires_at, s.last_seen_at as session_last_seen_at, \
                 s.address as session_address, ",
                $revoked,
                " as token_revoked",
                $columns
            ),
            "",
            concat!(
                "join authorizations au on au.membership = m.id left join consents cs on cs.id = au.consent ",
                "left join sessions s on s.id = au.session ",
                $joins
            ),
            $where
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
    let sql = hanging!("", "exists (select 1 from revoked_tokens r where r.jti = $2)", "", "au.id = $1");
    store::optional!(*db, AuthorizationFacts, sql, sid, jti)
}

/// The person behind an opaque access token whose time isn't over, with what its life hangs on. One that was taken back
/// isn't there.
pub async fn of_opaque_token(db: &mut Db, hash: &Digest, now: Timestamp) -> Result<Option<TokenFacts>, Fault> {
    let sql = hanging!(
        ", t.client as token_client, t.scope as token_scope, t.issued_at as token_issued_at, \
         t.expires_at as token_expires_at",
        "false",
        "join access_tokens t on t.sid = au.id",
        "t.hash = $1 and t.expires_at > $2"
    );
    store::optional!(*db, TokenFacts, sql, hash, now)
}
