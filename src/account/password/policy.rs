//! What a password must be (R-ADM-10, the preset `standard`): long, of four classes, without what others know of the
//! person, and not guessable.

use zxcvbn::Score;

use crate::base::vocabulary::words;

/// The shortest password, in characters.
pub const SHORTEST: usize = 12;

/// The longest password, in characters.
pub const LONGEST: usize = 128;

/// Parts of a name shorter than this stand in too many passwords by chance.
const TELLING: usize = 4;

words! {
    /// A class of characters that must be there.
    Class, "class of characters" {
        Lower = "lower-case letter",
        Upper = "upper-case letter",
        Digit = "digit",
        /// Anything that is neither letter nor digit.
        Special = "special character",
    }
}

impl Class {
    fn has(self, c: char) -> bool {
        match self {
            Self::Lower => c.is_lowercase(),
            Self::Upper => c.is_uppercase(),
            Self::Digit => c.is_numeric(),
            Self::Special => !c.is_alphanumeric(),
        }
    }
}

/// Why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    #[error("it has fewer than {SHORTEST} characters")]
    Short,
    #[error("it has more than {LONGEST} characters")]
    Long,
    /// A class of characters is missing.
    #[error("it has no {0}")]
    Lacks(Class),
    /// It holds the login, a name or the company, which others know.
    #[error("it contains `{0}`, which others know")]
    Contains(String),
    /// Programs that guess passwords soon come to it.
    #[error("programs that guess passwords soon come to it")]
    Guessable,
}

/// The least that a password scores: somebody who holds its hash must guess for long.
const STRONG: Score = Score::Three;

/// The first call reads the lists of common passwords; made at the start, nobody waits for it.
pub fn warm_up() {
    let _ = zxcvbn::zxcvbn("", &[]);
}

/// Looks at a new password, which takes some milliseconds: not for inside a unit of work. `known` is what others know
/// of the person: login, names, company.
pub fn check(password: &str, known: &[&str]) -> Result<(), Weak> {
    match password.chars().count() {
        ..SHORTEST => return Err(Weak::Short),
        SHORTEST..=LONGEST => {}
        _ => return Err(Weak::Long),
    }
    if let Some(class) = Class::ALL.iter().find(|class| !password.contains(|c| class.has(c))) {
        return Err(Weak::Lacks(*class));
    }
    let folded = password.to_lowercase();
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    match words.filter(|word| word.chars().count() >= TELLING).find(|word| folded.contains(word.as_str())) {
        Some(word) => Err(Weak::Contains(word)),
        None if zxcvbn::zxcvbn(password, known).score() < STRONG => Err(Weak::Guessable),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, Weak, check};
    use proptest::prelude::*;

    #[test]
    fn each_class_and_both_lengths_count() {
        let known = ["alice@durand.example", "Alice", "Durand", "Durand Télécom"];
        for (password, verdict) in [
            ("Guichet-2026!", Ok(())),
            ("Été en-Bretagne 7", Ok(())),
            ("Guichet-26!", Err(Weak::Short)),
            ("guichet-2026!", Err(Weak::Lacks(Class::Upper))),
            ("GUICHET-2026!", Err(Weak::Lacks(Class::Lower))),
            ("Guichet-only!", Err(Weak::Lacks(Class::Digit))),
            ("Guichet2026abc", Err(Weak::Lacks(Class::Special))),
            ("xALICEx-2026!", Err(Weak::Contains("alice".to_owned()))),
            ("Mes-Télécoms-7", Err(Weak::Contains("télécom".to_owned()))),
            ("Password123!", Err(Weak::Guessable)),
            ("Aaaaaaaaaa1!", Err(Weak::Guessable)),
        ] {
            assert_eq!(check(password, &known), verdict, "{password}");
        }
        assert_eq!(check(&"Aa1!".repeat(33), &known), Err(Weak::Long));
        assert_eq!(check(&"Aa1!".repeat(32), &known), Err(Weak::Guessable));
        assert_eq!(check(&"Été en-Bretagne 7 ".repeat(7), &known), Ok(()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(password: String, known: String) {
            let _ = check(&password, &[&known]);
        }
    }
}
