//! One-time links (R-OWN-6): known by the digest of a secret of 256 bits, good for one confirmation, and not beyond
//! their time. Opening one only looks; the button on its page redeems it. Why a link is sent, and what a confirmation
//! does, its purpose says.

use crate::account::lock;
use crate::audit::{Deed, DeedKind};
use crate::base::ids::{AccountId, LinkId};
use crate::base::{AccountKind, Fault, Secret, Timestamp};
use crate::mail;
use crate::store::{self, Db, Tx};

pub use crate::mail::LinkPurpose;

/// A link that still works.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MailedLink {
    pub account: AccountId,
    pub kind: AccountKind,
    pub purpose: LinkPurpose,
    pub expires_at: Timestamp,
}

/// Makes a link for an account, out of a fresh secret that was written into a letter, or is handed over or kept.
/// An older link of the same purpose stops working; not so those that object to a change, for each stands in a letter
/// of its own.
pub async fn issue(tx: &mut Tx, account: AccountId, purpose: LinkPurpose, secret: &Secret) -> Result<(), Fault> {
    let id = LinkId(tx.dice.id(tx.now)?);
    let expires_at = tx.now + purpose.life(&tx.lives);
    let sql = "insert into links (id, hash, subject_kind, subject, purpose, created_at, expires_at) \
         values ($1, $2, 'account', $3, $4, $5, $6) \
         on conflict (subject_kind, subject, purpose) where used_at is null and purpose <> 'not-me' do update \
         set id = excluded.id, hash = excluded.hash, created_at = excluded.created_at, \
         expires_at = excluded.expires_at";
    store::execute!(tx.db, sql, id, secret.digest(), account, purpose, tx.now, expires_at)?;
    let deed = Deed::new(DeedKind::LinkIssued).account(account).subject(id);
    tx.record(deed.detail("purpose", purpose.as_str()).until(expires_at)).await
}

/// The link of a secret, if it still works at `now`. It changes nothing.
pub async fn find(db: &mut Db, secret: &Secret, now: Timestamp) -> Result<Option<MailedLink>, Fault> {
    let sql = "select a.id as account, a.kind, l.purpose, l.expires_at \
         from links l join accounts a on a.id = l.subject \
         where l.hash = $1 and l.used_at is null and l.expires_at > $2 and a.disabled_at is null";
    store::optional!(*db, MailedLink, sql, secret.digest(), now)
}

/// Uses a link up, if it is for that and still works: of any number at once, one is answered its account.
pub async fn redeem(tx: &mut Tx, secret: &Secret, purpose: LinkPurpose) -> Result<Option<AccountId>, Fault> {
    // The account's row first, as everywhere: whatever makes its links void comes before this and is seen, or after it.
    let found = store::optional!(tx.db, (AccountId,), "select subject from links where hash = $1", secret.digest())?;
    let Some((account,)) = found else { return Ok(None) };
    lock(tx, account).await?;
    let sql = "update links set used_at = $3 where hash = $1 and purpose = $2 and used_at is null and expires_at > $3 \
         and subject in (select id from accounts where disabled_at is null) returning subject, id";
    let row = store::optional!(tx.db, (AccountId, LinkId), sql, secret.digest(), purpose, tx.now)?;
    let Some((account, id)) = row else { return Ok(None) };
    let deed = Deed::new(DeedKind::LinkUsed).account(account).subject(id);
    tx.record(deed.detail("purpose", purpose.as_str())).await?;
    Ok(Some(account))
}

/// Every link of that purpose stops working, those too that stand in letters not sent yet.
pub async fn void(tx: &mut Tx, account: AccountId, purpose: LinkPurpose) -> Result<(), Fault> {
    mail::void(tx, account, purpose).await?;
    let sql = "update links set used_at = $3 \
        where subject_kind = 'account' and subject = $1 and purpose = $2 and used_at is null";
    store::execute!(tx.db, sql, account, purpose, tx.now).map(drop)
}

/// Removes links whose time is over, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(tx, "from links", "id", "expires_at <= $1 order by expires_at", tx.now)
}

#[cfg(test)]
mod tests {
    use super::{LinkPurpose, find, issue, redeem, sweep};
    use crate::account::{create, disable};
    use crate::base::actor::Who;
    use crate::base::{Actor, Clock, Dice, Life, Lifetimes, Secret, SignInName};

    use crate::store::{Start, trial};

    #[tokio::test]
    async fn a_link_works_once_for_its_purpose_until_it_expires_or_a_newer_one_comes() {
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
            let fresh = async || {
                let secret = Dice.secret().unwrap();
                let issued = trial
                    .store
                    .act(start(), async |tx| issue(tx, account, LinkPurpose::StaffInvitation, &secret).await);
                issued.await.map(|()| secret).unwrap()
            };
            let works = async |link: &Secret| {
                trial
                    .store
                    .look(&clock, &lives, async |view| find(&mut view.db, link, view.now).await)
                    .await
                    .unwrap()
                    .is_some()
            };
            let used = async |link: &Secret, purpose| {
                trial.store.act(start(), async |tx| redeem(tx, link, purpose).await).await.unwrap().is_some()
            };

            let (older, newer) = (fresh().await, fresh().await);
            assert!(!works(&older).await && !used(&older, LinkPurpose::StaffInvitation).await, "a newer one came");
            assert!(works(&newer).await && works(&newer).await, "opening changes nothing");
            assert!(!used(&newer, LinkPurpose::PasswordChoice).await, "it is for something else");
            let (one, other) =
                tokio::join!(used(&newer, LinkPurpose::StaffInvitation), used(&newer, LinkPurpose::StaffInvitation));
            assert!(one != other && !works(&newer).await, "one use");

            let late = fresh().await;
            clock.advance(Life::days(7));
            assert!(!works(&late).await && !used(&late, LinkPurpose::StaffInvitation).await);
            assert_eq!(trial.store.act(start(), async |tx| sweep(tx).await).await.unwrap(), 2);

            let last = fresh().await;
            trial.store.act(start(), async |tx| disable(tx, account).await).await.unwrap();
            assert!(
                !works(&last).await && !used(&last, LinkPurpose::StaffInvitation).await,
                "the account is switched off"
            );
        }
    }
}
