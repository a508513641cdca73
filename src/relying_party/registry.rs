//! The registry: every relying party that the operator declared, found by its client id.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::base::redirect_uri::origin;

use super::RelyingParty;
use super::settings::{Misconfigured, Settings};

/// Every relying party, by client id. Whoever looks one up keeps it as it was then, whatever is declared meanwhile.
#[derive(Debug)]
pub struct RelyingParties(ArcSwap<HashMap<String, Arc<RelyingParty>>>);

impl RelyingParties {
    /// Reads what the operator declared; refused with one line that says what to mend.
    pub fn new(settings: &[Settings]) -> Result<Self, String> {
        let mut parties = HashMap::with_capacity(settings.len());
        for one in settings {
            let party = one.declare().map_err(|refused| refused.to_string())?;
            if parties.insert(one.id.clone(), Arc::new(party)).is_some() {
                return Err(Misconfigured::twice(&one.id).to_string());
            }
        }
        Ok(Self(ArcSwap::from_pointee(parties)))
    }

    /// The relying party with that client id.
    pub fn find(&self, id: &str) -> Option<Arc<RelyingParty>> {
        self.0.load().get(id).cloned()
    }

    /// Whether a script of that origin belongs to a relying party: one of its redirect URIs lies there.
    pub fn serve_from(&self, asked: &str) -> bool {
        self.0
            .load()
            .values()
            .flat_map(|party| &party.redirect_uris)
            .any(|uri| origin(uri.as_str()).is_some_and(|own| own == asked))
    }

    /// What they are called, in every language: everybody knows it.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.load().values().flat_map(|party| [party.names.fr.clone(), party.names.en.clone()]).collect()
    }

    /// From now on only those of the other registry are found, all at once.
    pub fn replace(&self, by: &Self) {
        self.0.store(by.0.load_full());
    }
}

/// Whether the declarations can be used, before anything is started with them.
pub fn check(settings: &[Settings]) -> Result<(), String> {
    RelyingParties::new(settings).map(drop)
}
