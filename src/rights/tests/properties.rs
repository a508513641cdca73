//! What holds for anything anyone could hold.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::base::vocabulary::{EServiceCode, Profile, Role};

use super::super::{Holdings, InvoiceAction, Object, OrderAction, Question, Reason, Resource};
use super::{POLICY, code, holding};

/// Codes of the catalogue, and some that it doesn't have but that could pass for words of the policy.
fn codes() -> Vec<EServiceCode> {
    POLICY
        .catalogue()
        .iter()
        .map(|e_service| e_service.code.clone())
        .chain([code("asked"), code("any"), code("e-service")])
        .collect()
}

fn any_profile() -> impl Strategy<Value = Profile> {
    select(Profile::ALL)
}

fn any_roles() -> impl Strategy<Value = BTreeSet<Role>> {
    subsequence(Role::ALL, 0..=Role::ALL.len()).prop_map(BTreeSet::from_iter)
}

fn any_e_services() -> impl Strategy<Value = BTreeSet<EServiceCode>> {
    let codes = codes();
    let most = codes.len();
    subsequence(codes, 0..=most).prop_map(BTreeSet::from_iter)
}

prop_compose! {
    fn any_holdings()(profile in any_profile(), roles in any_roles(), e_services in any_e_services()) -> Holdings {
        Holdings { roles, e_services, ..holding(profile, &[], &[]) }
    }
}

fn any_question() -> impl Strategy<Value = Question> {
    let pairs: Vec<_> = Object::ALL
        .iter()
        .flat_map(|object| object.actions().into_iter().map(|action| (object.as_str(), action)))
        .collect();
    (select(pairs), select(codes()))
        .prop_map(|((object, action), code)| Question::parse(object, action, Some(code.as_str())).unwrap())
}

fn may(holdings: &Holdings, question: &Question) -> bool {
    POLICY.decide(holdings, question, &Resource::default()).allowed
}

/// What a profile takes away from everybody who has it, in words independent of the policy's (R-RGT-1).
fn takes_away(profile: Profile, question: &Question) -> bool {
    match profile {
        Profile::Complete => false,
        Profile::Limited => matches!(question, Question::Invoice(_) | Question::Order(OrderAction::ViewAmount)),
        Profile::Invoicing => !matches!(question, Question::Invoice(InvoiceAction::View | InvoiceAction::Pay)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_further_role_or_e_service_takes_no_right_away(
        holdings in any_holdings(), question in any_question(), role in select(Role::ALL), e_service in select(codes()),
    ) {
        let mut more = holdings.clone();
        more.roles.insert(role);
        more.e_services.insert(e_service);
        prop_assert!(may(&more, &question) || !may(&holdings, &question));
    }

    #[test]
    fn a_combination_gives_what_its_parts_give_less_what_the_profile_denies(
        holdings in any_holdings(), question in any_question(),
    ) {
        let alone = holding(Profile::Complete, &[], &[]);
        let with_role = holdings.roles.iter().map(|role| Holdings { roles: [*role].into(), ..alone.clone() });
        let with_e_service =
            holdings.e_services.iter().map(|code| Holdings { e_services: [code.clone()].into(), ..alone.clone() });
        let by_a_part = with_role.chain(with_e_service).chain([alone.clone()]).any(|part| may(&part, &question));
        prop_assert_eq!(may(&holdings, &question), by_a_part && !takes_away(holdings.profile, &question));
    }

    #[test]
    fn a_profiles_denials_win_over_anything_held(holdings in any_holdings(), question in any_question()) {
        let decision = POLICY.decide(&holdings, &question, &Resource::default());
        if takes_away(holdings.profile, &question) {
            prop_assert!(!decision.allowed);
        }
        prop_assert_eq!(decision.allowed, decision.because.grants());
        prop_assert_ne!(decision.because, Reason::Undecidable);
    }

    #[test]
    fn an_e_service_is_used_by_who_holds_that_very_one(holdings in any_holdings(), asked in select(codes())) {
        let question = Question::parse("e_service", "use", Some(asked.as_str())).unwrap();
        let held = holdings.e_services.contains(&asked) && holdings.profile != Profile::Invoicing;
        prop_assert_eq!(may(&holdings, &question), held);
    }

    #[test]
    fn another_companys_resource_is_never_within_reach(
        holdings in any_holdings(), question in any_question(), company in "\\PC{0,12}", branch in "[A-Z]{0,3}",
    ) {
        prop_assume!(company != holdings.company);
        let resource = Resource { company: Some(&company), branch: Some(&branch) };
        let decision = POLICY.decide(&holdings, &question, &resource);
        prop_assert_eq!((decision.allowed, decision.because), (false, Reason::OtherCompany));
    }

    #[test]
    fn another_branchs_resource_is_never_within_reach_of_who_is_limited_to_one(
        holdings in any_holdings(), question in any_question(), own in "[A-Z]{1,3}", other in "[A-Z]{0,3}",
    ) {
        prop_assume!(own != other);
        let limited = Holdings { branch: Some(own), ..holdings };
        let resource = Resource { company: Some(&limited.company), branch: Some(&other) };
        prop_assert!(!POLICY.decide(&limited, &question, &resource).allowed);
    }

    #[test]
    fn words_outside_the_vocabulary_make_no_question(object in "\\PC{0,16}", action in "\\PC{0,16}") {
        let known = object.parse::<Object>().is_ok_and(|object| object.actions().contains(&action.as_str()));
        prop_assert_eq!(Question::parse(&object, &action, Some("tao")).is_ok(), known);
    }
}
