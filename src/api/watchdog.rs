//! Whether a connection has outstayed its welcome. Silent and slow ones would otherwise hold their places for ever: hyper
//! starts no clock before it knows the HTTP version, and none while an HTTP/2 connection idles.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use crate::config::ServerSettings;

/// How long a connection may stay without a request under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// From its beginning to the end of its first request's headers.
    head: Duration,
    /// From one answer to the end of the next request's headers. A slow reader has to take the answer within it.
    idle: Duration,
}

impl Limits {
    pub(crate) fn new(settings: &ServerSettings) -> Self {
        Self {
            head: Duration::from_millis(settings.header_timeout_ms),
            idle: Duration::from_millis(settings.idle_timeout_ms),
        }
    }
}

/// Watches one connection.
#[derive(Debug, Clone)]
pub(crate) struct Watchdog {
    limits: Limits,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// Since when nothing has been under way, while that is so.
    quiet_since: Instant,
    under_way: u32,
    served: bool,
}

/// A request under way; ends when dropped.
pub(crate) struct Working(Watchdog);

impl Watchdog {
    pub(crate) fn new(limits: Limits) -> Self {
        let state = State {
            quiet_since: Instant::now(),
            under_way: 0,
            served: false,
        };
        Self {
            limits,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Notes that a request's headers are there.
    pub(crate) fn working(&self) -> Working {
        let mut state = self.state();
        state.under_way += 1;
        state.served = true;
        Working(self.clone())
    }

    /// Ends when the connection should.
    pub(crate) async fn bite(&self) {
        loop {
            let end = self.state().end(self.limits, Instant::now());
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way -= 1;
        state.quiet_since = Instant::now();
    }
}

impl State {
    /// When to close the connection, as things stand. Requests under way have timeouts of their own.
    fn end(&self, limits: Limits, now: Instant) -> Instant {
        match (self.under_way, self.served) {
            (0, false) => self.quiet_since + limits.head,
            (0, true) => self.quiet_since + limits.idle,
            _ => now + limits.idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_ends_by_what_it_last_did() {
        let limits = Limits {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(30),
        };
        let start = Instant::now();
        let later = start + Duration::from_mins(1);
        for (under_way, served, wanted) in [
            (0, false, start + Duration::from_secs(10)),
            (0, true, start + Duration::from_secs(30)),
            (1, true, later + Duration::from_secs(30)),
        ] {
            let state = State {
                quiet_since: start,
                under_way,
                served,
            };
            assert_eq!(state.end(limits, later), wanted, "{under_way} {served}");
        }
    }
}
