//! One run: visit the sources that are due, then the pages that they named.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::{TryStreamExt, stream};

use super::{
    AddedPages, Authority, Due, Event, Frontier, Memory, NewPages, Obstacle, Outcome, PageQuota, Progress, Reader,
    Record, Report, Role, Settings, SourceReport, Sources, Target,
    bring::{Brought, News},
    fetch::{Fetcher, Halt},
    schedule::{LONGEST_WAIT, Pace, after, after_failures, retry_page, revisit},
    trap::is_trap,
};
use crate::{domain::Timestamp, net::Client};

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
}

impl Error {
    pub(super) fn frontier(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Frontier(Box::new(error))
    }
}

/// Visits the sources that are due, and the pages that they named, now or in an earlier run that did not get to its end.
///
/// Dropping the future ends the run at once; nothing is lost by it, some requests are made again by the next run.
pub async fn crawl<F: Frontier, R: Reader>(context: &Context<'_, F, R>, due: Due) -> Result<Report, Error> {
    let started = (context.clock)();
    let run = Run {
        context,
        fetcher: fetcher(context),
        started,
        report: Mutex::default(),
    };
    let sources = context.frontier.due_sources(due).await.map_err(Error::frontier)?;
    run.visit_all(sources).await?;
    let Settings {
        max_pages_per_host: per_host,
        max_pages_per_run: limit,
        ..
    } = *context.settings;
    let quota = PageQuota {
        by: started,
        per_host,
        limit,
    };
    let pages = context.frontier.due_pages(quota).await.map_err(Error::frontier)?;
    run.visit_all(pages).await?;
    run.fetcher.leave().await?;
    Ok(run.report.into_inner().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn fetcher<'a, F, R>(context: &Context<'a, F, R>) -> Fetcher<'a, F> {
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
        hosts: super::host::Hosts::default(),
    }
}

pub(super) struct Run<'a, F, R> {
    pub(super) context: &'a Context<'a, F, R>,
    pub(super) fetcher: Fetcher<'a, F>,
    started: Timestamp,
    report: Mutex<Report>,
}

impl<F: Frontier, R: Reader> Run<'_, F, R> {
    /// Host by host, so that a slow one holds up only itself.
    async fn visit_all(&self, targets: Vec<Target>) -> Result<(), Error> {
        self.context.progress.happened(Event::Planned(targets.len()));
        let mut by_host: BTreeMap<Authority, Vec<Target>> = BTreeMap::new();
        for target in targets {
            by_host.entry(Authority::of(&target.url)).or_default().push(target);
        }
        let hosts = stream::iter(by_host.into_values().map(Ok));
        hosts
            .try_for_each_concurrent(self.context.settings.concurrency, |targets| self.visit_each(targets))
            .await
    }

    async fn visit_each(&self, targets: Vec<Target>) -> Result<(), Error> {
        for target in &targets {
            self.visit(target).await?;
        }
        Ok(())
    }

    async fn visit(&self, target: &Target) -> Result<(), Error> {
        self.context.progress.happened(Event::Began(&target.url));
        let brought = match self.bring(target).await {
            Ok(brought) => Ok(brought),
            Err(Halt::Obstacle(obstacle)) => Err(obstacle),
            Err(Halt::Run(error)) => return Err(error),
        };
        let outcome = self.keep(target, brought).await?;
        self.note(target, outcome);
        Ok(())
    }

    /// Writes down what a visit came to, after what it brought was kept.
    async fn keep(&self, target: &Target, brought: Result<Brought, Obstacle>) -> Result<Outcome, Error> {
        match brought {
            Ok(Brought::News(news)) => self.keep_news(target, *news).await,
            Ok(Brought::NothingNew) => {
                let memory = Memory {
                    failures: 0,
                    unchanged: self.unchanged(target, false),
                    ..target.memory.clone()
                };
                self.record(target, memory, None).await?;
                Ok(Outcome::Unchanged)
            }
            Err(obstacle) if obstacle.is_postponement() => Ok(Outcome::Postponed),
            Err(obstacle) => self.keep_failure(target, obstacle).await,
        }
    }

    async fn keep_news(&self, target: &Target, news: News) -> Result<Outcome, Error> {
        let AddedPages { new, left_over } = self.add_pages(target, &news).await?;
        let News { reading, memory, .. } = news;
        let has_news = new + left_over + reading.documents + reading.fact_checks > 0;
        self.count(|report| {
            report.documents += reading.documents;
            report.fact_checks += reading.fact_checks;
        });
        if let Some(problem) = reading.problem {
            return self.keep_failure(target, Obstacle::Unreadable(problem)).await;
        }
        // With pages left over, the same answer must count as news the next time.
        let memory = if left_over > 0 {
            Memory {
                cursor: memory.cursor,
                ..Memory::default()
            }
        } else {
            memory
        };
        let unchanged = self.unchanged(target, has_news);
        self.record(target, Memory { unchanged, ..memory }, None).await?;
        Ok(Outcome::Read)
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

    async fn keep_failure(&self, target: &Target, obstacle: Obstacle) -> Result<Outcome, Error> {
        let failures = target.memory.failures.saturating_add(u32::from(obstacle.is_failure()));
        let memory = Memory {
            failures,
            ..target.memory.clone()
        };
        self.record(target, memory, Some(&obstacle)).await?;
        Ok(Outcome::Failed(obstacle))
    }

    async fn add_pages(&self, target: &Target, news: &News) -> Result<AddedPages, Error> {
        let depth = target.role.depth() + 1;
        if depth > news.plan.depth {
            return Ok(AddedPages::default());
        }
        let pages = news.reading.pages.iter();
        let urls: Vec<_> = pages.filter(|url| !is_trap(url)).cloned().collect();
        let pages = NewPages {
            source: target.source,
            urls: &urls,
            depth,
            limit: news.plan.new_pages,
        };
        let added = self.context.frontier.add_pages(pages, self.started).await;
        added.map_err(Error::frontier)
    }

    async fn record(&self, target: &Target, memory: Memory, obstacle: Option<&Obstacle>) -> Result<(), Error> {
        let visited_at = (self.context.clock)();
        let due_at = match &target.role {
            Role::Source(_) => {
                // A host that wants long pauses has turns left for its pages.
                let two_turns = self.fetcher.distance(&target.url).await? * 2;
                after(visited_at, source_wait(self.pace(), &memory).max(two_turns))
            }
            Role::Page(_) => page_due(visited_at, &memory, obstacle),
        };
        let record = Record {
            visited_at,
            due_at,
            error: obstacle.map(Obstacle::code),
            memory,
        };
        self.context
            .frontier
            .visited(target, &record)
            .await
            .map_err(Error::frontier)
    }

    fn note(&self, target: &Target, outcome: Outcome) {
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

    fn count(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn source_wait(pace: Pace, memory: &Memory) -> Duration {
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
