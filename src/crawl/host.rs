//! One queue of requests for each host: one request under way, and a pause after it.

use std::time::Duration;

use tokio::{
    sync::{Mutex, MutexGuard, OnceCell},
    time::{Instant, sleep_until},
};

use super::{
    HostMemory, Obstacle, RobotsMemory,
    permission::Permission,
    schedule::{after, until},
};
use crate::domain::Timestamp;

/// The longest pause that a run sits out; for a longer one the host's pages stay due.
pub(super) const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// How much longer than by our own distance a run takes because a host wants a greater one. Others wait for the run's end.
const PATIENCE: Duration = Duration::from_mins(10);

/// After so many requests in a row without any answer, a host is taken for dead.
const SILENCES: u32 = 3;

/// How long a host that is taken for dead, or that refuses without saying for how long, is left alone.
pub(super) const LEFT_ALONE: Duration = Duration::from_mins(15);

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    /// Found out once a run.
    pub(super) permission: OnceCell<Permission>,
    remembered_robots: Option<RobotsMemory>,
    queue: Mutex<Queue>,
}

#[derive(Debug)]
struct Queue {
    next: Instant,
    paused_until: Option<Timestamp>,
    requests: u32,
    waited: Duration,
    silences: u32,
}

/// What a run may spend on one host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    requests: u32,
    waiting: Duration,
}

impl Budget {
    /// So many requests, with this distance between them if the host does not want more.
    pub(super) fn new(requests: u32, distance: Duration) -> Self {
        let waiting = distance.saturating_mul(requests).saturating_add(PATIENCE);
        Self { requests, waiting }
    }
}

/// The right to send one request, until it is ended or dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(MutexGuard<'a, Queue>);

/// How a request went, as far as the queue is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manners {
    /// Some answer came.
    Answered,
    /// The host asks to be left alone for this time.
    AsksToWait(Duration),
    /// No answer came.
    Silent,
}

impl Host {
    pub(super) fn new(memory: HostMemory, now: Timestamp) -> Self {
        let mut queue = Queue {
            next: Instant::now(),
            paused_until: None,
            requests: 0,
            waited: Duration::ZERO,
            silences: 0,
        };
        if let Some(moment) = memory.not_before {
            queue.pause(until(moment, now), now);
        }
        Self {
            permission: OnceCell::new(),
            remembered_robots: memory.robots,
            queue: Mutex::new(queue),
        }
    }

    pub(super) fn remembered_permission(&self, now: Timestamp) -> Option<Permission> {
        self.remembered_robots
            .as_ref()
            .and_then(|memory| Permission::remembered(memory, now))
    }

    /// Waits for the right to send a request.
    pub(super) async fn turn(&self, budget: Budget, now: impl Fn() -> Timestamp) -> Result<Turn<'_>, Obstacle> {
        let mut queue = self.queue.lock().await;
        let waited = queue.check(budget, now())?;
        sleep_until(queue.next).await;
        (queue.requests, queue.waited) = (queue.requests + 1, waited);
        Ok(Turn(queue))
    }

    /// How many requests this run has sent it.
    pub(super) async fn requests(&self) -> u32 {
        self.queue.lock().await.requests
    }

    /// It was given back and taken again: what it was sent before counts.
    pub(super) async fn has_sent(&self, requests: u32) {
        self.queue.lock().await.requests = requests;
    }

    /// Whether it has no turn left for this run.
    pub(super) async fn is_done(&self, budget: Budget, now: Timestamp) -> bool {
        self.queue.lock().await.check(budget, now).is_err()
    }

    /// What the next run should know.
    pub(super) async fn memory(&self, now: Timestamp) -> HostMemory {
        let queue = self.queue.lock().await;
        let next = queue.next.saturating_duration_since(Instant::now());
        let not_before = queue
            .paused_until
            .into_iter()
            .chain((!next.is_zero()).then(|| after(now, next)))
            .max();
        let robots = self
            .permission
            .get()
            .map(Permission::memory)
            .or_else(|| self.remembered_robots.clone());
        HostMemory {
            not_before: not_before.filter(|moment| now < *moment),
            robots,
        }
    }
}

impl Turn<'_> {
    /// Hands the turn on: the next request may follow after `delay`.
    pub(super) fn end(mut self, manners: Manners, delay: Duration, now: Timestamp) {
        let queue = &mut *self.0;
        queue.pause(delay, now);
        queue.silences = if manners == Manners::Silent {
            queue.silences + 1
        } else {
            0
        };
        match manners {
            Manners::AsksToWait(wait) => queue.pause(wait.max(delay), now),
            Manners::Silent if queue.silences >= SILENCES => queue.pause(LEFT_ALONE, now),
            Manners::Answered | Manners::Silent => {}
        }
    }
}

impl Queue {
    /// What the run will have waited for this host when the next request is sent, if there is to be one.
    fn check(&self, budget: Budget, now: Timestamp) -> Result<Duration, Obstacle> {
        if self.paused_until.is_some_and(|moment| now < moment) {
            return Err(Obstacle::HostPaused);
        }
        let waited = self.waited + self.next.saturating_duration_since(Instant::now());
        if self.requests >= budget.requests || waited > budget.waiting {
            return Err(Obstacle::HostBudget);
        }
        Ok(waited)
    }

    fn pause(&mut self, wait: Duration, now: Timestamp) {
        if wait > LONGEST_SLEEP {
            self.paused_until = Some(after(now, wait));
        } else {
            self.next = Instant::now() + wait;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::schedule::LONGEST_WAIT;

    const DELAY: Duration = Duration::from_millis(20);
    const NOW: Timestamp = Timestamp::from_millis(0);

    fn host(not_before_ms: Option<i64>) -> Host {
        let not_before = not_before_ms.map(Timestamp::from_millis);
        Host::new(
            HostMemory {
                not_before,
                robots: None,
            },
            NOW,
        )
    }

    fn five() -> Budget {
        Budget::new(5, DELAY)
    }

    /// Takes a turn. `Ok` if it took at least so many milliseconds, else why there is none.
    async fn waits(host: &Host, ms: u64) -> Result<bool, String> {
        let start = Instant::now();
        let turn = host.turn(five(), || NOW).await.map_err(|obstacle| obstacle.code())?;
        turn.end(Manners::Answered, DELAY, NOW);
        Ok(start.elapsed() >= Duration::from_millis(ms))
    }

    #[tokio::test]
    async fn requests_keep_their_distance_and_end() {
        let host = host(None);
        for ms in [0, 20, 20, 20, 20] {
            assert_eq!(waits(&host, ms).await, Ok(true));
        }
        assert_eq!(waits(&host, 0).await, Err("host_budget".to_owned()));
    }

    #[tokio::test]
    async fn a_host_that_wants_long_pauses_gets_fewer_requests() {
        let minute = Duration::from_mins(1);
        assert_eq!(
            Budget::new(500, Duration::from_secs(1)).waiting,
            Duration::from_secs(500) + 10 * minute
        );
        for (waiting, delay, turns, wanted) in [
            (Duration::from_millis(50), DELAY, 3, "host_budget"),
            (minute, DELAY, 5, "host_budget"),
            (minute, minute + DELAY, 1, "host_paused"),
            (minute, LONGEST_WAIT, 1, "host_paused"),
        ] {
            let (host, budget) = (host(None), Budget { requests: 5, waiting });
            let mut taken = 0;
            let end = loop {
                match host.turn(budget, || NOW).await {
                    Ok(turn) => turn.end(Manners::Answered, delay, NOW),
                    Err(obstacle) => break obstacle.code(),
                }
                taken += 1;
            };
            assert_eq!((taken, end.as_str()), (turns, wanted), "{delay:?} of {waiting:?}");
        }
    }

    #[tokio::test]
    async fn short_pauses_are_sat_out_and_long_ones_end_the_visit() {
        for (manners, wanted) in [
            (vec![Manners::AsksToWait(Duration::from_millis(90))], Ok(90)),
            (vec![Manners::AsksToWait(Duration::ZERO)], Ok(20)),
            (vec![Manners::AsksToWait(Duration::from_secs(61))], Err("host_paused")),
            (vec![Manners::Silent, Manners::Silent], Ok(20)),
            (
                vec![Manners::Silent, Manners::Answered, Manners::Silent, Manners::Silent],
                Ok(20),
            ),
            (
                vec![Manners::Silent, Manners::Silent, Manners::Silent],
                Err("host_paused"),
            ),
        ] {
            let host = host(None);
            for manner in &manners {
                host.turn(five(), || NOW)
                    .await
                    .expect("a turn")
                    .end(*manner, DELAY, NOW);
            }
            let waited = waits(&host, wanted.unwrap_or(0)).await;
            assert_eq!(waited, wanted.map(|_| true).map_err(str::to_owned), "{manners:?}");
        }
    }

    #[tokio::test]
    async fn pauses_outlive_the_run() {
        for (not_before, wanted) in [(-5, Ok(0)), (90, Ok(85)), (3_600_000, Err("host_paused"))] {
            let waited = waits(&host(Some(not_before)), wanted.unwrap_or(0)).await;
            assert_eq!(waited, wanted.map(|_| true).map_err(str::to_owned));
        }
        let paused = host(None);
        let wait = Manners::AsksToWait(Duration::from_hours(1));
        paused.turn(five(), || NOW).await.expect("a turn").end(wait, DELAY, NOW);
        assert_eq!(
            paused.memory(NOW).await.not_before,
            Some(Timestamp::from_millis(3_600_000))
        );
    }
}
