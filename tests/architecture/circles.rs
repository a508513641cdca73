//! No two files know each other, not even through others: whoever reads one never has to have read the other first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::dependencies::{self, Stands};
use crate::source::Source;

/// The files of one crate, by their modules.
struct Files<'a> {
    sources: &'a [Source],
    at: BTreeMap<Vec<String>, usize>,
    /// What can be had from a file that only imports it, and whence.
    exports: BTreeMap<(usize, String), Vec<String>>,
}

/// A file that another one knows, and the line where it says so.
type Known = BTreeMap<usize, usize>;

/// Every circle among these files, whose crate begins in the folder `root`. Tests may look at whatever they test.
pub fn circles(sources: &[Source], root: &str) -> Vec<String> {
    // A module's path counts from the crate's root.
    let rooted: Vec<Source> = sources.iter().map(|source| below(source, root)).collect();
    let files = Files::of(&rooted);
    let known: Vec<Known> = (0..rooted.len()).map(|file| files.known(file)).collect();
    let mut seen = BTreeSet::new();
    let mut violations = Vec::new();
    for start in 0..rooted.len() {
        let Some(circle) = shortest(&known, start) else { continue };
        if seen.insert(circle.iter().copied().collect::<BTreeSet<_>>()) {
            let next = circle.get(1).copied().unwrap_or(start);
            let names: Vec<&str> = circle.iter().skip(1).map(|file| sources[*file].path.as_str()).collect();
            let rule = format!("a circle through {}: what both need stands in a file below them", names.join(", "));
            violations.push(sources[start].violation(known[start][&next], &rule));
        }
    }
    violations
}

fn below(source: &Source, root: &str) -> Source {
    let inner = source.path.strip_prefix(root).and_then(|inner| inner.strip_prefix('/')).unwrap_or(&source.path);
    Source::new(&format!("src/{inner}"), &source.text)
}

/// The shortest way from a file back to itself.
fn shortest(known: &[Known], start: usize) -> Option<Vec<usize>> {
    let mut ways = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in way.last().and_then(|last| known.get(*last)).into_iter().flat_map(BTreeMap::keys) {
            if *next == start {
                return Some(way);
            }
            if seen.insert(*next) {
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

impl<'a> Files<'a> {
    fn of(sources: &'a [Source]) -> Self {
        let owned = |source: &Source| source.module().into_iter().map(str::to_owned).collect();
        let at = sources.iter().enumerate().map(|(file, source)| (owned(source), file)).collect();
        let mut files = Self { sources, at, exports: BTreeMap::new() };
        for file in 0..sources.len() {
            for path in files.paths(file).into_iter().filter(|path| path.stands != Stands::Inline) {
                files.exports.extend(path.parts.last().map(|name| ((file, name.clone()), path.parts.clone())));
            }
        }
        files
    }

    fn paths(&self, file: usize) -> Vec<dependencies::Path> {
        let module: Vec<String> = self.sources[file].module().into_iter().map(str::to_owned).collect();
        let inside = self.at.keys().filter(|inner| inner.len() == module.len() + 1 && inner.starts_with(&module));
        let children: Vec<&str> = inside.filter_map(|inner| inner.last().map(String::as_str)).collect();
        // Every file would be known to the crate's root, which declares all.
        let children = if module.is_empty() { &[][..] } else { &children[..] };
        dependencies::paths(&self.sources[file], children)
    }

    /// The files that one knows by what it uses. What it only hands on it needn't know.
    fn known(&self, file: usize) -> Known {
        let mut known = Known::new();
        if self.sources[file].is_tests() {
            return known;
        }
        for path in self.paths(file).into_iter().filter(|path| path.stands != Stands::InPublicUse && !path.is_in_tests)
        {
            let home = self.home(&path.parts, self.exports.len());
            if let Some(home) = home.filter(|home| *home != file) {
                known.entry(home).or_insert(path.line);
            }
        }
        known
    }

    /// The file in which the thing with this path stands, past at most so many that only hand it on.
    fn home(&self, parts: &[String], hops: usize) -> Option<usize> {
        let length = (1..=parts.len()).rev().find(|length| self.at.contains_key(&parts[..*length]))?;
        let file = self.at[&parts[..length]];
        let further = parts.get(length).and_then(|name| self.exports.get(&(file, name.clone())));
        match further {
            Some(further) if hops > 0 => self.home(further, hops - 1),
            Some(_) | None => Some(file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
        circles(&sources, "src")
    }

    #[test]
    fn two_files_that_know_each_other_are_named_once() {
        let circle = judged(&[("src/x/a.rs", "\nuse super::b::B;"), ("src/x/b.rs", "fn f() { crate::x::a::f() }")]);
        let expected = "src/x/a.rs:2: a circle through src/x/b.rs: what both need stands in a file below them";
        assert_eq!(circle, [expected]);
        assert!(judged(&[("src/x/a.rs", "use super::b::B;"), ("src/x/b.rs", "use std::fmt; // super::a")]).is_empty());
    }

    #[test]
    fn a_circle_may_be_longer() {
        let circle = judged(&[
            ("src/a.rs", "use crate::b::{self, C};"),
            ("src/b.rs", "use crate::c;"),
            ("src/c.rs", "fn f() { crate::a::f() }"),
            ("src/d.rs", "use crate::a;"),
        ]);
        assert_eq!(circle.len(), 1, "{circle:?}");
        assert!(circle[0].starts_with("src/a.rs:1: a circle through src/b.rs, src/c.rs"));
    }

    #[test]
    fn who_hands_a_name_on_is_no_part_of_a_circle() {
        let hands_on = ("src/x/mod.rs", "pub mod a;\nmod b;\npub(crate) use b::B;\npub use self::a::A;");
        assert!(judged(&[hands_on, ("src/x/a.rs", "use super::B;"), ("src/x/b.rs", "")]).is_empty());
        let circle = judged(&[hands_on, ("src/x/a.rs", "use super::B;"), ("src/x/b.rs", "use crate::x::A;")]);
        assert_eq!(circle.len(), 1);
    }

    #[test]
    fn a_module_that_uses_its_child_is_not_used_by_it() {
        let module = ("src/x/mod.rs", "mod a;\nfn f() { a::g() }\npub fn h() {}");
        assert_eq!(judged(&[module, ("src/x/a.rs", "fn g() { super::h() }")]).len(), 1);
        assert!(judged(&[module, ("src/x/a.rs", "mod tests { use super::super::h; }")]).is_empty());
        assert!(judged(&[module, ("src/x/a.rs", ""), ("src/x/tests.rs", "use super::h;")]).is_empty());
    }

    #[test]
    fn a_crate_may_begin_in_another_folder() {
        let files = [("examples/p/a.rs", "use crate::b::B;"), ("examples/p/b.rs", "use crate::a::A;")];
        let sources = files.map(|(path, text)| Source::new(path, text));
        assert_eq!(circles(&sources, "examples/p").len(), 1);
    }
}
