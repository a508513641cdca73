//! What an operator may declare anew while a server runs: relying parties, policies, e-services and refused words. They
//! are read and checked together, so that all of it counts or none.

use crate::account::password::RefusedWords;
use crate::relying_party::RelyingParties;
use crate::rights::{Policy, PolicyFiles};

use super::{Config, RefusedConfig};

/// What was declared at one moment.
pub struct Declared {
    pub relying_parties: RelyingParties,
    pub policy: Policy,
    pub refused_words: RefusedWords,
}

impl Declared {
    /// Reads what the configuration declares or names.
    pub async fn read(config: &Config) -> Result<Self, RefusedConfig> {
        let refused = |why: String| RefusedConfig::Value(why);
        let relying_parties = RelyingParties::new(&config.clients).map_err(refused)?;
        let refused_words = RefusedWords::read(config.password.refused_file.as_deref()).map_err(refused)?;
        let files = PolicyFiles::read(config.policies.as_deref()).map_err(|flaw| refused(flaw.to_string()))?;
        let policy = Policy::load(&files).await.map_err(|flaws| refused(flaws.to_string()))?;
        for client in &config.clients {
            if let Some(code) = client.e_service.as_ref().filter(|code| policy.catalogue().get(code).is_none()) {
                return Err(refused(format!("clients: `{}`: there is no e-service `{code}`", client.id)));
            }
        }
        Ok(Self { relying_parties, policy, refused_words })
    }
}
