//! Closing: after something ended, the timetable finds the sign-ins that hung from it, some at a time, and closes each
//! once: that makes a relying party hear of it no more than once. They were dead already; those that hung from access
//! that is lost for good end with it here, so that they don't come back when somebody gives the access back.

use crate::account;
use crate::base::ids::{AccountId, AuthorizationId};
use crate::base::{Fault, Timestamp};
use crate::events::Event;
use crate::store::{self, Tx};

/// How many one call closes at most, so that it never holds the writer for long.
const CLOSED_AT_ONCE: i64 = 100;

/// A sign-in at a relying party that is over.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ClosedAuthorizations {
    /// Its id: the `sid` of tokens.
    pub sid: AuthorizationId,
    pub account: AccountId,
    /// At which relying party.
    pub client: String,
    /// When that got its first tokens; one that never did knows nothing of the sign-in.
    pub tokens_issued_at: Option<Timestamp>,
}

/// What one call closed.
#[derive(Clone, Debug)]
pub struct Closing {
    /// The sign-ins closed by this call.
    pub closed: Vec<ClosedAuthorizations>,
    /// Whether none is left.
    pub is_complete: bool,
}

/// Closes some of those that match, and ends them where `$lasting` holds. The row decides: of two servers one gets
/// each.
macro_rules! close_those {
    ($tx:expr, $which:literal $(, $bind:expr)*) => { close_those!($tx, ending if "1 = 0", $which $(, $bind)*) };
    ($tx:expr, ending if $lasting:literal, $which:literal $(, $bind:expr)*) => {{
        // Accounts before what hangs from them, and in one order, as every ending locks them.
        let sql = concat!(
            "select distinct a.account from authorizations a where a.closed_at is null and $1 <= $2 and ",
            $which,
            " order by a.account limit $2"
        );
        for (account,) in store::all!($tx.db, (AccountId,), sql, 0_i64, CLOSED_AT_ONCE $(, $bind)*)? {
            account::lock($tx, account).await?;
        }
        let sql = concat!(
            "update authorizations set closed_at = $1, ended_because = case when ended_at is null and ",
            $lasting,
            " then 'access-lost' else ended_because end, ended_at = case when ended_at is null and ",
            $lasting,
            " then $1 else ended_at end where closed_at is null and id in (",
            "select a.id from authorizations a where a.closed_at is null and ",
            $which,
            " order by a.account limit $2) returning id as sid, account, client, tokens_issued_at"
        );
        let closed = store::all!($tx.db, ClosedAuthorizations, sql, $tx.now, CLOSED_AT_ONCE $(, $bind)*)?;
        // A later statement looks again, for another server may have closed some of the same.
        let sql = concat!(
            "select a.id from authorizations a where a.closed_at is null and $1 <= $2 and ",
            $which,
            " limit 1"
        );
        let left = store::optional!($tx.db, (AuthorizationId,), sql, 0_i64, CLOSED_AT_ONCE $(, $bind)*)?;
        Ok(Closing { closed, is_complete: left.is_none() })
    }};
}

/// Closes what hung from what ended, at most some at a time.
///
/// Access that was lost may come back, and new sign-ins with it: of those only what began before it was lost is closed.
pub async fn close(tx: &mut Tx, what: Event, at: Timestamp) -> Result<Closing, Fault> {
    match what {
        Event::SessionEnded(session) => close_those!(tx, "a.session = $3", session),
        Event::SessionsEnded(account) => close_those!(
            tx,
            "a.account = $3 and exists (select 1 from sessions s where s.id = a.session and s.ended_at is not null)",
            account
        ),
        Event::AuthorizationEnded(sid) => close_those!(tx, "a.id = $3", sid),
        Event::AuthorizationsEnded(account) => {
            close_those!(tx, "a.account = $3 and a.ended_at is not null", account)
        }
        Event::ConsentWithdrawn(consent) => {
            close_those!(
                tx,
                "a.account = (select c.account from consents c where c.id = $3) and a.consent = $3",
                consent
            )
        }
        Event::AccountDisabled(account) => {
            close_those!(tx, ending if "1 = 1", "a.account = $3 and a.created_at <= $4", account, at)
        }
        Event::MembershipDisabled(membership) => close_those!(
            tx,
            ending if "1 = 1",
            "a.account = (select m.account from memberships m where m.id = $3) \
             and a.membership = $3 and a.created_at <= $4",
            membership,
            at
        ),
        Event::ContactInactive(contact) => close_those!(
            tx,
            ending if "1 = 1",
            "a.account in (select m.account from memberships m where m.contact = $3) \
             and a.membership in (select m.id from memberships m where m.contact = $3) and a.created_at <= $4",
            contact,
            at
        ),
        // A company that is blocked loses access for good, one that isn't validated any more until it is again.
        Event::CompanyInactive(company) => close_those!(
            tx,
            ending if "exists (select 1 from companies c where c.id = $3 and (c.blocked_at is not null \
                or c.erp_blocked_at is not null))",
            "a.account in (select m.account from memberships m where m.company = $3) \
             and a.membership in (select m.id from memberships m where m.company = $3) and a.created_at <= $4",
            company,
            at
        ),
    }
}
