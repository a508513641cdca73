//! Every route is a `base::Place`, so that the table of doors (`tests/guichet/doors`) knows all of them.

use std::collections::BTreeSet;

use crate::source::{Source, Token};

/// What joins routers without saying where: a door behind it would be in no table.
const UNSEEN: [&str; 5] = ["route_service", "nest", "nest_service", "fallback_service", "any_service"];

/// Every route that isn't written `.route(Place::Name.path(), …)`.
pub fn nameless(sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    visit(sources, |source, tokens, at| {
        let called = tokens[at - 1].is_mark(".") && tokens.get(at + 1).is_some_and(|next| next.is_mark("("));
        if called && tokens[at].text == "route" && place(tokens, at).is_none() {
            violations.push(source.violation(
                tokens[at].line,
                "a route is `.route(Place::Name.path(), …)`: the table of doors knows no other",
            ));
        } else if called && UNSEEN.contains(&tokens[at].text) {
            violations.push(
                source.violation(tokens[at].line, &format!("`{}` hides doors from their table", tokens[at].text)),
            );
        }
    });
    violations
}

/// The names of the places that are routed.
pub fn routed(sources: &[Source]) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    visit(sources, |_, tokens, at| places.extend(place(tokens, at).map(str::to_owned)));
    places
}

fn visit(sources: &[Source], mut each: impl FnMut(&Source, &[Token<'_>], usize)) {
    for source in sources.iter().filter(|source| source.within("src")) {
        source.walk(|tokens, at, module| {
            if at > 0 && !module.contains(&"tests") {
                each(source, tokens, at);
            }
        });
    }
}

/// The `Name` of `route(Place::Name.path()`.
fn place<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    let texts: Vec<&str> = tokens[at..].iter().take(6).map(|token| token.text).collect();
    match texts[..] {
        ["route", "(", "Place", "::", name, "."] => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_names_its_place() {
        let file = |text: &str| [Source::new("src/web/mod.rs", text)];
        let known = file("fn f() { Router::new().route(Place::Login.path(), get(show)) }");
        assert!(nameless(&known).is_empty());
        assert_eq!(routed(&known), ["Login".to_owned()].into());
        for hidden in [
            ".route(\"/hidden\", get(show))",
            ".route(PATH, get(show))",
            ".nest(\"/staff\", staff())",
            ".route_service(PATH, files)",
        ] {
            assert_eq!(nameless(&file(&format!("fn f() {{\n Router::new(){hidden} }}"))).len(), 1, "{hidden}");
        }
        assert!(nameless(&file("mod tests { fn f() { Router::new().route(\"/x\", get(show)) } }")).is_empty());
    }
}
