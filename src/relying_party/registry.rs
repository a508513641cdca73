//! The registry: every relying party that the operator declared, found by its client id.

use std::collections::HashMap;

use crate::base::redirect_uri::origin;

use super::RelyingParty;
use super::settings::{Misconfigured, Settings};

/// Every relying party, by client id.
#[derive(Debug, Default)]
pub struct RelyingParties(HashMap<String, RelyingParty>);

impl RelyingParties {
    /// Reads what the operator declared; refused with one line that says what to mend.
    pub fn new(settings: &[Settings]) -> Result<Self, String> {
        let mut parties = HashMap::with_capacity(settings.len());
        for one in settings {
            let party = one.declare().map_err(|refused| refused.to_string())?;
            if parties.insert(one.id.clone(), party).is_some() {
                return Err(Misconfigured::twice(&one.id).to_string());
            }
        }
        Ok(Self(parties))
    }

    /// The relying party with that client id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&RelyingParty> {
        self.0.get(id)
    }

    /// Whether a script of that origin belongs to a relying party: one of its redirect URIs lies there.
    #[must_use]
    pub fn serve_from(&self, asked: &str) -> bool {
        self.0
            .values()
            .flat_map(|party| &party.redirect_uris)
            .any(|uri| origin(uri.as_str()).is_some_and(|own| own == asked))
    }
}

/// Whether the declarations can be used, before anything is started with them.
pub fn check(settings: &[Settings]) -> Result<(), String> {
    RelyingParties::new(settings).map(drop)
}
