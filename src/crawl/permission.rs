//! What a host lets us fetch: what RFC 9309, 2.3.1 makes of the answer to a request for its robots.txt. Pure.

use std::time::Duration;

use super::{AGENT, Obstacle, RobotsMemory, robots::Robots, schedule::after};
use crate::{
    domain::{Timestamp, WebUrl},
    net::{FetchError, Fetched},
};

/// How long rules hold: the longest that RFC 9309, 2.4 allows.
const RULES_HOLD: Duration = Duration::from_hours(24);

/// How long a host whose robots.txt cannot be had is not asked again.
const SILENCE_HOLDS: Duration = Duration::from_hours(1);

/// What a host lets us fetch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Permission {
    /// `None`: nothing.
    rules: Option<Robots>,
    until: Timestamp,
}

impl Permission {
    /// What the answer means: 2xx is read; 4xx says that there are no rules, and so does a chain of redirects without end;
    /// 429, 5xx and no answer at all forbid everything.
    pub(super) fn of(answer: &Result<Fetched, Obstacle>, now: Timestamp) -> Self {
        let rules = match answer {
            Ok(Fetched {
                status: 200..=299,
                body,
                ..
            }) => Some(Robots::parse(body)),
            Ok(Fetched { status: 429, .. }) => None,
            Ok(Fetched { status: 400..=499, .. }) | Err(Obstacle::Fetch(FetchError::TooManyRedirects)) => {
                Some(Robots::default())
            }
            Ok(_) | Err(_) => None,
        };
        let holds = if rules.is_some() { RULES_HOLD } else { SILENCE_HOLDS };
        Self {
            rules,
            until: after(now, holds),
        }
    }

    /// What was remembered, while it holds.
    pub(super) fn remembered(memory: &RobotsMemory, now: Timestamp) -> Option<Self> {
        let rules = memory.rules.as_deref().map(Robots::remembered);
        (now < memory.until).then_some(Self {
            rules,
            until: memory.until,
        })
    }

    pub(super) fn memory(&self) -> RobotsMemory {
        RobotsMemory {
            rules: self.rules.as_ref().map(|robots| robots.text_for(AGENT)),
            until: self.until,
        }
    }

    /// Whether we may fetch this address.
    pub(super) fn check(&self, url: &WebUrl) -> Result<(), Obstacle> {
        let Some(robots) = &self.rules else {
            return Err(Obstacle::RobotsUnreachable { until: self.until });
        };
        let url = url.to_url();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let is_allowed = robots.allows(AGENT, &format!("{}{query}", url.path()));
        if is_allowed { Ok(()) } else { Err(Obstacle::Robots) }
    }

    /// The pause asked for between two requests.
    pub(super) fn crawl_delay(&self) -> Option<Duration> {
        self.rules.as_ref()?.crawl_delay(AGENT)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::net::Validators;

    fn fetched(status: u16) -> Fetched {
        Fetched {
            url: WebUrl::parse("https://x.example/robots.txt").expect("an address"),
            status,
            content_type: None,
            validators: Validators::default(),
            retry_after: None,
            next: None,
            quota: None,
            file: None,
            kept: None,
            body: Bytes::from_static(b"User-agent: *\nDisallow: /no\nCrawl-delay: 2"),
        }
    }

    /// Rows F31 to F33.
    #[test]
    fn each_answer_means_what_the_rfc_says() {
        let now = Timestamp::from_millis(0);
        for (answer, yes, no) in [
            (Ok(fetched(200)), "allowed", "robots"),
            (Ok(fetched(204)), "allowed", "robots"),
            (Ok(fetched(400)), "allowed", "allowed"),
            (Ok(fetched(401)), "allowed", "allowed"),
            (Ok(fetched(403)), "allowed", "allowed"),
            (Ok(fetched(404)), "allowed", "allowed"),
            (Ok(fetched(410)), "allowed", "allowed"),
            (Ok(fetched(429)), "robots_unreachable", "robots_unreachable"),
            (Ok(fetched(500)), "robots_unreachable", "robots_unreachable"),
            (Ok(fetched(503)), "robots_unreachable", "robots_unreachable"),
            (Ok(fetched(304)), "robots_unreachable", "robots_unreachable"),
            (Err(FetchError::TooManyRedirects.into()), "allowed", "allowed"),
            (
                Err(FetchError::Timeout.into()),
                "robots_unreachable",
                "robots_unreachable",
            ),
            (
                Err(FetchError::AddressNotAllowed.into()),
                "robots_unreachable",
                "robots_unreachable",
            ),
            (
                Err(FetchError::Decode(None).into()),
                "robots_unreachable",
                "robots_unreachable",
            ),
            (Err(Obstacle::HostPaused), "robots_unreachable", "robots_unreachable"),
        ] {
            let fresh = Permission::of(&answer, now);
            let kept = Permission::remembered(&fresh.memory(), after(now, Duration::from_mins(59))).expect("holds");
            for permission in [fresh, kept] {
                for (path, wanted) in [("/yes?a", yes), ("/no", no)] {
                    let url = WebUrl::parse(&format!("https://x.example{path}")).expect(path);
                    let word = permission
                        .check(&url)
                        .map_or_else(|o| o.code(), |()| "allowed".to_owned());
                    assert_eq!(word, wanted, "{path} after {answer:?}");
                }
            }
        }
    }

    #[test]
    fn rules_hold_for_a_day_and_silence_for_an_hour() {
        let now = Timestamp::from_millis(0);
        for (status, hours) in [(200, 24), (500, 1)] {
            let memory = Permission::of(&Ok(fetched(status)), now).memory();
            let holds_at = |time| Permission::remembered(&memory, after(now, time)).is_some();
            assert!(holds_at(Duration::from_secs(hours * 3600 - 1)) && !holds_at(Duration::from_hours(hours)));
        }
        let kept = Permission::remembered(&Permission::of(&Ok(fetched(200)), now).memory(), now).expect("holds");
        assert_eq!(kept.crawl_delay(), Some(Duration::from_secs(2)));
    }
}
