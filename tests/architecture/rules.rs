//! The access rules of `policies/RULES.md`: every id that is cited is one of them, and which tests name which.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::source::{Kind, Source, Token};

/// How much of a rule stands beside its id, in characters.
const TITLE: usize = 80;

/// One mention of a rule, or of a family of rules where no number follows.
#[derive(Debug, PartialEq, Eq)]
struct Citation {
    line: usize,
    id: String,
}

/// The rules, in the order they stand in, each with its first words.
pub fn rules(document: &Source) -> Vec<(String, String)> {
    let mut rules: Vec<(String, String)> = Vec::new();
    for line in document.text.lines() {
        if let Some((id, text)) = line.strip_prefix("- **").and_then(|item| item.split_once("**")) {
            rules.push((id.to_owned(), text.trim().to_owned()));
        } else if let (Some((_, text)), Some(more)) = (rules.last_mut(), line.strip_prefix("  ")) {
            let _ = write!(text, " {more}");
        }
    }
    rules
}

/// Every citation of a rule that isn't among `rules`.
pub fn unknown(sources: &[Source], rules: &[(String, String)]) -> Vec<String> {
    let ids = rules.iter().map(|(id, _)| id.as_str());
    let families = ids.clone().filter_map(|id| id.rsplit_once('-')).map(|(family, _)| family);
    let known: BTreeSet<&str> = ids.chain(families).collect();
    let mut violations = Vec::new();
    for source in sources {
        let cited = citations(&source.text).into_iter().filter(|cited| !known.contains(&*cited.id));
        violations.extend(
            cited.map(|Citation { line, id }| {
                source.violation(line, &format!("`{id}` is no rule of `policies/RULES.md`"))
            }),
        );
    }
    violations
}

/// Rule by rule, the tests that name it: `file::test`, or the file alone where it speaks of all its tests. Folders are
/// left out, so that the table stays as it is when a file moves.
pub fn table(sources: &[Source], rules: &[(String, String)]) -> String {
    let mut naming: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        for (id, test) in named_by_tests(source) {
            naming.entry(id).or_default().insert(test);
        }
    }
    let mut text =
        String::from("# Which tests name which rule of policies/RULES.md; tests/architecture.rs writes it.\n");
    for (id, rule) in rules {
        let _ = writeln!(text, "\n{id}  {}", title(rule));
        for test in naming.remove(id).unwrap_or_else(|| ["(no test names it)".to_owned()].into()) {
            let _ = writeln!(text, "    {test}");
        }
    }
    text
}

fn title(rule: &str) -> String {
    let rule = rule.strip_prefix("*Our reading:* ").unwrap_or(rule);
    let mut title = String::new();
    for word in rule.split_whitespace() {
        if title.chars().count() + word.chars().count() >= TITLE {
            return title + " …";
        }
        title = if title.is_empty() { word.to_owned() } else { title + " " + word };
    }
    title
}

/// Which rules the tests of a file name, each with the test.
fn named_by_tests(source: &Source) -> Vec<(String, String)> {
    let tests = tests(source);
    let file = file(source);
    let mut named = Vec::new();
    for Citation { line, id } in citations(&source.text) {
        if let Some(test) = tests.iter().find(|test| test.lines.contains(&line)) {
            named.push((id, format!("{file}::{}", test.name)));
        } else if source.is_tests() && !tests.is_empty() {
            named.push((id, file.to_owned()));
        }
    }
    named
}

/// The file's own name, or its folder's where it has none.
fn file(source: &Source) -> &str {
    let parts = source.path.trim_end_matches(".rs").rsplit('/');
    parts.clone().find(|part| !["mod", "tests", "main", "lib"].contains(part)).unwrap_or("guichet")
}

/// A test function, with the lines from its first comment to its last brace.
struct Test {
    name: String,
    lines: std::ops::RangeInclusive<usize>,
}

/// Functions with a `test` among their attributes, and those that stand directly in a macro's braces (`both!`).
fn tests(source: &Source) -> Vec<Test> {
    let tokens = source.tokens();
    let mut found = Vec::new();
    let mut in_macro = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_mark("{") {
            in_macro.push(at > 0 && tokens[at - 1].is_mark("!"));
        } else if token.is_mark("}") {
            in_macro.pop();
        }
        let function = token.kind == Kind::Word && token.text == "fn";
        let Some(name) = tokens.get(at + 1).filter(|name| function && name.kind == Kind::Word) else { continue };
        let (start, attributed) = head(&tokens, at);
        if attributed || in_macro.last() == Some(&true) {
            let first = start.checked_sub(1).map_or(1, |before| (tokens[before].line + 1).min(tokens[start].line));
            found.push(Test { name: name.text.to_owned(), lines: first..=last_line(&tokens, at) });
        }
    }
    found
}

/// Where the function `at` a token begins, its attributes included, and whether one of them makes it a test.
fn head(tokens: &[Token<'_>], at: usize) -> (usize, bool) {
    let (mut start, mut is_test) = (at, false);
    while let Some(before) = start.checked_sub(1) {
        if matches!(tokens[before].text, "async" | "pub" | "const") && tokens[before].kind == Kind::Word {
            start = before;
        } else if tokens[before].is_mark("]") {
            let Some(hash) = tokens[..before].iter().rposition(|token| token.is_mark("#")) else { break };
            is_test |= tokens[hash..before].iter().any(|token| token.kind == Kind::Word && token.text == "test");
            start = hash;
        } else {
            break;
        }
    }
    (start, is_test)
}

/// The line of the brace that closes what opens next.
fn last_line(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0_usize;
    for token in &tokens[at..] {
        if token.is_mark("{") {
            depth += 1;
        } else if token.is_mark("}") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return token.line;
            }
        }
    }
    usize::MAX
}

/// Every citation in a text: single ones, lists and ranges, over line breaks inside comments too.
fn citations(text: &str) -> Vec<Citation> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("R-") {
        let Some((family, rest)) = text[at..].split_at_checked(5) else { continue };
        let starts = !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '-');
        let ends = !rest.starts_with(char::is_alphanumeric);
        if !starts || !ends || !family.bytes().skip(2).all(|letter| letter.is_ascii_uppercase()) {
            continue;
        }
        let line = 1 + text[..at].matches('\n').count();
        let numbers = numbers(rest);
        if numbers.is_empty() {
            found.push(Citation { line, id: family.to_owned() });
        }
        found.extend(numbers.iter().map(|number| Citation { line, id: format!("{family}-{number}") }));
    }
    found
}

/// The numbers of `-1`, `-1, 2 and 5`, `-1 to 6`.
fn numbers(rest: &str) -> Vec<u32> {
    let Some((first, mut rest)) = rest.strip_prefix('-').and_then(number) else { return Vec::new() };
    let mut numbers = vec![first];
    loop {
        let after = skip_gap(rest);
        let joint = [",", "and ", "or ", "to ", "..=", "..", "–"].into_iter().find(|joint| after.starts_with(joint));
        let next = joint.and_then(|joint| Some((joint, number(skip_gap(&after[joint.len()..]))?)));
        let Some((joint, (number, after))) = next else { return numbers };
        let unit = skip_gap(after).starts_with(char::is_alphabetic);
        if joint == "," && unit && !["and ", "or ", "to "].iter().any(|word| skip_gap(after).starts_with(word)) {
            return numbers;
        }
        if !matches!(joint, "," | "and " | "or ") {
            numbers.extend(numbers[numbers.len() - 1] + 1..number);
        }
        numbers.push(number);
        rest = after;
    }
}

fn number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text[..length].parse().ok()?, &text[length..]))
}

/// What follows blanks, and a line break with the next line's comment mark.
fn skip_gap(text: &str) -> &str {
    let trimmed = text.trim_start();
    let broken = text[..text.len() - trimmed.len()].contains('\n');
    if broken { trimmed.trim_start_matches(['/', '!', '#', '-']).trim_start() } else { trimmed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited(text: &str) -> Vec<String> {
        citations(text).into_iter().map(|cited| format!("{}:{}", cited.line, cited.id)).collect()
    }

    fn known() -> Vec<(String, String)> {
        rules(&Source::new(
            "RULES.md",
            "# Head\n\n- **R-ABC-1** First\n  rule.\n- **R-ABC-2** *Our reading:* second.\n",
        ))
    }

    #[test]
    fn a_rule_is_an_item_with_its_text() {
        let expected = [("R-ABC-1", "First rule."), ("R-ABC-2", "*Our reading:* second.")];
        assert_eq!(known(), expected.map(|(id, text)| (id.to_owned(), text.to_owned())));
        assert_eq!(title(&known()[1].1), "second.");
        assert_eq!(title(&"word ".repeat(40)).chars().count(), 81);
    }

    #[test]
    fn lists_and_ranges_are_understood() {
        assert_eq!(cited("(R-ABC-1)"), ["1:R-ABC-1"]);
        assert_eq!(cited("\nR-ABC-1, 2 and 5: x"), ["2:R-ABC-1", "2:R-ABC-2", "2:R-ABC-5"]);
        assert_eq!(cited("R-ABC-1 to 3 hold, R-ABC-7..9"), {
            ["1:R-ABC-1", "1:R-ABC-2", "1:R-ABC-3", "1:R-ABC-7", "1:R-ABC-8", "1:R-ABC-9"]
        });
        assert_eq!(cited("//! R-ABC-1, 2,\n//! 3 and 4)").len(), 4);
        assert_eq!(cited("R-ABC-1, 72 hours later; R-ABC and FOR-ABC-1, R-abc-1"), ["1:R-ABC-1", "1:R-ABC"]);
    }

    #[test]
    fn a_made_up_id_is_named_with_its_line() {
        let sources =
            [Source::new("src/a.rs", "// R-ABC-1 to 2\n// R-ABC-3"), Source::new("README.md", "R-XYZ, R-ABC")];
        let expected = ["src/a.rs:2: `R-ABC-3`", "README.md:1: `R-XYZ`"];
        let found = unknown(&sources, &known());
        assert_eq!(found, expected.map(|head| format!("{head} is no rule of `policies/RULES.md`")));
    }

    #[test]
    fn a_test_names_a_rule_by_its_docs_its_comments_or_its_texts() {
        let text = "fn helper() { \"R-ABC-2\" }\n/// R-ABC-1.\n#[tokio::test]\n#[ignore]\nasync fn a() {}\n\
            both! {\n  /// Docs.\n  async fn b(world) {\n    // R-ABC-1\n  }\n}\n#[test]\nfn c() { \"R-ABC-1\" }";
        let naming = |path| -> Vec<String> {
            let named = named_by_tests(&Source::new(path, text));
            named.into_iter().map(|(id, test)| format!("{id} {test}")).collect()
        };
        let all = ["R-ABC-1 sign_in::a", "R-ABC-1 sign_in::b", "R-ABC-1 sign_in::c"];
        assert_eq!(naming("src/sign_in.rs"), all);
        assert_eq!(naming("tests/sign_in/mod.rs"), [&["R-ABC-2 sign_in"], &all[..]].concat());
        assert!(named_by_tests(&Source::new("tests/world.rs", "//! R-ABC-1\nfn helper() {}")).is_empty());
    }

    #[test]
    fn the_table_lists_rules_without_a_test_too() {
        let sources = [Source::new("src/a/tests.rs", "/// R-ABC-2\n#[test]\nfn b() {}")];
        let table = table(&sources, &known());
        assert!(
            table.ends_with("R-ABC-1  First rule.\n    (no test names it)\n\nR-ABC-2  second.\n    a::b\n"),
            "{table}"
        );
    }
}
