//! What a password must be (R-ADM-10, the preset `standard`): long, of four classes, without what others know of the
//! person or the service, and not guessable.

use zxcvbn::Score;

use crate::base::vocabulary::words;

use super::normalised;
use super::refused::RefusedWords;

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

/// The first call reads the lists of common passwords; made at the start, with a password that all of them are asked
/// about, nobody waits for it.
pub fn warm_up() -> Result<(), Weak> {
    check("Nobody-has 7 of these", &[], &RefusedWords::default())
}

/// Looks at a new password, which takes some milliseconds: not for inside a unit of work. `known` is what others know
/// of the person and the service: login, names, company, the names of the service and of its relying parties.
pub fn check(password: &str, known: &[&str], refused: &RefusedWords) -> Result<(), Weak> {
    let password = normalised(password);
    match password.chars().count() {
        ..SHORTEST => return Err(Weak::Short),
        SHORTEST..=LONGEST => {}
        _ => return Err(Weak::Long),
    }
    if let Some(class) = Class::ALL.iter().find(|class| !password.contains(|c| class.has(c))) {
        return Err(Weak::Lacks(*class));
    }
    let folded = password.to_lowercase();
    let known: Vec<String> = known.iter().map(|text| normalised(text)).collect();
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    match words.filter(|word| word.chars().count() >= TELLING).find(|word| folded.contains(word.as_str())) {
        Some(word) => Err(Weak::Contains(word)),
        None if refused.hold(&password) || is_guessable(&password, &known) => Err(Weak::Guessable),
        None => Ok(()),
    }
}

fn is_guessable(password: &str, known: &[String]) -> bool {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    zxcvbn::zxcvbn(password, &known).score() < STRONG
}

#[cfg(test)]
mod tests {
    use super::{Class, RefusedWords, Weak, warm_up};
    use proptest::prelude::*;

    fn check(password: &str, known: &[&str]) -> Result<(), Weak> {
        super::check(password, known, &RefusedWords::default())
    }

    #[test]
    fn each_class_and_both_lengths_count() {
        let known = ["alice@durand.example", "Alice", "Durand", "Durand Télécom"];
        for (password, verdict) in [
            ("Vexil-7tq-Orm4", Ok(())),
            ("Été en-Bretagne 7", Ok(())),
            ("Guichet-26!", Err(Weak::Short)),
            ("guichet-2026!", Err(Weak::Lacks(Class::Upper))),
            ("GUICHET-2026!", Err(Weak::Lacks(Class::Lower))),
            ("Guichet-only!", Err(Weak::Lacks(Class::Digit))),
            ("Guichet2026abc", Err(Weak::Lacks(Class::Special))),
            ("xALICEx-2026!", Err(Weak::Contains("alice".to_owned()))),
            ("Mes-Télécoms-7", Err(Weak::Contains("télécom".to_owned()))),
            ("Mes-Te\u{301}le\u{301}coms-7", Err(Weak::Contains("télécom".to_owned()))),
            ("Password123!", Err(Weak::Guessable)),
            ("Aaaaaaaaaa1!", Err(Weak::Guessable)),
        ] {
            assert_eq!(check(password, &known), verdict, "{password}");
        }
        assert_eq!(check(&"Aa1!".repeat(33), &known), Err(Weak::Long));
        assert_eq!(check(&"Aa1!".repeat(32), &known), Err(Weak::Guessable));
        assert_eq!(check(&"Été en-Bretagne 7 ".repeat(7), &known), Ok(()));
    }

    #[test]
    fn words_with_a_year_are_refused() {
        for password in [
            "Password2026!!",
            "Azertyuiop123!",
            "Motdepasse2026!",
            "Marseille13000!",
            "Bienvenue2026!",
            "Administrateur1!",
            "Septembre-2026",
            "Nathalie1975!!",
            "Qwertyuiop123!",
            "Liverpool-2026",
        ] {
            assert_eq!(check(password, &[]), Err(Weak::Guessable), "{password}");
        }
    }

    #[test]
    fn what_is_warmed_up_goes_through_every_list() {
        assert_eq!(warm_up(), Ok(()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(password: String, known: String) {
            let _ = check(&password, &[&known]);
        }
    }
}
