//! The languages Guichet speaks, and how a caller's wish is read.

use serde::{Deserialize, Serialize};

/// A language of pages and mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "TEXT", rename_all = "lowercase")]
pub enum Language {
    Fr,
    /// English, where nothing else is asked for.
    #[default]
    En,
}

impl Language {
    /// Both, in the order the switch shows them.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The BCP 47 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Reads one tag, region ignored: `fr`, `fr-CA`, `en_GB`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// Reads OpenID Connect's `ui_locales`: tags in order of preference.
    pub fn from_ui_locales(tags: &str) -> Option<Self> {
        tags.split_whitespace().find_map(Self::from_tag)
    }

    /// Reads `Accept-Language` (RFC 9110 section 12.5.4), highest weight first.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',').take(32) {
            let mut pieces = part.split(';');
            let Some(language) = pieces.next().and_then(Self::from_tag) else { continue };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()))
                .unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(highest, _)| weight > highest) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// A name per language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub fr: String,
    pub en: String,
}

impl Names {
    /// The name in that language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_browsers_first_wish_that_we_speak_wins() {
        assert_eq!(Language::from_accept_language("de, fr;q=0.8, en;q=0.9"), Some(Language::En));
        assert_eq!(Language::from_accept_language("fr-CA,fr;q=0.9,en;q=0.8"), Some(Language::Fr));
        assert_eq!(Language::from_accept_language("fr;q=0, en;q=0.1"), Some(Language::En));
        assert_eq!(Language::from_accept_language("de"), None);
        assert_eq!(Language::from_ui_locales("de fr-FR en"), Some(Language::Fr));
    }
}
