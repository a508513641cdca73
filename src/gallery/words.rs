//! Every sentence said exists, and every one that exists is said: keys that are put together at run time are put
//! together here from the vocabularies themselves, so that a new word without its sentence fails.

use std::collections::BTreeSet;
use std::fmt::Display;

use crate::access::{Condition, StaffCondition};
use crate::account::LinkPurpose;
use crate::audit::DeedKind;
use crate::base::{Language, StaffRole};
use crate::directory::{CompanyFilter, ContactFilter};
use crate::gallery::own_account::changes;
use crate::http::error::ErrorKind;
use crate::relying_party::Scope;
use crate::staff::StaffState;
use crate::web::{security, staff};
use crate::words::tests::{quoted, sentences, spoken, texts_that_speak};

/// Keys put together at run time.
fn composed() -> Vec<String> {
    let scopes = Scope::ALL.iter().filter(|scope| !scope.is_for_services());
    let mailed = || LinkPurpose::ALL.iter().filter(|purpose| **purpose != LinkPurpose::PasswordChoice);
    let told = DeedKind::ALL.iter().filter(|what| what.is_shown()).map(|what| what.name().replace('.', "-"));
    [
        keys(&["language-{}"], Language::ALL.map(Language::code)),
        keys(&["scope-{}"], scopes),
        keys(
            &["access-{}-label", "access-{}-person", "access-{}-admin", "access-{}-staff", "staff-condition-{}"],
            Condition::ALL,
        ),
        keys(&["access-staff-{}-label", "access-staff-{}-person"], StaffCondition::ALL),
        keys(&["staff-role-{}", "staff-role-{}-explained"], StaffRole::ALL),
        keys(&["staff-state-{}", "list-state-{}"], StaffState::ALL),
        keys(&["list-state-{}"], CompanyFilter::ALL),
        keys(&["list-state-{}"], ContactFilter::ALL),
        keys(&["staff-done-{}"], staff::StaffDone::ALL),
        keys(&["security-done-{}"], security::overview::SecurityDone::ALL),
        keys(&["error-{}-title", "error-{}-what", "error-{}-next"], ErrorKind::ALL),
        keys(&["link-{}-title", "link-{}-lead", "link-{}-next", "link-{}-confirm"], mailed()),
        keys(&["security-{}-subject", "security-{}-sentence"], changes()),
        keys(&["activity-{}"], told),
        DeedKind::ALL.iter().map(|what| what.key()).collect(),
    ]
    .concat()
}

/// Each pattern with each word in its gap.
fn keys(patterns: &[&str], words: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    patterns.iter().flat_map(|pattern| words.iter().map(|word| pattern.replace("{}", word))).collect()
}

#[test]
fn every_sentence_said_exists_and_every_sentence_is_said() {
    let (known, texts) = (sentences("en"), texts_that_speak());
    for (place, text) in spoken(&texts) {
        assert!(known.contains_key(&text), "`{text}` is said but no sentence: {place}");
    }
    let composed = composed();
    for key in &composed {
        assert!(known.contains_key(key), "`{key}` is put together at run time but no sentence");
    }
    let said: BTreeSet<String> = texts.iter().flat_map(|text| quoted(text)).chain(composed).collect();
    // The subject of rights holds its own sentences against its own vocabulary.
    for key in known.keys().filter(|key| !key.starts_with("rights-")) {
        assert!(said.contains(key), "`{key}` is never said: remove it, or list how it is put together");
    }
}
