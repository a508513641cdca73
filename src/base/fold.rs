//! Texts as searches compare them: without case, accents, ligatures, hyphens and apostrophes.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words of a text, folded and parted by single spaces.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match letter {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            '-' | '\u{2010}'..='\u{2015}' | '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' => folded.push(' '),
            _ if letter.is_control() => folded.push(' '),
            _ => folded.push(letter),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was typed into a search, as `like` patterns that all hold of what is found: one for each of the first words,
/// the last for what follows them in that order. Backslash escapes.
pub fn patterns(typed: &str) -> [String; 3] {
    let escaped = folded(typed).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let mut words = escaped.splitn(3, ' ').filter(|word| !word.is_empty());
    std::array::from_fn(|_| words.next().map_or_else(|| "%".to_owned(), |word| format!("%{}%", word.replace(' ', "%"))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{folded, patterns};

    #[test]
    fn a_name_is_found_however_it_is_spelled() {
        for (text, same) in [
            ("Télécom", "TELECOM"),
            ("Te\u{301}le\u{301}com", "télécom"),
            ("Jean-Pierre", "jean pierre"),
            ("L’Œuvre", "l'oeuvre"),
            ("  Straße \t 7 ", "strasse 7"),
            ("ﬁn", "FIN"),
        ] {
            assert_eq!(folded(text), folded(same));
        }
    }

    #[test]
    fn every_typed_word_is_looked_for_and_no_letter_is_a_wildcard() {
        assert_eq!(patterns(""), ["%", "%", "%"]);
        assert_eq!(patterns("Durand  Alice"), ["%durand%", "%alice%", "%"]);
        assert_eq!(patterns("a b c d"), ["%a%", "%b%", "%c%d%"]);
        assert_eq!(patterns("5%_\\"), ["%5\\%\\_\\\\%", "%", "%"]);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }
}
