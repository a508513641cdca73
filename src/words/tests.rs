//! Both languages say the same things with the same values; what is said somewhere exists, and what exists is said
//! somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Keys put together at run time: the pattern, and what may stand in its place.
const COMPOSED: &[(&str, &[&str])] = &[
    ("language-{}", &["fr", "en"]),
    ("scope-{}", &SCOPES),
    ("access-{}-label", &CONDITIONS),
    ("access-{}-person", &CONDITIONS),
    ("access-{}-admin", &CONDITIONS),
    ("access-staff-{}-label", &STAFF_CONDITIONS),
    ("access-staff-{}-person", &STAFF_CONDITIONS),
    ("staff-condition-{}", &CONDITIONS),
    ("staff-role-{}", &STAFF_ROLES),
    ("staff-role-{}-explained", &STAFF_ROLES),
    ("staff-state-{}", &["active", "invited", "off"]),
    ("staff-done-{}", &STAFF_DEEDS),
    ("error-{}-title", &TROUBLES),
    ("error-{}-what", &TROUBLES),
    ("error-{}-next", &TROUBLES),
    ("link-{}-title", &MAILED),
    ("link-{}-lead", &MAILED),
    ("link-{}-next", &MAILED),
    ("link-{}-confirm", &MAILED),
    ("security-done-{}", &["password", "session", "other-sessions", "device", "application"]),
    ("security-{}-subject", &CHANGES),
    ("security-{}-sentence", &CHANGES),
    ("activity-{}", &ACTIVITIES),
];

/// What people are told of their account, by the names of the trail.
const ACTIVITIES: [&str; 31] = [
    "session-began",
    "session-refused",
    "session-ended",
    "account-password_set",
    "account-alarm_raised",
    "account-device_forgotten",
    "contact-corrected",
    "account-exported",
    "factor-enrolled",
    "factor-removed",
    "factor-passkey_copied",
    "factor-recovery_codes_made",
    "factor-recovery_code_used",
    "account-device_seen",
    "session-strengthened",
    "factor-reset_asked",
    "factor-reset_stopped",
    "factor-reset_done",
    "account-unlocked",
    "account-disabled",
    "account-enabled",
    "consent-given",
    "consent-withdrawn",
    "authorization-began",
    "authorization-code_replayed",
    "authorization-refresh_token_replayed",
    "membership-approved",
    "membership-changed",
    "membership-disabled",
    "membership-administrator_designated",
    "limit-closed",
];

const CONDITIONS: [&str; 14] = [
    "company-validated",
    "company-ordered",
    "company-open",
    "contact-listed",
    "contact-enabled",
    "membership-approved",
    "membership-enabled",
    "account-enabled",
    "account-activated",
    "mailbox-proven",
    "password-set",
    "second-factor",
    "network",
    "e-service",
];

const STAFF_CONDITIONS: [&str; 5] =
    ["account-enabled", "account-activated", "mailbox-proven", "network", "second-factor"];

const STAFF_ROLES: [&str; 3] = ["customer_service", "support_agent", "operator"];

const STAFF_DEEDS: [&str; 14] = [
    "demanded",
    "not-demanded",
    "unlocked",
    "not-locked",
    "sessions-ended",
    "switched-off",
    "switched-on",
    "reset-asked",
    "nobody-to-tell",
    "reset-stopped",
    "blocked",
    "unblocked",
    "invited",
    "roles-changed",
];

const SCOPES: [&str; 8] = ["openid", "profile", "email", "phone", "address", "company", "rights", "offline_access"];

/// The purposes of links that have a page.
const MAILED: [&str; 3] = ["staff-invitation", "not-me", "new-password"];

/// The changes of an account that a letter tells of.
const CHANGES: [&str; 18] = [
    "passkey-enrolled",
    "passkey-removed",
    "passkey-copied",
    "new-device",
    "password-changed",
    "totp-enrolled",
    "totp-removed",
    "recovery-codes-made",
    "recovery-code-used",
    "codes-guessed",
    "record-changed",
    "factor-reset-asked",
    "factor-reset",
    "account-closed",
    "session-ended",
    "sessions-ended",
    "device-forgotten",
    "application-withdrawn",
];

const TROUBLES: [&str; 10] = [
    "not-found",
    "stale-form",
    "stale-errand",
    "stale-link",
    "other-duty",
    "upstream",
    "bad-request",
    "too-large",
    "busy",
    "broken",
];

#[test]
fn both_languages_have_the_same_sentences_with_the_same_values() {
    let (french, english) = (sentences("fr"), sentences("en"));
    for (key, values) in &french {
        assert_eq!(Some(values), english.get(key), "`{key}` in French, and in English");
    }
    for key in english.keys() {
        assert!(french.contains_key(key), "`{key}` is missing in French");
    }
}

#[test]
fn every_sentence_said_exists_and_every_sentence_is_said() {
    let known = sentences("en");
    let texts = texts_that_speak();
    let mut said: BTreeSet<String> = texts.iter().flat_map(|text| quoted(text)).collect();
    for (place, text) in spoken(&texts) {
        assert!(known.contains_key(&text), "`{text}` is said but no sentence: {place}");
    }
    for (pattern, parts) in COMPOSED {
        let parts = parts.iter();
        for part in parts {
            let key = pattern.replace("{}", part);
            assert!(known.contains_key(&key), "`{key}` is put together from `{pattern}` but no sentence");
            said.insert(key);
        }
    }
    // The subject of rights holds its own sentences against its own vocabulary.
    for key in known.keys().filter(|key| !key.starts_with("rights-")) {
        assert!(said.contains(key), "`{key}` is never said: remove it, or list how it is put together");
    }
}

/// What stands between `say("…")`, `tell("…`, `count("…` and `stress("…`.
fn spoken(texts: &[String]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for verb in [".say(\"", ".tell(\"", ".count(\"", ".stress(\""] {
        for text in texts {
            found.extend(
                text.split(verb).skip(1).filter_map(|rest| rest.split('"').next()).map(|key| (verb, key.to_owned())),
            );
        }
    }
    found
}

fn quoted(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| line.split('"').skip(1).step_by(2).chain(line.split('"').step_by(2)))
        .map(str::to_owned)
        .collect()
}

/// Each key with the values that stand in its sentence.
fn sentences(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut sentences: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(&root().join("templates/locales").join(language), &["ftl"]) {
        let text = fs::read_to_string(file).unwrap();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| is_key(key)) {
                key.clone_into(&mut current);
                assert!(
                    sentences.insert(current.clone(), BTreeSet::new()).is_none(),
                    "`{current}` stands twice in {language}"
                );
            }
            let values = line
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>());
            sentences.entry(current.clone()).or_default().extend(values);
        }
    }
    sentences.remove("");
    sentences
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn texts_that_speak() -> Vec<String> {
    let mut paths = files(&root().join("src"), &["rs"]);
    paths.extend(files(&root().join("templates"), &["html", "txt"]));
    paths.retain(|path| !path.ends_with("words/tests.rs"));
    paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(path);
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
