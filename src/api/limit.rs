//! How much may a caller without a key ask? An address comes in; what is left to it, or when to come back, comes out.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
};
use http::{HeaderMap, HeaderValue};

use super::{code::ErrorCode, error::Problem, peer};
use crate::config::{ReportSettings, ServerSettings};

/// Counts requests by address, in memory only.
#[derive(Clone)]
pub(crate) struct Limiter {
    counts: Arc<DefaultKeyedRateLimiter<IpAddr, StateInformationMiddleware>>,
    checks: Arc<AtomicU32>,
    quota: Quota,
}

/// What is left to a caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    left: u32,
    burst: u32,
    window_s: u64,
}

/// Checks between two clean-ups of addresses that have their whole quota back.
const CLEAN_UP_EVERY: u32 = 10_000;

impl Limiter {
    /// For all that is asked without a key.
    pub(crate) fn new(settings: &ServerSettings) -> Self {
        let quota = Quota::per_minute(at_least_one(settings.anonymous_per_minute));
        Self::of(quota.allow_burst(at_least_one(settings.anonymous_burst)))
    }

    /// For reports, which are kept and cost a reviewer's time.
    pub(crate) fn of_reports(settings: &ReportSettings) -> Self {
        let quota = Quota::per_hour(at_least_one(settings.per_hour));
        Self::of(quota.allow_burst(at_least_one(settings.burst)))
    }

    fn of(quota: Quota) -> Self {
        let counts = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
        Self {
            counts: Arc::new(counts),
            checks: Arc::default(),
            quota,
        }
    }

    /// Counts one request of a caller.
    pub(crate) fn check(&self, client: IpAddr) -> Result<Allowance, Problem> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CLEAN_UP_EVERY == CLEAN_UP_EVERY - 1 {
            self.counts.retain_recent();
        }
        match self.counts.check_key(&peer::limit_key(client)) {
            Ok(state) => Ok(self.allowance(state.remaining_burst_capacity())),
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                Err(Problem::new(ErrorCode::RateLimited).with_retry_after(wait.as_secs() + 1))
            }
        }
    }

    fn allowance(&self, left: u32) -> Allowance {
        let burst = self.quota.burst_size().get();
        let window = self.quota.replenish_interval() * burst;
        Allowance {
            left,
            burst,
            window_s: window.as_secs().max(1),
        }
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

impl Allowance {
    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11).
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        let policy = format!("\"anonymous\";q={};w={}", self.burst, self.window_s);
        let left = format!("\"anonymous\";r={}", self.left);
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_then_refused_for_this_caller_only() {
        let settings = ServerSettings {
            anonymous_per_minute: 6,
            anonymous_burst: 3,
            ..ServerSettings::default()
        };
        let limiter = Limiter::new(&settings);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let left: Vec<u32> = (0..3).map(|_| limiter.check(one).unwrap().left).collect();
        assert_eq!(left, [2, 1, 0]);
        assert_eq!(limiter.check(one).unwrap_err().code(), ErrorCode::RateLimited);
        assert!(limiter.check(other).is_ok());
        let mut headers = HeaderMap::new();
        limiter.allowance(2).write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"anonymous\";q=3;w=30");
        assert_eq!(headers["ratelimit"], "\"anonymous\";r=2");
    }
}
