//! Whose account somebody is whom the provider vouches for. It leads to accounts of staff only (R-DEL-6).

use std::collections::BTreeSet;

use crate::account;
use crate::base::ids::AccountId;
use crate::base::{Fault, StaffRole};
use crate::staff;
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

/// Finds the account, or makes one where a claim gives a role; the roles are the claim's where there is one.
pub async fn recognise(tx: &mut Tx, vouched: &Vouched) -> Result<Recognition, Fault> {
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
        Some(member) => follow(tx, &member, &BTreeSet::new()).await,
        None => Ok(()),
    }
}

/// Gives somebody the roles of the claim.
async fn follow(tx: &mut Tx, member: &StaffMember, roles: &BTreeSet<StaffRole>) -> Result<(), Fault> {
    match staff::set_roles(tx, member.account, roles).await? {
        StaffChange::Done | StaffChange::Already => {}
        // The last operator stays one, whatever the claim says.
        StaffChange::LastOperator | StaffChange::Nobody => {
            tracing::warn!(account = %member.account, "the role claim would leave no operator: the roles stay");
        }
    }
    Ok(())
}

async fn welcome_back(tx: &mut Tx, member: &StaffMember, vouched: &Vouched) -> Result<Recognition, Fault> {
    if !staff::bind_subject(tx, member.account, &vouched.subject).await? {
        return Ok(Recognition::Refused(RefusedIdentity::AnotherSubject));
    }
    if let Some(roles) = &vouched.roles {
        follow(tx, member, roles).await?;
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
