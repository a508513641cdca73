//! `guichet keys …`: makes the master key, lists the signing keys.

use std::path::PathBuf;

use crate::base::Timestamp;
use crate::config::Config;
use crate::keys::{self, KeyRow, MasterKey};

use super::{Failure, Opened, tell};

/// The commands about keys.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Lists the signing keys; nothing secret is shown
    List,
    /// Makes a master key, in a file that only this user may read
    CreateMaster {
        /// The file; secrets.master_key_file where none is named
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// Does what the command says.
pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => list(Opened::from(config).await?).await,
        Command::CreateMaster { file } => {
            let file = file.unwrap_or(config.secrets.master_key_file);
            let key = MasterKey::create(&file)?;
            tell(format!("The master key {} is in {}.", key.fingerprint(), file.display()));
            tell("Keep a copy of the file apart from the database: without it nothing sealed there can be read again.");
            Ok(())
        }
    }
}

async fn list(opened: Opened) -> Result<(), Failure> {
    let keys = opened.look(async |view| Ok((keys::list(&mut view.db).await?, keys::sealed_with(&mut view.db).await?)));
    let (rows, master) = keys.await?;
    match master {
        Some(fingerprint) => tell(format!("Sealed with the master key {fingerprint}.")),
        None => tell("There are no keys yet: the first `guichet serve` makes them."),
    }
    let now = opened.clock.now();
    for row in &rows {
        tell(format!("{}  {}  {}", row.alg.name(), row.kid, stage(row, now)));
    }
    Ok(())
}

fn stage(row: &KeyRow, now: Timestamp) -> String {
    match (row.gone_at, row.signs_until) {
        (Some(gone), _) if gone <= now => format!("gone since {gone}"),
        (_, Some(until)) if until <= now => format!("signed until {until}, still published"),
        (_, Some(until)) => format!("signs until {until}"),
        (_, None) if row.signs_from > now => format!("published, signs from {}", row.signs_from),
        (_, None) => format!("signs since {}", row.signs_from),
    }
}
