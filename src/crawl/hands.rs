//! Which hosts has this run in hand? A host comes in by a lease, is shared by all visits that send it requests, and goes
//! back when the last of them is over.
//!
//! Only who has a host in hand sends it requests, so that several runs on one store are as polite as one. Leases are
//! extended while the run lives; those of a run that was killed end by themselves.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use super::{
    Authority, Call, Claimed, Frontier, Kept, Lease, Obstacle, RunId, Term, Which,
    fetch::Halt,
    host::{Host, LONGEST_SLEEP},
    run::Error,
    schedule::{after, until},
};
use crate::domain::Timestamp;

/// How often a host that another run has in hand is asked for by those who wait for it.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// A host in hand.
pub(super) struct Held {
    pub(super) lease: Lease,
    pub(super) host: Host,
    until: AtomicI64,
    rests: AtomicBool,
}

impl Held {
    /// This run asks nothing more of it, whatever is due.
    pub(super) fn rest(&self) {
        self.rests.store(true, Ordering::Relaxed);
    }
}

/// The hosts in hand.
pub(super) struct Hands<'a, F> {
    frontier: &'a F,
    clock: &'a (dyn Fn() -> Timestamp + Sync),
    run: RunId,
    term: Duration,
    /// How long a visit waits for a host that another run has in hand.
    patience: Duration,
    hosts: Mutex<Hosts>,
}

#[derive(Default)]
struct Hosts {
    held: BTreeMap<Authority, Arc<Held>>,
    /// Requests sent to hosts that were given back.
    spent: BTreeMap<Authority, u32>,
}

impl<'a, F: Frontier> Hands<'a, F> {
    pub(super) fn new(
        frontier: &'a F,
        clock: &'a (dyn Fn() -> Timestamp + Sync),
        run: RunId,
        term: Duration,
        patience: Duration,
    ) -> Self {
        Self {
            frontier,
            clock,
            run,
            term,
            patience,
            hosts: Mutex::default(),
        }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn lease_term(&self) -> Term<'_> {
        let now = self.now();
        Term {
            run: &self.run,
            now,
            until: after(now, self.term),
        }
    }

    /// Takes the host that has waited longest for what this run does.
    pub(super) async fn next(&self, which: Which) -> Result<Option<Arc<Held>>, Error> {
        let term = self.lease_term();
        let mut hosts = self.hosts.lock().await;
        let claimed = self.frontier.claim(&Call { term, which }).await;
        Ok(match claimed.map_err(Error::frontier)? {
            Some(claimed) => Some(hosts.take(claimed, term.until, term.now).await),
            None => None,
        })
    }

    /// Takes a host that a visit leads to, or shares it with the visits that have it.
    pub(super) async fn host(&self, authority: &Authority) -> Result<Arc<Held>, Halt> {
        let end = Instant::now() + self.patience;
        loop {
            if let Some(held) = self.try_host(authority).await? {
                return Ok(held);
            }
            if Instant::now() >= end {
                return Err(Obstacle::HostBusy.into());
            }
            sleep(ASK_AGAIN).await;
        }
    }

    async fn try_host(&self, authority: &Authority) -> Result<Option<Arc<Held>>, Error> {
        let mut hosts = self.hosts.lock().await;
        if let Some(held) = hosts.held.get(authority) {
            return Ok(Some(held.clone()));
        }
        let term = self.lease_term();
        let claimed = self.frontier.claim_host(authority, &term).await;
        Ok(match claimed.map_err(Error::frontier)? {
            Some(claimed) => Some(hosts.take(claimed, term.until, term.now).await),
            None => None,
        })
    }

    /// Makes sure, before a request, that the host is still in hand. A run that was paused finds out here.
    pub(super) async fn hold(&self, held: &Held) -> Result<(), Halt> {
        let now = self.now();
        if now.as_millis() < held.until.load(Ordering::Relaxed) {
            return Ok(());
        }
        let until = after(now, self.term);
        match self.frontier.hold(&held.lease, until).await.map_err(Error::frontier)? {
            Kept::Yes => {
                held.until.store(until.as_millis(), Ordering::Relaxed);
                Ok(())
            }
            Kept::Late => Err(Halt::Lost),
        }
    }

    /// Extends the leases for as long as it is polled. A failure is not told: if it lasts, the next visit meets it, too.
    pub(super) async fn keep_alive(&self) -> std::convert::Infallible {
        loop {
            sleep(self.term / 4).await;
            let until = after(self.now(), self.term);
            let Ok(renewed) = self.frontier.renew(&self.run, until).await else {
                continue;
            };
            let hosts = self.hosts.lock().await;
            for held in renewed.iter().filter_map(|host| hosts.held.get(host)) {
                held.until.fetch_max(until.as_millis(), Ordering::Relaxed);
            }
        }
    }

    /// Gives back the hosts that no visit needs any more.
    pub(super) async fn tidy(&self) -> Result<(), Error> {
        let mut hosts = self.hosts.lock().await;
        // Nobody can take another share of a host while this one holds the list.
        let idle: Vec<_> = hosts
            .held
            .iter()
            .filter(|(_, held)| Arc::strong_count(held) == 1)
            .map(|(host, _)| host.clone())
            .collect();
        for host in idle {
            if let Some(held) = hosts.held.remove(&host) {
                hosts.spent.insert(host, held.host.requests().await);
                self.release(&held).await?;
            }
        }
        Ok(())
    }

    /// What a lost lease leaves to be written is another run's by now.
    async fn release(&self, held: &Held) -> Result<(), Error> {
        let now = self.now();
        let memory = held.host.memory(now).await;
        // A moment from now is after the time by which this run's work was due, and before that of the next.
        let moment = after(now, Duration::from_millis(1));
        let pause = memory.not_before.filter(|end| until(*end, now) > LONGEST_SLEEP);
        let rests_until = held.rests.load(Ordering::Relaxed).then(|| pause.unwrap_or(moment));
        let released = self.frontier.release(&held.lease, &memory, rests_until).await;
        released.map(drop).map_err(Error::frontier)
    }

    /// Waits for a sign of life from the runs that have what is due in hand. If some give none, their leases end, and this
    /// is true: there may be work left by them. A run that was paused while it wrote keeps a host from others for longer
    /// than its lease lasts, until the database ends its transaction: it is waited for, too.
    pub(super) async fn outlives(&self, which: Which) -> Result<bool, Error> {
        let mut before = self.others(which).await?;
        let is_any = !before.is_empty();
        while let Some(end) = before.iter().map(|(_, end)| *end).min() {
            let rest = (until(end, self.now()) + Duration::from_millis(1)).max(ASK_AGAIN);
            // Those that live extend their leases more often than this.
            sleep(rest.min(self.term / 2)).await;
            if until(end, self.now()).is_zero() {
                return Ok(true);
            }
            let now = self.others(which).await?;
            before.retain(|lease| now.contains(lease));
        }
        // Those that live may have given back hosts meanwhile, with something left to do or not.
        let (left, now) = (self.others(which).await?, self.now());
        let is_free = |(_, end): &(Authority, Timestamp)| until(*end, now).is_zero();
        Ok(is_any && (left.is_empty() || left.iter().any(is_free)))
    }

    async fn others(&self, which: Which) -> Result<Vec<(Authority, Timestamp)>, Error> {
        let term = self.lease_term();
        let others = self.frontier.in_other_hands(&Call { term, which }).await;
        others.map_err(Error::frontier)
    }
}

impl Hosts {
    async fn take(&mut self, claimed: Claimed, until: Timestamp, now: Timestamp) -> Arc<Held> {
        let Claimed { lease, memory } = claimed;
        let host = Host::new(memory, now);
        host.has_sent(self.spent.get(&lease.host).copied().unwrap_or_default())
            .await;
        let held = Arc::new(Held {
            lease,
            host,
            until: AtomicI64::new(until.as_millis()),
            rests: AtomicBool::new(false),
        });
        self.held.insert(held.lease.host.clone(), held.clone());
        held
    }
}
