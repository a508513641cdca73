//! The vendor's people of the demonstration.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::account;
use crate::base::{Email, Fault, StaffRole};
use crate::staff;
use crate::staff::{Invitation, Invited, InvitedBy};
use crate::store::Tx;

use super::cells::{each, unreadable};

const STAFF: &str = include_str!("staff.csv");

/// One of the vendor's people.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Member {
    /// What they sign in with.
    pub(super) login: String,
    name: String,
    roles: String,
    /// What they show, in a few words.
    pub(super) about: String,
}

/// All of them.
pub(super) fn members() -> Result<Vec<Member>, Fault> {
    csv::Reader::from_reader(STAFF.as_bytes()).deserialize().collect::<Result<_, _>>().map_err(unreadable)
}

/// Gives one their account, unless they have it.
pub(super) async fn move_in(tx: &mut Tx, member: &Member, hash: &str) -> Result<(), Fault> {
    let email = Email::parse(&member.login).map_err(unreadable)?;
    if staff::by_email(&mut tx.db, &email).await?.is_some() {
        return Ok(());
    }
    let roles: BTreeSet<StaffRole> = each(&member.roles, |word| word.parse().map_err(unreadable))?;
    let invited = Invited { name: member.name.clone(), email, roles };
    let Invitation::Made(account) = staff::invite(tx, &invited, InvitedBy::Nothing).await? else {
        return Err(unreadable(format!("{} is taken", member.login)));
    };
    account::set_password(tx, account, hash, tx.now).await
}
