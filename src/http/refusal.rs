//! A refusal: what somebody can't do now, and every condition of access that counted. How it is said, `page` knows.

use crate::access::{self, Condition, Snapshot, StaffCondition, StaffSnapshot, StaffVerdict};
use crate::base::EServiceCode;
use crate::base::ids::{AccountId, CompanyId};

/// What is refused, to whom, and on what grounds.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// To somebody as a contact, or as each of several.
    Contact(ContactRefusal),
    /// To one of the vendor's people.
    Staff(Box<StaffRefusal>),
}

impl Refusal {
    /// What was wished.
    pub const fn wish(&self) -> &Attempted {
        match self {
            Self::Contact(refused) => &refused.wish,
            Self::Staff(refused) => &refused.wish,
        }
    }

    /// The conditions that don't hold, as the trail keeps them.
    pub fn unmet(&self) -> Vec<&'static str> {
        match self {
            Self::Contact(refused) => {
                refused.people.iter().flat_map(|(_, standing)| standing.unmet()).map(Condition::as_str).collect()
            }
            Self::Staff(refused) => refused.standing.unmet().into_iter().map(StaffCondition::as_str).collect(),
        }
    }

    /// To whom, and at which company.
    pub fn first(&self) -> (Option<AccountId>, Option<CompanyId>) {
        match self {
            Self::Contact(refused) => {
                let person = refused.people.first().map(|(person, _)| person);
                (person.map(|person| person.account.id), person.map(|person| person.company.id))
            }
            Self::Staff(refused) => (Some(refused.person.account.id), None),
        }
    }
}

/// What is refused to one of the vendor's people.
#[derive(Clone, Debug)]
pub struct StaffRefusal {
    /// What they wished.
    pub wish: Attempted,
    /// Who they are.
    pub person: StaffSnapshot,
    /// What they lack.
    pub standing: StaffVerdict,
}

/// What is refused to a customer's contact.
#[derive(Clone, Debug)]
pub struct ContactRefusal {
    /// What the person wished.
    pub wish: Attempted,
    /// Each contact the person is, with what it lacks.
    pub people: Vec<(Snapshot, access::Verdict)>,
    /// The e-service asked for, where there is one.
    pub e_service: Option<EServiceCode>,
    /// Whether the person may act for another company.
    pub others: bool,
}

/// What was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    SignIn,
    /// To enter a relying party, by its name.
    Enter(String),
    /// To open one of our own pages.
    Page,
}

impl Attempted {
    /// As the trail keeps it.
    pub fn name(&self) -> &str {
        match self {
            Self::SignIn => "sign in",
            Self::Enter(client) => client,
            Self::Page => "open a page",
        }
    }
}
