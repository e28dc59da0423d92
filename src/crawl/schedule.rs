//! When to come back. Pure.

use std::time::Duration;

use chrono::DateTime;

use crate::domain::Timestamp;

const DAY: Duration = Duration::from_hours(24);

/// The longest wait that a server or a failure can impose.
pub(super) const LONGEST_WAIT: Duration = DAY;

/// After this many failures in a row a page is as good as gone.
const GIVE_UP: u32 = 16;

/// A moment later by this much.
pub(super) fn after(moment: Timestamp, wait: Duration) -> Timestamp {
    let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(moment.as_millis().saturating_add(wait))
}

/// How long until a moment; nothing if it has passed.
pub(super) fn until(moment: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(moment.as_millis().saturating_sub(now.as_millis())).unwrap_or_default())
}

/// The wait after so many failures in a row: 5 minutes, 10, 20, … up to a day.
pub(super) fn after_failures(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    (Duration::from_mins(5) * 2_u32.pow(doublings)).min(LONGEST_WAIT)
}

/// The wait until a page is looked at again: a week, doubled each time that it brought nothing new, up to half a year.
pub(super) fn revisit(unchanged: u32) -> Duration {
    (7 * DAY * 2_u32.pow(unchanged.min(8))).min(182 * DAY)
}

/// Between which bounds a source is visited again, and how its own pace is found within them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// For a source that brings something each time.
    pub(super) shortest: Duration,
    /// For one that never does.
    pub(super) longest: Duration,
}

/// One step of calm makes the wait half as long again.
const STEP: f64 = 1.5;

impl Pace {
    /// How calm a source is after a visit: one step more if it brought nothing, half as many if it brought something. So a
    /// source settles at about six visits to each that brings something, and one that wakes up is seen again soon.
    pub(super) fn calm(self, before: u32, has_news: bool) -> u32 {
        if has_news {
            before / 2
        } else {
            before.saturating_add(1).min(self.steps())
        }
    }

    /// The wait until a source this calm is visited again.
    pub(super) fn wait(self, calm: u32) -> Duration {
        let steps = calm.min(self.steps());
        let wait = self.shortest.mul_f64(STEP.powf(f64::from(steps)));
        wait.min(self.longest).max(self.shortest)
    }

    /// From the shortest wait to the longest. More calm than that would only have to be unlearnt.
    fn steps(self) -> u32 {
        if self.shortest.is_zero() {
            return 0;
        }
        let times = self.longest.as_secs_f64() / self.shortest.as_secs_f64();
        times.log(STEP).ceil().max(0.0) as u32
    }
}

/// The wait until a page that failed is tried again.
pub(super) fn retry_page(failures: u32, is_retryable: bool) -> Duration {
    match (failures, is_retryable) {
        (GIVE_UP.., _) => 182 * DAY,
        (_, true) => after_failures(failures),
        (_, false) => LONGEST_WAIT,
    }
}

/// Reads `Retry-After` (RFC 9110, 10.2.3): seconds or a date; a day at the most. Nonsense says nothing.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Too many digits for a number is too long a wait for us.
        return Some(text.parse().map_or(LONGEST_WAIT, Duration::from_secs).min(LONGEST_WAIT));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(until(Timestamp::from_millis(date.timestamp_millis()), now).min(LONGEST_WAIT))
}

/// Seconds since 1970 in a `RateLimit-Reset` begin here; less are seconds from now.
const FIRST_MOMENT: f64 = 1e9;

/// Reads when a quota is filled up again: a date (Mastodon), seconds since 1970 (Bluesky) or from now (Reddit); a day at
/// the most. Nonsense says nothing.
pub(super) fn quota_reset(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let Ok(seconds) = text.parse::<f64>() else {
        return Timestamp::parse(text).map(|moment| until(moment, now).min(LONGEST_WAIT));
    };
    let wait = if seconds >= FIRST_MOMENT {
        seconds - now.as_millis() as f64 / 1000.0
    } else {
        seconds
    };
    let wait = wait.clamp(0.0, LONGEST_WAIT.as_secs_f64());
    (!wait.is_nan()).then(|| Duration::from_secs_f64(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_filled_up_when_their_service_says() {
        let now = Timestamp::parse("2026-11-22T10:00:00Z").expect("a time");
        for (text, seconds) in [
            ("2026-11-22T10:05:00.000Z", Some(300)),
            ("2026-11-22T09:00:00Z", Some(0)),
            ("9999-01-01T00:00:00Z", Some(86_400)),
            ("1795341660", Some(60)),
            ("1795341000", Some(0)),
            ("587", Some(587)),
            ("12.0", Some(12)),
            ("-5", Some(0)),
            ("1e300", Some(86_400)),
            ("NaN", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(quota_reset(text, now).map(|d| d.as_secs()), seconds, "{text:?}");
        }
    }

    /// Row F26.
    #[test]
    fn retry_after_is_clamped() {
        let now = Timestamp::parse("2026-11-22T10:00:00Z").expect("a time");
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("1.5", None),
            ("Sun, 22 Nov 2026 10:01:00 GMT", Some(60)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
            ("Sun, 99 Nov 2026 10:01:00 GMT", None),
        ] {
            assert_eq!(retry_after(text, now).map(|d| d.as_secs()), seconds, "{text:?}");
        }
    }

    const PACE: Pace = Pace {
        shortest: Duration::from_mins(15),
        longest: Duration::from_hours(6),
    };

    #[test]
    fn a_calm_source_waits_longer_and_a_lively_one_not() {
        let minutes = |calm| PACE.wait(calm).as_secs() / 60;
        assert_eq!(
            [0, 1, 2, 4, 7, 8, 9, u32::MAX].map(minutes),
            [15, 22, 33, 75, 256, 360, 360, 360]
        );
        let quiet = (0..100).fold(0, |calm, _| PACE.calm(calm, false));
        assert_eq!(quiet, 8);
        let mut calm = quiet;
        let waking = std::array::from_fn(|_| {
            calm = PACE.calm(calm, true);
            minutes(calm)
        });
        assert_eq!(waking, [75, 33, 22, 15, 15]);
    }

    /// Visits in ten days of a source that brings something every so many minutes.
    fn visits(every: u64) -> u64 {
        let (mut now, mut calm, mut seen, mut visits) = (0, 0, 0, 0);
        while now < 10 * 24 * 60 {
            calm = PACE.calm(calm, now / every > seen);
            (seen, visits) = (now / every, visits + 1);
            now += PACE.wait(calm).as_secs() / 60;
        }
        visits
    }

    #[test]
    fn visits_follow_the_news() {
        let (lively, daily, dead) = (visits(10), visits(24 * 60), visits(u64::MAX));
        assert_eq!(lively, 10 * 24 * 4, "every quarter of an hour");
        assert!((45..=70).contains(&daily), "{daily}");
        assert!((40..=50).contains(&dead), "{dead}");
        assert!(visits(60) > visits(180) && visits(180) > daily);
    }

    #[test]
    fn odd_bounds_do_no_harm() {
        for (shortest, longest) in [
            (0, 0),
            (0, 9),
            (9, 0),
            (9, 9),
            (1, u64::MAX),
            (u64::MAX, 1),
            (u64::MAX, u64::MAX),
        ] {
            let pace = Pace {
                shortest: Duration::from_millis(shortest),
                longest: Duration::from_millis(longest),
            };
            let calm = pace.calm(u32::MAX, false);
            for wait in [pace.wait(0), pace.wait(calm), pace.wait(u32::MAX)] {
                assert!(
                    wait >= pace.shortest && wait <= pace.longest.max(pace.shortest),
                    "{pace:?} {wait:?}"
                );
            }
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let minutes = |wait: Duration| wait.as_secs() / 60;
        let failing: Vec<_> = [0, 1, 2, 3, 8, 9, 10, u32::MAX]
            .map(|n| minutes(after_failures(n)))
            .to_vec();
        assert_eq!(failing, [5, 5, 10, 20, 640, 1280, 1440, 1440]);
        let days = |wait: Duration| wait.as_secs() / 86_400;
        assert_eq!(
            [0, 1, 2, 4, 5, u32::MAX].map(|n| days(revisit(n))),
            [7, 14, 28, 112, 182, 182]
        );
        assert_eq!(retry_page(1, true), Duration::from_mins(5));
        assert_eq!(retry_page(1, false), DAY);
        assert_eq!(retry_page(16, true), 182 * DAY);
    }
}
