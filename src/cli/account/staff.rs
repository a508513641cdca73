//! Accounts of the vendor's own people: invited with a one-time link, given roles. The operator hands the link over.

use std::collections::BTreeSet;

use crate::base::{Dice, Email, Place, Secret, StaffRole};
use crate::cli::{Failure, OpenedApp, tell};
use crate::staff;
use crate::staff::{Invitation, Invited, InvitedBy, StaffChange, StaffMember, StaffState};

use super::arguments::{AnyRole, Named, roles_of_staff};

/// What `guichet account roles` takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Roles {
    #[command(flatten)]
    named: Named,
    /// A role the person has from now on: customer_service, support_agent or operator; may be given again, and none
    /// takes all away
    #[arg(long, value_name = "ROLE")]
    role: Vec<StaffRole>,
}

/// Gives somebody an account of staff, and prints the link that lets them choose a password.
pub(super) async fn create(opened: &OpenedApp, email: &str, name: &str, roles: &[AnyRole]) -> Result<(), Failure> {
    let email = Email::parse(email)
        .map_err(|error| Failure::new(format!("`{email}`: {error}"), "write it like carole@example.com"))?;
    let invited = Invited { name: name.trim().to_owned(), email, roles: roles_of_staff(roles)? };
    if invited.name.is_empty() || invited.roles.is_empty() {
        return Err(Failure::new(
            "somebody of the staff has a name and at least one role",
            "say them with --name and --role",
        ));
    }
    let link = Dice.secret()?;
    let made = opened.act(async |tx| staff::invite(tx, &invited, InvitedBy::Hand(&link)).await).await?;
    let email = &invited.email;
    match made {
        Invitation::Made(_) => {}
        Invitation::Taken => {
            return Err(Failure::new(
                format!("{email} is the name of another account"),
                &format!("a name stays taken for good: see `guichet account show {email}`, or take another address"),
            ));
        }
        Invitation::Contact => {
            return Err(Failure::new(
                format!("{email} is the address of a customer's contact, who stays a customer"),
                "invite the person under an address of the vendor's",
            ));
        }
    }
    tell(format!("{} can choose a password with this link, once, within {} days:", invited.name, days(opened)));
    tell(url(opened, &link));
    Ok(())
}

/// Prints a new link for somebody of the staff; the one before stops working.
pub(super) async fn invite_again(opened: &OpenedApp, named: &Named) -> Result<(), Failure> {
    let member = find(opened, named).await?;
    let refused = match member.state {
        StaffState::Invited => None,
        StaffState::Active => Some("has chosen a password already"),
        StaffState::Off => Some("is switched off"),
    };
    if let Some(why) = refused {
        return Err(Failure::new(
            format!("{} {why}", member.email),
            &format!("see `guichet account show {}`", member.email),
        ));
    }
    let link = Dice.secret()?;
    opened.act(async |tx| staff::invite_again(tx, member.account, InvitedBy::Hand(&link)).await).await?;
    tell(format!("{} can choose a password with this link, once, within {} days:", member.name, days(opened)));
    tell(url(opened, &link));
    Ok(())
}

/// Gives somebody of the staff exactly these roles.
pub(super) async fn set_roles(opened: &OpenedApp, arguments: &Roles) -> Result<(), Failure> {
    let member = find(opened, &arguments.named).await?;
    let roles: BTreeSet<StaffRole> = arguments.role.iter().copied().collect();
    let set = opened.act(async |tx| staff::set_roles(tx, member.account, &roles).await).await?;
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let words = if words.is_empty() { "no role".to_owned() } else { words.join(", ") };
    match set {
        StaffChange::Done => tell(format!("{} has {words} from now on.", member.name)),
        StaffChange::Already => tell(format!("{} had {words} already.", member.name)),
        StaffChange::LastOperator => {
            return Err(Failure::new(
                format!("{} is the last operator who can sign in", member.email),
                "make another one first, or switch the account off with `guichet account disable`",
            ));
        }
        StaffChange::Nobody => {
            return Err(Failure::new(format!("{} is nobody of the staff", member.email), "check the spelling"));
        }
    }
    Ok(())
}

async fn find(opened: &OpenedApp, named: &Named) -> Result<StaffMember, Failure> {
    let (name, found) = named.find(opened).await?;
    let member = opened.look(async |view| staff::find(&mut view.db, found.id).await).await?;
    member.ok_or_else(|| {
        Failure::new(
            format!("{name} is a contact's account"),
            "a contact stays a customer: invite staff under another email",
        )
    })
}

fn days(opened: &OpenedApp) -> i64 {
    opened.config.lives.invitation.as_seconds() / 86_400
}

fn url(opened: &OpenedApp, link: &Secret) -> String {
    opened.config.url(&Place::link(link.expose()))
}
