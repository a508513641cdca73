//! Signing in, once the password or what a passkey signed was found right: a second step where one is due, every
//! membership judged, and a session where one stands.

use crate::access::{
    self, Circumstances, Condition, Door, Snapshot, StaffCircumstances, StaffCondition, StaffRules, StaffSnapshot,
    StaffVerdict, Verdict,
};
use crate::account::passkey::{self, VerifiedPasskey};
use crate::account::{self, device, factor};
use crate::audit::{Deed, DeedKind, EndReason};
use crate::base::actor::Who;
use crate::base::ids::{AccountId, InteractionId, MembershipId, SessionId, SignInId};
use crate::base::{Fault, Place, Secret};
use crate::limits::{self, Counted};
use crate::store::{self, Tx};

use super::live::{self, Begin, Session, Strengthening, begin, find};
use super::pending::{self, NewPendingSignIn, PendingSignIn};
use super::proof::{Acr, Proof, strongest};

/// Whose password was right.
#[derive(Clone, Copy, Debug)]
pub struct RightPassword<'a> {
    /// The account whose password was right.
    pub account: AccountId,
    /// The hash it was right for: a password changed meanwhile is a wrong one.
    pub password_hash: &'a str,
    /// Where the guess that was right is counted.
    pub counted: &'a Counted,
    /// What the sign-in is for.
    pub demand: RequiredAcr,
}

/// What a sign-in is for: whoever waits may demand more than a password.
#[derive(Clone, Copy, Debug)]
pub struct RequiredAcr {
    /// The authorization request that waits.
    pub interaction: Option<InteractionId>,
    /// Nothing weaker will do.
    pub must: Acr,
    /// Nothing weaker is wished for, of people who can.
    pub wish: Acr,
}

impl Default for RequiredAcr {
    /// Our own pages wait, and ask for more themselves.
    fn default() -> Self {
        Self { interaction: None, must: Acr::OneFactor, wish: Acr::OneFactor }
    }
}

/// The browser it happens in.
#[derive(Clone, Copy, Debug)]
pub struct BrowserContext<'a> {
    /// The browser's long-lived secret.
    pub device: &'a Secret,
    /// The browser's own words.
    pub user_agent: &'a str,
    /// The session this browser had before, which ends.
    pub before: Option<&'a Secret>,
    /// What the vendor's people are judged by, should it be one of them.
    pub staff: StaffRules<'a>,
}

/// How it ended.
#[derive(Debug)]
pub enum Outcome {
    Entered(Entered),
    /// The second factor is still to be proven, or enrolled, by whoever holds this secret.
    Pending(Secret),
    /// No membership stands: each with what it lacks. An account without any has an empty list.
    Refused(Vec<(Snapshot, Verdict)>),
    /// Access of one of the vendor's people doesn't hold.
    StaffRefused(Box<StaffSnapshot>, StaffVerdict),
    /// The password changed between the check and now, or the sign-in was finished or ended elsewhere.
    Outdated,
}

/// A session just begun, or strengthened.
#[derive(Debug)]
pub struct Entered {
    /// What its browser keeps.
    pub secret: Secret,
    /// Where this person begins.
    pub home: Place,
}

/// The first step: lets the entrant in, or on to the second step, or says why not. The address judged is the unit's,
/// the browser's own.
pub async fn enter(tx: &mut Tx, entrant: RightPassword<'_>, visit: BrowserContext<'_>) -> Result<Outcome, Fault> {
    let account = entrant.account;
    tx.by.who = Who::Account(account);
    if !account::has_password(tx, account, entrant.password_hash).await? {
        return Ok(Outcome::Outdated);
    }
    let is_enrolled = factor::enrolled(&mut tx.db, account).await?.is_some();
    let remembered = device::second_factor_at(tx, account, visit.device).await?;
    let RequiredAcr { must, wish, .. } = within_reach(tx, account, entrant.demand).await?;
    let proof = match (is_enrolled, remembered) {
        (true, Some(proven_at)) if must.max(wish) <= Acr::OneFactor => Some(Proof::remembered(proven_at)),
        // What access lacks is told after the second factor only (R-ADM-7).
        (true, Some(_) | None) => None,
        (false, _) => Some(Proof::password()),
    };
    let judged = match proof {
        Some(proof) => Some((proof, Judged::by(tx, account, proof, visit).await?)),
        None => None,
    };
    let needs_more =
        |proof: Proof, judged: &Judged| judged.wants_second_factor() || (judged.holds() && proof.acr < must);
    let outcome = match judged {
        Some((proof, judged)) if !needs_more(proof, &judged) => judged.admit(tx, account, proof, visit).await?,
        Some(_) | None => pause(tx, entrant).await?,
    };
    // Last, for everybody shares some of these rows; and whether or not access holds, for the password was right.
    limits::give_back(tx, entrant.counted).await?;
    Ok(outcome)
}

/// An app can be enrolled on the way; a passkey is there or isn't, and whoever has none isn't held up for it: the
/// relying party is told.
async fn within_reach(tx: &mut Tx, account: AccountId, demand: RequiredAcr) -> Result<RequiredAcr, Fault> {
    if demand.must <= Acr::TwoFactors || strongest(&mut tx.db, account).await? >= demand.must {
        return Ok(demand);
    }
    Ok(RequiredAcr { must: Acr::OneFactor, ..demand })
}

async fn pause(tx: &mut Tx, entrant: RightPassword<'_>) -> Result<Outcome, Fault> {
    let RightPassword { account, password_hash, demand, .. } = entrant;
    pending::begin(
        tx,
        NewPendingSignIn { account, password_hash, session: None, interaction: demand.interaction, back: None },
    )
    .await
    .map(Outcome::Pending)
}

/// The second step, once its code was found right in this very unit: a session begins, or the one it is for is
/// strengthened.
pub async fn complete(
    tx: &mut Tx,
    pending: &PendingSignIn,
    proof: Proof,
    visit: BrowserContext<'_>,
) -> Result<Outcome, Fault> {
    let account = pending.account;
    tx.by.who = Who::Account(account);
    let Some(hash) = pending.password_hash(&mut tx.db).await? else { return Ok(Outcome::Outdated) };
    if !account::has_password(tx, account, &hash).await? || !pending::finish(tx, pending.id).await? {
        return Ok(Outcome::Outdated);
    }
    let Some(session) = pending.session else {
        let judged = Judged::by(tx, account, proof, visit).await?;
        return judged.admit(tx, account, proof, visit).await;
    };
    strengthen(tx, session, account, proof).await
}

/// Signs in by a passkey alone: both factors in one. The door is the one that the password goes through.
pub async fn enter_by_passkey(
    tx: &mut Tx,
    verified: &VerifiedPasskey,
    visit: BrowserContext<'_>,
) -> Result<Outcome, Fault> {
    let account = verified.kept.account;
    tx.by.who = Who::Account(account);
    if !passkey::count(tx, verified).await? {
        return Ok(Outcome::Outdated);
    }
    // An alarm may have been raised since the signature was judged.
    let kept = passkey::find(&mut tx.db, &verified.kept.credential_id).await?;
    if kept.is_none_or(|kept| kept.confined_at.is_some()) {
        return Ok(Outcome::Outdated);
    }
    let proof = Proof::passkey(tx.now);
    Judged::by(tx, account, proof, visit).await?.admit(tx, account, proof, visit).await
}

/// Proves by a passkey, in a running session, that its owner is still there.
pub async fn return_by_passkey(tx: &mut Tx, verified: &VerifiedPasskey, session: SessionId) -> Result<Outcome, Fault> {
    let account = verified.kept.account;
    tx.by.who = Who::Account(account);
    if !passkey::count(tx, verified).await? {
        return Ok(Outcome::Outdated);
    }
    let proof = Proof::passkey(tx.now);
    strengthen(tx, session, account, proof).await
}

/// Whether a half-made sign-in can still be finished: its password is the account's, which is on, and nobody finished
/// it. The account's row is written, so that whoever voids the password comes before this and is seen, or after it.
pub async fn is_open(tx: &mut Tx, pending: &PendingSignIn) -> Result<bool, Fault> {
    let Some(hash) = pending.password_hash(&mut tx.db).await? else { return Ok(false) };
    if !account::has_password(tx, pending.account, &hash).await? {
        return Ok(false);
    }
    let sql = "select s.id from pending_sign_ins s join accounts a on a.id = s.account \
               where s.id = $1 and s.finished_at is null and s.expires_at > $2 and a.disabled_at is null";
    Ok(store::optional!(tx.db, (SignInId,), sql, pending.id, tx.now)?.is_some())
}

async fn strengthen(tx: &mut Tx, session: SessionId, account: AccountId, proof: Proof) -> Result<Outcome, Fault> {
    let home = if access::of_staff(&mut tx.db, account).await?.is_some() { Place::Staff } else { Place::Account };
    let auth_time = tx.now;
    let secret = live::strengthen(tx, Strengthening { session, account, proof, auth_time }).await?;
    Ok(secret.map_or(Outcome::Outdated, |secret| Outcome::Entered(Entered { secret, home })))
}

/// This browser isn't asked for the second factor for a while.
pub async fn remember(tx: &mut Tx, account: AccountId, visit: BrowserContext<'_>) -> Result<(), Fault> {
    device::remember(tx, account, visit.device).await
}

/// Proof, in a running session, that its owner is still there: the password, to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Returning<'a> {
    /// The password, right again.
    pub entrant: RightPassword<'a>,
    /// The session.
    pub session: &'a Session,
    /// The page of ours that asks.
    pub back: Option<&'a str>,
}

/// Strengthens the session, or leads to the second step where the account has a second factor or needs one; no browser
/// is remembered here.
pub async fn reenter(tx: &mut Tx, returning: Returning<'_>, visit: BrowserContext<'_>) -> Result<Outcome, Fault> {
    let Returning { entrant, session, back } = returning;
    let account = entrant.account;
    tx.by.who = Who::Account(account);
    if !account::has_password(tx, account, entrant.password_hash).await? {
        return Ok(Outcome::Outdated);
    }
    let RequiredAcr { interaction, must, .. } = within_reach(tx, account, entrant.demand).await?;
    let proof = Proof::password();
    let due = factor::enrolled(&mut tx.db, account).await?.is_some()
        || proof.acr < must
        || Judged::by(tx, account, proof, visit).await?.lacks_second_factor();
    let outcome = if due {
        let waiting = NewPendingSignIn {
            account,
            password_hash: entrant.password_hash,
            session: Some(session.id),
            interaction,
            back,
        };
        Outcome::Pending(pending::begin(tx, waiting).await?)
    } else {
        strengthen(tx, session.id, account, proof).await?
    };
    limits::give_back(tx, entrant.counted).await?;
    Ok(outcome)
}

/// Somebody judged at the sign-in: as each contact they are, or as one of the vendor's people.
pub enum Judged {
    Contact(Vec<(Snapshot, Verdict)>),
    Staff(Box<StaffSnapshot>, StaffVerdict),
}

impl Judged {
    /// Judges by what is proven, from where the browser is.
    pub async fn by(tx: &mut Tx, account: AccountId, proof: Proof, visit: BrowserContext<'_>) -> Result<Self, Fault> {
        let (address, second_factor_at) = (tx.by.address, proof.second_factor_at);
        if let Some(person) = access::of_staff(&mut tx.db, account).await? {
            let standing =
                access::judge_staff(&person, StaffCircumstances { rules: visit.staff, address, second_factor_at });
            return Ok(Self::Staff(Box::new(person), standing));
        }
        let asked = Circumstances { door: Door::SignIn, address, e_service: None, second_factor_at };
        let people = access::of_account(&mut tx.db, account).await?;
        let judge = |person: Snapshot| {
            let standing = access::judge(&person, asked);
            (person, standing)
        };
        Ok(Self::Contact(people.into_iter().map(judge).collect()))
    }

    /// Whether access holds somewhere.
    fn holds(&self) -> bool {
        match self {
            Self::Contact(people) => people.iter().any(|(_, standing)| standing.holds()),
            Self::Staff(_, standing) => standing.holds(),
        }
    }

    /// Whether nothing but a second factor is lacking. Of several companies one may demand it: which of them the person
    /// comes for isn't known yet (R-DIR-6).
    fn wants_second_factor(&self) -> bool {
        match self {
            Self::Contact(people) => people.iter().any(|(_, standing)| standing.lacks_second_factor_only()),
            Self::Staff(_, standing) => standing.unmet() == [StaffCondition::SecondFactor],
        }
    }

    fn lacks_second_factor(&self) -> bool {
        match self {
            Self::Contact(people) => {
                people.iter().any(|(_, standing)| standing.unmet().contains(&Condition::SecondFactor))
            }
            Self::Staff(_, standing) => standing.unmet().contains(&StaffCondition::SecondFactor),
        }
    }

    /// Begins the session of whoever is let in, or says why nobody is.
    pub async fn admit(
        self,
        tx: &mut Tx,
        account: AccountId,
        proof: Proof,
        visit: BrowserContext<'_>,
    ) -> Result<Outcome, Fault> {
        if !self.holds() {
            return self.refuse(tx, account).await;
        }
        let (membership, home) = match &self {
            Self::Contact(people) => (only_one(people), Place::Account),
            Self::Staff(..) => (None, Place::Staff),
        };
        if let Some(secret) = visit.before {
            replace(tx, secret).await?;
        }
        let secret = begin(tx, Begin { account, membership, user_agent: visit.user_agent, proof }).await?;
        if !device::recognise(tx, account, visit.device, visit.user_agent).await? {
            tx.record(Deed::new(DeedKind::DeviceSeen).account(account)).await?;
        }
        Ok(Outcome::Entered(Entered { secret, home }))
    }

    async fn refuse(self, tx: &mut Tx, account: AccountId) -> Result<Outcome, Fault> {
        let unmet: Vec<&str> = match &self {
            Self::Contact(people) => {
                people.iter().flat_map(|(_, standing)| standing.unmet()).map(Condition::as_str).collect()
            }
            Self::Staff(_, standing) => standing.unmet().into_iter().map(StaffCondition::as_str).collect(),
        };
        let deed = Deed::new(DeedKind::SessionRefused).account(account);
        tx.record(deed.detail("unmet", unmet)).await?;
        Ok(match self {
            Self::Contact(people) => Outcome::Refused(people),
            Self::Staff(person, standing) => Outcome::StaffRefused(person, standing),
        })
    }
}

/// With one company there is nothing to choose (R-DIR-6).
fn only_one(people: &[(Snapshot, Verdict)]) -> Option<MembershipId> {
    let mut standing = people.iter().filter(|(_, standing)| standing.holds()).map(|(person, _)| person.membership.id);
    standing.next().filter(|_| standing.next().is_none())
}

/// The browser's earlier session ends, whoever's it was.
async fn replace(tx: &mut Tx, secret: &Secret) -> Result<(), Fault> {
    if let Some(before) = find(&mut tx.db, secret, tx.now, tx.lives.session_idle).await? {
        live::end(tx, before.account, before.id, EndReason::Replaced).await?;
    }
    Ok(())
}
