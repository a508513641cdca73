//! The seed of a test that throws dice: a red run prints it, and `GUICHET_TEST_SEED` brings that run back.

use guichet::base::Dice;
use openssl::sha::sha256;

/// A seed.
pub struct Seed(String);

impl Seed {
    /// That of the environment, or any.
    pub fn of_this_run() -> Self {
        let named = std::env::var("GUICHET_TEST_SEED").ok().filter(|seed| !seed.is_empty());
        let seed = named.unwrap_or_else(|| u64::from_be_bytes(Dice.bytes().unwrap()).to_string());
        // Shown where the test fails, and only there.
        println!("GUICHET_TEST_SEED={seed} throws the same dice again");
        Self(seed)
    }

    /// The dice thrown for that purpose.
    pub fn dice(&self, purpose: &str) -> [u8; 32] {
        sha256(format!("{} {purpose}", self.0).as_bytes())
    }
}
