//! Who acts, in whose name, and from where: what every unit of work is done by.

use super::Language;
use super::ids::{AccountId, SessionId};
use super::network::Address;

/// Who does something, as the audit trail tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    /// The account in whose name a support agent acts (R-SUP-5).
    pub in_name_of: Option<AccountId>,
    /// The address the request came from, where there was one.
    pub address: Option<Address>,
    /// The session it happened in.
    pub session: Option<SessionId>,
    /// The browser it was done in, where there was one.
    pub browser: Option<Browser>,
}

/// A browser, as far as it tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Its own words.
    pub user_agent: String,
    /// What it reads, where whoever sits before it chose no language.
    pub language: Language,
}

/// The kinds of actors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody known: a visitor before signing in.
    Visitor,
    /// A signed-in person.
    Account(AccountId),
    /// A relying party or service, by its client id.
    Client(String),
    /// The operator at the command line.
    Operator,
    Timetable,
}

impl Who {
    /// The kind, as the audit trail stores it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Account(_) => "account",
            Self::Client(_) => "client",
            Self::Operator => "operator",
            Self::Timetable => "timetable",
        }
    }

    /// Which one, where there is more than one of the kind.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Account(id) => Some(id.to_string()),
            Self::Client(id) => Some(id.clone()),
            Self::Visitor | Self::Operator | Self::Timetable => None,
        }
    }
}

impl Actor {
    /// Somebody, from nowhere in particular.
    pub fn of(who: Who) -> Self {
        Self { who, in_name_of: None, address: None, session: None, browser: None }
    }

    /// The same actor, coming from that address.
    #[must_use]
    pub fn from(mut self, address: Option<Address>) -> Self {
        self.address = address;
        self
    }
}
