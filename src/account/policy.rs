//! What a password must be (R-ADM-10, the preset `standard`): long, of four classes, and without what others know of the person.

/// The shortest password, in characters.
pub const SHORTEST: usize = 12;

/// The longest password, in characters.
pub const LONGEST: usize = 128;

/// Parts of a name shorter than this stand in too many passwords by chance.
const TELLING: usize = 4;

/// Why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It is short.
    #[error("it has fewer than {SHORTEST} characters")]
    Short,
    /// It is long.
    #[error("it has more than {LONGEST} characters")]
    Long,
    /// A class of characters is missing.
    #[error("it has no {0}")]
    Lacks(&'static str),
    /// It holds the login, a name or the company, which others know.
    #[error("it contains `{0}`, which others know")]
    Contains(String),
}

/// Looks at a new password. `known` is what others know of the person: login, names, company.
pub fn check(password: &str, known: &[&str]) -> Result<(), Weak> {
    match password.chars().count() {
        ..SHORTEST => return Err(Weak::Short),
        SHORTEST..=LONGEST => {}
        _ => return Err(Weak::Long),
    }
    let classes = [
        ("lower-case letter", password.contains(char::is_lowercase)),
        ("upper-case letter", password.contains(char::is_uppercase)),
        ("digit", password.contains(char::is_numeric)),
        ("special character", password.contains(|c: char| !c.is_alphanumeric())),
    ];
    if let Some((class, _)) = classes.into_iter().find(|(_, present)| !present) {
        return Err(Weak::Lacks(class));
    }
    let folded = password.to_lowercase();
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    match words.filter(|word| word.chars().count() >= TELLING).find(|word| folded.contains(word.as_str())) {
        Some(word) => Err(Weak::Contains(word)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Weak, check};
    use proptest::prelude::*;

    #[test]
    fn each_class_and_both_lengths_count() {
        let known = ["alice@durand.example", "Alice", "Durand", "Durand Télécom"];
        for (password, verdict) in [
            ("Guichet-2026!", Ok(())),
            ("Été en-Bretagne 7", Ok(())),
            ("Guichet-26!", Err(Weak::Short)),
            ("guichet-2026!", Err(Weak::Lacks("upper-case letter"))),
            ("GUICHET-2026!", Err(Weak::Lacks("lower-case letter"))),
            ("Guichet-only!", Err(Weak::Lacks("digit"))),
            ("Guichet2026abc", Err(Weak::Lacks("special character"))),
            ("xALICEx-2026!", Err(Weak::Contains("alice".to_owned()))),
            ("Mes-Télécoms-7", Err(Weak::Contains("télécom".to_owned()))),
        ] {
            assert_eq!(check(password, &known), verdict, "{password}");
        }
        assert_eq!(check(&"Aa1!".repeat(33), &known), Err(Weak::Long));
        assert_eq!(check(&"Aa1!".repeat(32), &known), Ok(()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(password: String, known: String) {
            let _ = check(&password, &[&known]);
        }
    }
}
