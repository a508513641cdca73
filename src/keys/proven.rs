//! Which texts bear a right signature, so that a token shown again and again is verified once. That a text was signed
//! stays true; whether its token is of the right type, in time and live is no matter of this and is asked every time.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, PoisonError};

use crate::base::Digest;

/// How many texts are remembered at least, and half of how many at most: about a megabyte.
const REMEMBERED: usize = 8192;

/// The texts whose signatures one ring of keys found right; a ring with other keys begins with none.
#[derive(Default)]
pub(super) struct ProvenKeys(Mutex<Generations>);

/// When the younger ones are enough, the older ones are forgotten: nobody can make this grow.
#[derive(Default)]
struct Generations {
    younger: HashSet<Digest>,
    older: HashSet<Digest>,
}

impl ProvenKeys {
    /// Whether the signature is right: known, or found by verifying.
    pub(super) fn or_verify(&self, signed: &str, verify: impl FnOnce() -> bool) -> bool {
        let digest = Digest::of(signed.as_bytes());
        if self.knows(&digest) {
            return true;
        }
        let right = verify();
        if right {
            self.remember(digest);
        }
        right
    }

    fn knows(&self, digest: &Digest) -> bool {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.younger.contains(digest) || generations.older.contains(digest)
    }

    fn remember(&self, digest: Digest) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.younger.len() == REMEMBERED {
            generations.older = mem::take(&mut generations.younger);
        }
        generations.younger.insert(digest);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{ProvenKeys, REMEMBERED};

    #[test]
    fn what_was_found_right_is_verified_once_and_what_was_wrong_every_time() {
        let (proven, verified) = (ProvenKeys::default(), Cell::new(0));
        let ask = |text: &str, right: bool| {
            proven.or_verify(text, || {
                verified.set(verified.get() + 1);
                right
            })
        };
        assert!(ask("a", true) && ask("a", false));
        assert_eq!(verified.get(), 1);
        assert!(!ask("b", false) && !ask("b", false));
        assert_eq!(verified.get(), 3);
        assert!(ask("b", true) && !ask("b ", false), "another text is another matter");
    }

    #[test]
    fn it_keeps_no_more_than_two_generations() {
        let proven = ProvenKeys::default();
        for count in 0..=2 * REMEMBERED {
            assert!(proven.or_verify(&count.to_string(), || true));
        }
        assert!(!proven.or_verify("0", || false));
        assert!(proven.or_verify(&(2 * REMEMBERED).to_string(), || false));
        assert!(proven.or_verify(&REMEMBERED.to_string(), || false), "the older half is still there");
    }
}
