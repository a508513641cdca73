//! What comments cite resolves inside the repository: the ideas and faults of the crate's docs, and documents.

use std::path::Path;

use crate::source::Source;

/// Words in capitals that comments use and that name no document of ours.
const ABBREVIATIONS: [&str; 7] = ["ASCII", "BIGINT", "ECDSA", "HTTPS", "RSASSA", "RUSTSEC", "STARTTLS"];

/// How many letters a word in capitals has that looks like the name of a document.
const NAME: usize = 5;

/// How many ideas and faults the crate's docs number, by their headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    ideas: usize,
    faults: usize,
}

/// Counts the items under the headings "Seven ideas" and "Seven faults".
pub fn numbered(lib: &Source) -> Numbered {
    let under = |heading: &str| {
        let after = lib.text.lines().skip_while(|line| *line != format!("//! # {heading}")).skip(1);
        let section = after.take_while(|line| line.starts_with("//!") && !line.starts_with("//! # "));
        section.filter(|line| line.strip_prefix("//! ").is_some_and(|item| item.starts_with(char::is_numeric))).count()
    };
    Numbered { ideas: under("Seven ideas"), faults: under("Seven faults") }
}

/// Every comment that cites a document that isn't among `documents` (`README`), or an idea or fault without a number in
/// the crate's docs.
pub fn dangling(sources: &[Source], documents: &[&str], numbered: Numbered) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        for (line, comment) in comments(source) {
            let named = words(comment).into_iter().filter(|word| is_document(word) && !documents.contains(word));
            let missing = named.map(|word| format!("`{word}` is no document of the repository"));
            let cited = [("idea", numbered.ideas), ("fault", numbered.faults)];
            let beyond = cited.into_iter().filter_map(|(what, count)| {
                let number = number_after(comment, what).filter(|number| !(1..=count).contains(number))?;
                Some(format!("the crate's docs have no {what} {number}"))
            });
            violations.extend(missing.chain(beyond).map(|rule| source.violation(line, &rule)));
        }
    }
    violations
}

/// The comments of a file, each with its line: Rust's, and those of files whose comments begin with `#` or `--`.
fn comments(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let marks: &[&str] = if Path::new(&source.path).extension().is_some_and(|extension| extension == "rs") {
        &["//"]
    } else {
        &["#", "--"]
    };
    source.text.lines().enumerate().filter_map(move |(index, line)| {
        let starts = marks.iter().filter_map(|mark| line.find(mark)).min()?;
        // An address is no comment.
        (!line[..starts].ends_with(':')).then_some((index + 1, &line[starts..]))
    })
}

/// The words outside backticks.
fn words(comment: &str) -> Vec<&str> {
    let prose = comment.split('`').step_by(2);
    prose.flat_map(|text| text.split(|mark: char| !mark.is_alphanumeric() && mark != '_' && mark != '/')).collect()
}

fn is_document(word: &str) -> bool {
    word.len() >= NAME && word.bytes().all(|letter| letter.is_ascii_uppercase()) && !ABBREVIATIONS.contains(&word)
}

/// The number in `idea 4`.
fn number_after(comment: &str, what: &str) -> Option<usize> {
    let mut words = comment
        .split(|mark: char| !mark.is_alphanumeric())
        .skip_while(|word| word.to_ascii_lowercase().strip_suffix('s').unwrap_or(&word.to_ascii_lowercase()) != what);
    words.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str =
        "//! # Seven ideas\n//!\n//! 1. A.\n//!    B.\n//! 2. C.\n//!\n//! # Seven faults\n//!\n//! 1. D.\nmod a;";

    fn judged(path: &str, text: &str) -> Vec<String> {
        dangling(&[Source::new(path, text)], &["README"], numbered(&Source::new("src/lib.rs", LIB)))
    }

    #[test]
    fn the_items_under_each_heading_are_counted() {
        assert_eq!(numbered(&Source::new("src/lib.rs", LIB)), Numbered { ideas: 2, faults: 1 });
    }

    #[test]
    fn a_document_that_is_not_there_is_named() {
        let made_up = ["SCRO", "LLS"].concat();
        let expected = format!("src/a.rs:2: `{made_up}` is no document of the repository");
        assert_eq!(judged("src/a.rs", &format!("fn f() {{}}\nf(); // as {made_up} 3 says")), [expected]);
        assert_eq!(judged("Cargo.toml", &format!("a = 1 # see {made_up}.md")).len(), 1);
        assert!(
            judged("src/a.rs", &format!("const {made_up}: &str = \"{made_up}\"; // `{made_up}`, README")).is_empty()
        );
    }

    #[test]
    fn ideas_and_faults_have_a_number_of_the_docs() {
        assert!(judged("src/a.rs", "// (idea 2), Fault 1: why, and no idea at all; RFC 6749 section 5.2").is_empty());
        assert_eq!(judged("src/a.rs", "/// (idea 3)"), ["src/a.rs:1: the crate's docs have no idea 3"]);
        assert_eq!(judged("src/a.rs", "//! Faults 2 and 3"), ["src/a.rs:1: the crate's docs have no fault 2"]);
    }
}
