//! Words that are no password, whatever digits and signs stand around them or for their letters: everybody's first idea
//! is a word and a year (R-ADM-10).

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use zxcvbn::matching::patterns::MatchPattern;

use crate::base::fold::folded;

/// Words of French, months, cities and rows of keys, our own.
static FRENCH: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../../policies/refused_passwords.txt").lines().collect());

/// Shorter ones stand in too many passwords by chance.
const SHORTEST: usize = 3;

/// No word of zxcvbn's lists is longer.
const LONGEST: usize = 40;

/// Words that an operator refuses besides ours.
#[derive(Clone, Debug, Default)]
pub struct RefusedWords(HashSet<String>);

impl RefusedWords {
    /// Reads a file of one word per line; a sentence where it can't be read.
    pub fn read(file: Option<&Path>) -> Result<Self, String> {
        let Some(file) = file else { return Ok(Self::default()) };
        let text = fs::read_to_string(file).map_err(|error| {
            format!("password.refused_file {} can't be read ({error}): name a text file", file.display())
        })?;
        let letters = |line: &str| folded(line).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        Ok(Self(text.lines().map(letters).filter(|word| word.chars().count() >= SHORTEST).collect()))
    }

    /// Whether one word is all that a password is made of.
    pub(super) fn hold(&self, password: &str) -> bool {
        cores(&folded(password)).iter().any(|core| self.has(core) || half(core).is_some_and(|half| self.has(half)))
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(word) || FRENCH.contains(word) || is_common(word)
    }
}

/// Whether zxcvbn lists it as one entry.
fn is_common(word: &str) -> bool {
    let judged = zxcvbn::zxcvbn(word, &[]);
    matches!(judged.sequence(), [only] if matches!(only.pattern, MatchPattern::Dictionary(_)))
}

/// What may be left of a password without the digits and signs at both ends, and inside, the last of which at each end
/// may stand for a letter too.
fn cores(folded: &str) -> BTreeSet<String> {
    let chars: Vec<char> = folded.chars().collect();
    let Some(first) = chars.iter().position(|c| c.is_alphabetic()) else { return BTreeSet::new() };
    let last = chars.iter().rposition(|c| c.is_alphabetic()).unwrap_or(first);
    let mut cores = BTreeSet::new();
    for start in [first, first.saturating_sub(1)] {
        for end in [last, (last + 1).min(chars.len() - 1)] {
            let core = &chars[start..=end];
            cores.extend(['i', 'l'].map(|one| core.iter().filter_map(|c| letter(*c, one)).collect::<String>()));
            cores.insert(core.iter().filter(|c| c.is_alphanumeric()).collect());
            cores.insert(core.iter().filter(|c| c.is_alphabetic()).collect());
        }
    }
    cores.retain(|core| (SHORTEST..=LONGEST).contains(&core.chars().count()));
    cores
}

/// The letter that a digit or a sign usually stands for; `one` is what a stroke is.
fn letter(c: char, one: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' | '!' | '|' => Some(one),
        '2' => Some('z'),
        '3' | '€' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '6' | '9' => Some('g'),
        '7' | '+' => Some('t'),
        '8' => Some('b'),
        '(' | '<' | '{' | '[' => Some('c'),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    }
}

/// A word that stands twice is no more than once.
fn half(core: &str) -> Option<&str> {
    let (once, again) = core.split_at_checked(core.len() / 2)?;
    (once == again).then_some(once)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{FRENCH, RefusedWords};
    use crate::base::fold::folded;

    #[test]
    fn a_word_is_no_password_whatever_stands_around_it_or_for_its_letters() {
        let words = RefusedWords::default();
        for password in [
            "Password2026!!",
            "Azertyuiop123!",
            "Motdepasse2026!",
            "Marseille13000!",
            "P4ssw0rd!2026",
            "M0td3p4ss3-2026",
            "!!Juillet-2026",
            "Février.2026!!",
            "Mot-de-passe-26!",
            "@zerty-20262026",
            "2026.Qwertyuiop",
            "Soleil.Soleil-1!",
            "$ol3il-20262026",
            "Ch0c0l4t2026!!",
            "DRAGON_dragon_1",
            "Fe\u{301}vrier.2026!!",
        ] {
            assert!(words.hold(password), "{password}");
        }
        for password in ["Vexil-7tq-Orm4", "Velo-Rouge-Lune-4!", "Été en-Bretagne 7", "83746-501928!", "", "-"] {
            assert!(!words.hold(password), "{password}");
        }
    }

    #[test]
    fn an_operators_words_are_refused_too_in_every_spelling() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "Opalys\n\n  Grand-Rex  \nx").unwrap();
        let words = RefusedWords::read(Some(file.path())).unwrap();
        assert!(
            words.hold("Op4lys-2026!!!")
                && words.hold("Grand.Rex2026!")
                && !RefusedWords::default().hold("Op4lys-2026!!!")
        );
        assert!(!words.hold("Xv-20262026!!") && !words.hold("x-83746501928!"));
        let refused = RefusedWords::read(Some("/nowhere/at/all".as_ref())).unwrap_err();
        assert!(refused.contains("password.refused_file /nowhere/at/all can't be read"), "{refused}");
    }

    #[test]
    fn our_own_list_is_short_sorted_and_written_as_it_is_compared() {
        let lines: Vec<&str> = include_str!("../../../policies/refused_passwords.txt").lines().collect();
        assert!(lines.len() <= 2000 && lines.is_sorted() && lines.len() == FRENCH.len());
        assert!(lines.iter().all(|word| *word == folded(word) && word.len() >= super::SHORTEST));
    }
}
