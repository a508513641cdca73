//! A company that a session acted for is lost: what hung from the session through it doesn't come back.

use crate::access;
use crate::account;
use crate::audit::{Deed, DeedKind, EndReason};
use crate::base::ids::{AccountId, MembershipId, SessionId};
use crate::base::{Fault, Timestamp};
use crate::events::Event;
use crate::store::{self, Tx};

use super::live::{Session, end};

/// A final condition took the membership a session acted as: what hung from the session through it doesn't come back.
/// Where the account still stands at another company the session stays, without a company (R-DIR-6: it isn't the one
/// company's to end).
pub async fn lose(tx: &mut Tx, session: &Session, stands_elsewhere: bool) -> Result<(), Fault> {
    if !stands_elsewhere {
        return end(tx, session.account, session.id, EndReason::AccessLost).await.map(drop);
    }
    let lost =
        store::execute!(tx.db, "update sessions set membership = null where id = $1 and ended_at is null", session.id)?;
    match session.membership {
        Some(membership) if lost > 0 => {
            let deed = Deed::new(DeedKind::CompanyLeft).account(session.account);
            tx.record(deed.of_row(membership).because(EndReason::AccessLost)).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Sessions one call takes the company from at most, so that it never holds the writer for long.
const LOST_AT_ONCE: i64 = 100;

/// What [`lose`] does for a session in use, for those that acted as what was lost and that nobody uses meanwhile, some
/// at a time: nothing comes back with the access. Answers whether none is left.
pub async fn lose_all(tx: &mut Tx, what: Event, at: Timestamp) -> Result<bool, Fault> {
    let acting = acting_as(tx, what, at).await?;
    for (session, account, membership) in &acting {
        account::lock(tx, *account).await?;
        let people = access::of_account(&mut tx.db, *account).await?;
        let stays = people.iter().any(|other| other.membership.id != *membership && access::may_come_back(other));
        if stays {
            let sql = "update sessions set membership = null where id = $1 and ended_at is null";
            store::execute!(tx.db, sql, *session)?;
        } else {
            end(tx, *account, *session, EndReason::AccessLost).await?;
        }
    }
    Ok(acting.is_empty())
}

async fn acting_as(
    tx: &mut Tx,
    what: Event,
    at: Timestamp,
) -> Result<Vec<(SessionId, AccountId, MembershipId)>, Fault> {
    macro_rules! acting {
        ($which:literal) => {
            concat!(
                "select s.id, s.account, s.membership from sessions s where s.ended_at is null \
                 and s.created_at <= $2 and s.membership in (select m.id from memberships m where ",
                $which,
                ") order by s.account, s.id limit $3"
            )
        };
    }
    let (sql, lost) = match what {
        Event::MembershipDisabled(membership) => (acting!("m.id = $1"), membership.0),
        Event::ContactInactive(contact) => (acting!("m.contact = $1"), contact.0),
        Event::CompanyInactive(company) => {
            let sql = acting!(
                "m.company = $1 and exists (select 1 from companies c where c.id = $1 and (c.blocked_at is not null \
                 or c.erp_blocked_at is not null))"
            );
            (sql, company.0)
        }
        Event::SessionEnded(_)
        | Event::SessionsEnded(_)
        | Event::AuthorizationEnded(_)
        | Event::AuthorizationsEnded(_)
        | Event::ConsentWithdrawn(_)
        | Event::AccountDisabled(_) => return Ok(Vec::new()),
    };
    store::all!(tx.db, (SessionId, AccountId, MembershipId), sql, lost, at, LOST_AT_ONCE)
}
