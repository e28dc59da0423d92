//! Moments in time.

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC on every wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// The moment of the call.
    pub fn now() -> Self {
        Self(Utc::now().timestamp_millis())
    }

    /// From milliseconds since the epoch.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The beginning of a day in UTC, by its number since 1970-01-01.
    pub const fn of_day(number: i64) -> Self {
        Self(number.saturating_mul(DAY_MS))
    }

    /// The number of its day in UTC, 1970-01-01 being 0 and the day before it -1.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// Its day in UTC, as ISO 8601 writes it.
    pub fn date(self) -> String {
        let text = self.to_string();
        text.split('T').next().unwrap_or_default().to_owned()
    }

    /// Reads an RFC 3339 time, or a plain ISO 8601 date taken as its midnight in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let time = DateTime::parse_from_rfc3339(text).map(|t| t.timestamp_millis());
        time.ok().or_else(|| midnight(text)).map(Self)
    }
}

fn midnight(text: &str) -> Option<i64> {
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Utc.timestamp_millis_opt(self.0).single() {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => f.write_str("1970-01-01T00:00:00.000Z"),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_before_1970_too() {
        for (text, number, date) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31"),
            ("2026-11-23T12:00:00Z", 20_780, "2026-11-23"),
        ] {
            let moment = Timestamp::parse(text).unwrap();
            assert_eq!((moment.day(), moment.date().as_str()), (number, date), "{text}");
            assert_eq!(Timestamp::of_day(number).to_string(), format!("{date}T00:00:00.000Z"));
        }
    }

    #[test]
    fn reads_and_writes_rfc_3339() {
        for (text, written) in [
            ("2026-11-22T10:00:00Z", Some("2026-11-22T10:00:00.000Z")),
            ("2026-11-22T10:00:00.5+01:00", Some("2026-11-22T09:00:00.500Z")),
            (" 2026-11-22 ", Some("2026-11-22T00:00:00.000Z")),
            ("22 November 2026", None),
            ("", None),
        ] {
            let read = Timestamp::parse(text).map(|t| t.to_string());
            assert_eq!(read.as_deref(), written, "{text:?}");
        }
    }
}
