//! Time: instants, lives and the clock they are read from. Nothing else in the crate asks the system for the time.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant, in milliseconds since 1970 (UTC). The databases hold the same integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Later than every instant there is.
    pub const END: Self = Self(i64::MAX);

    /// The instant this many milliseconds after 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The instant of a `NumericDate`: seconds since 1970, whole or not (RFC 7519 section 2).
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "what lies beyond all time is its end")]
    pub fn from_numeric_date(seconds: f64) -> Self {
        Self((seconds * 1000.0) as i64)
    }

    /// Whole milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, the unit of JOSE and OAuth.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Parses `2026-01-31` or an RFC 3339 instant, the two forms ERP files carry.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(Self(instant.as_millisecond()));
        }
        let date: jiff::civil::Date = text.parse().ok()?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(start.timestamp().as_millisecond()))
    }

    /// How long after `earlier` this is; zero when it isn't.
    pub fn since(self, earlier: Self) -> Life {
        Life(self.0.saturating_sub(earlier.0).max(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => instant.fmt(f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl Add<Life> for Timestamp {
    type Output = Self;
    fn add(self, life: Life) -> Self {
        Self(self.0.saturating_add(life.0))
    }
}

impl Sub<Life> for Timestamp {
    type Output = Self;
    fn sub(self, life: Life) -> Self {
        Self(self.0.saturating_sub(life.0))
    }
}

/// How long something lives. Written `60s`, `30min`, `12h` or `90d` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life(i64);

impl Life {
    /// A life of so many seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1000)
    }

    /// A life of so many minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }

    /// A life of so many hours.
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }

    /// A life of so many days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }

    /// Whole seconds.
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// Minutes for somebody who is to wait: a begun one counts, and there is one at least.
    pub const fn in_minutes(self) -> i64 {
        let minutes = (self.as_seconds() + 59) / 60;
        if minutes < 1 { 1 } else { minutes }
    }

    /// The same span for timers.
    pub fn as_duration(self) -> Duration {
        Duration::from_millis(self.0.unsigned_abs())
    }

    /// Parses a whole number and a unit: `s`, `min`, `h` or `d`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(split);
        let number: i64 = number.parse().ok().filter(|n| *n <= 1_000_000)?;
        match unit {
            "s" => Some(Self::seconds(number)),
            "min" => Some(Self::minutes(number)),
            "h" => Some(Self::hours(number)),
            "d" => Some(Self::days(number)),
            _ => None,
        }
    }
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_seconds();
        match (seconds % 86_400, seconds % 3_600, seconds % 60) {
            (0, _, _) if seconds > 0 => write!(f, "{}d", seconds / 86_400),
            (_, 0, _) if seconds > 0 => write!(f, "{}h", seconds / 3_600),
            (_, _, 0) if seconds > 0 => write!(f, "{}min", seconds / 60),
            (..) => write!(f, "{seconds}s"),
        }
    }
}

impl Serialize for Life {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Life {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is no duration: write a whole number and s, min, h or d, like 30min"
            ))
        })
    }
}

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// The system's clock moved forward by so many milliseconds: demonstrations and tests.
    Movable(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that [`Clock::advance`] can move.
    pub fn movable() -> Self {
        Self::Movable(Arc::default())
    }

    /// The instant this is.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_time(),
            Self::Movable(offset) => Timestamp(system_time().0 + offset.load(Ordering::SeqCst)),
        }
    }

    /// Moves a movable clock forward; the system's goes its own way.
    pub fn advance(&self, by: Life) {
        match self {
            Self::System => {}
            Self::Movable(offset) => {
                offset.fetch_add(by.0, Ordering::SeqCst);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn system_time() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Life, Timestamp};

    #[test]
    fn lives_are_written_as_they_are_read() {
        for text in ["60s", "30min", "12h", "90d", "0s", "90s"] {
            let life = Life::parse(text).unwrap();
            assert_eq!(Life::parse(&life.to_string()), Some(life), "{text}");
        }
        for text in ["", "12", "h", "-3h", "12 h", "1w", "99999999999d"] {
            assert_eq!(Life::parse(text), None, "{text}");
        }
    }

    #[test]
    fn erp_dates_are_days_or_instants() {
        assert_eq!(Timestamp::parse("1970-01-02"), Some(Timestamp(86_400_000)));
        assert_eq!(Timestamp::parse("1970-01-01T00:00:01Z"), Some(Timestamp(1000)));
        assert_eq!(Timestamp::parse("02/01/1970"), None);
    }
}
