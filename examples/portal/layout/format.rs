//! Amounts and dates as people read them, in their language.

use jiff::civil::Date;

use crate::layout::language::Language;
use crate::layout::words::Words;

const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
/// An amount in euro cents: `1 234,50 €` or `€1,234.50`. Spaces are no-break, and of a kind that PDF's WinAnsi has too.
pub fn amount(cents: i64, language: Language) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (euros, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    match language {
        Language::Fr => format!("{sign}{},{rest:02}\u{a0}€", grouped(euros, '\u{a0}')),
        Language::En => format!("{sign}€{}.{rest:02}", grouped(euros, ',')),
    }
}

fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A calendar day in words: `1er mars 2026`, `1 March 2026`.
pub fn day(date: Date, language: Language) -> String {
    let month = MONTHS_FR[usize::from(date.month().unsigned_abs()) - 1];
    let (day, year) = (date.day(), date.year());
    match language {
        Language::Fr if day == 1 => format!("1er\u{a0}{month} {year}"),
        Language::Fr => format!("{day}\u{a0}{month} {year}"),
        Language::En => date.strftime("%-d\u{a0}%B %Y").to_string(),
    }
}

/// A calendar day as it sits in the database (`2026-03-01`), with the two forms that pages need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// For people.
    pub fn words(self, w: &Words) -> String {
        day(self.0, w.language)
    }

    /// For `<time datetime>`.
    pub fn iso(self) -> String {
        self.0.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_follow_the_language() {
        assert_eq!(amount(123_450, Language::Fr), "1\u{a0}234,50\u{a0}€");
        assert_eq!(amount(-9, Language::Fr), "-0,09\u{a0}€");
        assert_eq!(amount(123_456_700, Language::En), "€1,234,567.00");
        assert_eq!(amount(-4_990, Language::En), "-€49.90");
    }

    #[test]
    fn dates_are_in_words() {
        let Day(first) = Day::try_from("2026-03-01".to_owned()).expect("a date");
        assert_eq!(day(first, Language::Fr), "1er\u{a0}mars 2026");
        assert_eq!(day(first, Language::En), "1\u{a0}March 2026");
    }
}
