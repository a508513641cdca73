//! What every file keeps to: its length, its first sentence, its place on the map, its clock.

use crate::source::{Kind, Source};

/// Every file longer than this many lines.
pub fn too_long(sources: &[Source], most: usize) -> Vec<String> {
    let long = sources.iter().filter(|source| source.text.lines().count() > most);
    long.map(|source| source.violation(most + 1, &format!("a file has at most {most} lines"))).collect()
}

/// Every line of more than this many characters. rustfmt breaks neither literals nor what stands inside macros.
pub fn too_wide(sources: &[Source], most: usize) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let wide = source.text.lines().enumerate().filter(|(_, line)| line.chars().count() > most);
        violations
            .extend(wide.map(|(at, _)| source.violation(at + 1, &format!("a line has at most {most} characters"))));
    }
    violations
}

/// Every file outside the tests that doesn't begin with a `//!` sentence.
pub fn without_first_sentence(sources: &[Source]) -> Vec<String> {
    let rule = "a file begins with a `//!` sentence: what it is for";
    let files = sources.iter().filter(|source| !source.is_tests());
    files.filter(|source| !begins_with_sentence(&source.text)).map(|source| source.violation(1, rule)).collect()
}

fn begins_with_sentence(text: &str) -> bool {
    let docs = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let first = docs.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    first.len() > 1 && first.ends_with(['.', ':', '?'])
}

/// Every module `lib.rs` declares without a word about it in its docs.
pub fn missing_in_docs(lib: &Source) -> Vec<String> {
    let docs: Vec<&str> = lib.text.lines().filter_map(|line| line.trim_start().strip_prefix("//!")).collect();
    let named = |module: &str| {
        let is_word = |mark: char| mark.is_alphanumeric() || mark == '_';
        docs.iter().any(|line| line.split(|mark| !is_word(mark)).any(|word| word == module))
    };
    let mut violations = Vec::new();
    for pair in lib.tokens().windows(2) {
        let declares = pair[0].kind == Kind::Word && pair[0].text == "mod";
        if declares && pair[1].text != "tests" && !named(pair[1].text) {
            let rule = format!("the crate's docs say nothing of `{}`", pair[1].text);
            violations.push(lib.violation(pair[1].line, &rule));
        }
    }
    violations
}

/// Every reading of the system's clock outside `clock`, the one module that may.
pub fn own_clocks(sources: &[Source], clock: &str) -> Vec<String> {
    let clocks = ["SystemTime", "Timestamp", "Zoned", "Utc", "Local", "OffsetDateTime"];
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.within("src")) {
        if source.module().join("::").starts_with(clock) {
            continue;
        }
        for words in source.tokens().windows(3) {
            let reads = clocks.contains(&words[0].text) && words[1].is_mark("::");
            if reads && matches!(words[2].text, "now" | "now_utc") {
                let rule = format!("time comes from the unit of work; only `{clock}` reads it");
                violations.push(source.violation(words[0].line, &rule));
            }
        }
    }
    violations
}

/// Every template that no Rust file and no other template names.
pub fn unused_templates(templates: &[Source], sources: &[Source]) -> Vec<String> {
    templates
        .iter()
        .filter(|page| {
            let name = page.path.strip_prefix("templates/").unwrap_or(&page.path);
            let quoted = format!("\"{name}\"");
            let by_template = templates.iter().any(|other| other.text.contains(&quoted));
            !by_template && !sources.iter().any(|source| says(source, name))
        })
        .map(|page| page.violation(1, "no Rust file uses this template"))
        .collect()
}

fn says(source: &Source, text: &str) -> bool {
    source.tokens().iter().any(|token| token.kind == Kind::Text && token.text == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_after_the_last_allowed_one_is_named() {
        let sources = [Source::new("src/a.rs", "1\n2\n3"), Source::new("src/b.rs", "1\n2")];
        assert_eq!(too_long(&sources, 2), ["src/a.rs:3: a file has at most 2 lines"]);
    }

    #[test]
    fn a_line_is_measured_in_characters() {
        let sources = [Source::new("src/a.rs", "éàü\nabcd\nabc")];
        assert_eq!(too_wide(&sources, 3), ["src/a.rs:2: a line has at most 3 characters"]);
    }

    #[test]
    fn a_file_begins_with_a_whole_sentence() {
        let judged = |text| without_first_sentence(&[Source::new("src/a.rs", text)]).len();
        assert_eq!(judged("//! What it is\n//! for.\n//!\n//! More\n"), 0);
        assert_eq!(judged("//! Half a sentence\nuse x;"), 1);
        assert_eq!(judged("use x;\n//! Late."), 1);
        assert_eq!(judged(""), 1);
        assert!(without_first_sentence(&[Source::new("src/a/tests.rs", "")]).is_empty());
    }

    #[test]
    fn the_map_names_every_module_as_a_word() {
        let lib = Source::new("src/lib.rs", "//! [`web`]: pages\n//! apiary\nmod web;\npub mod api;");
        assert_eq!(missing_in_docs(&lib), ["src/lib.rs:4: the crate's docs say nothing of `api`"]);
    }

    #[test]
    fn only_the_clock_reads_the_time() {
        let text = "fn f() { std::time::SystemTime::now() } // SystemTime::now";
        let elsewhere = own_clocks(&[Source::new("src/web.rs", text)], "base::clock");
        assert_eq!(elsewhere.len(), 1);
        assert!(own_clocks(&[Source::new("src/base/clock.rs", text)], "base::clock").is_empty());
    }

    #[test]
    fn a_template_is_used_by_rust_or_by_another_template() {
        let templates = [
            Source::new("templates/layout.html", ""),
            Source::new("templates/page.html", "{% extends \"layout.html\" %}"),
            Source::new("templates/orphan.html", ""),
        ];
        let rust = [Source::new("src/web.rs", "#[template(path = \"page.html\")] // orphan.html")];
        let unused = unused_templates(&templates, &rust);
        assert_eq!(unused, ["templates/orphan.html:1: no Rust file uses this template"]);
    }
}
