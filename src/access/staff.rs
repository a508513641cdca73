//! May one of the vendor's people act, here, now? Not one condition of a company applies to them, so they are judged by
//! their own. What they may do then is decided by their roles, in `rights`.

use std::collections::BTreeSet;

use crate::base::ids::AccountId;
use crate::base::vocabulary::words;
use crate::base::{Address, Email, Fault, Networks, StaffRole, Timestamp};
use crate::store::{self, Db};

use super::AccountFacts;
use super::facts::account_columns;

words! {
    /// Something that must hold for one of the vendor's people to act.
    StaffCondition, "condition of staff" {
        /// The account isn't switched off.
        AccountEnabled = "account-enabled",
        /// The invitation was taken up.
        AccountActivated = "account-activated",
        /// The mailbox, or the hand that took the link, was proven.
        MailboxProven = "mailbox-proven",
        /// They come from the staff's networks.
        Network = "network",
        /// A second factor was proven in this sign-in. Only the demonstration does without.
        SecondFactor = "second-factor",
    }
}

/// One of the vendor's people, and the account they sign in with, read by one query.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StaffSnapshot {
    pub name: String,
    pub email: Email,
    #[sqlx(json)]
    pub roles: BTreeSet<StaffRole>,
    #[sqlx(flatten)]
    pub account: AccountFacts,
}

/// Whether staff need a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondFactor {
    /// Always.
    #[default]
    Required,
    /// In the demonstration.
    Optional,
}

/// What the operator's settings ask of staff.
#[derive(Clone, Copy, Debug)]
pub struct StaffRules<'a> {
    /// The networks they come from; none listed limits nobody.
    pub networks: &'a Networks,
    /// Whether one factor is enough.
    pub second_factor: SecondFactor,
}

/// What is asked of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct StaffCircumstances<'a> {
    pub rules: StaffRules<'a>,
    /// The caller's address; unknown refuses where a list applies.
    pub address: Option<Address>,
    /// When the second factor behind the sign-in was proven.
    pub second_factor_at: Option<Timestamp>,
}

/// The conditions, met and unmet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffVerdict(Vec<(StaffCondition, bool)>);

impl StaffVerdict {
    /// Whether every condition is met.
    pub fn holds(&self) -> bool {
        self.0.iter().all(|(_, met)| *met)
    }

    /// All that are unmet.
    pub fn unmet(&self) -> Vec<StaffCondition> {
        self.0.iter().filter(|(_, met)| !met).map(|(condition, _)| *condition).collect()
    }

    /// Each condition, and whether it is met.
    pub fn conditions(&self) -> impl Iterator<Item = (StaffCondition, bool)> {
        self.0.iter().copied()
    }
}

/// One of the vendor's people, by their account.
pub async fn of_staff(db: &mut Db, account: AccountId) -> Result<Option<StaffSnapshot>, Fault> {
    let sql = concat!(
        "select s.name, s.email, s.roles, ",
        account_columns!(),
        " from staff s join accounts a on a.id = s.account where s.account = $1"
    );
    store::optional!(*db, StaffSnapshot, sql, account)
}

/// Evaluates every condition.
pub fn judge_staff(person: &StaffSnapshot, asked: StaffCircumstances<'_>) -> StaffVerdict {
    let is_met = |condition| match condition {
        StaffCondition::AccountEnabled => person.account.disabled_at.is_none(),
        StaffCondition::AccountActivated => person.account.activated_at.is_some(),
        StaffCondition::MailboxProven => person.account.mailbox_proven_at.is_some(),
        StaffCondition::Network => asked.rules.networks.admit(asked.address),
        StaffCondition::SecondFactor => {
            asked.rules.second_factor == SecondFactor::Optional || asked.second_factor_at.is_some()
        }
    };
    StaffVerdict(StaffCondition::ALL.iter().map(|condition| (*condition, is_met(*condition))).collect())
}

#[cfg(test)]
mod tests {
    use super::{
        AccountFacts, SecondFactor, StaffCircumstances, StaffCondition, StaffRules, StaffSnapshot, judge_staff,
    };
    use crate::base::{Address, Email, Networks, Timestamp};

    const AT: Option<Timestamp> = Some(Timestamp::from_millis(1));

    fn admitted() -> StaffSnapshot {
        StaffSnapshot {
            name: "Carole".to_owned(),
            email: Email::parse("carole@guichet.example").unwrap(),
            roles: [].into(),
            account: AccountFacts::activated(),
        }
    }

    #[test]
    fn every_condition_alone_refuses() {
        let networks = Networks::parse("192.0.2.0/24").unwrap();
        let rules = StaffRules { networks: &networks, second_factor: SecondFactor::Required };
        let asked = StaffCircumstances { rules, address: Address::parse("192.0.2.7"), second_factor_at: AT };
        assert!(judge_staff(&admitted(), asked).holds());
        for condition in StaffCondition::ALL {
            let (mut person, mut asked) = (admitted(), asked);
            match condition {
                StaffCondition::AccountEnabled => person.account.disabled_at = AT,
                StaffCondition::AccountActivated => person.account.activated_at = None,
                StaffCondition::MailboxProven => person.account.mailbox_proven_at = None,
                StaffCondition::Network => asked.address = None,
                StaffCondition::SecondFactor => asked.second_factor_at = None,
            }
            assert_eq!(judge_staff(&person, asked).unmet(), [*condition]);
        }
        let demo = StaffRules { second_factor: SecondFactor::Optional, ..rules };
        assert!(judge_staff(&admitted(), StaffCircumstances { rules: demo, second_factor_at: None, ..asked }).holds());
    }
}
