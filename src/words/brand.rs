//! What the operator calls the service, how it is coloured, and whom people write to.
//! An accent colour of any lightness becomes one that people can read, by day and by night.

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::base::Timestamp;
use crate::base::redirect_uri::origin;

/// The operator's own words and colour (`[brand]` in the configuration).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// The service's name, in every title and mail.
    pub name: String,
    /// Where the logo is, if there is one; our own mark stands in for it.
    pub logo: Option<Logo>,
    /// The one colour of buttons and links.
    pub accent: Accent,
    /// Customer Service's address.
    pub support: String,
    /// The zone in which people read times.
    pub zone: Zone,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "Guichet".to_owned(),
            logo: None,
            accent: Accent::BOTTLE,
            support: "support@guichet.example".to_owned(),
            zone: Zone::default(),
        }
    }
}

/// Where a logo is: an https address, or a picture written into the address itself (`data:image/…`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, derive_more::Display)]
#[serde(transparent)]
pub struct Logo(String);

/// A text that no logo can be loaded from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a logo: write one that begins with https:// or data:image/")]
pub struct NotALogo(String);

impl Logo {
    /// Reads an address; it goes into our pages and, as far as its origin, into their content security policy.
    pub fn parse(text: &str) -> Result<Self, NotALogo> {
        let refused = || NotALogo(text.chars().take(100).collect());
        let url = Url::parse(text).map_err(|_| refused())?;
        let is_picture = url.scheme() == "data" && text.starts_with("data:image/");
        let is_plain = url.scheme() == "https"
            && url.host_str().is_some_and(|host| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)));
        if is_picture || is_plain { Ok(Self(url.into())) } else { Err(refused()) }
    }

    /// The origin it is loaded from, unless it comes with the page.
    pub fn origin(&self) -> Option<String> {
        origin(&self.0).filter(|origin| origin.starts_with("https:"))
    }
}

impl<'de> Deserialize<'de> for Logo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A time zone by its IANA name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A text that names no zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone known here: write one like Europe/Paris")]
pub struct NotAZone(String);

impl Zone {
    /// Looks a zone up.
    pub fn parse(name: &str) -> Result<Self, NotAZone> {
        TimeZone::get(name).map(Self).map_err(|_| NotAZone(name.to_owned()))
    }

    /// The instant at which a day written `2026-01-31` begins in the zone, so many days later.
    pub fn day(&self, text: &str, later: i32) -> Option<Timestamp> {
        let date = text.parse::<jiff::civil::Date>().ok()?.checked_add(jiff::Span::new().days(later)).ok()?;
        let begins = date.to_zoned(self.rules().clone()).ok()?;
        Some(Timestamp::from_millis(begins.timestamp().as_millisecond()))
    }

    /// The rules of the zone.
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }
}

impl Default for Zone {
    /// Europe/Paris, or UTC on a machine without a zone database.
    fn default() -> Self {
        Self(TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC))
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A colour, as `#rrggbb` writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, derive_more::Display)]
#[display("#{:02x}{:02x}{:02x}", _0[0], _0[1], _0[2])]
pub struct Accent([u8; 3]);

/// A text that is no colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no colour: write one like #0f5c4d")]
pub struct NotAColour(String);

impl Accent {
    /// The green of bottles and of old bank counters.
    pub const BOTTLE: Self = Self([0x0f, 0x5c, 0x4d]);
    const WHITE: Self = Self([0xff; 3]);
    /// The darkest surface that accented text stands on by day: the page behind the cards.
    const DAY: Self = Self([0xf4, 0xf3, 0xef]);
    /// The lightest surface that accented text stands on by night: a card.
    const NIGHT: Self = Self([0x1d, 0x22, 0x21]);
    /// The text of buttons where white would be too faint.
    const INK: Self = Self([0x0c, 0x14, 0x12]);

    /// Parses `#rrggbb`.
    pub fn parse(text: &str) -> Result<Self, NotAColour> {
        let refused = || NotAColour(text.chars().take(20).collect());
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = u32::from_str_radix(digits.ok_or_else(refused)?, 16).map_err(|_| refused())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }

    /// The nearest shade that reads on light surfaces (WCAG 2.2, 1.4.3).
    #[must_use]
    pub fn by_day(self) -> Self {
        self.towards(Self([0; 3]), Self::DAY)
    }

    /// The nearest shade that reads on dark surfaces.
    #[must_use]
    pub fn by_night(self) -> Self {
        self.lit().mixed(Self::WHITE, 20).towards(Self::WHITE, Self::NIGHT)
    }

    /// What reads best on this colour: white or ink.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::INK) { Self::WHITE } else { Self::INK }
    }

    fn towards(self, end: Self, surface: Self) -> Self {
        let shades = (0..=25_u16).map(|step| self.mixed(end, step * 4));
        shades.into_iter().find(|shade| shade.contrast(surface) >= 5.0).unwrap_or(end)
    }

    /// The same hue with more light on it; white alone would wash it out.
    fn lit(self) -> Self {
        const LIGHT: u16 = 176;
        let brightest = u16::from(self.0.into_iter().max().unwrap_or_default());
        if brightest == 0 || brightest >= LIGHT {
            return self;
        }
        Self(self.0.map(|channel| u8::try_from(u16::from(channel) * LIGHT / brightest).unwrap_or(u8::MAX)))
    }

    fn mixed(self, other: Self, percent: u16) -> Self {
        let channel = |index: usize| {
            let sum = u16::from(self.0[index]) * (100 - percent) + u16::from(other.0[index]) * percent;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self([channel(0), channel(1), channel(2)])
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl Serialize for Accent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Accent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Accent, Logo, Zone};
    use proptest::prelude::*;

    #[test]
    fn a_colour_is_written_as_it_is_read_and_nothing_else_is_one() {
        assert_eq!(Accent::parse("#0F5c4d").map(|accent| accent.to_string()), Ok("#0f5c4d".to_owned()));
        for text in ["", "0f5c4d", "#0f5", "#0f5c4d;}", "#+f5c4d", "red"] {
            assert!(Accent::parse(text).is_err(), "{text}");
        }
        assert!(Zone::parse("Europe/Nowhere").is_err());
    }

    #[test]
    fn a_logo_is_loaded_over_tls_or_comes_with_the_page() {
        let origin = |text: &str| Logo::parse(text).map(|logo| logo.origin());
        assert_eq!(origin("https://www.example.com/logo.svg?v=2"), Ok(Some("https://www.example.com".to_owned())));
        assert_eq!(origin("data:image/png;base64,AAAA"), Ok(None));
        for text in [
            "",
            "logo.svg",
            "/logo.svg",
            "http://example.com/logo.svg",
            "data:text/html,x",
            "https://a;script-src *",
            "javascript:x",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_colour_the_operator_likes_people_can_read(channels: [u8; 3]) {
            let accent = Accent(channels);
            for (shade, surfaces) in [
                (accent.by_day(), [Accent::WHITE, Accent::DAY]),
                (accent.by_night(), [Accent::NIGHT, Accent::NIGHT]),
            ] {
                prop_assert!(shade.contrast(shade.ink()) >= 4.5);
                for surface in surfaces {
                    prop_assert!(shade.contrast(surface) >= 4.5);
                }
            }
        }
    }
}
