//! One target comes in; it is visited, what it brought is kept, and then what the visit came to is written down.

use std::time::Duration;

use super::{
    AddedPages, Event, Frontier, Kept, Memory, NewPages, Obstacle, Outcome, Plan, Reader, Reading, Record, Role,
    Target, VisitEnd,
    bring::{Brought, News},
    fetch::Halt,
    hands::Held,
    host::LEFT_ALONE,
    run::{Error, Run},
    schedule::{LONGEST_WAIT, Pace, after, after_failures, retry_page, revisit},
    trap::is_trap,
};
use crate::domain::{Failure, Timestamp, WebUrl, is_broken_at};

/// How long a visit is put off that leads to a host which another run has in hand.
const BUSY: Duration = Duration::from_mins(1);

/// Time between two visits of a source that is broken.
const BROKEN: Duration = Duration::from_hours(7 * 24);

/// Longest reason kept, in characters.
const MAX_REASON: usize = 200;

/// Where a visit leaves the run.
pub(super) enum Next {
    /// It goes on with the next target.
    Target,
    /// The host is to be left alone.
    Host,
    /// The host is another run's.
    Lost,
}

/// What was written down, unless the lease was lost.
enum Written {
    Outcome(Outcome),
    Late,
}

/// What a visit leaves to be written down.
struct Leaves<'a> {
    pages: Option<NewPages<'a>>,
    memory: &'a (dyn Fn(AddedPages) -> Memory + Sync),
    outcome: Outcome,
}

impl<'a> Leaves<'a> {
    const fn no_pages(memory: &'a (dyn Fn(AddedPages) -> Memory + Sync), outcome: Outcome) -> Self {
        Self {
            pages: None,
            memory,
            outcome,
        }
    }
}

impl<F: Frontier, R: Reader> Run<'_, F, R> {
    pub(super) async fn visit(&self, held: &Held, target: &Target) -> Result<Next, Error> {
        self.context.progress.happened(Event::Began(&target.url));
        let brought = match self.bring(&held.lease, target).await {
            Ok(brought) => Ok(brought),
            Err(Halt::Obstacle(obstacle)) if obstacle.is_postponement() => {
                return self.postpone(held, target, &obstacle).await;
            }
            Err(Halt::Obstacle(obstacle)) => Err(obstacle),
            Err(Halt::Lost) => return Ok(Next::Lost),
            Err(Halt::Run(error)) => return Err(error),
        };
        match self.keep(held, target, brought).await? {
            Written::Outcome(outcome) => {
                self.note(target, outcome);
                Ok(Next::Target)
            }
            Written::Late => Ok(Next::Lost),
        }
    }

    /// A visit that did not take place stays due, if it is the host itself that is to be left alone. If it is a host that
    /// the visit leads to, it is put off, so that the host's other pages have their turn.
    async fn postpone(&self, held: &Held, target: &Target, obstacle: &Obstacle) -> Result<Next, Error> {
        let now = (self.context.clock)();
        if held.host.is_done(self.fetcher.budget(), now).await {
            return Ok(Next::Host);
        }
        let wait = match obstacle {
            Obstacle::HostBusy => BUSY,
            _ => LEFT_ALONE,
        };
        let until = after(now, wait).max(self.not_again());
        let kept = self.context.frontier.put_off(&held.lease, target, until).await;
        match kept.map_err(Error::frontier)? {
            Kept::Yes => {
                self.note(target, Outcome::Postponed);
                Ok(Next::Target)
            }
            Kept::Late => Ok(Next::Lost),
        }
    }

    /// Writes down what a visit came to, after what it brought was kept.
    async fn keep(&self, held: &Held, target: &Target, brought: Result<Brought, Obstacle>) -> Result<Written, Error> {
        match brought {
            Ok(Brought::News(news)) => self.keep_news(held, target, *news).await,
            Ok(Brought::NothingNew) => {
                let memory = Memory {
                    failures: 0,
                    failing_since: None,
                    unchanged: self.unchanged(target, false),
                    ..target.memory.clone()
                };
                self.record(held, target, Leaves::no_pages(&|_| memory.clone(), Outcome::Unchanged))
                    .await
            }
            Err(obstacle) => self.keep_failure(held, target, obstacle).await,
        }
    }

    async fn keep_news(&self, held: &Held, target: &Target, news: News) -> Result<Written, Error> {
        let News { plan, reading, memory } = news;
        let written = if let Some(problem) = reading.problem {
            self.keep_failure(held, target, Obstacle::Unreadable(problem)).await?
        } else {
            let urls: Vec<_> = reading.pages.iter().filter(|url| !is_trap(url)).cloned().collect();
            let leaves = Leaves {
                pages: self.new_pages(target, &plan, &urls),
                memory: &|added| self.memory(target, &reading, &memory, added),
                outcome: Outcome::Read,
            };
            self.record(held, target, leaves).await?
        };
        if matches!(written, Written::Outcome(_)) {
            self.count(|report| {
                report.documents += reading.documents;
                report.suppressed += reading.suppressed;
                report.fact_checks += reading.fact_checks;
            });
        }
        Ok(written)
    }

    fn new_pages<'a>(&self, target: &Target, plan: &Plan, urls: &'a [WebUrl]) -> Option<NewPages<'a>> {
        let depth = target.role.depth() + 1;
        (depth <= plan.depth && !urls.is_empty()).then_some(NewPages {
            source: target.source,
            urls,
            depth,
            limit: plan.new_pages,
            due_at: self.by,
        })
    }

    /// What a visit that brought something leaves behind.
    fn memory(&self, target: &Target, reading: &Reading, memory: &Memory, added: AddedPages) -> Memory {
        let has_news = added.new + added.left_over + reading.documents + reading.fact_checks > 0;
        // With pages left over, the same answer must count as news the next time.
        let memory = if added.left_over > 0 {
            Memory {
                cursor: memory.cursor.clone(),
                ..Memory::default()
            }
        } else {
            memory.clone()
        };
        // An answer that names what must not be kept is read each time: the archive has kept it before anybody knows.
        Memory {
            unchanged: self.unchanged(target, has_news),
            content: memory.content.filter(|_| reading.suppressed == 0),
            ..memory
        }
    }

    /// What the next visit's date depends on. A page that changed is a new one; a source is known by its past.
    fn unchanged(&self, target: &Target, has_news: bool) -> u32 {
        let before = target.memory.unchanged;
        match target.role {
            Role::Source(_) => self.pace().calm(before, has_news),
            Role::Page(_) if has_news => 0,
            Role::Page(_) => before.saturating_add(1),
        }
    }

    fn pace(&self) -> Pace {
        Pace {
            shortest: self.context.settings.interval,
            longest: self.context.settings.max_interval,
        }
    }

    async fn keep_failure(&self, held: &Held, target: &Target, obstacle: Obstacle) -> Result<Written, Error> {
        let failures = target.memory.failures.saturating_add(u32::from(obstacle.is_failure()));
        let memory = Memory {
            failures,
            failing_since: target.memory.failing_since.or_else(|| Some((self.context.clock)())),
            ..target.memory.clone()
        };
        let outcome = Outcome::Failed(obstacle);
        self.record(held, target, Leaves::no_pages(&|_| memory.clone(), outcome))
            .await
    }

    async fn record(&self, held: &Held, target: &Target, leaves: Leaves<'_>) -> Result<Written, Error> {
        let visited_at = (self.context.clock)();
        let obstacle = match &leaves.outcome {
            Outcome::Failed(obstacle) => Some(obstacle),
            Outcome::Read | Outcome::Unchanged | Outcome::Postponed => None,
        };
        let record = |added| {
            let memory = (leaves.memory)(added);
            let due_at = match &target.role {
                // A host that wants long pauses has turns left for its pages.
                Role::Source(_) => {
                    let two_turns = self.fetcher.delay(&held.host) * 2;
                    after(visited_at, source_wait(self.pace(), &memory, visited_at).max(two_turns))
                }
                Role::Page(_) => page_due(visited_at, &memory, obstacle),
            };
            Record {
                visited_at,
                due_at: due_at.max(self.not_again()),
                failure: obstacle.map(failure),
                memory,
            }
        };
        let end = VisitEnd {
            pages: leaves.pages,
            record: &record,
        };
        let written = self.context.frontier.visited(&held.lease, target, &end).await;
        let Some(added) = written.map_err(Error::frontier)? else {
            return Ok(Written::Late);
        };
        if added.new > 0 {
            self.context.progress.happened(Event::Planned(added.new as usize));
        }
        Ok(Written::Outcome(leaves.outcome))
    }

    /// The first moment that is due only for the next run, however fast this one is.
    fn not_again(&self) -> Timestamp {
        after(self.by, Duration::from_millis(1))
    }
}

fn failure(obstacle: &Obstacle) -> Failure {
    Failure {
        code: obstacle.code(),
        reason: obstacle.to_string().chars().take(MAX_REASON).collect(),
    }
}

fn source_wait(pace: Pace, memory: &Memory, now: Timestamp) -> Duration {
    if memory.failing_since.is_some_and(|since| is_broken_at(since, now)) {
        return BROKEN;
    }
    let usual = pace.wait(memory.unchanged);
    match memory.failures {
        0 => usual,
        failures => usual.max(after_failures(failures)),
    }
}

fn page_due(now: Timestamp, memory: &Memory, obstacle: Option<&Obstacle>) -> Timestamp {
    match obstacle {
        None => after(now, revisit(memory.unchanged)),
        Some(Obstacle::RobotsUnreachable { until }) => *until,
        Some(Obstacle::Robots) => after(now, LONGEST_WAIT),
        Some(obstacle) => after(now, retry_page(memory.failures, obstacle.is_retryable())),
    }
}
