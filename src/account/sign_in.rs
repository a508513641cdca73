//! Signing in, once the password was found right: every membership is judged, and a session begins where one stands.

use crate::access::{self, Asked, Condition, Door, Snapshot, StaffRules, StaffSnapshot, StaffStanding, Standing};
use crate::audit::{Deed, What, record};
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Fault, Place, Secret};
use crate::limits::{self, Counted};
use crate::store::{self, Tx};

use super::session::{Because, Begin, Opened, begin, find};
use super::{device, session, staff_sign_in};

/// Who signs in, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Entrant<'a> {
    /// The account whose password was right.
    pub account: AccountId,
    /// The hash it was right for: a password changed meanwhile is a wrong one.
    pub password_hash: &'a str,
    /// Where the guess that was right is counted.
    pub counted: &'a Counted,
    /// The browser it happens in.
    pub browser: Arriving<'a>,
    /// What staff are judged by, should it be one of them.
    pub staff: StaffRules<'a>,
}

/// The browser somebody arrives in.
#[derive(Clone, Copy, Debug)]
pub struct Arriving<'a> {
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
    /// No membership stands: each with what it lacks. An account without any has an empty list.
    Refused(Vec<(Snapshot, Standing)>),
    /// Staff access doesn't hold.
    StaffRefused(Box<StaffSnapshot>, StaffStanding),
    /// The password changed between the check and now.
    Outdated,
}

/// A session just begun.
#[derive(Debug)]
pub struct Entered {
    /// The session and its secret.
    pub opened: Opened,
    /// Whether the account had signed in from this browser before.
    pub known_device: bool,
    /// Where this person begins.
    pub home: Place,
}

/// Lets the entrant in or says why not. The address judged is the unit's, the browser's own.
pub async fn enter(tx: &mut Tx, entrant: Entrant<'_>) -> Result<Outcome, Fault> {
    tx.by.who = Who::Account(entrant.account);
    if !is_current(tx, entrant).await? {
        return Ok(Outcome::Outdated);
    }
    let outcome = admit(tx, entrant).await?;
    // Last, for everybody shares some of these rows; and whether or not access holds, for the password was right.
    limits::give_back(tx, entrant.counted).await?;
    Ok(outcome)
}

async fn admit(tx: &mut Tx, entrant: Entrant<'_>) -> Result<Outcome, Fault> {
    if let Some(person) = access::of_staff(&mut tx.db, entrant.account).await? {
        return staff_sign_in::admit(tx, person, (entrant.staff, entrant.browser)).await;
    }
    let asked = Asked { door: Door::SignIn, address: tx.by.address, e_service: None };
    let people = access::of_account(&mut tx.db, entrant.account).await?;
    let judged: Vec<_> = people.into_iter().map(|person| (access::judge(&person, asked), person)).collect();
    let mut standing = judged.iter().filter(|(standing, _)| standing.holds()).map(|(_, person)| person.membership);
    let membership = match (standing.next(), standing.next()) {
        (None, _) => return refuse(tx, entrant, judged).await,
        // With one company there is nothing to choose (R-DIR-6).
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
    };
    let begin = Begin { account: entrant.account, membership, user_agent: entrant.browser.user_agent, amr: &["pwd"] };
    start(tx, (entrant.browser, Place::Account), begin).await.map(Outcome::Entered)
}

/// Begins the session of whoever is let in.
pub(super) async fn start(tx: &mut Tx, (browser, home): (Arriving<'_>, Place), whose: Begin<'_>) -> Result<Entered, Fault> {
    if let Some(secret) = browser.before {
        replace(tx, secret).await?;
    }
    let opened = begin(tx, whose).await?;
    let known_device = device::recognise(tx, whose.account, browser.device, browser.user_agent).await?;
    if !known_device {
        record(tx, Deed::new(What::DeviceSeen).account(whose.account)).await?;
    }
    Ok(Entered { opened, known_device, home })
}

/// Whether the password is still the account's. The row is written, so that disabling the account or ending its sessions
/// either comes first and is seen here, or comes later and sees the session that begins.
async fn is_current(tx: &mut Tx, entrant: Entrant<'_>) -> Result<bool, Fault> {
    let rows = store::execute!(
        tx.db,
        "update accounts set password_hash = password_hash where id = $1 and password_hash = $2",
        entrant.account,
        entrant.password_hash
    )?;
    Ok(rows == 1)
}

async fn refuse(tx: &mut Tx, entrant: Entrant<'_>, judged: Vec<(Standing, Snapshot)>) -> Result<Outcome, Fault> {
    let unmet: Vec<&str> = judged.iter().flat_map(|(standing, _)| standing.unmet()).map(Condition::as_str).collect();
    let deed = Deed::new(What::SessionRefused).account(entrant.account);
    record(tx, deed.detail(serde_json::json!({ "unmet": unmet }))).await?;
    Ok(Outcome::Refused(judged.into_iter().map(|(standing, person)| (person, standing)).collect()))
}

/// The browser's earlier session ends, whoever's it was.
async fn replace(tx: &mut Tx, secret: &Secret) -> Result<(), Fault> {
    if let Some(before) = find(&mut tx.db, secret, (tx.now, tx.rules.session_idle)).await? {
        session::end(tx, before.account, before.id, Because::Replaced).await?;
    }
    Ok(())
}
