//! Public functions and types say what they are. Fields, variants and methods speak for themselves, or say what their
//! names don't.

use crate::source::Source;

/// What stands at the left margin, after `pub`, and carries docs.
const ITEMS: [&str; 8] = ["fn", "async fn", "const fn", "struct", "enum", "trait", "type", "static"];

/// Every public function and type of a module that has no docs.
pub fn undocumented(sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| !source.is_tests()) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let item = ITEMS.iter().find_map(|item| line.strip_prefix("pub ")?.strip_prefix(item)?.strip_prefix(' '));
            if let Some(name) = item.filter(|_| !has_docs(&lines[..at])) {
                let name = name.split(|mark: char| !mark.is_alphanumeric() && mark != '_').next().unwrap_or(name);
                violations.push(source.violation(at + 1, &format!("`{name}` is public and has no docs")));
            }
        }
    }
    violations
}

/// Whether the lines before an item end with docs and attributes. An attribute's own lines are indented.
fn has_docs(before: &[&str]) -> bool {
    let attribute = |line: &str| line.starts_with("#[") || line.starts_with([' ', ')', ']']);
    before.iter().rev().find(|line| !attribute(line)).is_some_and(|line| line.starts_with("///"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(path: &str, text: &str) -> Vec<String> {
        undocumented(&[Source::new(path, text)])
    }

    #[test]
    fn what_is_public_and_says_nothing_is_named() {
        let text =
            "//! A.\n\npub fn a() {}\n\n#[derive(Debug)]\npub struct B<T>(T);\n\n/// C.\npub enum C {\n    D,\n}";
        let rule = "is public and has no docs";
        assert_eq!(judged("src/a.rs", text), [format!("src/a.rs:3: `a` {rule}"), format!("src/a.rs:6: `B` {rule}")]);
    }

    #[test]
    fn docs_stand_above_attributes_and_what_is_not_public_needs_none() {
        let text = "/// A.\n#[must_use]\n#[template(\n    path = \"a\"\n)]\npub async fn a() {}\n\
            pub(super) fn b() {}\nfn c() {}";
        assert!(judged("src/a.rs", text).is_empty());
        assert!(judged("src/a/tests.rs", "pub fn world() {}").is_empty());
    }
}
