//! An account as an operator sees it: its names, the times of its life, and the switch that turns it off.

use super::session::{Because, end_all};
use crate::audit::{Deed, What, record};
use crate::base::ids::AccountId;
use crate::base::{Fault, SignInName, Timestamp};
use crate::events::{self, Happening};
use crate::store::{self, Db, Tx};

/// An account's own row, without what is secret in it.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "each field is the column of that name")]
pub struct Record {
    pub id: AccountId,
    pub kind: String,
    pub created_at: Timestamp,
    pub activated_at: Option<Timestamp>,
    pub mailbox_proven_at: Option<Timestamp>,
    pub password_set_at: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
}

/// The account that goes by a name.
pub async fn by_name(db: &mut Db, name: &SignInName) -> Result<Option<Record>, Fault> {
    store::optional!(
        *db,
        Record,
        "select a.id, a.kind, a.created_at, a.activated_at, a.mailbox_proven_at, a.password_set_at, a.disabled_at \
         from accounts a join sign_in_names n on n.account = a.id where n.name = $1",
        name
    )
}

/// The account with this id.
pub async fn by_id(db: &mut Db, account: AccountId) -> Result<Option<Record>, Fault> {
    store::optional!(
        *db,
        Record,
        "select id, kind, created_at, activated_at, mailbox_proven_at, password_set_at, disabled_at from accounts where id = $1",
        account
    )
}

/// The names of an account, its login first.
pub async fn names(db: &mut Db, account: AccountId) -> Result<Vec<String>, Fault> {
    let rows =
        store::all!(*db, (String,), "select name from sign_in_names where account = $1 order by since, name", account)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Switches an account off and ends its sessions, which don't come back with it. Answers whether it was on.
pub async fn disable(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let switched = store::execute!(
        tx.db,
        "update accounts set disabled_at = $2 where id = $1 and disabled_at is null",
        account,
        tx.now
    )?;
    if switched > 0 {
        record(tx, Deed::new(What::AccountDisabled).account(account)).await?;
        events::record(tx, Happening::AccountDisabled(account)).await?;
        end_all(tx, account, Because::Operator).await?;
    }
    Ok(switched > 0)
}

/// Switches an account on again, unless its owner closed it for good. Answers whether it was off.
pub async fn enable(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let switched = store::execute!(
        tx.db,
        "update accounts set disabled_at = null where id = $1 and disabled_at is not null and closed_at is null",
        account
    )?;
    if switched > 0 {
        record(tx, Deed::new(What::AccountEnabled).account(account)).await?;
    }
    Ok(switched > 0)
}

#[cfg(test)]
mod tests {
    use super::{by_name, disable, enable, names};
    use crate::account::{Begin, Proof, begin, create, list};
    use crate::audit::{self, About, Filter};
    use crate::base::actor::Who;
    use crate::base::{Actor, Clock, Life, Rules, SignInName};
    use crate::store::{Start, trial};

    #[tokio::test]
    async fn an_account_switched_off_loses_its_sessions_for_good() {
        for trial in trial::databases().await {
            let (clock, rules) = (Clock::movable(), Rules::default());
            let start = || Start { by: Actor::of(Who::Operator), clock: &clock, rules: &rules };
            let login = SignInName::parse("alice@durand.example").unwrap();
            let account = trial
                .store
                .act(start(), async |tx| create(tx, std::slice::from_ref(&login)).await)
                .await
                .unwrap()
                .unwrap();
            let visit = Begin { account, membership: None, user_agent: "", proof: Proof::password() };
            trial.store.act(start(), async |tx| begin(tx, visit).await).await.unwrap();
            let is_off = async || {
                let found = trial
                    .store
                    .look(&clock, &rules, async |view| by_name(&mut view.db, &login).await)
                    .await
                    .unwrap()
                    .unwrap();
                found.disabled_at.is_some()
            };
            for (switches, off) in [(true, true), (false, true)] {
                assert_eq!(trial.store.act(start(), async |tx| disable(tx, account).await).await.unwrap(), switches);
                assert_eq!(is_off().await, off);
            }
            clock.advance(Life::minutes(1));
            for (switches, off) in [(true, false), (false, false)] {
                assert_eq!(trial.store.act(start(), async |tx| enable(tx, account).await).await.unwrap(), switches);
                assert_eq!(is_off().await, off);
            }
            let lines = trial.store.look(&clock, &rules, async |view| {
                assert!(list(&mut view.db, account, (view.now, rules.session_idle)).await?.is_empty());
                assert_eq!(names(&mut view.db, account).await?, ["alice@durand.example"]);
                audit::list(&mut view.db, Filter { about: About::Account(account), since: None, limit: 10 }).await
            });
            let deeds: Vec<_> = lines.await.unwrap().into_iter().map(|line| line.deed).collect();
            assert_eq!(
                deeds.iter().filter(|deed| deed.starts_with("account.")).collect::<Vec<_>>(),
                ["account.enabled", "account.disabled", "account.created"]
            );
        }
    }
}
