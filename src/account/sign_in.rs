//! Signing in, once the password was found right: a second step where one is due, every membership judged, and a session where one stands.

use crate::access::{self, Asked, Condition, Door, Snapshot, Standing};
use crate::audit::{Deed, What, record};
use crate::base::actor::Who;
use crate::base::ids::{AccountId, ErrandId};
use crate::base::{Fault, Secret};
use crate::limits::{self, Counted};
use crate::store::{self, Tx};

use super::halfway::{self, Halfway, Pause};
use super::proof::{Acr, Proof};
use super::session::{self, Because, Begin, Opened, Strengthening, begin, find};
use super::{device, factor};

/// Whose password was right.
#[derive(Clone, Copy, Debug)]
pub struct Entrant<'a> {
    /// The account whose password was right.
    pub account: AccountId,
    /// The hash it was right for: a password changed meanwhile is a wrong one.
    pub password_hash: &'a str,
    /// Where the guess that was right is counted.
    pub counted: &'a Counted,
    /// What the sign-in is for.
    pub demand: Demand,
}

/// What a sign-in is for: whoever waits may demand more than a password.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// The authorization request that waits.
    pub errand: Option<ErrandId>,
    /// Nothing weaker will do.
    pub must: Acr,
    /// Nothing weaker is wished for, of people who can.
    pub wish: Acr,
}

impl Default for Demand {
    /// Our own pages wait, and ask for more themselves.
    fn default() -> Self {
        Self { errand: None, must: Acr::OneFactor, wish: Acr::OneFactor }
    }
}

/// The browser it happens in.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The browser's long-lived secret.
    pub device: &'a Secret,
    /// The browser's own words.
    pub user_agent: &'a str,
    /// The session this browser had before, which ends.
    pub before: Option<&'a Secret>,
}

/// How it ended.
#[derive(Debug)]
pub enum Outcome {
    /// Signed in.
    Entered(Entered),
    /// The second factor is still to be proven, or enrolled, by whoever holds this secret.
    Halfway(Secret),
    /// No membership stands: each with what it lacks. An account without any has an empty list.
    Refused(Vec<(Snapshot, Standing)>),
    /// The password changed between the check and now, or the sign-in was finished or ended elsewhere.
    Outdated,
}

/// A session just begun, or strengthened.
#[derive(Debug)]
pub struct Entered {
    /// The session and its secret.
    pub opened: Opened,
    /// Whether the account had signed in from this browser before.
    pub known_device: bool,
}

/// The first step: lets the entrant in, halfway in, or says why not. The address judged is the unit's, the browser's own.
pub async fn enter(tx: &mut Tx, entrant: Entrant<'_>, visit: Visit<'_>) -> Result<Outcome, Fault> {
    tx.by.who = Who::Account(entrant.account);
    if !is_current(tx, entrant.account, entrant.password_hash).await? {
        return Ok(Outcome::Outdated);
    }
    let outcome = first_step(tx, entrant, visit).await?;
    // Last, for everybody shares some of these rows; and whether or not access holds, for the password was right.
    limits::give_back(tx, entrant.counted).await?;
    Ok(outcome)
}

async fn first_step(tx: &mut Tx, entrant: Entrant<'_>, visit: Visit<'_>) -> Result<Outcome, Fault> {
    let account = entrant.account;
    let is_enrolled = factor::enrolled(&mut tx.db, account).await?.is_some();
    let remembered = device::second_factor_at(tx, account, visit.device).await?;
    let Demand { must, wish, .. } = entrant.demand;
    let proof = match (is_enrolled, remembered) {
        (true, Some(proven_at)) if must.max(wish) <= Acr::OneFactor => Proof::remembered(proven_at),
        // What access lacks is told after the second factor only (R-ADM-7).
        (true, Some(_) | None) => return pause(tx, entrant).await,
        (false, _) => Proof::password(),
    };
    let judged = judge(tx, account, proof).await?;
    let wanting = |standing: &Standing| standing.lacks_second_factor_only() || (standing.holds() && proof.acr < must);
    // Of several companies one may demand it: which of them the person comes for isn't known yet (R-DIR-6).
    if judged.iter().any(|(_, standing)| wanting(standing)) {
        return pause(tx, entrant).await;
    }
    admit(tx, account, (proof, judged), visit).await
}

async fn pause(tx: &mut Tx, entrant: Entrant<'_>) -> Result<Outcome, Fault> {
    let Entrant { account, password_hash, demand, .. } = entrant;
    halfway::pause(tx, Pause { account, password_hash, session: None, errand: demand.errand, back: None }).await.map(Outcome::Halfway)
}

/// The second step, once its code was found right in this very unit: a session begins, or the one it is for is strengthened.
pub async fn complete(tx: &mut Tx, halfway: &Halfway, proof: Proof, visit: Visit<'_>) -> Result<Outcome, Fault> {
    let account = halfway.account;
    tx.by.who = Who::Account(account);
    let Some(hash) = halfway.password_hash(&mut tx.db).await? else { return Ok(Outcome::Outdated) };
    if !is_current(tx, account, &hash).await? || !halfway::finish(tx, halfway.id).await? {
        return Ok(Outcome::Outdated);
    }
    let Some(session) = halfway.session else {
        let judged = judge(tx, account, proof).await?;
        return admit(tx, account, (proof, judged), visit).await;
    };
    let auth_time = tx.now;
    let opened = session::strengthen(tx, Strengthening { session, account, proof, auth_time }).await?;
    Ok(opened.map_or(Outcome::Outdated, |opened| Outcome::Entered(Entered { opened, known_device: true })))
}

/// This browser isn't asked for the second factor for a while.
pub async fn remember(tx: &mut Tx, account: AccountId, visit: Visit<'_>) -> Result<(), Fault> {
    device::remember(tx, account, visit.device).await
}

/// Proof, in a running session, that its owner is still there: the password, to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Returning<'a> {
    /// The password, right again.
    pub entrant: Entrant<'a>,
    /// The session.
    pub session: &'a session::Session,
    /// The page of ours that asks.
    pub back: Option<&'a str>,
}

/// Strengthens the session, or leads to the second step where the account has a second factor or needs one; no browser is
/// remembered here.
pub async fn reenter(tx: &mut Tx, returning: Returning<'_>) -> Result<Outcome, Fault> {
    let Returning { entrant, session, back } = returning;
    let account = entrant.account;
    tx.by.who = Who::Account(account);
    if !is_current(tx, account, entrant.password_hash).await? {
        return Ok(Outcome::Outdated);
    }
    let Demand { errand, must, .. } = entrant.demand;
    let proof = Proof::password();
    let due = factor::enrolled(&mut tx.db, account).await?.is_some() || proof.acr < must || lacks_second_factor(tx, session).await?;
    let outcome = if due {
        let waiting = Pause { account, password_hash: entrant.password_hash, session: Some(session.id), errand, back };
        Outcome::Halfway(halfway::pause(tx, waiting).await?)
    } else {
        let auth_time = tx.now;
        let opened = session::strengthen(tx, Strengthening { session: session.id, account, proof, auth_time }).await?;
        opened.map_or(Outcome::Outdated, |opened| Outcome::Entered(Entered { opened, known_device: true }))
    };
    limits::give_back(tx, entrant.counted).await?;
    Ok(outcome)
}

async fn lacks_second_factor(tx: &mut Tx, session: &session::Session) -> Result<bool, Fault> {
    let judged = judge(tx, session.account, Proof::password()).await?;
    Ok(judged.iter().any(|(_, standing)| standing.unmet().contains(&Condition::SecondFactor)))
}

async fn judge(tx: &mut Tx, account: AccountId, proof: Proof) -> Result<Vec<(Snapshot, Standing)>, Fault> {
    let asked = Asked { door: Door::SignIn, address: tx.by.address, e_service: None, second_factor_at: proof.second_factor_at };
    let people = access::of_account(&mut tx.db, account).await?;
    let judge = |person: Snapshot| {
        let standing = access::judge(&person, asked);
        (person, standing)
    };
    Ok(people.into_iter().map(judge).collect())
}

async fn admit(
    tx: &mut Tx,
    account: AccountId,
    (proof, judged): (Proof, Vec<(Snapshot, Standing)>),
    visit: Visit<'_>,
) -> Result<Outcome, Fault> {
    let mut standing = judged.iter().filter(|(_, standing)| standing.holds()).map(|(person, _)| person.membership);
    let membership = match (standing.next(), standing.next()) {
        (None, _) => return refuse(tx, account, judged).await,
        // With one company there is nothing to choose (R-DIR-6).
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
    };
    if let Some(secret) = visit.before {
        replace(tx, secret).await?;
    }
    let opened = begin(tx, Begin { account, membership, user_agent: visit.user_agent, proof }).await?;
    let known_device = device::recognise(tx, account, visit.device, visit.user_agent).await?;
    if !known_device {
        record(tx, Deed::new(What::DeviceSeen).account(account)).await?;
    }
    Ok(Outcome::Entered(Entered { opened, known_device }))
}

/// Whether the password is still the account's. The row is written, so that disabling the account or ending its sessions
/// either comes first and is seen here, or comes later and sees the session that begins.
async fn is_current(tx: &mut Tx, account: AccountId, password_hash: &str) -> Result<bool, Fault> {
    let sql = "update accounts set password_hash = password_hash where id = $1 and password_hash = $2";
    Ok(store::execute!(tx.db, sql, account, password_hash)? == 1)
}

async fn refuse(tx: &mut Tx, account: AccountId, judged: Vec<(Snapshot, Standing)>) -> Result<Outcome, Fault> {
    let unmet: Vec<&str> = judged.iter().flat_map(|(_, standing)| standing.unmet()).map(Condition::as_str).collect();
    let deed = Deed::new(What::SessionRefused).account(account);
    record(tx, deed.detail(serde_json::json!({ "unmet": unmet }))).await?;
    Ok(Outcome::Refused(judged))
}

/// The browser's earlier session ends, whoever's it was.
async fn replace(tx: &mut Tx, secret: &Secret) -> Result<(), Fault> {
    if let Some(before) = find(&mut tx.db, secret, (tx.now, tx.rules.session_idle)).await? {
        session::end(tx, before.account, before.id, Because::Replaced).await?;
    }
    Ok(())
}
