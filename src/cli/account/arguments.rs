//! What several commands about accounts take: a name, and roles.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::account::{self, AccountRecord};
use crate::base::vocabulary::UnknownWord;
use crate::base::{Role, SignInName, StaffRole};
use crate::cli::{Failure, OpenedApp};

/// An account by one of its names.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Named {
    /// A login or email of the account
    #[arg(value_name = "NAME")]
    pub(super) name: String,
}

impl Named {
    pub(super) async fn find(&self, opened: &OpenedApp) -> Result<(SignInName, AccountRecord), Failure> {
        let name = parse_name(&self.name)?;
        let found = opened.look(async |view| account::by_name(&mut view.db, &name).await).await?;
        let found = found.ok_or_else(|| Failure::new(format!("no account goes by {name}"), "check the spelling"))?;
        Ok((name, found))
    }
}

/// A role of a contact, or of one of the vendor's people.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnyRole {
    Contact(Role),
    Staff(StaffRole),
}

impl FromStr for AnyRole {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text.parse() {
            Ok(role) => Ok(Self::Staff(role)),
            Err(_) => text.parse().map(Self::Contact),
        }
    }
}

/// Roles of contacts only (R-DEL-6).
pub(super) fn roles_of_a_contact(roles: &[AnyRole]) -> Result<BTreeSet<Role>, Failure> {
    let each = roles.iter().map(|role| match role {
        AnyRole::Contact(role) => Ok(*role),
        AnyRole::Staff(role) => {
            Err(Failure::new(format!("{role} is a role of staff, and a contact stays a customer"), "leave it out"))
        }
    });
    each.collect()
}

/// Roles of staff only.
pub(super) fn roles_of_staff(roles: &[AnyRole]) -> Result<BTreeSet<StaffRole>, Failure> {
    let each = roles.iter().map(|role| match role {
        AnyRole::Staff(role) => Ok(*role),
        AnyRole::Contact(role) => Err(Failure::new(
            format!("{role} is a role of contacts"),
            "take customer_service, support_agent or operator",
        )),
    });
    each.collect()
}

pub(super) fn parse_name(text: &str) -> Result<SignInName, Failure> {
    SignInName::parse(text).map_err(|error| Failure::new(format!("`{text}` is no sign-in name"), &error.to_string()))
}
