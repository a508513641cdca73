//! The table of doors: every route × everybody who may come to it, as the real router answers (fault 2). Four golden
//! files that people review: who gets what at the pages and at the programs' endpoints, the manners of every route,
//! whoever comes, and the elements of every page.
//!
//! Nobody keeps the list of routes: `base::Place` names them (`tests/architecture.rs` lets nothing else be routed), the
//! router's own `Allow` says by which methods. A route without a probe in [`probes`] fails here, as does a probe at a
//! wall. To add one, write its line there and run the tests: what they find is written beside the old table.

mod behind;
mod elements;
mod forms;
mod fuzz_seeds;
mod headers;
mod languages;
mod left_open;
mod limits;
mod manners;
pub mod people;
pub mod probes;
mod programs;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use guichet::base::{Email, Place};
use guichet::staff;

use crate::world::{Answer, Browser, World, both};
use probes::{By, PROBES, Probe};

both! {
    async fn every_route_has_its_probe_and_every_probe_its_route(world) {
        let mut routed = BTreeSet::new();
        for place in Place::ALL.into_iter().filter(|place| !place.is_demo()) {
            let methods = methods(&world, place).await;
            assert!(!methods.is_empty(), "{} is routed nowhere", place.path());
            routed.extend(
                methods
                    .into_iter()
                    // What these two get is in the table of manners.
                    .filter(|method| method != "HEAD" && method != "OPTIONS")
                    .map(|method| format!("{method} {}", place.path())),
            );
        }
        let probes: BTreeSet<String> = PROBES.iter().map(Probe::name).collect();
        let missing: Vec<_> = routed.difference(&probes).collect();
        assert!(
            missing.is_empty(),
            "{missing:?} without a probe: write one line each in tests/guichet/doors/probes.rs, \
             with what a right request sends"
        );
        let walls: Vec<_> = probes.difference(&routed).collect();
        assert!(walls.is_empty(), "{walls:?} is no route any more: take its line out of tests/guichet/doors/probes.rs");
    }
}

both! {
    async fn every_grant_has_its_probe(world) {
        let metadata = world.browser().get("/.well-known/openid-configuration").await.json();
        let offered: BTreeSet<_> = metadata["grant_types_supported"]
            .as_array()
            .unwrap()
            .iter()
            .map(|grant| grant.as_str().unwrap().to_owned())
            .collect();
        let probes: BTreeSet<_> = PROBES.iter().filter_map(Probe::grant).map(str::to_owned).collect();
        assert_eq!(probes, offered, "each grant of the token endpoint has a line in tests/guichet/doors/probes.rs");
    }
}

both! {
    /// Nobody moves the clock of a real server or reads its mail.
    async fn the_demonstrations_doors_are_walls_elsewhere(world) {
        for place in Place::ALL.into_iter().filter(|place| place.is_demo()) {
            for method in ["GET", "POST"] {
                assert_eq!(
                    ask(&mut world.browser(), method, place.path()).await.status(),
                    404,
                    "{method} {}",
                    place.path()
                );
            }
        }
    }
}

/// The methods of a route, in the router's own words; none where there is no route.
async fn methods(world: &World, place: Place) -> Vec<String> {
    let answer = ask(&mut world.browser(), "BREW", &address(world, place).await).await;
    if answer.status() == 404 {
        return Vec::new();
    }
    assert_eq!(answer.status(), 405, "{}", place.path());
    let mut methods: Vec<_> = answer.header("allow").split(',').map(|method| method.trim().to_owned()).collect();
    methods.sort();
    methods
}

/// A request without a body.
async fn ask(browser: &mut Browser, method: &str, path: &str) -> Answer {
    browser.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
}

/// A place's path with something in its gaps; a file's that is there.
async fn address(world: &World, place: Place) -> String {
    if place == Place::Asset {
        return world.browser().get("/login").await.page().attribute("[href*='/assets/']", "href");
    }
    // Nobody else of the table is hit by what is done to these two.
    let id = if place.path().starts_with(Place::StaffPeople.path()) {
        let suzy = Email::parse("suzy@guichet.example").unwrap();
        let found = world.app.look(async |view| staff::by_email(&mut view.db, &suzy).await).await.unwrap();
        found.unwrap().account.to_string()
    } else {
        world.people("chloe").await[0].contact.id.to_string()
    };
    let pieces = place.path().split('/').map(|piece| match piece {
        "{ref}" => "C-1002",
        "{id}" => id.as_str(),
        _ if piece.starts_with('{') => "x",
        _ => piece,
    });
    pieces.collect::<Vec<_>>().join("/")
}

/// A right request for every door, each with the browser or the program that sends it: an administrator's and the
/// portal's.
pub async fn right_requests(world: &World) -> Vec<(&'static Probe, Browser, Request<Body>)> {
    let (mut visitor, mut alice) = (people::Visitor::administrator(world).await, world.signed_in("alice").await);
    let mut requests = Vec::new();
    for probe in PROBES {
        let address = address(world, probe.place).await;
        requests.push(match probe.by {
            By::Browser => {
                if probe.method == "POST" {
                    visitor = people::Visitor::administrator(world).await;
                }
                (probe, visitor.browser.clone(), visitor.request(&address, probe))
            }
            By::Client | By::Bearer => {
                let program = world.browser().with("accept", "application/json");
                (probe, program, programs::of_the_portal(world, probe, &mut alice).await)
            }
        });
    }
    requests
}

/// A table as text: a first column for names, then one for each header.
struct Table {
    text: String,
    widths: Vec<usize>,
}

impl Table {
    fn new(widths: &[usize], headers: &[&str]) -> Self {
        let mut table = Self { text: String::new(), widths: widths.to_vec() };
        table.line("", headers.iter().map(|header| (*header).to_owned()));
        table
    }

    fn line(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        let mut line = format!("{name:0$}", self.widths[0]);
        for (index, cell) in cells.into_iter().enumerate() {
            let width = self.widths[(index + 1).min(self.widths.len() - 1)];
            let _ = write!(line, "{cell:width$}");
        }
        self.text += line.trim_end();
        self.text.push('\n');
    }
}

/// Compares one line with that of the reviewed table, whose tests each prove one. A line that is meant goes there by
/// hand.
pub fn assert_reviewed_line(name: &str, cells: &[String], golden: &str) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guichet").join(golden);
    let reviewed = std::fs::read_to_string(&golden).unwrap_or_default();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let found = words(&format!("{} {}", name.replace(' ', ""), cells.join(" ")));
    let line = reviewed.lines().map(words).find(|line| line.first() == found.first());
    assert!(
        line.as_ref() == Some(&found),
        "{} has {line:?}, and found was:\nLINE {}\nIf that is meant, write it there and say why in the commit.",
        golden.display(),
        found.join(" ")
    );
}

/// Compares a table with the reviewed one. What was found is written where it can be copied from.
pub fn assert_reviewed(found: &str, golden: &str) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guichet").join(golden);
    let reviewed = std::fs::read_to_string(&golden).unwrap_or_default();
    if found == reviewed {
        return;
    }
    let copy: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(golden.file_name().unwrap());
    std::fs::write(&copy, found).unwrap();
    let gone =
        reviewed.lines().filter(|line| !found.lines().any(|other| other == *line)).map(|line| format!("- {line}\n"));
    let new =
        found.lines().filter(|line| !reviewed.lines().any(|other| other == *line)).map(|line| format!("+ {line}\n"));
    let difference: String = gone.chain(new).collect();
    panic!(
        "the table changed:\n{difference}If that is meant: cp {} {}, and say why in the commit.",
        copy.display(),
        golden.display()
    );
}
