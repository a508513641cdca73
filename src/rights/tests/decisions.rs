//! `policies/decisions.csv` is whole, the policy agrees with it, and no line of the policy is without effect.

use std::collections::BTreeSet;

use casbin::DefaultModel;

use super::super::flaw::Findings;
use super::super::review::review_table;
use super::super::rules::{self, Effect, Rule};
use super::super::{Catalogue, Object, Policy, PolicyFiles};
use super::{POLICY, flaws, wait};

const TABLE: &str = include_str!("../../../policies/decisions.csv");

#[test]
fn the_policy_decides_as_people_wrote() {
    assert_eq!(flaws(&PolicyFiles::embedded()), "");
    assert_eq!(POLICY.review(&PolicyFiles::embedded()).agreed, 60 * 20 + 4 * 13);
}

#[test]
fn every_line_is_awaited_and_none_twice() {
    let lines: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
    let missing: BTreeSet<_> = wrong(lines[0]).into_iter().collect();
    let written = lines[1..].iter().map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(","));
    assert_eq!(missing, written.map(|row| format!("{row}: no line: add it")).collect());
    assert_eq!(wrong(&lines[..60].join("\n")), ["invoicing,billing,certificats: no line: add it"]);
    assert_eq!(wrong(&format!("{TABLE}{}", lines[60])), ["68: invoicing,billing,certificats: stands twice"]);
}

#[test]
fn every_cell_is_awaited() {
    let lines: Vec<_> = TABLE.lines().collect();
    let place = lines.iter().position(|line| line.starts_with("limited,billing,forcage,")).unwrap();
    let cells: Vec<_> = lines[place].split(',').collect();
    for left_out in 3..cells.len() {
        let mut emptied = cells.clone();
        emptied[left_out] = "";
        let found = wrong(&replaced(&lines, place, &emptied.join(",")));
        assert!(found.len() == 1 && found[0].ends_with("`` is neither yes nor no"), "{found:?}");
    }
    let shorter = cells[..cells.len() - 1].join(",");
    assert_eq!(wrong(&replaced(&lines, place, &shorter)).len(), 1);
}

#[test]
fn the_table_misses_no_column() {
    let lines: Vec<_> = TABLE.lines().collect();
    let header = lines.iter().position(|line| line.starts_with("profile,")).unwrap();
    for object in Object::ALL {
        for action in object.actions() {
            let column = format!("{object}.{action}");
            let renamed = lines[header].split(',').map(|name| if name == column { "order.burn" } else { name });
            let found = wrong(&replaced(&lines, header, &renamed.collect::<Vec<_>>().join(","))).join("\n");
            assert!(found.contains(&format!("3: no column `{column}`")), "{found}");
            assert!(found.contains("3: column `order.burn` is no action"), "{found}");
        }
    }
}

#[test]
fn a_wrong_word_in_the_table_is_named() {
    let told = |from: &str, to: &str| {
        flaws(&PolicyFiles::embedded().with("decisions.csv", |table| table.replacen(from, to, 1)))
    };
    assert!(told("limited,billing,forcage", "limited,cashier,forcage").contains("`cashier` is no role"));
    assert!(told("limited,billing,forcage", "narrow,billing,forcage").contains("`narrow` is no profile"));
    assert!(told("limited,billing,forcage", "limited,billing,tao").contains("limited,billing,tao: no rule can make"));
    assert!(told("limited,-,-,yes", "limited,-,-,maybe").contains("`maybe` is neither yes nor no"));
    let named =
        "policies/decisions.csv, line 27: limited,-,-, order.view: people say no, the rules say yes by order.csv";
    assert!(told("limited,-,-,yes", "limited,-,-,no").contains(named));
    assert!(told("limited,-,-,yes", "limited,-,-,no,yes").contains("more cells than columns"));
    assert!(told("profile,role", "role,profile").contains("the first columns are profile, role, e_service"));
    assert!(!review_table(&POLICY, "").wrong.is_empty());
}

#[test]
fn every_line_of_the_policy_changes_a_decision() {
    let rules = POLICY.rules();
    assert!(rules.len() > 20);
    for (place, rule) in rules.iter().enumerate() {
        let mut without = rules.to_vec();
        without.remove(place);
        assert!(changes_a_cell(without), "removing {rule} changes nothing");
        let mut flipped = rules.to_vec();
        flipped[place].effect = match rule.effect {
            Effect::Allow => Effect::Deny,
            Effect::Deny => Effect::Allow,
        };
        assert!(changes_a_cell(flipped), "flipping {rule} changes nothing");
    }
}

#[test]
fn a_new_rule_on_another_e_service_asks_for_lines_of_its_own() {
    let mut rules = POLICY.rules().to_vec();
    let fci = "p, e_service:fci, order, create, allow";
    rules.extend(rules::read_shard(Object::Order, fci, POLICY.catalogue()).unwrap());
    let found = reviewed(rules).wrong;
    assert_eq!(found.len(), 15);
    assert!(found.iter().all(|(line, why)| line.is_none() && why.ends_with(",fci: no line: add it")), "{found:?}");
}

fn changes_a_cell(rules: Vec<Rule>) -> bool {
    reviewed(rules).wrong.iter().any(|(_, why)| why.contains("the rules say"))
}

/// The table against other rules than those in force.
fn reviewed(rules: Vec<Rule>) -> Findings {
    let files = PolicyFiles::embedded();
    let model = wait(DefaultModel::from_str(files.text(rules::MODEL))).unwrap();
    let catalogue = Catalogue::read(&files).unwrap();
    review_table(&wait(Policy::of(&model, rules, catalogue)).unwrap(), TABLE)
}

/// What is wrong with a table, after the number of its line.
fn wrong(table: &str) -> Vec<String> {
    let numbered = |(line, why): (Option<u64>, String)| line.map_or(why.clone(), |line| format!("{line}: {why}"));
    review_table(&POLICY, table).wrong.into_iter().map(numbered).collect()
}

fn replaced(lines: &[&str], place: usize, by: &str) -> String {
    let mut lines = lines.to_vec();
    lines[place] = by;
    lines.join("\n")
}
