//! What the portal must be told.

use std::time::Duration;

use url::Url;

/// What the portal must be told: its provider, its own address, and how far it trusts both.
#[derive(Clone)]
pub struct Settings {
    /// The provider's issuer, exactly as it names itself.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// Where browsers find the portal, ending in `/`: the only host that its own links and redirects ever name.
    pub base: Url,
    /// How long an answer of UserInfo is relied upon.
    pub recheck: Duration,
    /// How far the provider's clock may be ahead of the portal's; `None` for as far as it likes.
    pub ahead: Option<Duration>,
}

impl Settings {
    pub fn callback(&self) -> Url {
        self.at("callback")
    }

    /// A page of the portal, as an absolute address.
    pub fn at(&self, path: &str) -> Url {
        self.base.join(path).unwrap_or_else(|_| self.base.clone())
    }

    /// The person's own page at the provider.
    pub fn account(&self) -> String {
        format!("{}/account", self.issuer.trim_end_matches('/'))
    }
}
