//! Instants as people read them: "Friday 16:30, in 2 hours", with the exact time behind it.

use askama::Template;
use fluent_templates::fluent_bundle::FluentValue;
use jiff::Zoned;

use crate::base::Timestamp;
use crate::words::brand::Zone;

use super::Words;

/// An instant in words. In HTML it is a `<time>` with the exact instant and a tooltip.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(source = r#"<time datetime="{{ instant }}" title="{{ exact }}">{{ text }}</time>"#, ext = "html")]
pub struct Moment {
    instant: String,
    exact: String,
    text: String,
}

impl askama::filters::HtmlSafe for Moment {}

impl Moment {
    /// The words alone, for mails.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Day, date, time and zone in full, for mails.
    pub fn exact(&self) -> &str {
        &self.exact
    }
}

impl Words {
    /// The day and time, and how far away that is: "Friday 16:30, in 2 hours".
    pub fn moment(self, at: Timestamp, now: Timestamp, zone: &Zone) -> Moment {
        let (then, today) = (zoned(at, zone), zoned(now, zone));
        let day = self.day(&then, &today);
        let text = match self.distance(at, now) {
            Some(distance) => self.tell("moment-with-distance", &[("moment", day), ("distance", distance)]),
            None => day,
        };
        Moment { instant: at.to_string(), exact: self.exact(&then), text }
    }

    fn day(self, then: &Zoned, today: &Zoned) -> String {
        let hour = self.hour(then);
        let days = today.date().until(then.date()).map_or(i32::MAX, |span| span.get_days());
        match days {
            -1 => self.tell("moment-yesterday", &[("hour", hour)]),
            0 => self.tell("moment-today", &[("hour", hour)]),
            1 => self.tell("moment-tomorrow", &[("hour", hour)]),
            -6..=6 => self.tell("moment-weekday-and-hour", &[("weekday", self.weekday(then)), ("hour", hour)]),
            _ => self.tell("moment-date-and-hour", &[("date", self.date(then)), ("hour", hour)]),
        }
    }

    /// How far away an instant is, up to a month; beyond that the date says more.
    fn distance(self, at: Timestamp, now: Timestamp) -> Option<String> {
        let (past, seconds) = if at < now { (true, now.since(at)) } else { (false, at.since(now)) };
        let minutes = (seconds.as_seconds() + 30) / 60;
        let (ahead, behind, count) = match minutes {
            0 => return Some(self.say("moment-now")),
            1..60 => ("moment-in-minutes", "moment-minutes-ago", minutes),
            60..1440 => ("moment-in-hours", "moment-hours-ago", (minutes + 30) / 60),
            1440..43_200 => ("moment-in-days", "moment-days-ago", (minutes + 720) / 1440),
            _ => return None,
        };
        Some(self.count(if past { behind } else { ahead }, count))
    }

    fn exact(self, then: &Zoned) -> String {
        let zone = then.time_zone().iana_name().unwrap_or("UTC").to_owned();
        self.tell(
            "moment-exact",
            &[("weekday", self.weekday(then)), ("date", self.date(then)), ("hour", self.hour(then)), ("zone", zone)],
        )
    }

    fn hour(self, then: &Zoned) -> String {
        self.tell(
            "moment-hour",
            &[("hour", format!("{:02}", then.hour())), ("minute", format!("{:02}", then.minute()))],
        )
    }

    fn weekday(self, then: &Zoned) -> String {
        self.tell("moment-weekday", &[("weekday", i64::from(then.weekday().to_monday_one_offset()))])
    }

    fn date(self, then: &Zoned) -> String {
        let month = self.tell("moment-month", &[("month", i64::from(then.month()))]);
        // The year is text, since numbers have their thousands set apart.
        let (day, year) = (i64::from(then.day()), then.year().to_string());
        self.tell(
            "moment-date",
            &[("day", FluentValue::from(day)), ("month", FluentValue::from(month)), ("year", FluentValue::from(year))],
        )
    }
}

/// An instant beyond the calendar's end is shown as its last day.
fn zoned(at: Timestamp, zone: &Zone) -> Zoned {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::MAX).to_zoned(zone.rules().clone())
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use crate::base::{Language, Timestamp};
    use crate::words::Words;
    use crate::words::brand::Zone;

    fn text(language: Language, at: &str) -> String {
        let now = Timestamp::parse("2026-03-11T13:30:00Z").unwrap();
        Words::of(language).moment(Timestamp::parse(at).unwrap(), now, &Zone::default()).text().to_owned()
    }

    #[test]
    fn an_instant_is_told_in_the_readers_zone_and_by_its_distance() {
        for (at, english, french) in [
            ("2026-03-11T13:30:10Z", "today 14:30, just now", "aujourd’hui à 14 h 30, à l’instant"),
            ("2026-03-11T15:30:00Z", "today 16:30, in 2 hours", "aujourd’hui à 16 h 30, dans 2 heures"),
            ("2026-03-11T13:29:00Z", "today 14:29, a minute ago", "aujourd’hui à 14 h 29, il y a une minute"),
            ("2026-03-10T22:59:00Z", "yesterday 23:59, 15 hours ago", "hier à 23 h 59, il y a 15 heures"),
            ("2026-03-13T15:30:00Z", "Friday 16:30, in 2 days", "vendredi à 16 h 30, dans 2 jours"),
            ("2026-03-01T11:05:00Z", "1 March 2026, 12:05, 10 days ago", "1er mars 2026 à 12 h 05, il y a 10 jours"),
            ("2025-08-31T22:00:00Z", "1 September 2025, 00:00", "1er septembre 2025 à 00 h 00"),
        ] {
            assert_eq!(text(Language::En, at), english);
            assert_eq!(text(Language::Fr, at).replace('\u{a0}', " "), french);
        }
    }

    #[test]
    fn html_carries_the_exact_instant_and_a_tooltip() {
        let at = Timestamp::parse("2026-03-13T15:30:00Z").unwrap();
        let html = Words::of(Language::En).moment(at, at, &Zone::default()).render().unwrap();
        assert_eq!(
            html,
            "<time datetime=\"2026-03-13T15:30:00Z\" title=\"Friday 13 March 2026, 16:30 (Europe/Paris)\">\
             today 16:30, just now</time>"
        );
    }
}
