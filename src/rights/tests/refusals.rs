//! What is refused: words nobody knows, lines that make no sense, and what belongs to someone else.

use crate::base::vocabulary::{Profile, Role};

use super::super::{Object, Policy, PolicyFiles, Question, Reason, Resource};
use super::{POLICY, ask, code, flaws, holding, wait};

#[test]
fn an_unknown_word_makes_no_question() {
    let told = |object, action, id| Question::parse(object, action, id).unwrap_err().to_string();
    assert!(told("orders", "view", None).starts_with("`orders` is no type of object; allowed: order, invoice"));
    assert_eq!(told("invoice", "force", None), "`force` is no action on an invoice; allowed: view, pay");
    assert!(told("order", "VIEW", None).contains("allowed: view, view_amount, create, exchange, terminate"));
    assert!(told("order", "any", None).starts_with("`any` is no action on an order"));
    assert_eq!(told("e_service", "use", None), "a question about an e_service names its code as the id");
    assert!(told("e_service", "use", Some("*")).starts_with("`*` is no e-service code"));
}

#[test]
fn every_word_of_the_vocabulary_makes_the_question_it_names() {
    for object in Object::ALL {
        for action in object.actions() {
            let question = Question::parse(object.as_str(), action, Some("tao")).unwrap();
            assert_eq!((question.object(), question.action()), (*object, action));
        }
    }
}

#[test]
fn a_line_of_the_policy_that_nobody_understands_is_refused_with_its_number() {
    let told = |line: &str| {
        let text = format!("# Orders.\n\np, profile:any, order, view, allow\n{line}\n");
        flaws(&PolicyFiles::embedded().with("order.csv", |_| text))
    };
    for (line, why) in [
        ("p, profile:wide, order, view, allow", "`wide` is no profile"),
        ("p, role:admin, order, view, allow", "`admin` is no role"),
        ("p, e_service:JUST, order, view, allow", "`JUST` is no e-service code"),
        ("p, e_service:just, order, view, allow", "`just` is no e-service of"),
        ("p, asked:e_service, order, view, allow", "no e-service is asked about"),
        ("p, alice, order, view, allow", "`alice` is no holder"),
        ("p, group:all, order, view, allow", "`group:all` is no holder"),
        ("p, role:billing, orders, view, allow", "`orders` is no type of object"),
        ("p, role:billing, invoice, pay, allow", "rules on `order`, not on `invoice`"),
        ("p, role:billing, order, pay, allow", "`pay` is no action of this object"),
        ("p, role:billing, order, view, permit", "`permit` is no effect"),
        ("p, role:billing, order, view, deny", "only one profile denies"),
        ("p, profile:any, order, view, deny", "only one profile denies"),
        ("p, profile:any, order, view, allow", "the same rule stands above"),
        ("p, role:billing, order, view", "a rule is `p, holder"),
        ("p, role:billing, order, view, allow, x", "a rule is `p, holder"),
        ("g, role:account_admin, role:billing", "a rule is `p, holder"),
    ] {
        let told = told(line);
        assert!(told.starts_with("policies/order.csv, line 4: ") && told.contains(why), "{line}: {told}");
    }
}

#[test]
fn a_model_that_casbin_cannot_use_is_refused() {
    let told =
        |from: &str, to: &str| flaws(&PolicyFiles::embedded().with("model.conf", |model| model.replace(from, to)));
    let found = told("[matchers]", "[matchers");
    assert!(found.starts_with("policies/model.conf: casbin can't use it: "), "{found}");
    let found = told("p.holder in r.held", "p.holder in r.nobody");
    assert!(
        found.contains("decisions.csv, line 5: complete,-,-, order.view: people say yes, the rules say no"),
        "{found}"
    );
    let found = told(" && !some(where (p.eft == deny))", "");
    assert!(found.contains("order.view_amount: people say no, the rules say yes by order.csv, line 3"), "{found}");
}

#[test]
fn every_type_of_object_has_its_own_shard() {
    for object in Object::ALL {
        assert!(POLICY.rules().iter().any(|rule| rule.place().0 == format!("{object}.csv")), "{object}");
    }
}

#[test]
fn a_policy_without_rules_refuses_everything() {
    let emptied = |files: PolicyFiles, object: &Object| files.with(&format!("{object}.csv"), |_| String::new());
    let bare = Object::ALL.iter().fold(PolicyFiles::embedded(), emptied);
    let policy = wait(Policy::parse(&bare)).unwrap();
    let everything = holding(Profile::Complete, Role::ALL, &["forcage", "certificats", "e-just-fibre"]);
    for object in Object::ALL {
        for action in object.actions() {
            let question = Question::parse(object.as_str(), action, Some("forcage")).unwrap();
            let decision = policy.decide(&everything, &question, &Resource::default());
            assert_eq!((decision.allowed, decision.because), (false, Reason::NothingGrants));
        }
    }
}

#[test]
fn a_contact_limited_to_a_branch_reaches_it_and_what_has_no_branch() {
    let mut bruno = holding(Profile::Limited, &[Role::Tickets], &[]);
    bruno.branch = Some("LYO".to_owned());
    let question = Question::parse("order", "view", None).unwrap();
    let decide = |branch| {
        let resource = Resource { company: Some("C-1001"), branch };
        POLICY.decide(&bruno, &question, &resource)
    };
    assert!(decide(Some("LYO")).allowed);
    assert!(decide(None).allowed);
    for other in ["PAR", "lyo", ""] {
        assert_eq!(decide(Some(other)).because, Reason::OtherBranch);
        assert!(!decide(Some(other)).allowed);
    }
}

#[test]
fn the_reason_says_what_decided() {
    let bruno = holding(Profile::Limited, &[Role::Tickets, Role::Billing], &["forcage"]);
    for (object, action, because) in [
        ("order", "view", Reason::ProfileGrants(Profile::Limited)),
        ("order", "view_amount", Reason::ProfileDenies(Profile::Limited)),
        ("invoice", "view", Reason::ProfileDenies(Profile::Limited)),
        ("invoice", "pay", Reason::ProfileDenies(Profile::Limited)),
        ("ticket", "open", Reason::RoleGrants(Role::Tickets)),
        ("ticket", "force", Reason::EServiceGrants(code("forcage"))),
        ("e_service", "use", Reason::EServiceGrants(code("forcage"))),
        ("certificate", "view", Reason::NothingGrants),
        ("contact", "manage", Reason::NothingGrants),
    ] {
        let decision = ask(&bruno, object, action);
        assert_eq!((decision.allowed, &decision.because), (because.grants(), &because), "{object}.{action}");
    }
    let question = Question::parse("e_service", "use", Some("certificats")).unwrap();
    assert_eq!(POLICY.decide(&bruno, &question, &Resource::default()).because, Reason::NothingGrants);
    let foreign = Resource { company: Some("C-1002"), branch: None };
    assert_eq!(POLICY.decide(&bruno, &question, &foreign).because, Reason::OtherCompany);
}
