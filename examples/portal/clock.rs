//! What time it is, for the portal alone. It doesn't know the provider's clock: the two run on different machines.

use std::time::{Duration, UNIX_EPOCH};

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A point in time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct Moment(i64);

impl Moment {
    #[expect(clippy::disallowed_methods, reason = "the portal has no unit of work; this is its only clock")]
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// The instant of a `NumericDate`: seconds since 1970, whole or not (RFC 7519 section 2).
    #[expect(clippy::cast_possible_truncation, reason = "what lies beyond all time is its end")]
    pub fn from_numeric_date(seconds: f64) -> Self {
        Self((seconds * 1000.0) as i64)
    }

    #[cfg(test)]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(millis(wait)))
    }

    pub fn before(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(millis(wait)))
    }

    /// The calendar day, in UTC like the dates of the seeds.
    pub fn day(self) -> Date {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or_default().to_zoned(TimeZone::UTC).date()
    }
}

fn millis(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)
}
