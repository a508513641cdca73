//! One ending: what ends with an account's sign-ins, for which reason, and in which order rows are locked. The
//! account's row comes first, then its sessions, what they gave relying parties, letters that wait, links, half-made
//! sign-ins, remembered browsers: two endings of one account follow one another, whoever asks for them.

use crate::access;
use crate::account::factor::reset;
use crate::account::{self, LinkPurpose, device, link, passkey};
use crate::audit::EndReason;
use crate::base::Fault;
use crate::base::ids::{AccountId, SessionId};
use crate::events::Event;
use crate::store::Tx;
use crate::{membership, session};

use super::end_all;

/// Ends every session of an account but `kept`, and all else that doesn't outlive the reason. Answers how many sessions
/// ended.
pub async fn end_account(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionId>,
    because: EndReason,
) -> Result<u64, Fault> {
    account::lock(tx, account).await?;
    let ended = session::end_all(tx, account, kept, because).await?;
    if because.reach() >= Reach::RelyingParties {
        end_all(tx, account, because).await?;
    }
    if because.reach() >= Reach::WaysIn {
        void_ways_in(tx, account).await?;
    }
    Ok(ended)
}

/// Whatever lets somebody choose a password or leads in without one stops working together: links, whether they were
/// used for a choice that is under way, wait in a letter or lie in a mailbox; sign-ins half made; what remembered
/// browsers are spared.
pub async fn void_ways_in(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    for purpose in [LinkPurpose::PasswordChoice, LinkPurpose::NewPassword, LinkPurpose::StaffInvitation] {
        link::void(tx, account, purpose).await?;
    }
    session::void_pending(tx, account).await?;
    device::forget_second_factors(tx, account).await
}

/// What leads into accounts that lost what they acted as is void, where they stand nowhere else (R-DIR-6: an account is
/// not the one company's). Accounts are locked in one order.
pub async fn void_lost_ways_in(tx: &mut Tx, what: Event) -> Result<(), Fault> {
    for account in membership::accounts_of(&mut tx.db, what).await? {
        if !access::of_account(&mut tx.db, account).await?.iter().any(access::may_come_back) {
            account::lock(tx, account).await?;
            void_ways_in(tx, account).await?;
        }
    }
    Ok(())
}

/// Switches an account off; nothing that hung from it comes back when it is switched on again. Answers whether it was
/// on.
pub async fn switch_off(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let was_on = account::disable(tx, account).await?;
    if was_on {
        end_account(tx, account, None, EndReason::SwitchedOff).await?;
    }
    Ok(was_on)
}

/// What an owner's alarm makes void, in one unit of work: nothing that was won before this stays, no password, no
/// session, no token, no known browser. The second factor does: whoever reads the mailbox alone must not get rid of it.
/// One that somebody else enrolled is Customer Service's to reset.
pub async fn secure(tx: &mut Tx, owner: AccountId) -> Result<(), Fault> {
    account::void_password(tx, owner).await?;
    end_account(tx, owner, None, EndReason::Alarm).await?;
    passkey::confine(tx, owner).await?;
    reset::stop(tx, owner).await?;
    link::void(tx, owner, LinkPurpose::NotMe).await?;
    device::forget_all(tx, owner).await
}

/// How far an ending goes beyond sessions, each step with those before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Sessions,
    /// What relying parties hold ends too, also what outlives sessions.
    RelyingParties,
    /// The ways in are void with it.
    WaysIn,
}

impl EndReason {
    const fn reach(self) -> Reach {
        match self {
            Self::PasswordChanged | Self::Alarm | Self::Closed | Self::SwitchedOff => Reach::WaysIn,
            Self::Operator | Self::CustomerService => Reach::RelyingParties,
            Self::SignedOut
            | Self::EndedByOwner
            | Self::CodeReplayed
            | Self::RefreshTokenReplayed
            | Self::Revoked
            | Self::RelyingParty
            | Self::Replaced
            | Self::AccessLost
            | Self::RanOut => Reach::Sessions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::switch_off;
    use crate::account::{by_name, create, enable, names};
    use crate::audit::{self, About, Filter};
    use crate::base::actor::Who;
    use crate::base::{Actor, Clock, Life, Lifetimes, SignInName};
    use crate::session::{Begin, Proof, begin, list};
    use crate::store::{Start, trial};

    #[tokio::test]
    async fn an_account_switched_off_loses_its_sessions_for_good() {
        for trial in trial::databases().await {
            let (clock, lives) = (Clock::movable(), Lifetimes::default());
            let start = || Start { by: Actor::of(Who::Operator), clock: &clock, lives: &lives };
            let login = SignInName::parse("alice@durand.example").unwrap();
            let account = trial
                .store
                .act(start(), async |tx| create(tx, std::slice::from_ref(&login)).await)
                .await
                .unwrap()
                .account();
            let visit = Begin { account, membership: None, user_agent: "", proof: Proof::password() };
            trial.store.act(start(), async |tx| begin(tx, visit).await).await.unwrap();
            let is_off = async || {
                let found = trial
                    .store
                    .look(&clock, &lives, async |view| by_name(&mut view.db, &login).await)
                    .await
                    .unwrap()
                    .unwrap();
                found.disabled_at.is_some()
            };
            for (switches, off) in [(true, true), (false, true)] {
                assert_eq!(trial.store.act(start(), async |tx| switch_off(tx, account).await).await.unwrap(), switches);
                assert_eq!(is_off().await, off);
            }
            clock.advance(Life::minutes(1));
            for (switches, off) in [(true, false), (false, false)] {
                assert_eq!(trial.store.act(start(), async |tx| enable(tx, account).await).await.unwrap(), switches);
                assert_eq!(is_off().await, off);
            }
            let found = trial.store.look(&clock, &lives, async |view| {
                assert!(list(&mut view.db, account, view.now, lives.session_idle).await?.is_empty());
                assert_eq!(names(&mut view.db, account).await?, ["alice@durand.example"]);
                audit::list(&mut view.db, Filter { about: About::Account(account), since: None, limit: 10 }).await
            });
            let deeds: Vec<_> = found.await.unwrap().into_iter().map(|line| line.deed).collect();
            assert_eq!(
                deeds.iter().filter(|deed| deed.starts_with("account.")).collect::<Vec<_>>(),
                ["account.enabled", "account.disabled", "account.created"]
            );
        }
    }
}
