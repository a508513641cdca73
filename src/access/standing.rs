//! The verdict: every condition evaluated on one snapshot, purely.

use crate::base::{Address, EServiceCode, Timestamp};

use super::condition::Lasting;
use super::{Condition, Door, Snapshot, counts};

/// What is asked of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    pub door: Door,
    /// The address that door looks at; unknown refuses where a list applies.
    pub address: Option<Address>,
    /// The e-service the relying party is tied to (R-RGT-3).
    pub e_service: Option<&'a EServiceCode>,
    /// When the second factor behind the sign-in was proven.
    pub second_factor_at: Option<Timestamp>,
}

/// The conditions that count at a door, met and unmet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    conditions: Vec<(Condition, bool)>,
}

/// The conditions that aren't met.
pub type Unmet = Vec<Condition>;

impl Verdict {
    /// Whether every condition is met.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.conditions.iter().all(|(_, met)| *met)
    }

    /// All that are unmet, in the order of [`Condition::ALL`].
    #[must_use]
    pub fn unmet(&self) -> Unmet {
        self.conditions.iter().filter(|(_, met)| !met).map(|(condition, _)| *condition).collect()
    }

    /// Whether nothing but the second factor is missing: the person can mend that here and now.
    #[must_use]
    pub fn lacks_second_factor_only(&self) -> bool {
        self.unmet() == [Condition::SecondFactor]
    }

    /// Whether the person may act, if need be after proving the second factor.
    #[must_use]
    pub fn holds_or_lacks_second_factor_only(&self) -> bool {
        self.holds() || self.lacks_second_factor_only()
    }

    /// Whether what hangs on this access ends with it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.unmet().into_iter().any(|condition| condition.lasting() == Lasting::Final)
    }

    /// Each condition that counts here, and whether it is met.
    pub fn conditions(&self) -> impl Iterator<Item = (Condition, bool)> {
        self.conditions.iter().copied()
    }
}

/// Evaluates every condition that counts at the door.
#[must_use]
pub fn judge(person: &Snapshot, asked: Circumstances<'_>) -> Verdict {
    let conditions = Condition::ALL
        .iter()
        .copied()
        .filter(|condition| counts(*condition, asked.door))
        .map(|condition| (condition, is_met(condition, person, asked)))
        .collect();
    Verdict { conditions }
}

/// Whether everything holds but perhaps the network and the second factor: the person could act, from the right place.
pub(super) fn holds_anywhere(person: &Snapshot) -> bool {
    let anywhere = Circumstances { door: Door::Page, address: None, e_service: None, second_factor_at: None };
    judge(person, anywhere)
        .unmet()
        .into_iter()
        .all(|condition| matches!(condition, Condition::Network | Condition::SecondFactor))
}

/// Whether nothing final stands against the person: what is lacking may come back.
#[must_use]
pub fn may_come_back(person: &Snapshot) -> bool {
    let anywhere = Circumstances { door: Door::Page, address: None, e_service: None, second_factor_at: None };
    !judge(person, anywhere).is_final()
}

fn is_met(condition: Condition, person: &Snapshot, asked: Circumstances<'_>) -> bool {
    match condition {
        Condition::CompanyValidated => person.accounting_validated_at.is_some(),
        Condition::CompanyOrdered => person.first_order_at.is_some(),
        Condition::CompanyOpen => person.erp_blocked_at.is_none() && person.blocked_at.is_none(),
        Condition::ContactListed => person.erp_inactive_at.is_none(),
        Condition::ContactEnabled => person.contact_disabled_at.is_none(),
        Condition::MembershipApproved => {
            person.approved_at.is_some() && person.refused_at.is_none() && person.detached_at.is_none()
        }
        Condition::MembershipEnabled => person.membership_disabled_at.is_none(),
        Condition::AccountEnabled => person.account_disabled_at.is_none(),
        Condition::AccountActivated => person.activated_at.is_some(),
        Condition::MailboxProven => person.mailbox_proven_at.is_some(),
        Condition::PasswordSet => person.password_set_at.is_some(),
        Condition::SecondFactor => asked.second_factor_at.is_some() || !person.needs_second_factor(),
        // Levels only tighten: both lists must let the address in.
        Condition::Network => person.company_networks.admit(asked.address) && person.networks.admit(asked.address),
        Condition::EService => {
            asked.e_service.is_none_or(|code| person.e_services.contains(code) && person.subscriptions.contains(code))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sqlx::types::Json;
    use uuid::Uuid;

    use super::{Circumstances, judge};
    use crate::access::{Condition, Door, Snapshot, counts};
    use crate::base::ids::{AccountId, CompanyId, ContactId, MembershipId};
    use crate::base::{Address, EServiceCode, Networks, Profile, Timestamp};

    const AT: Option<Timestamp> = Some(Timestamp::from_millis(1));

    fn admitted() -> Snapshot {
        let code = EServiceCode::parse("fci").unwrap();
        Snapshot {
            membership: MembershipId(Uuid::nil()),
            account: AccountId(Uuid::nil()),
            contact: ContactId(Uuid::nil()),
            company: CompanyId(Uuid::nil()),
            company_ref: "C-1".to_owned(),
            company_name: "Durand".to_owned(),
            accounting_validated_at: AT,
            first_order_at: AT,
            erp_blocked_at: None,
            blocked_at: None,
            subscriptions: Json([code.clone()].into()),
            company_networks: Json(Networks::parse("192.0.2.0/24").unwrap()),
            first_name: "Alice".to_owned(),
            last_name: "Durand".to_owned(),
            email: "alice@durand.example".to_owned(),
            email_signs_in: true,
            phone: None,
            mobile: None,
            language: None,
            erp_inactive_at: None,
            contact_disabled_at: None,
            approved_at: AT,
            refused_at: None,
            detached_at: None,
            membership_disabled_at: None,
            profile: Profile::Complete,
            roles: Json::default(),
            e_services: Json([code].into()),
            branch: None,
            networks: Json(Networks::parse("192.0.2.0/25, 198.51.100.0/24").unwrap()),
            account_disabled_at: None,
            activated_at: AT,
            mailbox_proven_at: AT,
            password_set_at: AT,
            second_factor_required_at: None,
            second_factor_enrolled_at: None,
            passkey_enrolled_at: None,
        }
    }

    /// Breaks exactly one condition.
    fn break_one(person: &mut Snapshot, condition: Condition) {
        match condition {
            Condition::CompanyValidated => person.accounting_validated_at = None,
            Condition::CompanyOrdered => person.first_order_at = None,
            Condition::CompanyOpen => person.blocked_at = AT,
            Condition::ContactListed => person.erp_inactive_at = AT,
            Condition::ContactEnabled => person.contact_disabled_at = AT,
            Condition::MembershipApproved => person.approved_at = None,
            Condition::MembershipEnabled => person.membership_disabled_at = AT,
            Condition::AccountEnabled => person.account_disabled_at = AT,
            Condition::AccountActivated => person.activated_at = None,
            Condition::MailboxProven => person.mailbox_proven_at = None,
            Condition::PasswordSet => person.password_set_at = None,
            Condition::SecondFactor => person.second_factor_required_at = AT,
            Condition::Network => person.networks = Json(Networks::parse("203.0.113.0/24").unwrap()),
            Condition::EService => person.e_services = Json::default(),
        }
    }

    fn asked(door: Door, e_service: &EServiceCode) -> Circumstances<'_> {
        Circumstances { door, address: Address::parse("192.0.2.7"), e_service: Some(e_service), second_factor_at: None }
    }

    #[test]
    fn every_condition_alone_refuses_at_every_door_where_it_counts() {
        let code = EServiceCode::parse("fci").unwrap();
        for door in Door::ALL {
            assert!(judge(&admitted(), asked(*door, &code)).holds());
            for condition in Condition::ALL {
                let mut person = admitted();
                break_one(&mut person, *condition);
                let standing = judge(&person, asked(*door, &code));
                let expected = if counts(*condition, *door) { vec![*condition] } else { vec![] };
                assert_eq!(standing.unmet(), expected, "{condition} at {door}");
            }
        }
    }

    #[test]
    fn networks_of_company_and_contact_tighten_each_other_and_an_unknown_address_is_refused() {
        for (address, admitted_there) in
            [("192.0.2.7", true), ("192.0.2.200", false), ("198.51.100.1", false), ("nowhere", false)]
        {
            let asked = Circumstances {
                door: Door::Page,
                address: Address::parse(address),
                e_service: None,
                second_factor_at: None,
            };
            let standing = judge(&admitted(), asked);
            assert_eq!(standing.holds(), admitted_there, "{address}");
        }
    }

    #[test]
    fn two_factors_are_demanded_of_whoever_enrolled_or_must_and_met_by_the_sign_in_at_every_door() {
        let code = EServiceCode::parse("fci").unwrap();
        for (required, enrolled) in [(AT, None), (None, AT), (AT, AT)] {
            let person =
                Snapshot { second_factor_required_at: required, second_factor_enrolled_at: enrolled, ..admitted() };
            for door in Door::ALL {
                let by_one = asked(*door, &code);
                assert!(judge(&person, by_one).lacks_second_factor_only(), "{door}");
                assert!(judge(&person, Circumstances { second_factor_at: AT, ..by_one }).holds(), "{door}");
            }
        }
    }

    #[test]
    fn an_e_service_the_company_no_longer_subscribes_to_is_not_held() {
        let code = EServiceCode::parse("fci").unwrap();
        let mut person = admitted();
        person.subscriptions = Json::default();
        assert_eq!(judge(&person, asked(Door::Authorize, &code)).unmet(), vec![Condition::EService]);
        assert!(person.entitlements().is_empty());
    }

    proptest! {
        #[test]
        fn the_unmet_conditions_are_exactly_those_broken(
            broken in proptest::sample::subsequence(Condition::ALL.to_vec(), 0..=Condition::ALL.len()),
        ) {
            let code = EServiceCode::parse("fci").unwrap();
            let mut person = admitted();
            for condition in &broken {
                break_one(&mut person, *condition);
            }
            let standing = judge(&person, asked(Door::Authorize, &code));
            prop_assert_eq!(standing.unmet(), broken.clone());
            prop_assert_eq!(standing.holds(), broken.is_empty());
        }
    }
}
