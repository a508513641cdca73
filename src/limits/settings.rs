//! `[limits]` in the configuration.

use serde::{Deserialize, Serialize};

use crate::base::ids::AccountId;
use crate::base::{Address, Digest, Life};

use super::{Limit, LimitKind};

/// How many attempts may fail within the window, by what they are counted by.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long failures count, from the first of them on.
    pub window: Life,
    /// Failed passwords for one account, or for one name that nobody has.
    pub name: u32,
    /// Failed codes for the second factor of one account, whatever kind they are and wherever they were asked for.
    pub factor: u32,
    /// Failed passwords and codes from one browser that the account knows: these count by nothing else, so that it gets
    /// in during an attack.
    pub device: u32,
    /// Failed passwords and codes from one IPv4 address or IPv6 /64. Whole companies share one.
    pub network: u32,
    /// Failed passwords and codes in all.
    pub overall: u32,
    /// Wrong secrets for one client from one network.
    pub client: u32,
    /// Challenges for passkeys asked for from one IPv4 address or IPv6 /64.
    pub challenge: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window: Life::minutes(15),
            name: 10,
            factor: 5,
            device: 10,
            network: 100,
            overall: 10_000,
            client: 20,
            challenge: 1000,
        }
    }
}

impl Settings {
    /// Whether they let anybody in, and keep anybody out; else one line that says what to mend.
    pub fn check(&self) -> Result<(), String> {
        if self.window < Life::seconds(1) {
            return Err("`limits.window` is 0, so that nothing is ever counted: write a duration like 15min".to_owned());
        }
        match LimitKind::ALL.iter().find(|kind| self.most(**kind) == 0) {
            Some(kind) => Err(format!("`limits.{kind}` is 0, which lets nobody in: write 1 or more")),
            None => Ok(()),
        }
    }

    /// The limit of that kind on `whom`: bytes that are the same for the same one only.
    pub fn on(&self, kind: LimitKind, whom: &[u8]) -> Limit {
        let key = Digest::of(&[kind.as_str().as_bytes(), b"\0", whom].concat());
        Limit { kind, key, most: self.most(kind).into(), window: self.window }
    }

    /// The limit on a browser that the account knows, which counts by itself alone: it gets in while others attack the
    /// account, its network or everybody.
    pub fn on_device(&self, account: AccountId, device: &Digest) -> Limit {
        self.on(LimitKind::Device, format!("{account} {}", device.base64url()).as_bytes())
    }

    /// The limit on a subscriber's network. Addresses that nobody knows are one.
    pub fn on_network(&self, address: Option<Address>) -> Limit {
        self.on(LimitKind::Network, subscriber(address).as_bytes())
    }

    /// The limit on the challenges that a subscriber's network asks for.
    pub fn on_challenges(&self, address: Option<Address>) -> Limit {
        self.on(LimitKind::Challenge, subscriber(address).as_bytes())
    }

    pub(super) const fn most(&self, kind: LimitKind) -> u32 {
        match kind {
            LimitKind::Device => self.device,
            LimitKind::Name => self.name,
            LimitKind::Factor => self.factor,
            LimitKind::Network => self.network,
            LimitKind::Overall => self.overall,
            LimitKind::Client => self.client,
            LimitKind::Challenge => self.challenge,
        }
    }
}

fn subscriber(address: Option<Address>) -> String {
    address.map(|address| address.subscriber().to_string()).unwrap_or_default()
}
