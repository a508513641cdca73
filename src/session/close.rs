//! Closing one's own account, for good: the means to sign in go, the person's record stays (R-DIR-5), and so do the
//! names, which nobody else gets (R-ADM-9).

use crate::access::{self, Snapshot};
use crate::account::{self, device, factor};
use crate::audit::EndReason;
use crate::base::ids::AccountId;
use crate::base::{Fault, Role};
use crate::store::{Db, Tx};
use crate::{directory, membership};

use super::live::end_all;

/// What came of closing an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountClosing {
    Closed,
    /// R-DEL-5: these companies, by name, would be left without a usable administrator.
    LastAdministrator(Vec<String>),
    /// The password changed since it was checked, or the account is off already.
    Outdated,
}

/// The companies, by name, whose last usable administrator this account is.
pub async fn left_behind(db: &mut Db, account: AccountId) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for person in administered(db, account).await? {
        let usable = access::administrators(db, person.company).await?;
        if usable.iter().any(|one| one.account == account) && usable.iter().all(|one| one.account == account) {
            names.push(person.company_name);
        }
    }
    Ok(names)
}

async fn administered(db: &mut Db, account: AccountId) -> Result<Vec<Snapshot>, Fault> {
    let mut people = access::of_account(db, account).await?;
    people.retain(|person| person.roles.contains(&Role::AccountAdmin));
    people.sort_by_key(|person| person.company);
    Ok(people)
}

/// Closes it, given the hash that its owner's password was right for.
pub async fn close(tx: &mut Tx, account: AccountId, password_hash: &str) -> Result<AccountClosing, Fault> {
    // The companies' rows first, always in the same order: two administrators who leave at once follow one another.
    for person in administered(&mut tx.db, account).await? {
        directory::bump(tx, person.company).await?;
    }
    let left = left_behind(&mut tx.db, account).await?;
    if !left.is_empty() {
        return Ok(AccountClosing::LastAdministrator(left));
    }
    if !account::close(tx, account, password_hash).await? {
        return Ok(AccountClosing::Outdated);
    }
    end_all(tx, account, EndReason::Closed).await?;
    factor::remove_all(tx, account).await?;
    device::forget_all(tx, account).await?;
    membership::detach_all(tx, account).await.map(|()| AccountClosing::Closed)
}

/// Switches an account off and ends its sessions, which don't come back with it. Answers whether it was on.
pub async fn switch_off(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let was_on = account::disable(tx, account).await?;
    if was_on {
        end_all(tx, account, EndReason::Operator).await?;
    }
    Ok(was_on)
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
