//! The fuzz targets' functions on their seeds and on a few thousand inputs near them. Coverage leads `.ci/extended`
//! further.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::world::Seed;

const INPUTS: u32 = 3_000;

/// Throws the seeds of a target at its function, and then what lies near them.
fn throw(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(name);
    let files = std::fs::read_dir(folder).unwrap();
    let seeds: Vec<Vec<u8>> = files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(seeds.len() >= 3, "{name} needs more seeds");
    for seed in &seeds {
        target(seed);
    }
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(INPUTS) };
    let dice = TestRng::from_seed(RngAlgorithm::ChaCha, &Seed::of_this_run().dice(name));
    let mut runner = TestRunner::new_with_rng(config, dice);
    let thrown = runner.run(&inputs(seeds), |input| {
        target(&input);
        Ok(())
    });
    thrown.unwrap_or_else(|found| panic!("{name}: {found}"));
}

/// Any bytes, and seeds in which a few bytes are others.
fn inputs(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<Index>(), 0..8_usize, vec(any::<u8>(), 0..8));
    let near = (select(seeds), vec(edit, 1..5)).prop_map(|(mut bytes, edits)| {
        for (at, cut, put) in edits {
            let from = at.index(bytes.len() + 1);
            let to = bytes.len().min(from + cut);
            bytes.splice(from..to, put);
        }
        bytes
    });
    prop_oneof![1 => vec(any::<u8>(), 0..200), 3 => near]
}

macro_rules! thrown {
    ($($target:ident),*) => {
        $(#[test]
        fn $target() {
            throw(stringify!($target), targets::$target);
        })*
    };
}

thrown!(jose, assertion, redirect_uri, parameters, language, names, import);
