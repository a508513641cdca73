//! What every request can reach.

use std::sync::Arc;

use sqlx::SqlitePool;

use crate::provider::Provider;
use crate::settings::Settings;

/// What every request can reach.
pub struct Portal {
    pub settings: Settings,
    pub provider: Provider,
    pub database: SqlitePool,
}

pub type Shared = Arc<Portal>;

impl Portal {
    pub fn new(settings: Settings, database: SqlitePool) -> Result<Self, reqwest::Error> {
        Ok(Self { provider: Provider::new(settings.clone())?, settings, database })
    }
}
