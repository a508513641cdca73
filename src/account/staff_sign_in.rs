//! Signing in as one of the vendor's people, once the password or the vendor's own provider said who it is.

use crate::access::{self, StaffAsked, StaffCondition, StaffRules, StaffSnapshot};
use crate::audit::{Deed, What, record};
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Fault, Place, Timestamp};
use crate::store::{self, Tx};

use super::session::Begin;
use super::sign_in::{Arriving, Outcome, start};

/// Lets whoever gave the right password in where their access holds.
pub(super) async fn admit(tx: &mut Tx, person: StaffSnapshot, (rules, browser): (StaffRules<'_>, Arriving<'_>)) -> Result<Outcome, Fault> {
    // The factors proven in this sign-in are the session's to say; a password alone is one.
    let asked = StaffAsked { rules, address: tx.by.address, second_factor_at: None };
    let proven = Proven { amr: &["pwd"], asked };
    judge(tx, person, (proven, browser)).await
}

/// Somebody whom the vendor's own provider vouches for.
#[derive(Clone, Copy, Debug)]
pub struct Vouched<'a> {
    /// Whose account.
    pub account: AccountId,
    /// What staff are judged by.
    pub rules: StaffRules<'a>,
    /// Whether the provider says that it saw a second factor.
    pub by_two_factors: bool,
}

/// Lets in whom the vendor's own provider vouches for, where their access holds. What the provider proved activates an invitation.
pub async fn enter_vouched(tx: &mut Tx, vouched: Vouched<'_>, browser: Arriving<'_>) -> Result<Outcome, Fault> {
    tx.by.who = Who::Account(vouched.account);
    // The row is written, so that switching the account off comes before this, and is seen, or after it, and ends the session.
    store::execute!(
        tx.db,
        "update accounts set mailbox_proven_at = $2, activated_at = coalesce(activated_at, $2) where id = $1 and kind = 'staff' \
         and disabled_at is null",
        vouched.account,
        tx.now
    )?;
    let Some(person) = access::of_staff(&mut tx.db, vouched.account).await? else {
        return Err(Fault::broken("a sign-in of staff", "an account that is none of theirs"));
    };
    let second_factor_at = vouched.by_two_factors.then_some(tx.now);
    let asked = StaffAsked { rules: vouched.rules, address: tx.by.address, second_factor_at };
    // RFC 8176 has no word for another provider's vouching.
    let amr: &[&str] = if vouched.by_two_factors { &["mfa"] } else { &[] };
    judge(tx, person, (Proven { amr, asked }, browser)).await
}

/// What a sign-in proved, and what is asked of it.
#[derive(Clone, Copy)]
struct Proven<'a> {
    amr: &'a [&'a str],
    asked: StaffAsked<'a>,
}

async fn judge(tx: &mut Tx, person: StaffSnapshot, (proven, browser): (Proven<'_>, Arriving<'_>)) -> Result<Outcome, Fault> {
    let standing = access::judge_staff(&person, proven.asked);
    if !standing.holds() {
        let unmet: Vec<&str> = standing.unmet().into_iter().map(StaffCondition::as_str).collect();
        let deed = Deed::new(What::SessionRefused).account(person.account);
        record(tx, deed.detail(serde_json::json!({ "unmet": unmet }))).await?;
        return Ok(Outcome::StaffRefused(Box::new(person), standing));
    }
    let begin = Begin { account: person.account, membership: None, user_agent: browser.user_agent, amr: proven.amr };
    start(tx, (browser, Place::Staff), begin).await.map(Outcome::Entered)
}

/// When the second factor behind a session was proven, as far as its methods tell.
#[must_use]
pub fn second_factor_at(session: &super::Session) -> Option<Timestamp> {
    session.amr.iter().any(|method| method == "mfa").then_some(session.auth_time)
}
