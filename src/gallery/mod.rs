//! Every page, in both languages, held against what all pages promise: one heading, unique ids, labelled fields,
//! nothing inline. `GALLERY=some/folder cargo test gallery` also writes the pages there, to be looked at.

mod own_account;
mod samples;
mod scene;
mod second_factors;
mod staff;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use crate::base::Language;
use crate::page::assets::Asset;
use crate::words::brand::Brand;

#[test]
fn gallery_every_page_keeps_what_all_pages_promise() {
    for language in Language::ALL {
        for (name, html) in samples::pages(language) {
            let name = format!("{name}.{}.html", language.code());
            check(&name, &html);
            show(&name, &html);
        }
        for (name, html) in samples::letters(language) {
            show(&format!("mail-{name}.{}.html", language.code()), &html);
        }
    }
}

/// Every page in every state that there is a sample of. What is found is written where it can be copied from.
#[test]
fn the_elements_of_every_page_are_those_reviewed() {
    let line = |(name, html): (String, String)| {
        let ids: BTreeSet<&str> = attributes(&html, "id").into_iter().collect();
        format!("{name}: {}\n", ids.into_iter().collect::<Vec<_>>().join(" "))
    };
    let found: String = samples::pages(Language::En).into_iter().map(line).collect();
    if found != include_str!("elements.golden.txt") {
        let copy = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/elements.golden.txt");
        std::fs::write(&copy, &found).unwrap();
        panic!("the elements changed: compare {} with the one in src, and say why", copy.display());
    }
}

fn check(name: &str, html: &str) {
    for tag in ["<h1", "<main", "<header", "<footer", "<title>"] {
        assert_eq!(html.matches(tag).count(), 1, "{name}: {tag}");
    }
    let policy = outside_srcdoc(html);
    // The one page that leaves for a relying party by itself: its script is a file of ours, and its form no form of
    // ours.
    let leaves = usize::from(name.starts_with("form-post"));
    // Pages that take passkeys load the script that speaks with authenticators.
    let scripts = leaves + usize::from(html.contains("data-challenge="));
    assert_eq!(html.matches("<script").count(), scripts, "{name}");
    assert_eq!(html.matches("<script src=\"/assets/").count(), scripts, "{name}");
    for forbidden in [" style=", "<style", "onclick", "javascript:", "&amp;amp;"] {
        assert!(!policy.contains(forbidden), "{name}: {forbidden}");
    }
    let ids = attributes(html, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{name}: an id occurs twice in {ids:?}");
    for pointer in ["for", "aria-labelledby", "aria-describedby"] {
        for target in attributes(html, pointer) {
            assert!(unique.contains(target), "{name}: {pointer}={target} points nowhere");
        }
    }
    for input in html.split("<input ").skip(1).filter(|input| !input.starts_with("type=\"hidden\"")) {
        let id = input.strip_prefix("id=\"").and_then(|rest| rest.split('"').next()).unwrap_or(input);
        assert!(html.contains(&format!("<label for=\"{id}\"")), "{name}: {id} has no label");
    }
    let (posts, tokens) = (html.matches("method=\"post\"").count(), html.matches("name=\"csrf\"").count());
    assert_eq!(posts, tokens + leaves, "{name}: every form that posts carries its token");
}

/// Mails may style themselves; the mailbox shows them in a frame of their own.
fn outside_srcdoc(html: &str) -> String {
    let mut parts = html.split("srcdoc=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
}

fn attributes<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn show(name: &str, html: &str) {
    let Some(folder) = std::env::var_os("GALLERY") else { return };
    let folder = Path::new(&folder);
    let brand = Brand::default();
    std::fs::create_dir_all(folder).unwrap();
    for asset in Asset::ALL {
        std::fs::write(folder.join(asset.file()), asset.body(&brand).as_bytes()).unwrap();
    }
    std::fs::write(folder.join(name), html.replace("\"/assets/", "\"")).unwrap();
}
