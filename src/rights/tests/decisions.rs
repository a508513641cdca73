//! `policies/decisions.csv` is whole, the policy agrees with it, and no line of the policy is without effect.

use std::collections::BTreeSet;

use super::super::policy::Policy;
use super::super::review::{Problem, review, review_table};
use super::super::rules::{self, Effect, Rule};
use super::super::{Catalogue, Object};
use super::{POLICY, wait};

const TABLE: &str = include_str!("../../../policies/decisions.csv");

#[test]
fn the_policy_decides_as_people_wrote() {
    let report = wait(review()).unwrap();
    let problems: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
    assert!(report.passes(), "{}", problems.join("\n"));
    assert_eq!(report.agreed, 60 * 20);
}

#[test]
fn every_line_is_awaited_and_none_twice() {
    let lines: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
    let missing: BTreeSet<_> = problems(lines[0]).iter().map(ToString::to_string).collect();
    let written = lines[1..].iter().map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(","));
    assert_eq!(missing, written.map(|row| format!("{row}: no line")).collect());
    assert!(matches!(problems(&lines[..60].join("\n"))[..], [Problem::MissingLine(_)]));
    let twice = format!("{TABLE}{}", lines[60]);
    assert!(matches!(problems(&twice)[..], [Problem::RepeatedLine(_)]));
}

#[test]
fn every_cell_is_awaited() {
    let lines: Vec<_> = TABLE.lines().collect();
    let place = lines.iter().position(|line| line.starts_with("limited,billing,forcage,")).unwrap();
    let cells: Vec<_> = lines[place].split(',').collect();
    for left_out in 3..cells.len() {
        let mut emptied = cells.clone();
        emptied[left_out] = "";
        let found = problems(&replaced(&lines, place, &emptied.join(",")));
        assert!(matches!(found[..], [Problem::BadCell { .. }]));
    }
    let shorter = cells[..cells.len() - 1].join(",");
    assert!(matches!(problems(&replaced(&lines, place, &shorter))[..], [Problem::BadCell { .. }]));
}

#[test]
fn the_table_misses_no_column() {
    let lines: Vec<_> = TABLE.lines().collect();
    let header = lines.iter().position(|line| line.starts_with("profile,")).unwrap();
    for object in Object::ALL {
        for action in object.actions() {
            let column = format!("{object}.{action}");
            let renamed = lines[header].split(',').map(|name| if name == column { "order.burn" } else { name });
            let found = problems(&replaced(&lines, header, &renamed.collect::<Vec<_>>().join(",")));
            assert!(found.contains(&Problem::MissingColumn(column)));
            assert!(found.contains(&Problem::NeedlessColumn("order.burn".to_owned())));
        }
    }
}

#[test]
fn a_wrong_word_in_the_table_is_named() {
    let told = |from: &str, to: &str| {
        let found = problems(&TABLE.replacen(from, to, 1));
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert!(told("limited,billing,forcage", "limited,cashier,forcage").contains("`cashier` is no role"));
    assert!(told("limited,billing,forcage", "narrow,billing,forcage").contains("`narrow` is no profile"));
    assert!(told("limited,billing,forcage", "limited,billing,tao").contains("limited,billing,tao: not a line"));
    assert!(told("limited,-,-,yes", "limited,-,-,maybe").contains("`maybe` is neither yes nor no"));
    assert!(told("limited,-,-,yes", "limited,-,-,no").contains("people say no, the policy says yes"));
    assert!(told("limited,-,-,yes", "limited,-,-,no,yes").contains("more cells than columns"));
    assert!(told("profile,role", "role,profile").contains("the first columns are profile, role, e_service"));
    assert!(!review_table(&POLICY, "").passes());
}

#[test]
fn every_line_of_the_policy_changes_a_decision() {
    let catalogue = Catalogue::load().unwrap();
    let rules = rules::read_all(&catalogue).unwrap();
    assert!(rules.len() > 20);
    for (place, rule) in rules.iter().enumerate() {
        let mut without = rules.clone();
        without.remove(place);
        assert!(changes_a_cell(without, &catalogue), "removing {rule:?} changes nothing");
        let mut flipped = rules.clone();
        flipped[place].effect = match rule.effect {
            Effect::Allow => Effect::Deny,
            Effect::Deny => Effect::Allow,
        };
        assert!(changes_a_cell(flipped, &catalogue), "flipping {rule:?} changes nothing");
    }
}

#[test]
fn a_new_rule_on_another_e_service_asks_for_lines_of_its_own() {
    let catalogue = Catalogue::load().unwrap();
    let mut rules = rules::read_all(&catalogue).unwrap();
    rules.extend(rules::read_shard(Object::Order, "p, e_service:fci, order, create, allow", &catalogue).unwrap());
    let policy = wait(Policy::of(rules, catalogue)).unwrap();
    let missing = review_table(&policy, TABLE).problems;
    assert_eq!(missing.len(), 15);
    assert!(missing.iter().all(|problem| matches!(problem, Problem::MissingLine(_))));
}

fn changes_a_cell(rules: Vec<Rule>, catalogue: &Catalogue) -> bool {
    let policy = wait(Policy::of(rules, catalogue.clone())).unwrap();
    let problems = review_table(&policy, TABLE).problems;
    problems.iter().any(|problem| matches!(problem, Problem::Disagreement { .. }))
}

fn problems(table: &str) -> Vec<Problem> {
    review_table(&POLICY, table).problems
}

fn replaced(lines: &[&str], place: usize, by: &str) -> String {
    let mut lines = lines.to_vec();
    lines[place] = by;
    lines.join("\n")
}
