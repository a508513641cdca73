//! `guichet audit …`: the trail, for whoever holds a reference that a page showed.

use crate::audit::{self, AuditLine, Search, Sight};
use crate::base::Timestamp;

use super::failure::one_line;
use super::{Failure, OpenedApp, tell};

/// The commands about the trail.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Shows the lines that carry a reference, as people read it from a page that refused them or broke
    Show {
        /// The reference, like 7K2MPQ4X
        #[arg(value_name = "REF")]
        reference: String,
    },
}

/// Does what the command says.
pub(super) async fn run(opened: OpenedApp, command: Command) -> Result<(), Failure> {
    let Command::Show { reference } = command;
    let reference = reference.trim().to_uppercase();
    let all = Search {
        sight: Sight::Everything,
        company: None,
        account: None,
        deed: None,
        since: Timestamp::from_millis(0),
        until: Timestamp::END,
        reference: Some(reference.clone()),
        before: None,
    };
    let found = opened.look(async |view| audit::search(&mut view.db, &all).await).await?;
    if found.items.is_empty() {
        let advice = "check the spelling; a server at its limit writes its references to the log only";
        return Err(Failure::new(
            format!("no line of the trail carries the reference {}", one_line(&reference)),
            advice,
        ));
    }
    found.items.iter().for_each(show);
    Ok(())
}

fn show(line: &AuditLine) {
    tell(format!("{}  {}", line.at, line.deed));
    let actor = line.actor.as_ref().map_or_else(|| line.actor_kind.clone(), |id| format!("{} {id}", line.actor_kind));
    let facts = [
        ("by", Some(actor)),
        ("from", line.address.clone()),
        ("account", line.account.map(|id| id.to_string())),
        ("company", line.company.map(|id| id.to_string())),
        ("on", line.subject.clone()),
        ("detail", Some(line.detail.to_string()).filter(|detail| detail != "{}")),
    ];
    for (what, fact) in facts {
        if let Some(fact) = fact {
            tell(format!("  {what} {}", one_line(&fact)));
        }
    }
}
