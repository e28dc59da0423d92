//! How a source is, in words that people act on.

use std::time::Duration;

use super::{Timestamp, words::words};

/// A source that has failed at each visit for so long is broken.
const BROKEN_AFTER: Duration = Duration::from_hours(7 * 24);

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Health {
    /// It was not visited yet.
    New,
    /// The last visit succeeded.
    Ok,
    /// The last visit failed.
    Failing,
    /// Each visit has failed for a week: it is visited once a week, until one succeeds or somebody asks for it.
    Broken,
}

words!(Health { New => "new", Ok => "ok", Failing => "failing", Broken => "broken" });

impl Health {
    /// Of a source that was last visited then, and has failed at each visit since the second time.
    pub fn of(visited_at: Option<Timestamp>, failing_since: Option<Timestamp>) -> Self {
        match (visited_at, failing_since) {
            (None, _) => Self::New,
            (Some(_), None) => Self::Ok,
            (Some(visited_at), Some(since)) if is_broken_at(since, visited_at) => Self::Broken,
            (Some(_), Some(_)) => Self::Failing,
        }
    }

    /// How long a source fails until it is broken, in milliseconds.
    pub const fn broken_after_ms() -> u64 {
        BROKEN_AFTER.as_millis() as u64
    }
}

/// Whether a source is broken that failed at the second time given, and at each visit since the first.
pub fn is_broken_at(since: Timestamp, failed_at: Timestamp) -> bool {
    let failed_for = failed_at.as_millis().saturating_sub(since.as_millis());
    u64::try_from(failed_for).is_ok_and(|failed_for| failed_for >= Health::broken_after_ms())
}

/// Why a visit brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In one word, with the status where there is one: `timeout`, `status_503`.
    pub code: String,
    /// For people, at most 200 characters.
    pub reason: String,
}

/// What a host's robots.txt says to an address, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RobotsSay {
    /// We may fetch it.
    Allowed,
    /// We may not.
    Forbidden,
    /// It could not be had, which forbids everything.
    Unreachable,
    /// It was not asked for within a day.
    Unknown,
}

words!(RobotsSay { Allowed => "allowed", Forbidden => "forbidden", Unreachable => "unreachable", Unknown => "unknown" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_broken_once_it_has_failed_for_a_week() {
        let at = |hours: i64| Some(Timestamp::from_millis(hours * 3_600_000));
        for (visited, since, wanted) in [
            (None, None, Health::New),
            (at(5), None, Health::Ok),
            (at(5), at(5), Health::Failing),
            (at(167), at(0), Health::Failing),
            (at(168), at(0), Health::Broken),
            (at(0), at(999), Health::Failing),
        ] {
            assert_eq!(Health::of(visited, since), wanted, "{visited:?} {since:?}");
        }
    }
}
