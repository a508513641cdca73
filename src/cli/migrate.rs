//! `guichet migrate`: brings the database to this release's schema.

use crate::config::Config;
use crate::store::Store;

use super::{Failure, tell};

/// Migrates, and says from where to where.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let store = Store::open(&config.store).await?;
    let migration = store.migrate().await?;
    let kind = store.kind();
    store.close().await;
    if migration.from == migration.to {
        tell(format!("The {kind} database has schema {} already.", migration.to));
    } else {
        tell(format!("The {kind} database was migrated: schema {} → {}.", migration.from, migration.to));
    }
    if let Some(copy) = migration.copy {
        tell(format!("Its copy from before is {}.", copy.display()));
    }
    Ok(())
}
