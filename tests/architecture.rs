//! The map of the crate, checked on its text: what may know what, and what every file keeps to.
//!
//! Each rule is a function over sources that the modules below test on small ones, so that it is
//! known to fail. A failure names the file, the line and the rule.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/citations.rs"]
mod citations;
#[path = "architecture/dependencies.rs"]
mod dependencies;
#[path = "architecture/docs.rs"]
mod docs;
#[path = "architecture/files.rs"]
mod files;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/routes.rs"]
mod routes;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/tables.rs"]
mod tables;

use std::fs;
use std::path::Path;

use source::Source;

/// From top to bottom. Modules use those on lower lines; those on one line don't know each other.
const MAP: &[&[&str]] = &[
    &["gallery"],
    &["cli"],
    &["demo"],
    &["server"],
    &["jobs"],
    &["web", "api", "oidc"],
    &["page"],
    &["http"],
    &["app"],
    &["config"],
    &["support"],
    &["delegation"],
    &["admission"],
    &["ownership"],
    &["notice"],
    &["backchannel"],
    &["staff"],
    &["authorization"],
    &["relying_party"],
    &["session"],
    &["membership", "api_key"],
    &["account"],
    &["directory"],
    &["audit"],
    &["access"],
    &["rights"],
    &["mail", "events"],
    &["queue", "keys", "limits", "outbound"],
    &["store"],
    &["words"],
    &["base"],
];

/// Who asks, and in what shape the answer goes out.
const DOORS: &[&str] = &["server", "web", "api", "oidc", "page", "http"];

/// The subjects and the ground below them: they know rules and rows, not how they are asked.
const BELOW_DOORS: &[&str] = &[
    "support",
    "delegation",
    "admission",
    "ownership",
    "notice",
    "backchannel",
    "authorization",
    "relying_party",
    "staff",
    "session",
    "membership",
    "api_key",
    "account",
    "directory",
    "access",
    "rights",
    "audit",
    "mail",
    "events",
    "queue",
    "keys",
    "limits",
    "outbound",
    "store",
    "words",
    "base",
];

/// What hands a private key to the `rsa` crate: openidconnect's wrapper and the crate's own types.
const PRIVATE_RSA: &[&str] = &["CoreRsaPrivateSigningKey", "RsaPrivateKey"];

/// What holds bodies besides the extractor of forms: the endpoints of OAuth, which other people's forms and programs
/// come to, documents that are sent, and the page that is shown in place of an answer.
const BODIES: &[&str] = &[
    "src/http/again.rs",
    "src/http/form.rs",
    "src/oidc/authorize/dispatch.rs",
    "src/oidc/discovery.rs",
    "src/oidc/introspection.rs",
    "src/oidc/logout.rs",
    "src/oidc/public.rs",
    "src/oidc/revocation.rs",
    "src/oidc/token/mod.rs",
    "src/oidc/userinfo.rs",
    "src/page/explain.rs",
];

/// What reads a body.
const READERS: &[&str] = &["Body", "BodyExt", "Bytes", "Multipart", "RawForm", "to_bytes"];

/// What runs or is typed without anybody at a page.
const PAGELESS: &[&str] = &["jobs", "cli"];

/// Names that several public types may have, and why: each is said with its module before it.
const SHARED_NAMES: &[(&str, &str)] = &[
    ("Settings", "a section of the configuration: `mail::Settings`, `keys::Settings`"),
    ("Context", "what a worker works with: `notice::Context`, `backchannel::Context`"),
];

/// The one module that writes each table.
const OWNERS: &[(&str, &str)] = &[
    ("companies", "directory"),
    ("company_subscriptions", "directory"),
    ("branches", "directory"),
    ("contacts", "directory"),
    ("record_feed", "directory"),
    ("record_changes", "directory"),
    ("corrections", "directory"),
    ("accounts", "account"),
    ("sign_in_names", "account"),
    ("sessions", "session"),
    ("devices", "account"),
    ("memberships", "membership"),
    ("membership_roles", "membership"),
    ("membership_e_services", "membership"),
    ("links", "account"),
    ("factor_resets", "account"),
    ("staff", "staff"),
    ("upstream_attempts", "staff"),
    ("totp_factors", "account"),
    ("passkeys", "account"),
    ("passkey_ceremonies", "account"),
    ("recovery_codes", "account"),
    ("pending_sign_ins", "session"),
    ("consents", "authorization"),
    ("authorizations", "authorization"),
    ("codes", "authorization"),
    ("interactions", "authorization"),
    ("client_assertions", "relying_party"),
    ("refresh_tokens", "authorization"),
    ("access_tokens", "authorization"),
    ("revoked_tokens", "authorization"),
    ("outbox", "mail"),
    ("reactions", "events"),
    ("jobs", "jobs"),
    ("logout_deliveries", "backchannel"),
    ("audit_log", "audit"),
    ("limits", "limits"),
    ("signing_keys", "keys"),
    ("master_keys", "keys"),
    ("schema_state", "store"),
];

/// The extensions of the files in which somebody may cite a rule.
const TEXTS: [&str; 17] = [
    "rs", "md", "toml", "txt", "csv", "conf", "sql", "ftl", "html", "css", "js", "mjs", "json", "py", "php", "sh",
    "svg",
];

/// The extensions of the files with comments of ours.
const COMMENTED: [&str; 6] = ["rs", "toml", "txt", "csv", "conf", "sql"];

#[test]
fn dependencies_point_down_the_map() {
    none(&dependencies::upward(&rust(&["src"]), MAP));
}

#[test]
fn no_two_files_know_each_other() {
    none(&circles::circles(&rust(&["src"]), "src"));
    none(&circles::circles(&rust(&["examples/portal"]), "examples/portal"));
    none(&circles::circles(&rust(&["benches/doors"]), "benches/doors"));
}

#[test]
fn subjects_do_not_know_http_and_doors_do_not_know_sql() {
    let sources = rust(&["src"]);
    let web = ["axum", "cookie", "tower_http"];
    none(&dependencies::foreign(&sources, BELOW_DOORS, &web, "only doors speak HTTP"));
    none(&dependencies::foreign(&sources, DOORS, &["sqlx"], "doors leave SQL to the subjects"));
}

#[test]
fn jobs_and_commands_know_no_page() {
    for source in rust(&["src"]).iter().filter(|source| source.subject().is_some_and(|room| PAGELESS.contains(&room))) {
        none(&dependencies::mentions(source, &["web"], "nobody is at a page here: what both need is a subject's"));
    }
}

/// Idea 3: what a deed sends and sets going stands in its row, so that no door, command or job can forget it.
#[test]
fn only_deeds_write_the_trail_post_letters_and_raise_events() {
    let sources = rust(&["src"]);
    let is_bound = |source: &&Source| source.subject() != Some("audit") && !source.path.ends_with("tests.rs");
    for source in sources.iter().filter(is_bound) {
        none(&dependencies::calls(source, &[("mail", "post"), ("events", "record")], "record a deed instead"));
    }
}

/// R-DEL-5 is asked where rights are written, and they are written in one place.
#[test]
fn only_one_function_changes_rights() {
    let rights = ["profile", "roles", "e_services", "branch", "networks"];
    let changes = |source: &Source| tables::updates(source, "memberships", &rights, "`membership::set` gives rights");
    let (own, others): (Vec<_>, Vec<_>) =
        rust(&["src"]).into_iter().partition(|source| source.path == "src/membership/rights.rs");
    assert_eq!(own.iter().map(|source| changes(source).len()).sum::<usize>(), 1);
    for source in &others {
        none(&changes(source));
    }
}

#[test]
fn one_public_type_name_means_one_thing() {
    none(&names::repeated(&rust(&["src"]), SHARED_NAMES));
}

/// `RUSTSEC-2023-0071`: the `rsa` crate, under openidconnect and webauthn-rs, leaks private keys by the time it takes,
/// and no release mends it. It may verify; what signs or decrypts by RSA is OpenSSL.
#[test]
fn no_private_key_reaches_the_rsa_crate() {
    for source in rust(&["src", "examples"]) {
        none(&dependencies::mentions(&source, &["rsa"], "its private keys leak: OpenSSL signs"));
        none(&dependencies::words(&source, PRIVATE_RSA, "it gives `rsa` a private key, which leaks: OpenSSL signs"));
    }
}

#[test]
fn only_the_owner_of_a_table_writes_it() {
    none(&tables::trespasses(&rust(&["src"]), OWNERS));
    none(&tables::ownerless(&read(&["migrations"], &["sql"]), OWNERS));
}

#[test]
fn every_route_is_a_place_and_every_place_is_routed() {
    let sources = rust(&["src"]);
    none(&routes::nameless(&sources));
    let places = guichet::base::Place::ALL.map(|place| format!("{place:?}"));
    assert_eq!(routes::routed(&sources), places.into(), "`Place::ALL` and the routers");
}

/// Idea 6: a form is read only together with its guard. The demonstration's clock alone is anybody's.
#[test]
fn no_form_is_read_without_its_guard() {
    let sources = rust(&["src"]);
    let is_bound = |source: &&Source| !source.is_tests() && !BODIES.contains(&&*source.path);
    for source in sources.iter().filter(is_bound) {
        none(&dependencies::words(source, READERS, "a form is read by `http::Form`, with its guard"));
        let unguarded = |line: &str| line.starts_with("use axum::") && line.contains("Form");
        let is_demo = source.path == "src/demo/doors.rs";
        assert!(is_demo || !source.text.lines().any(unguarded), "{}: axum's own `Form` knows no guard", source.path);
    }
}

#[test]
fn the_portal_knows_guichet_by_public_http_only() {
    let sources = rust(&["examples"]);
    for source in sources.iter().filter(|source| source.path != "examples/portal/main.rs") {
        none(&dependencies::mentions(source, &["guichet"], "only `main.rs` calls into the crate"));
    }
}

#[test]
fn files_are_short_and_narrow_and_begin_with_a_sentence() {
    let sources = rust(&["src", "examples", "tests", "benches"]);
    none(&files::too_long(&sources, 400));
    none(&files::too_wide(&sources, 120));
    none(&files::without_first_sentence(&rust(&["src", "examples", "benches"])));
}

#[test]
fn public_functions_and_types_carry_docs() {
    none(&docs::undocumented(&rust(&["src"])));
}

#[test]
fn the_crate_docs_are_the_map() {
    for lib in rust(&["src"]).iter().filter(|source| source.path == "src/lib.rs") {
        none(&files::missing_in_docs(lib));
    }
}

#[test]
fn time_comes_from_one_clock() {
    none(&files::own_clocks(&rust(&["src"]), "base::clock"));
}

#[test]
fn every_template_is_used() {
    none(&files::unused_templates(&read(&["templates"], &["html", "txt"]), &rust(&["src"])));
}

#[test]
fn comments_cite_what_the_repository_has() {
    let mut sources = read(&["src", "tests", "examples", "benches", "migrations", "policies"], &COMMENTED);
    sources.push(file("Cargo.toml"));
    let numbered = citations::numbered(&file("src/lib.rs"));
    none(&citations::dangling(&sources, &["README", "RULES", "LICENSE"], numbered));
}

#[test]
fn every_rule_that_is_cited_is_written_down() {
    let folders = ["src", "tests", "examples", "benches", "migrations", "policies", "templates"];
    let mut sources = read(&folders, &TEXTS);
    sources.push(file("README.md"));
    // The detector is tested on ids of its own.
    sources.retain(|source| source.path != "tests/architecture/rules.rs");
    none(&rules::unknown(&sources, &rules::rules(&file("policies/RULES.md"))));
}

#[test]
fn the_tests_of_each_rule_are_the_listed_ones() {
    let mut sources = rust(&["src", "tests", "examples"]);
    sources.retain(|source| source.path != "tests/architecture/rules.rs");
    let found = rules::table(&sources, &rules::rules(&file("policies/RULES.md")));
    assert_listed(&found, "tests/rules.golden.txt");
}

#[test]
fn the_files_are_really_read() {
    let paths: Vec<String> = rust(&["src", "tests"]).into_iter().map(|file| file.path).collect();
    for expected in ["src/lib.rs", "src/main.rs", "tests/architecture/source.rs"] {
        assert!(paths.iter().any(|path| path == expected), "{expected} was not read: {paths:?}");
    }
}

#[track_caller]
fn none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// Compares a generated list with the one in the repository. What was found is written where it can be copied from.
#[track_caller]
fn assert_listed(found: &str, golden: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = fs::read_to_string(root.join(golden)).unwrap_or_default();
    if found != listed {
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(Path::new(golden).file_name().expect("a file's name"));
        fs::write(&copy, found).expect("the folder for temporary files is writable");
        panic!("{golden} is out of date: cp {} {golden}", copy.display());
    }
}

/// One file of the repository.
fn file(path: &str) -> Source {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    Source::new(path, &text.expect("a file of the repository is readable"))
}

fn rust(folders: &[&str]) -> Vec<Source> {
    read(folders, &["rs"])
}

/// The files with these extensions in these folders of the repository, in the order of their paths.
fn read(folders: &[&str], extensions: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in folders.iter().map(|folder| root.join(folder)).filter(|folder| folder.exists()) {
        collect(root, &folder, extensions, &mut sources);
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn collect(root: &Path, folder: &Path, extensions: &[&str], sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository is readable") {
        let path = entry.expect("a folder's entry is readable").path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        if path.is_dir() {
            collect(root, &path, extensions, sources);
        } else if extensions.contains(&extension) {
            let inner = path.strip_prefix(root).expect("the folder lies in the repository");
            let name = inner.to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).expect("a source file is UTF-8");
            sources.push(Source::new(&name, &text));
        }
    }
}
