//! Both languages say the same things with the same values. That what is said exists, and what exists is said, is
//! looked at above, where the vocabularies are known.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

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

/// What stands between `say("…")`, `tell("…`, `count("…` and `stress("…`.
pub(crate) fn spoken(texts: &[String]) -> Vec<(&'static str, String)> {
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

pub(crate) fn quoted(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| line.split('"').skip(1).step_by(2).chain(line.split('"').step_by(2)))
        .map(str::to_owned)
        .collect()
}

/// Each key with the values that stand in its sentence.
pub(crate) fn sentences(language: &str) -> BTreeMap<String, BTreeSet<String>> {
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

pub(crate) fn texts_that_speak() -> Vec<String> {
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
