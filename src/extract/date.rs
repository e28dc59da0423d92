//! Dates as publishers write them. What cannot be read with certainty is no date: `03/04/2021` may be March or April.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat};
use serde::{Serialize, Serializer};

use crate::domain::Timestamp;

/// How far ahead of our clock a page's may run: a day, for time zones that were left out.
const TOLERANCE_MS: i64 = 24 * 60 * 60 * 1000;

/// Years that a publication on the web, or a scan of an older one, may have.
const YEARS: std::ops::Range<i32> = 1900..2100;

/// Names of the months in English, German, French, Spanish, Italian, Dutch, Portuguese and Turkish, and their short forms.
const MONTHS: [&str; 12] = [
    "jan january januar jänner janvier janv enero ene gennaio gen januari janeiro ocak",
    "feb february februar février févr febrero febbraio februari fevereiro fev şubat",
    "mar march märz mars marzo maart mrt março mart",
    "apr april avril avr abril abr aprile nisan",
    "may mai mayo maggio mag mei maio mayıs",
    "jun june juni juin junio giugno giu junho haziran",
    "jul july juli juillet juil julio luglio lug julho temmuz",
    "aug august août agosto ago augustus ağustos",
    "sep sept september septembre septiembre settembre set setembro eylül",
    "oct october oktober okt octobre octubre ottobre ott outubro out ekim",
    "nov november novembre noviembre novembro kasım",
    "dec december dezember dez décembre déc diciembre dic dicembre dezembro aralık",
];

/// Longest text in which a date is looked for, in bytes.
const MAX_BYTES: usize = 200;

/// A moment, and the zone in which a page wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// The moment.
    pub at: Timestamp,
    /// Seconds east of UTC; none where the page names no zone, whose times are then taken as UTC.
    pub offset: Option<i32>,
}

impl Dated {
    /// Reads what [`lenient`] reads, and keeps the zone.
    pub(super) fn read(text: &str) -> Option<Self> {
        let at = lenient(text)?;
        let text = super::text::cut(text.trim(), MAX_BYTES);
        let zoned = DateTime::parse_from_rfc3339(text).ok();
        let zoned = zoned.or_else(|| ZONED.iter().find_map(|form| DateTime::parse_from_str(text, form).ok()));
        let zoned = zoned.or_else(|| DateTime::parse_from_rfc2822(text).ok());
        let offset = zoned.map(|time| time.offset().local_minus_utc());
        Some(Self { at, offset })
    }
}

/// RFC 3339 in the page's own zone; `Z` where it names none.
impl fmt::Display for Dated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self
            .offset
            .filter(|&offset| offset != 0)
            .and_then(FixedOffset::east_opt);
        let time =
            zone.and_then(|zone| Some(DateTime::from_timestamp_millis(self.at.as_millis())?.with_timezone(&zone)));
        match time {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => self.at.fmt(f),
        }
    }
}

impl Serialize for Dated {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// ISO 8601 with a zone that RFC 3339 does not know.
const ZONED: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%H:%M%z"];

/// Reads a date: ISO 8601 in its forms, RFC 2822, `26 May 2015`, `May 26, 2015`, `26.05.2015`, also within a sentence.
/// Without a time it is midnight, without a zone UTC. Only the years 1900 to 2099 are taken.
pub(super) fn lenient(text: &str) -> Option<Timestamp> {
    let text = super::text::cut(text.trim(), MAX_BYTES);
    iso(text)
        .or_else(|| rfc_2822(text))
        .or_else(|| in_words(text))
        .and_then(plausible)
}

/// A date that a page gives for itself, unless it lies ahead of `now` by more than a day: then it is a mistake or a lie.
pub fn not_after(date: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    date.filter(|d| d.as_millis() <= now.as_millis().saturating_add(TOLERANCE_MS))
}

/// Keeps a date within the years that are taken.
pub(super) fn plausible(date: Timestamp) -> Option<Timestamp> {
    use chrono::Datelike;
    let year = DateTime::from_timestamp_millis(date.as_millis())?.year();
    YEARS.contains(&year).then_some(date)
}

fn iso(text: &str) -> Option<Timestamp> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(time) = Timestamp::parse(text) {
        return Some(time);
    }
    let local = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ];
    let date = ["%Y/%m/%d", "%Y%m%d"];
    let zoned = ZONED
        .iter()
        .find_map(|f| DateTime::parse_from_str(text, f).ok())
        .map(|t| t.timestamp_millis());
    let local = || {
        local
            .iter()
            .find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
            .map(|t| t.and_utc().timestamp_millis())
    };
    let date = || {
        date.iter()
            .find_map(|f| NaiveDate::parse_from_str(text, f).ok())
            .and_then(midnight)
    };
    zoned.or_else(local).or_else(date).map(Timestamp::from_millis)
}

fn rfc_2822(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|t| Timestamp::from_millis(t.timestamp_millis()))
}

/// Day, name of the month and year, or month, day and year, side by side anywhere in a sentence.
fn in_words(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let found = words.windows(3).find_map(|w| match *w {
        [day, name, year] if month(name).is_some() => ymd(year, month(name)?, day),
        [name, day, year] if month(name).is_some() => ymd(year, month(name)?, day),
        _ => None,
    });
    found.or_else(|| dotted(text))
}

/// `26.05.2015`, which is day first wherever it is written.
fn dotted(text: &str) -> Option<Timestamp> {
    text.split_whitespace().find_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_ascii_digit());
        let parts: Vec<&str> = word.split('.').collect();
        match parts[..] {
            [day, month, year] => ymd(year, month.parse().ok()?, day),
            _ => None,
        }
    })
}

fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let at = MONTHS
        .iter()
        .position(|names| names.split(' ').any(|name| name == word))?;
    Some(at as u32 + 1)
}

fn ymd(year: &str, month: u32, day: &str) -> Option<Timestamp> {
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if year.len() != 4 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month, day.parse().ok()?)?;
    midnight(date).map(Timestamp::from_millis)
}

fn midnight(date: NaiveDate) -> Option<i64> {
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_kept() {
        for (text, wanted) in [
            ("2026-11-22T10:00:00+01:00", "2026-11-22T10:00:00.000+01:00"),
            ("2026-11-22T10:00:00-0530", "2026-11-22T10:00:00.000-05:30"),
            ("Sun, 22 Nov 2026 10:00:00 +0300", "2026-11-22T10:00:00.000+03:00"),
            ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z"),
            ("2026-11-22 10:00", "2026-11-22T10:00:00.000Z"),
            ("26 May 2015", "2015-05-26T00:00:00.000Z"),
        ] {
            assert_eq!(
                Dated::read(text).map(|date| date.to_string()).as_deref(),
                Some(wanted),
                "{text}"
            );
        }
        assert_eq!(Dated::read("soon"), None);
    }

    #[test]
    fn reads_what_is_certain() {
        for (text, wanted) in [
            ("2026-11-22T10:00:00Z", Some("2026-11-22T10:00:00.000Z")),
            ("2026-11-22T10:00:00+0100", Some("2026-11-22T09:00:00.000Z")),
            ("2026-11-22T10:00:00", Some("2026-11-22T10:00:00.000Z")),
            ("2026-11-22 10:00", Some("2026-11-22T10:00:00.000Z")),
            ("2026-11-22", Some("2026-11-22T00:00:00.000Z")),
            ("2026/11/22", Some("2026-11-22T00:00:00.000Z")),
            ("20261122", Some("2026-11-22T00:00:00.000Z")),
            ("Sun, 22 Nov 2026 10:00:00 +0000", Some("2026-11-22T10:00:00.000Z")),
            ("26 May 2015", Some("2015-05-26T00:00:00.000Z")),
            ("May 3rd, 2015", Some("2015-05-03T00:00:00.000Z")),
            (
                "stated on October 22, 2019 in a campaign mailer.",
                Some("2019-10-22T00:00:00.000Z"),
            ),
            ("26. März 2015", Some("2015-03-26T00:00:00.000Z")),
            ("am 26.05.2015 um 12 Uhr", Some("2015-05-26T00:00:00.000Z")),
            ("22 Kasım 2026", Some("2026-11-22T00:00:00.000Z")),
            ("14 juillet 2021", Some("2021-07-14T00:00:00.000Z")),
            ("14 juin 2021", Some("2021-06-14T00:00:00.000Z")),
            ("Market 12 2019", None),
            ("03/04/2021", None),
            ("31 February 2021", None),
            ("yesterday", None),
            ("1", None),
            ("", None),
            ("9999-01-01", None),
            ("0001-01-01T00:00:00Z", None),
            ("-1", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(lenient(text).map(|t| t.to_string()).as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_date_ahead_of_the_clock_is_dropped() {
        let now = Timestamp::from_millis(1_000_000_000_000);
        let hours = |h: i64| Some(Timestamp::from_millis(1_000_000_000_000 + h * 3_600_000));
        assert_eq!(not_after(hours(-5), now), hours(-5));
        assert_eq!(not_after(hours(12), now), hours(12));
        assert_eq!(not_after(hours(25), now), None);
        assert_eq!(not_after(None, now), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}", words in "(May|mars|[0-9]{1,5}|[ .,:/+-]){0,12}") {
            lenient(&text);
            lenient(&words);
        }
    }
}
