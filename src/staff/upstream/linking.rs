//! Whose account somebody is whom the provider vouches for. It leads to accounts of staff only (R-DEL-6).

use std::collections::BTreeSet;

use crate::account;
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Fault, StaffRole};
use crate::staff;
use crate::staff::member::one_at_a_time;
use crate::staff::{Invitation, Invited, InvitedBy, StaffChange, StaffMember};
use crate::store::Tx;

use super::Vouched;

/// Why the provider's word opens no account here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedIdentity {
    /// R-DEL-6: the mailbox is a contact's, or the name of another account.
    NotOfStaff,
    /// Nobody invited them, and no claim gives them a role.
    Uninvited,
    /// The mailbox is that of somebody whom the provider knows as another subject.
    AnotherSubject,
    /// No value of the role claim is a role here.
    NoRole,
}

impl RefusedIdentity {
    /// As the trail keeps it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotOfStaff => "not of the staff",
            Self::Uninvited => "not invited",
            Self::AnotherSubject => "another subject",
            Self::NoRole => "no role",
        }
    }
}

/// Whom the provider's word leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognition {
    Staff(AccountId),
    Refused(RefusedIdentity),
}

/// Finds the account, or makes one where a claim gives a role. Whoever is known gets the claim's roles when they were
/// judged ([`follow`]).
pub async fn recognise(tx: &mut Tx, vouched: &Vouched) -> Result<Recognition, Fault> {
    if vouched.roles.is_some() {
        one_at_a_time(tx).await?;
    }
    if vouched.roles.as_ref().is_some_and(BTreeSet::is_empty) {
        return strip(tx, vouched).await.map(|()| Recognition::Refused(RefusedIdentity::NoRole));
    }
    let known = match staff::by_subject(&mut tx.db, &vouched.subject).await? {
        Some(member) => Some(member),
        None => staff::by_email(&mut tx.db, &vouched.email).await?,
    };
    match known {
        Some(member) => welcome_back(tx, &member, vouched).await,
        None => take_in(tx, vouched).await,
    }
}

/// Whoever the provider gives no role any more has none here either, in sessions that run already included.
async fn strip(tx: &mut Tx, vouched: &Vouched) -> Result<(), Fault> {
    match staff::by_subject(&mut tx.db, &vouched.subject).await? {
        Some(member) => set(tx, member.account, &BTreeSet::new()).await,
        None => Ok(()),
    }
}

/// Gives somebody the roles of the claim, if their sign-in was let in. Of one that was refused only what the claim
/// takes away counts: sessions that run gain nothing by it.
pub async fn follow(tx: &mut Tx, account: AccountId, vouched: &Vouched, entered: bool) -> Result<(), Fault> {
    let (Some(claimed), Some(member)) = (&vouched.roles, staff::find(&mut tx.db, account).await?) else {
        return Ok(());
    };
    let kept = || member.roles.intersection(claimed).copied().collect();
    // The provider says so, and not the person.
    tx.by.who = Who::Visitor;
    set(tx, account, &if entered { claimed.clone() } else { kept() }).await
}

async fn set(tx: &mut Tx, account: AccountId, roles: &BTreeSet<StaffRole>) -> Result<(), Fault> {
    match staff::set_roles(tx, account, roles).await? {
        StaffChange::Done | StaffChange::Already => {}
        // The last operator stays one, whatever the claim says.
        StaffChange::LastOperator | StaffChange::Nobody => {
            tracing::warn!(%account, "the role claim would leave no operator: the roles stay");
        }
    }
    Ok(())
}

async fn welcome_back(tx: &mut Tx, member: &StaffMember, vouched: &Vouched) -> Result<Recognition, Fault> {
    if !staff::bind_subject(tx, member.account, &vouched.subject).await? {
        return Ok(Recognition::Refused(RefusedIdentity::AnotherSubject));
    }
    Ok(Recognition::Staff(member.account))
}

async fn take_in(tx: &mut Tx, vouched: &Vouched) -> Result<Recognition, Fault> {
    let Some(roles) = vouched.roles.clone() else {
        let name = crate::base::SignInName::from(&vouched.email);
        let is_known = account::by_name(&mut tx.db, &name).await?.is_some();
        let why = if is_known { RefusedIdentity::NotOfStaff } else { RefusedIdentity::Uninvited };
        return Ok(Recognition::Refused(why));
    };
    let name = vouched.name.clone().unwrap_or_else(|| vouched.email.to_string());
    match staff::invite(tx, &Invited { name, email: vouched.email.clone(), roles }, InvitedBy::Nothing).await? {
        Invitation::Made(account) => {
            staff::bind_subject(tx, account, &vouched.subject).await.map(|_| Recognition::Staff(account))
        }
        Invitation::Taken | Invitation::Contact => Ok(Recognition::Refused(RefusedIdentity::NotOfStaff)),
    }
}
