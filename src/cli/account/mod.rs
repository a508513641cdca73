//! `guichet account …`: the operator's way to give contacts accounts, look at them and switch them off.

mod arguments;
mod create;
mod password;
mod show;
mod staff;

use crate::account;
use crate::account::factor::reset::{self, ResetRequest};
use crate::audit::EndReason;
use crate::authorization;

use super::{Failure, OpenedApp, tell};

use arguments::Named;

/// The commands about accounts.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Gives a contact an account, whose mailbox you vouch for; or one of the vendor's people, with --staff
    Create(create::Arguments),
    /// Shows an account's names, where it may act and why not, and its sessions
    Show(show::Arguments),
    /// Ends every session of an account, and what relying parties hold of it
    EndSessions(Named),
    /// Prints a new one-time link for somebody of the staff who hasn't chosen a password yet
    Invite(Named),
    /// Gives somebody of the staff exactly the roles named
    Roles(staff::Roles),
    /// Takes a lost second factor away, a day after its owner was told by mail; they can object
    ResetFactor(Named),
    /// Switches an account off and ends its sessions
    Disable(Named),
    /// Switches an account on again
    Enable(Named),
}

/// Does what the command says.
pub(super) async fn run(opened: OpenedApp, command: Command) -> Result<(), Failure> {
    if command.is_told() {
        opened.seal_letters().await?;
    }
    match command {
        Command::Create(arguments) => create::run(&opened, arguments).await,
        Command::Show(arguments) => show::run(&opened, &arguments).await,
        Command::EndSessions(named) => end_sessions(&opened, &named).await,
        Command::Invite(named) => staff::invite_again(&opened, &named).await,
        Command::Roles(arguments) => staff::set_roles(&opened, &arguments).await,
        Command::ResetFactor(named) => reset_factor(&opened, &named).await,
        Command::Disable(named) => switch(&opened, &named, Switch::Off).await,
        Command::Enable(named) => switch(&opened, &named, Switch::On).await,
    }
}

impl Command {
    /// Whether somebody is told by mail of what it does.
    const fn is_told(&self) -> bool {
        match self {
            Self::EndSessions(_) | Self::Roles(_) | Self::ResetFactor(_) | Self::Disable(_) | Self::Enable(_) => true,
            Self::Create(_) | Self::Show(_) | Self::Invite(_) => false,
        }
    }
}

async fn end_sessions(opened: &OpenedApp, named: &Named) -> Result<(), Failure> {
    let (name, found) = named.find(opened).await?;
    let ended =
        opened.act(async |tx| authorization::end_account(tx, found.id, None, EndReason::Operator).await).await?;
    tell(match ended {
        0 => format!("{name} had no session."),
        1 => format!("The one session of {name} has ended."),
        many => format!("The {many} sessions of {name} have ended."),
    });
    Ok(())
}

async fn reset_factor(opened: &OpenedApp, named: &Named) -> Result<(), Failure> {
    let (name, found) = named.find(opened).await?;
    let asked = opened.act(async |tx| reset::ask(tx, found.id).await).await?;
    tell(match asked {
        ResetRequest::NobodyToTell => {
            let what = format!("no mailbox is surely that of {name}, so that nobody could be warned and object");
            return Err(Failure::new(what, "have the mailbox proven first"));
        }
        ResetRequest::Due(due_at) => format!(
            "The second factor of {name} goes at {due_at} at the earliest, unless its owner objects: \
             a running server mails them now."
        ),
        ResetRequest::NoFactor => format!("{name} has no second factor."),
        ResetRequest::Already(due_at) => {
            format!("That was asked for already: the second factor of {name} goes at {due_at}.")
        }
    });
    Ok(())
}

#[derive(Clone, Copy)]
enum Switch {
    Off,
    On,
}

async fn switch(opened: &OpenedApp, named: &Named, to: Switch) -> Result<(), Failure> {
    let (name, found) = named.find(opened).await?;
    let switched = opened
        .act(async |tx| match to {
            Switch::Off => authorization::switch_off(tx, found.id).await,
            Switch::On => account::enable(tx, found.id).await,
        })
        .await?;
    tell(match (to, switched) {
        (Switch::Off, true) => format!("{name} is switched off, and its sessions have ended."),
        (Switch::Off, false) => format!("{name} was switched off already."),
        (Switch::On, true) => format!("{name} is switched on; its sessions don't come back."),
        (Switch::On, false) => format!("{name} was switched on already, or its owner closed it for good."),
    });
    Ok(())
}
