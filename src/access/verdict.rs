//! The verdict: every condition evaluated on what is known, purely.

use crate::base::{Address, EServiceCode, Timestamp};

use super::condition::Lasting;
use super::{AccountFacts, Condition, Door, Known, MembershipFacts, Snapshot, counts};

/// What is asked, and by whom.
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

/// Whether a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    Yes,
    No,
    /// It depends on a caller, and there is none.
    Unknown,
}

impl Met {
    /// As pages carry it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "true",
            Self::No => "false",
            Self::Unknown => "unknown",
        }
    }
}

impl From<bool> for Met {
    fn from(met: bool) -> Self {
        if met { Self::Yes } else { Self::No }
    }
}

/// The conditions that were asked about, met and unmet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    conditions: Vec<(Condition, Met)>,
}

/// The conditions that aren't met.
pub type Unmet = Vec<Condition>;

impl Verdict {
    /// Whether every condition is met.
    pub fn holds(&self) -> bool {
        self.conditions.iter().all(|(_, met)| *met == Met::Yes)
    }

    /// All that are unmet, in the order of [`Condition::ALL`].
    pub fn unmet(&self) -> Unmet {
        self.conditions.iter().filter(|(_, met)| *met == Met::No).map(|(condition, _)| *condition).collect()
    }

    /// Whether nothing but the second factor is missing: the person can mend that here and now.
    pub fn lacks_second_factor_only(&self) -> bool {
        let open = self.conditions.iter().filter(|(_, met)| *met != Met::Yes);
        open.eq([&(Condition::SecondFactor, Met::No)])
    }

    /// Whether the person may act, if need be after proving the second factor.
    pub fn holds_or_lacks_second_factor_only(&self) -> bool {
        self.holds() || self.lacks_second_factor_only()
    }

    /// Whether what hangs on this access ends with it.
    pub fn is_final(&self) -> bool {
        self.unmet().into_iter().any(|condition| condition.lasting() == Lasting::Final)
    }

    /// Each condition that was asked about, and whether it is met.
    pub fn conditions(&self) -> impl Iterator<Item = (Condition, Met)> {
        self.conditions.iter().copied()
    }
}

/// Evaluates every condition that counts at the door.
pub fn judge<'a>(known: impl Into<Known<'a>>, asked: Circumstances<'_>) -> Verdict {
    evaluate(known.into(), Some(asked.door), Some(asked))
}

/// Evaluates every condition, with nobody at a door: what depends on a caller may be unknown.
pub fn judge_without_caller<'a>(known: impl Into<Known<'a>>) -> Verdict {
    evaluate(known.into(), None, None)
}

/// What would come of a sign-in from an address, by whoever proves the second factor they have; where no address is
/// known, with nobody at the door.
pub fn judge_from<'a>(known: impl Into<Known<'a>>, address: Option<Address>) -> Verdict {
    let known = known.into();
    let second_factor_at = known.account.and_then(AccountFacts::second_factor_since);
    let asked = |address| Circumstances { door: Door::SignIn, address, e_service: None, second_factor_at };
    evaluate(known, Some(Door::SignIn), address.map(|address| asked(Some(address))))
}

/// Whether nothing final stands against the person: what is lacking may come back.
pub fn may_come_back(person: &Snapshot) -> bool {
    !judge_without_caller(person).is_final()
}

/// The conditions that count at the door, or all of them, as far as they can be known of whoever is there.
fn evaluate(known: Known<'_>, door: Option<Door>, asked: Option<Circumstances<'_>>) -> Verdict {
    let counts_here = |condition: &Condition| door.is_none_or(|door| counts(*condition, door));
    let judged = |condition: Condition| met(condition, known, asked).map(|met| (condition, met));
    Verdict { conditions: Condition::ALL.iter().copied().filter(counts_here).filter_map(judged).collect() }
}

/// Whether a condition is met; nothing where it doesn't arise, for what it is about isn't there.
fn met(condition: Condition, known: Known<'_>, asked: Option<Circumstances<'_>>) -> Option<Met> {
    let Known { company, contact, membership, account } = known;
    let is_met = match condition {
        Condition::CompanyValidated => company.accounting_validated_at.is_some(),
        Condition::CompanyOrdered => company.first_order_at.is_some(),
        Condition::CompanyOpen => company.is_open(),
        Condition::ContactListed => contact?.erp_inactive_at.is_none(),
        Condition::ContactEnabled => contact?.disabled_at.is_none(),
        Condition::MembershipApproved => contact.and(Some(membership))?.is_some_and(MembershipFacts::is_approved),
        Condition::MembershipEnabled => membership?.disabled_at.is_none(),
        Condition::AccountEnabled => account?.disabled_at.is_none(),
        Condition::AccountActivated => account?.activated_at.is_some(),
        Condition::MailboxProven => account?.mailbox_proven_at.is_some(),
        Condition::PasswordSet => account?.password_set_at.is_some(),
        Condition::SecondFactor => {
            let is_proven = |asked: Circumstances<'_>| asked.second_factor_at.is_some();
            return account.map(|_| if_asked(!known.needs_second_factor(), asked, is_proven));
        }
        // Levels only tighten: every list must let the address in.
        Condition::Network => {
            let lists = [&company.vendor_networks, &company.own_networks, &membership?.networks];
            let admits = |asked: Circumstances<'_>| lists.iter().all(|list| list.admit(asked.address));
            return Some(if_asked(lists.iter().all(|list| list.is_empty()), asked, admits));
        }
        Condition::EService => {
            let ticked = &membership?.e_services;
            let holds = |code: &EServiceCode| ticked.contains(code) && company.subscriptions.contains(code);
            return Some(if_asked(false, asked, |asked| asked.e_service.is_none_or(holds)));
        }
    };
    Some(is_met.into())
}

/// What depends on a caller: met whoever calls, or judged by the one who does.
fn if_asked(
    whoever_calls: bool,
    asked: Option<Circumstances<'_>>,
    is_met: impl FnOnce(Circumstances<'_>) -> bool,
) -> Met {
    if whoever_calls { Met::Yes } else { asked.map_or(Met::Unknown, |asked| is_met(asked).into()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{Circumstances, Met, judge, judge_without_caller};
    use crate::access::{
        AccountFacts, CompanyFacts, Condition, ContactFacts, Door, Known, MembershipFacts, Snapshot, counts,
    };
    use crate::base::ids::{CompanyId, ContactId, MembershipId};
    use crate::base::{Address, EServiceCode, Networks, Profile, Timestamp};

    const AT: Option<Timestamp> = Some(Timestamp::from_millis(1));

    fn admitted() -> Snapshot {
        let code = EServiceCode::parse("fci").unwrap();
        let networks = |list: &str| Networks::parse(list).unwrap();
        Snapshot {
            company: CompanyFacts {
                id: CompanyId(Uuid::nil()),
                reference: "C-1".to_owned(),
                name: "Durand".to_owned(),
                accounting_validated_at: AT,
                first_order_at: AT,
                erp_blocked_at: None,
                blocked_at: None,
                subscriptions: [code.clone()].into(),
                vendor_networks: networks("192.0.2.0/24"),
                own_networks: networks("192.0.2.0/26, 192.0.2.128/25, 198.51.100.0/24"),
                second_factor_required_at: None,
            },
            contact: ContactFacts {
                id: ContactId(Uuid::nil()),
                first_name: "Alice".to_owned(),
                last_name: "Durand".to_owned(),
                email: "alice@durand.example".to_owned(),
                email_proven_at: AT,
                phone: None,
                mobile: None,
                language: None,
                erp_inactive_at: None,
                disabled_at: None,
            },
            membership: MembershipFacts {
                id: MembershipId(Uuid::nil()),
                approved_at: AT,
                refused_at: None,
                detached_at: None,
                disabled_at: None,
                profile: Profile::Complete,
                roles: [].into(),
                e_services: [code].into(),
                branch: None,
                networks: networks("192.0.2.0/25, 198.51.100.0/24"),
                second_factor_required_at: None,
            },
            account: AccountFacts::activated(),
        }
    }

    /// Breaks exactly one condition.
    fn break_one(person: &mut Snapshot, condition: Condition) {
        match condition {
            Condition::CompanyValidated => person.company.accounting_validated_at = None,
            Condition::CompanyOrdered => person.company.first_order_at = None,
            Condition::CompanyOpen => person.company.blocked_at = AT,
            Condition::ContactListed => person.contact.erp_inactive_at = AT,
            Condition::ContactEnabled => person.contact.disabled_at = AT,
            Condition::MembershipApproved => person.membership.approved_at = None,
            Condition::MembershipEnabled => person.membership.disabled_at = AT,
            Condition::AccountEnabled => person.account.disabled_at = AT,
            Condition::AccountActivated => person.account.activated_at = None,
            Condition::MailboxProven => person.account.mailbox_proven_at = None,
            Condition::PasswordSet => person.account.password_set_at = None,
            Condition::SecondFactor => person.account.second_factor_required_at = AT,
            Condition::Network => person.membership.networks = Networks::parse("203.0.113.0/24").unwrap(),
            Condition::EService => person.membership.e_services = [].into(),
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
        for (address, admitted_there) in [
            ("192.0.2.7", true),
            ("192.0.2.70", false),
            ("192.0.2.200", false),
            ("198.51.100.1", false),
            ("nowhere", false),
        ] {
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
        for where_from in 0..5 {
            let mut person = admitted();
            let since = [
                &mut person.company.second_factor_required_at,
                &mut person.membership.second_factor_required_at,
                &mut person.account.second_factor_required_at,
                &mut person.account.totp_since,
                &mut person.account.passkey_since,
            ];
            *since.into_iter().nth(where_from).unwrap() = AT;
            for door in Door::ALL {
                let by_one = asked(*door, &code);
                assert!(judge(&person, by_one).lacks_second_factor_only(), "{door}");
                assert!(judge(&person, Circumstances { second_factor_at: AT, ..by_one }).holds(), "{door}");
            }
        }
    }

    #[test]
    fn without_a_caller_what_depends_on_one_is_unknown_and_refuses() {
        let mut person = admitted();
        person.account.totp_since = AT;
        let verdict = judge_without_caller(&person);
        let unknown: Vec<_> = verdict.conditions().filter(|(_, met)| *met == Met::Unknown).map(|(it, _)| it).collect();
        assert_eq!(unknown, [Condition::SecondFactor, Condition::Network, Condition::EService]);
        assert!(!verdict.holds() && verdict.unmet().is_empty());
    }

    #[test]
    fn of_what_isnt_there_yet_no_condition_arises() {
        let person = admitted();
        let asked = |known: Known<'_>| {
            let conditions: Vec<_> = judge_without_caller(known).conditions().collect();
            conditions.into_iter().map(|(condition, met)| format!("{condition} {met:?}")).collect::<Vec<_>>()
        };
        let company = Known::from(&person.company);
        let contact = Known { contact: Some(&person.contact), ..company };
        let of_company = ["company-validated Yes", "company-ordered Yes", "company-open Yes"];
        assert_eq!(asked(company), of_company);
        let of_contact = ["contact-listed Yes", "contact-enabled Yes", "membership-approved No"];
        assert_eq!(asked(contact), [of_company, of_contact].concat());
    }

    #[test]
    fn an_e_service_the_company_no_longer_subscribes_to_is_not_held() {
        let code = EServiceCode::parse("fci").unwrap();
        let mut person = admitted();
        person.company.subscriptions = [].into();
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
