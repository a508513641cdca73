//! What Guichet says, in French and in English: every sentence stands in `templates/locales`, none in the code.
//! Knows no page and no rule.

pub mod brand;
mod device;
mod moment;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};

use crate::base::Language;

pub use device::UserAgent;
pub use moment::Moment;

static_loader! {
    static SENTENCES = {
        locales: "./templates/locales",
        fallback_language: "en",
        customise: |bundle| {
            // Isolation marks would end up in mail subjects and in what people copy.
            bundle.set_use_isolating(false);
            let french = bundle.locales.first() == Some(&FRENCH);
            bundle.set_formatter(Some(if french {
                |value, _| grouped(value, '\u{202f}')
            } else {
                |value, _| grouped(value, ',')
            }));
        },
    };
}

const FRENCH: LanguageIdentifier = langid!("fr");
const ENGLISH: LanguageIdentifier = langid!("en");

/// The sentences of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The sentences of that language.
    pub const fn of(language: Language) -> Self {
        Self { language }
    }

    /// Which language it is.
    pub const fn language(self) -> Language {
        self.language
    }

    /// A sentence without values.
    pub fn say(self, key: &str) -> String {
        self.look_up(key, None)
    }

    /// A sentence with values. They are text: whoever puts the sentence into HTML escapes it whole.
    pub fn tell<'v, V: Into<FluentValue<'v>> + Clone>(self, key: &str, values: &[(&'static str, V)]) -> String {
        let values = values.iter().map(|(name, value)| (*name, value.clone().into())).collect();
        self.look_up(key, Some(&values))
    }

    /// A sentence about a number of things, called `count` in it.
    pub fn count(self, key: &str, count: i64) -> String {
        self.tell(key, &[("count", count)])
    }

    fn look_up(self, key: &str, values: Option<&HashMap<&'static str, FluentValue<'_>>>) -> String {
        let language = match self.language {
            Language::Fr => FRENCH,
            Language::En => ENGLISH,
        };
        let found = SENTENCES.lookup_single_language(&language, key, values);
        debug_assert!(found.is_ok(), "no sentence `{key}` in {language}, or a value of it is missing: {found:?}");
        found.unwrap_or_else(|_| key.to_owned())
    }
}

/// Whole numbers with their thousands apart.
fn grouped(value: &FluentValue<'_>, separator: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    if number.value.fract() != 0.0 {
        return None;
    }
    let digits = format!("{:.0}", number.value.abs());
    let mut text = String::from(if number.value < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    Some(text)
}
