//! One run: hosts with something due come in, one after the other, several at once; each is visited until nothing is due
//! there. Sources and pages are one flow: a source that takes its time holds up neither other hosts nor the pages found.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{sync::Semaphore, time::sleep};

use super::{
    Authority, Company, Due, Event, Frontier, Outcome, Progress, Reader, Report, Role, RunId, Settings, SourceReport,
    Sources, Target, Which, Work,
    fetch::{Fetcher, Halt},
    hands::{Hands, Held},
    visit::Next,
};
use crate::{domain::Timestamp, net::Client};

/// How many addresses of a host are asked of the frontier at once: few, so that memory does not grow with what is due.
const PORTION: u32 = 32;

/// How long a run with a free place and nothing to claim waits before it looks again, at first and at the most.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
const LOOK_SELDOM: Duration = Duration::from_secs(1);

/// What a run works with.
pub struct Context<'a, F, R> {
    /// Fetches.
    pub client: &'a Client,
    /// How politely and how much.
    pub settings: &'a Settings,
    /// The kinds of source that are known.
    pub sources: &'a Sources,
    /// Says what is due, and remembers.
    pub frontier: &'a F,
    /// Takes what was fetched.
    pub reader: &'a R,
    /// The time of day.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// Watches; `&()` for nobody.
    pub progress: &'a dyn Progress,
}

/// What stops a run. What one host or page does never stops it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The crawler's memory failed.
    #[error("the crawler's state cannot be read or written")]
    Frontier(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was found could not be kept.
    #[error("what was found cannot be kept")]
    Reader(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was to be [alone](super::Company::Alone), and another such run is under way.
    #[error("another run that wants to be alone is under way")]
    NotAlone,
}

impl Error {
    pub(super) fn frontier(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Frontier(Box::new(error))
    }
}

/// Visits the sources that are due and the pages that they named, now or in an earlier run that did not get to its end.
/// Other runs on the same frontier take part: no host is visited by two at once, no address twice.
///
/// Dropping the future ends the run at once; nothing is lost by it, some requests are made again by the next run.
pub async fn crawl<F: Frontier, R: Reader>(context: &Context<'_, F, R>, due: Due) -> Result<Report, Error> {
    let started = (context.clock)();
    let fetcher = fetcher(context, RunId::new(RunId::CRAWL), Duration::ZERO);
    // Its lease is extended with the others, and ends with this run.
    let alone = match context.settings.company {
        Company::Alone => Some(be_alone(&fetcher).await?),
        Company::Shared => None,
    };
    let planned = context.frontier.begin(due, started).await.map_err(Error::frontier)?;
    context.progress.happened(Event::Planned(planned as usize));
    let run = Run {
        context,
        fetcher,
        by: match due {
            Due::By(by) => by,
            Due::All => started,
        },
        slots: Semaphore::new(context.settings.concurrency.max(1)),
        pages: AtomicU32::new(0),
        resting: Mutex::default(),
        report: Mutex::default(),
    };
    let ended = tokio::select! {
        ended = run.visit_hosts() => ended,
        never = run.fetcher.hands.keep_alive() => match never {},
    };
    drop(alone);
    // Whatever ended it: the next run need not wait for the hosts of this one.
    let left = run.fetcher.hands.tidy().await;
    ended.and(left)?;
    Ok(run.report.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn be_alone<F: Frontier>(fetcher: &Fetcher<'_, F>) -> Result<Arc<Held>, Error> {
    match fetcher.hands.host(&Authority::whole_run()).await {
        Ok(held) => Ok(held),
        Err(Halt::Run(error)) => Err(error),
        Err(Halt::Obstacle(_) | Halt::Lost) => Err(Error::NotAlone),
    }
}

/// `patience`: how long a request waits for a host that another run has in hand.
pub(super) fn fetcher<'a, F: Frontier, R>(
    context: &Context<'a, F, R>,
    run: RunId,
    patience: Duration,
) -> Fetcher<'a, F> {
    let Context {
        client,
        settings,
        frontier,
        clock,
        ..
    } = *context;
    Fetcher {
        client,
        settings,
        frontier,
        clock,
        hands: Hands::new(frontier, clock, run, settings.lease, patience),
    }
}

pub(super) struct Run<'a, F, R> {
    pub(super) context: &'a Context<'a, F, R>,
    pub(super) fetcher: Fetcher<'a, F>,
    /// What is due by then is visited; what is found, too.
    pub(super) by: Timestamp,
    /// A place for each host that is visited at once.
    slots: Semaphore,
    /// Pages visited so far.
    pages: AtomicU32,
    /// Hosts that this run asks nothing more of.
    resting: Mutex<BTreeSet<Authority>>,
    report: Mutex<Report>,
}

/// What a run does at the same time as others of these.
enum Task {
    /// Waits this long, then for a place, and takes a host.
    Claim(Duration),
    Visit(Arc<Held>),
}

enum Ended {
    Claimed(Arc<Held>),
    NothingDue,
    Visited,
}

impl<F: Frontier, R: Reader> Run<'_, F, R> {
    /// There is always one task that claims, until nothing is due anywhere.
    async fn visit_hosts(&self) -> Result<(), Error> {
        let mut tasks = FuturesUnordered::from_iter([self.task(Task::Claim(Duration::ZERO))]);
        let (mut visiting, mut wait) = (0, LOOK_AGAIN);
        while let Some(ended) = tasks.next().await {
            match ended? {
                Ended::Claimed(held) => {
                    (visiting, wait) = (visiting + 1, LOOK_AGAIN);
                    tasks.push(self.task(Task::Visit(held)));
                    tasks.push(self.task(Task::Claim(Duration::ZERO)));
                }
                Ended::Visited => (visiting, wait) = (visiting - 1, LOOK_AGAIN),
                // What is being visited may name pages elsewhere.
                Ended::NothingDue if visiting > 0 => {
                    tasks.push(self.task(Task::Claim(wait)));
                    wait = (2 * wait).min(LOOK_SELDOM);
                }
                Ended::NothingDue if self.fetcher.hands.outlives(self.which()).await? => {
                    tasks.push(self.task(Task::Claim(Duration::ZERO)));
                }
                Ended::NothingDue => {}
            }
        }
        Ok(())
    }

    async fn task(&self, task: Task) -> Result<Ended, Error> {
        match task {
            Task::Claim(wait) => {
                sleep(wait).await;
                self.take_slot().await;
                let held = self.fetcher.hands.next(self.which()).await?;
                Ok(held.map_or_else(
                    || {
                        self.slots.add_permits(1);
                        Ended::NothingDue
                    },
                    Ended::Claimed,
                ))
            }
            Task::Visit(held) => {
                self.visit_host(&held).await?;
                drop(held);
                self.fetcher.hands.tidy().await?;
                self.slots.add_permits(1);
                Ok(Ended::Visited)
            }
        }
    }

    async fn take_slot(&self) {
        let slot = self.slots.acquire().await;
        slot.expect("the semaphore is never closed").forget();
    }

    /// Does work that only waits, such as listening to a stream: another host may have the place meanwhile.
    pub(super) async fn elsewhere<T>(&self, work: impl Future<Output = T>) -> T {
        self.slots.add_permits(1);
        let done = work.await;
        self.take_slot().await;
        done
    }

    fn which(&self) -> Which {
        let is_full = self.pages.load(Ordering::Relaxed) >= self.context.settings.max_pages_per_run;
        Which {
            by: self.by,
            work: if is_full { Work::Sources } else { Work::All },
        }
    }

    /// Visits what is due at a host, until nothing is.
    async fn visit_host(&self, held: &Held) -> Result<(), Error> {
        loop {
            let which = self.which();
            let due = self.context.frontier.due(&held.lease.host, &which, PORTION).await;
            let due = due.map_err(Error::frontier)?;
            if due.is_empty() {
                return Ok(());
            }
            for target in &due {
                if !self.may_visit(target) {
                    break;
                }
                match self.visit(held, target).await? {
                    Next::Target => self.fetcher.hands.tidy().await?,
                    Next::Host => return self.leave(held).await,
                    Next::Lost => {
                        tracing::warn!(host = %held.lease.host, "another run took this host: this one was away for too long");
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Whether there is room for one more, and takes it.
    fn may_visit(&self, target: &Target) -> bool {
        let most = self.context.settings.max_pages_per_run;
        let take = |pages| (pages < most).then_some(pages + 1);
        match target.role {
            Role::Source(_) => true,
            Role::Page(_) => {
                let taken = self.pages.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
                taken.is_ok()
            }
        }
    }

    /// Leaves a host alone for the rest of the run. What is due there stays due, and is counted.
    async fn leave(&self, held: &Held) -> Result<(), Error> {
        held.rest();
        let host = &held.lease.host;
        if !lock(&self.resting).insert(host.clone()) {
            return Ok(());
        }
        let frontier = self.context.frontier;
        let which = Which {
            by: self.by,
            work: Work::Sources,
        };
        let sources = frontier.due(host, &which, u32::MAX).await.map_err(Error::frontier)?;
        for source in sources {
            self.note(&source, Outcome::Postponed);
        }
        let pages = frontier.due_pages(host, self.by).await.map_err(Error::frontier)?;
        self.count(|report| report.pages.postponed += pages);
        Ok(())
    }

    /// Tells what became of a target.
    pub(super) fn note(&self, target: &Target, outcome: Outcome) {
        let word = outcome.code();
        if let Outcome::Failed(obstacle) = &outcome {
            tracing::info!(url = %target.url, reason = %word, error = obstacle as &dyn std::error::Error, "not read");
        }
        self.context.progress.happened(Event::Ended {
            url: &target.url,
            outcome: &word,
        });
        self.count(|report| match &target.role {
            Role::Source(_) => {
                let (id, url) = (target.source, target.url.clone());
                report.sources.push(SourceReport { id, url, outcome });
            }
            Role::Page(_) => report.pages.count(&outcome),
        });
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Report)) {
        change(&mut lock(&self.report));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
