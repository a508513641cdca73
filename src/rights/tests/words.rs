//! Both languages say everything that rights have to say.

use std::collections::BTreeSet;

use crate::base::vocabulary::{Profile, Role};

use super::super::reason::{profile_key, role_key};
use super::super::{Group, Reason};
use super::{POLICY, code};
use crate::base::Language;
use crate::words::Words;

const FRENCH: &str = include_str!("../../../templates/locales/fr/rights.ftl");
const ENGLISH: &str = include_str!("../../../templates/locales/en/rights.ftl");

/// The keys of a Fluent file; continued lines are indented.
fn keys(file: &str) -> Vec<String> {
    file.lines()
        .filter(|line| !line.starts_with([' ', '#', '}']))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key.to_owned())
        .collect()
}

fn reasons() -> Vec<Reason> {
    let profiles =
        Profile::ALL.iter().flat_map(|profile| [Reason::ProfileGrants(*profile), Reason::ProfileDenies(*profile)]);
    let roles = Role::ALL.iter().map(|role| Reason::RoleGrants(*role));
    let others = [Reason::NothingGrants, Reason::OtherCompany, Reason::OtherBranch, Reason::Undecidable];
    profiles.chain(roles).chain([Reason::EServiceGrants(code("forcage"))]).chain(others).collect()
}

#[test]
fn both_languages_have_every_key_that_is_used_and_no_other() {
    let mut used = BTreeSet::new();
    for because in reasons() {
        used.extend([because.key("person"), because.key("admin")]);
    }
    used.extend(Profile::ALL.iter().flat_map(|profile| explained(profile_key(*profile))));
    used.extend(Role::ALL.iter().flat_map(|role| explained(role_key(*role))));
    used.extend(Group::ALL.iter().map(|group| group.key()));
    for (language, file) in [("fr", FRENCH), ("en", ENGLISH)] {
        let found = keys(file);
        let once: BTreeSet<_> = found.iter().cloned().collect();
        assert_eq!(once, used, "{language}");
        assert_eq!(once.len(), found.len(), "a key stands twice in {language}");
    }
}

#[test]
fn a_sentence_names_what_decided_where_there_is_something_to_name() {
    for because in reasons() {
        for key in [because.key("person"), because.key("admin")] {
            for file in [FRENCH, ENGLISH] {
                let sentence = file.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap();
                let held = because.held(Words::of(Language::Fr), POLICY.catalogue());
                assert!(held.is_some() || !sentence.contains("{ $held }"), "{sentence}");
            }
        }
    }
}

fn explained(key: &str) -> [String; 2] {
    [key.to_owned(), format!("{key}-explained")]
}
