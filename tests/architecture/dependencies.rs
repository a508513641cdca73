//! Which module uses which: dependencies point down the map, and neighbours don't know each other.

use crate::source::{Kind, Source, Token};

/// A path from one module to another, as written on some line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub line: usize,
    /// From the crate's root.
    pub parts: Vec<String>,
    pub stands: Stands,
    pub is_in_tests: bool,
}

/// Where a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    Inline,
    InUse,
    /// In a `pub use`, or the same for a part of the crate.
    InPublicUse,
}

/// Every use that doesn't point down `map`, whose lines stand from top to bottom.
pub fn upward(sources: &[Source], map: &[&[&str]]) -> Vec<String> {
    let level = |module: &str| map.iter().position(|line| line.contains(&module));
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.within("src")) {
        let Some(from) = source.subject() else {
            continue;
        };
        let Some(from_level) = level(from) else {
            violations.push(source.violation(1, &format!("`{from}` is not on the map")));
            continue;
        };
        for path in paths(source, &[]) {
            let to = path.parts.first().map_or("*", String::as_str);
            let rule = match level(to) {
                Some(to_level) if to == from || from_level < to_level => continue,
                Some(_) => format!(
                    "`{from}` uses `{to}`: dependencies point down only, and modules on one line \
                     don't know each other"
                ),
                None if to == "*" || to.starts_with(char::is_uppercase) => {
                    format!("`{to}` comes from the crate's root: name the module it belongs to")
                }
                None => continue,
            };
            violations.push(source.violation(path.line, &rule));
        }
    }
    violations
}

/// Every mention of one of these crates in the modules that may not know them.
pub fn foreign(sources: &[Source], modules: &[&str], crates: &[&str], rule: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.within("src")) {
        if source.subject().is_some_and(|subject| modules.contains(&subject)) {
            violations.extend(mentions(source, crates, rule));
        }
    }
    violations
}

/// Every mention of one of these crates in one file.
pub fn mentions(source: &Source, crates: &[&str], rule: &str) -> Vec<String> {
    let tokens = source.tokens();
    let mut violations = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if crates.contains(&token.text) && names_crate(&tokens, at) {
            violations.push(source.violation(token.line, &format!("`{}`: {rule}", token.text)));
        }
    }
    violations
}

/// Every place where one of these names stands.
pub fn words(source: &Source, names: &[&str], rule: &str) -> Vec<String> {
    let found = source.tokens().into_iter().filter(|token| token.kind == Kind::Word && names.contains(&token.text));
    found.map(|token| source.violation(token.line, &format!("`{}`: {rule}", token.text))).collect()
}

/// Every use, outside tests, of a function of another module, written `module::function` or imported.
pub fn calls(source: &Source, functions: &[(&str, &str)], rule: &str) -> Vec<String> {
    let named = |module: &str, function: &str| functions.contains(&(module, function));
    let mut violations = Vec::new();
    for path in paths(source, &[]).iter().filter(|path| !path.is_in_tests) {
        if let [module, function] = path.parts.as_slice()
            && named(module, function)
        {
            violations.push(source.violation(path.line, &format!("`{module}::{function}`: {rule}")));
        }
    }
    for call in source.tokens().windows(3) {
        if call[1].is_mark("::") && named(call[0].text, call[2].text) {
            violations.push(source.violation(call[0].line, &format!("`{}::{}`: {rule}", call[0].text, call[2].text)));
        }
    }
    violations
}

/// Whether a word stands where a crate's name does: first in a path, or alone after `use`.
fn names_crate(tokens: &[Token<'_>], at: usize) -> bool {
    let rooted = at > 0 && tokens[at - 1].is_mark("::");
    let start = if rooted { at - 1 } else { at };
    let before = start.checked_sub(1).map(|before| tokens[before]);
    let imported = before.is_some_and(|before| matches!(before.text, "use" | "crate"));
    let inner = rooted && !imported && before.is_some_and(|before| before.kind == Kind::Word);
    let path = tokens.get(at + 1).is_some_and(|next| next.is_mark("::"));
    tokens[at].kind == Kind::Word && !inner && (path || imported)
}

/// Every path that starts with `crate`, `super`, `self` or one of the module's `children`, in a `use` or inline, from
/// the root.
pub fn paths(source: &Source, children: &[&str]) -> Vec<Path> {
    let mut found = Vec::new();
    source.walk(|tokens, at, module| {
        let first = tokens[at].text;
        let goes_before = |mark: &str| at > 0 && tokens[at - 1].text == mark;
        let starts = tokens[at].kind == Kind::Word
            && (matches!(first, "crate" | "super" | "self") || children.contains(&first))
            && tokens.get(at + 1).is_some_and(|next| next.is_mark("::"))
            && !goes_before("::")
            // `pub(in …)` uses nothing.
            && !goes_before("in");
        if starts {
            let here = Path {
                line: tokens[at].line,
                parts: module.iter().map(|&part| part.to_owned()).collect(),
                stands: stands(&tokens[..at]),
                is_in_tests: module.contains(&"tests"),
            };
            tree(tokens, at, here, &mut found);
        }
    });
    found
}

fn stands(before: &[Token<'_>]) -> Stands {
    match before {
        [.., mark, keyword] if keyword.text == "use" && (mark.text == "pub" || mark.is_mark(")")) => {
            Stands::InPublicUse
        }
        [.., keyword] if keyword.text == "use" => Stands::InUse,
        _ => Stands::Inline,
    }
}

/// Reads one path or use tree that starts `at` a token, inside `path`; returns where it ends.
fn tree(tokens: &[Token<'_>], mut at: usize, mut path: Path, found: &mut Vec<Path>) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.text {
            "{" => return group(tokens, at + 1, &path, found),
            "crate" => path.parts.clear(),
            "super" => drop(path.parts.pop()),
            "self" => {}
            part => path.parts.push(part.to_owned()),
        }
        at += 1;
        if !goes_on(tokens, at) {
            found.push(Path { line: token.line, ..path });
            return at;
        }
        at += 1;
    }
    at
}

/// Whether the path goes on after its part before `at`; generic arguments end it for our purpose.
fn goes_on(tokens: &[Token<'_>], at: usize) -> bool {
    let [mark, next, ..] = &tokens[at.min(tokens.len())..] else {
        return false;
    };
    let continues = next.kind == Kind::Word || matches!(next.text, "{" | "*");
    mark.is_mark("::") && continues
}

/// Reads the trees of a `{…}` whose brace stands before `at`.
fn group(tokens: &[Token<'_>], mut at: usize, path: &Path, found: &mut Vec<Path>) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.is_mark("}") {
            return at + 1;
        } else if token.is_mark(",") {
            at += 1;
        } else {
            at = tree(tokens, at, path.clone(), found);
            at += tokens[at..].iter().take_while(|after| !ends_tree(after)).count();
        }
    }
    at
}

/// What follows a tree inside a group; before it only `as name` may stand.
fn ends_tree(token: &Token<'_>) -> bool {
    token.is_mark(",") || token.is_mark("}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &[&[&str]] = &[&["server"], &["web", "api"], &["app"], &["access"], &["base"]];

    fn targets(path: &str, text: &str) -> Vec<String> {
        let paths = paths(&Source::new(path, text), &[]);
        paths.iter().map(|path| format!("{}:{}", path.line, path.parts.join("::"))).collect()
    }

    fn judged(path: &str, text: &str) -> Vec<String> {
        upward(&[Source::new(path, text)], MAP)
    }

    #[test]
    fn nested_groups_are_followed() {
        let text = "use crate::{\n  a::b as other, c::{self, d::{E, F}},\n  g::*,\n};\nuse std::fmt;";
        assert_eq!(targets("src/web.rs", text), ["2:a::b", "2:c", "2:c::d::E", "2:c::d::F", "3:g::*"]);
    }

    #[test]
    fn inline_paths_count_and_comments_and_strings_do_not() {
        let text = "fn f() -> crate::a::B { \"crate::c::d\"; crate::e::f::<crate::g::H>() } // crate::i::j";
        assert_eq!(targets("src/web.rs", text), ["1:a::B", "1:e::f", "1:g::H"]);
    }

    #[test]
    fn super_is_relative_to_the_file_and_to_inline_modules() {
        assert_eq!(targets("src/web/page.rs", "use super::super::{a::B, c};"), ["1:a::B", "1:c"]);
        assert_eq!(targets("src/web/page.rs", "use super::form;"), ["1:web::form"]);
        let inline = "mod tests { use super::*; use super::super::super::a; } use self::b::C;";
        assert_eq!(targets("src/web/page.rs", inline), ["1:web::page::*", "1:a", "1:web::page::b::C"]);
    }

    #[test]
    fn macros_name_the_crate_too() {
        assert_eq!(targets("src/base.rs", "macro_rules! m { () => { $crate::web::f() } }"), ["1:web::f"]);
    }

    #[test]
    fn down_is_allowed_up_and_sideways_are_not() {
        assert!(judged("src/web/a.rs", "use crate::{app::App, base::Place}; use super::b;").is_empty());
        let up = judged("src/access.rs", "\nuse crate::{base, web::Page};");
        assert_eq!(up.len(), 1);
        assert!(up[0].starts_with("src/access.rs:2: `access` uses `web`: dependencies point down"));
        assert_eq!(judged("src/api.rs", "fn f() { crate::web::page() }").len(), 1);
    }

    #[test]
    fn the_root_is_no_way_around_the_map() {
        assert_eq!(judged("src/base.rs", "use crate::*;").len(), 1);
        assert_eq!(judged("src/base.rs", "use super::App;").len(), 1);
        assert!(judged("src/lib.rs", "pub use crate::app::App;").is_empty());
        assert!(judged("src/app.rs", "crate::shout!();").is_empty());
    }

    #[test]
    fn a_module_missing_from_the_map_is_named() {
        assert_eq!(judged("src/helpers.rs", ""), ["src/helpers.rs:1: `helpers` is not on the map"]);
    }

    #[test]
    fn foreign_crates_are_seen_in_uses_and_paths() {
        let source = [Source::new("src/access/a.rs", "use axum::Router;\nfn f(x: axum::Y) {} // axum")];
        assert_eq!(foreign(&source, &["access"], &["axum"], "no").len(), 2);
        assert!(foreign(&source, &["web"], &["axum"], "no").is_empty());
        let roots = Source::new("a.rs", "use axum;\nuse ::axum as a;\nlet x: ::axum::B = 1;\nextern crate axum;");
        assert_eq!(mentions(&roots, &["axum"], "no").len(), 4);
        let others = Source::new("a.rs", "crate::base::axum::f(); \"axum\"; let axum = 1; self.axum.x()");
        assert!(mentions(&others, &["axum"], "no").is_empty());
    }

    #[test]
    fn names_are_seen_wherever_they_stand_but_in_comments_and_strings() {
        let text = "use a::Key;\nlet b = a::Key::new(Key); // Key\n\"Key\"; Keys";
        let found = words(&Source::new("a.rs", text), &["Key"], "no");
        assert_eq!(found, ["a.rs:1: `Key`: no", "a.rs:2: `Key`: no", "a.rs:2: `Key`: no"]);
        let openssl = Source::new("a.rs", "use openssl::rsa::Rsa;\nuse rsa::pkcs1;");
        assert_eq!(mentions(&openssl, &["rsa"], "no"), ["a.rs:2: `rsa`: no"]);
    }
}
