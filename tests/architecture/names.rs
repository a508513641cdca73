//! One public type name means one thing.

use std::collections::BTreeMap;

use crate::source::{Kind, Source, Token};

/// The words that declare a type.
const KEYWORDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

/// Every public type of a module's own level whose name an earlier file gave another one, unless it is among `allowed`
/// (name, reason); and every name that is allowed and needs it no more.
pub fn repeated(sources: &[Source], allowed: &[(&str, &str)]) -> Vec<String> {
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.within("src") && !source.is_tests()) {
        for (name, line) in declared(source) {
            let others = homes.entry(name.clone()).or_default();
            let allowed = allowed.iter().any(|(one, _)| *one == name);
            if let Some(other) = others.first().filter(|_| !allowed) {
                let rule = format!("`{name}` means something else in {other}: one public type name means one thing");
                violations.push(source.violation(line, &rule));
            }
            others.push(source.path.clone());
        }
    }
    let needless = allowed.iter().filter(|(name, _)| homes.get(*name).is_none_or(|homes| homes.len() < 2));
    violations.extend(needless.map(|(name, _)| format!("`{name}` names one type only, and needs no exception")));
    violations
}

/// The public types declared outside every block, and by `words!`, each with its line.
fn declared(source: &Source) -> Vec<(String, usize)> {
    let tokens = source.tokens();
    let mut depth = 0_usize;
    let mut types = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_mark("{") {
            depth += 1;
        } else if token.is_mark("}") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.text == "pub" {
            types.extend(plain(&tokens[at..]).map(|name| (name.text.to_owned(), name.line)));
        } else if depth == 1 {
            types.extend(by_words(&tokens[..=at]).map(|name| (name.text.to_owned(), name.line)));
        }
    }
    types
}

/// The name in `pub struct Name`.
fn plain<'a>(from: &[Token<'a>]) -> Option<Token<'a>> {
    let [_, keyword, name, ..] = from else { return None };
    (KEYWORDS.contains(&keyword.text) && name.kind == Kind::Word).then_some(*name)
}

/// The name in `words! { … Name, "kind" {`, at whose kind the tokens end.
fn by_words<'a>(until: &[Token<'a>]) -> Option<Token<'a>> {
    let [.., name, comma, kind] = until else { return None };
    let named = name.kind == Kind::Word && comma.is_mark(",") && kind.kind == Kind::Text;
    let block =
        until.windows(3).rposition(|three| three[0].text == "words" && three[1].is_mark("!") && three[2].is_mark("{"));
    let closed = block.is_none_or(|block| until[block..].iter().filter(|token| token.is_mark("}")).count() > 0);
    (named && !closed).then_some(*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(files: &[(&str, &str)], allowed: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
        repeated(&sources, allowed)
    }

    #[test]
    fn a_name_that_means_two_things_is_named_at_the_second() {
        let found = judged(&[("src/a.rs", "pub struct Row;"), ("src/b.rs", "\npub enum Row { A }")], &[]);
        assert_eq!(found, ["src/b.rs:2: `Row` means something else in src/a.rs: one public type name means one thing"]);
        let inner = [("src/a.rs", "pub struct Row;"), ("src/b.rs", "struct Row; mod c { pub struct Row; }")];
        assert!(judged(&inner, &[]).is_empty());
        assert!(judged(&[("src/a.rs", "pub fn row() {}"), ("src/b.rs", "pub(super) struct Row;")], &[]).is_empty());
    }

    #[test]
    fn words_declare_types_too() {
        let words = "words! {\n    /// One.\n    #[derive(A, B)]\n    Row, \"row\" { A = \"a\", B = \"b\" }\n}";
        let found = judged(&[("src/a.rs", "pub struct Row;"), ("src/b.rs", words)], &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("src/b.rs:4: `Row`"));
        let call = "fn f() { say(Row, \"row\") }";
        assert!(judged(&[("src/a.rs", "pub struct Row;"), ("src/b.rs", call)], &[]).is_empty());
    }

    #[test]
    fn an_exception_is_allowed_as_long_as_it_is_needed() {
        let files = [("src/a.rs", "pub struct Row;"), ("src/b.rs", "pub type Row = u8;")];
        assert!(judged(&files, &[("Row", "why")]).is_empty());
        assert_eq!(judged(&files[..1], &[("Row", "why")]), ["`Row` names one type only, and needs no exception"]);
    }
}
