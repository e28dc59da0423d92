//! The crawler against a small web, with a reader that only notes what it was given.

mod answers;
mod archiving;
mod company;
mod corpus;
mod discovery;
mod failures;
mod fixtures;
mod news;
mod politeness;
mod registered;
mod remembered;
mod robots;
mod services;
mod streams;

use std::{
    io,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use klarstelle::{
    crawl::{Context, Due, Error, Reader, Reading, Report, Settings, Sources, Visit, crawl},
    domain::{SourceId, SourceKind, Timestamp, WebUrl},
    net::{self, Client, Fetched},
};

use crate::support::{fake_web::FakeWeb, frontier::MemoryFrontier};

/// Reads a page as lines: those that are addresses are pages to visit next. `!` first means that it is not what it
/// should be.
#[derive(Default)]
struct Notes {
    read: Mutex<Vec<(SourceKind, WebUrl)>>,
    is_full: bool,
}

impl Notes {
    fn paths(&self) -> Vec<String> {
        self.read
            .lock()
            .expect("no panic")
            .iter()
            .map(|(_, url)| url.to_url().path().to_owned())
            .collect()
    }
}

impl Reader for Notes {
    type Error = io::Error;

    async fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, io::Error> {
        if self.is_full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.read
            .lock()
            .expect("no panic")
            .push((visit.kind, fetched.url.clone()));
        let text = String::from_utf8_lossy(&fetched.body);
        Ok(Reading {
            pages: text.lines().filter_map(|line| WebUrl::parse(line).ok()).collect(),
            documents: u64::from(visit.kind == SourceKind::PAGE),
            next: fetched.next.clone().into_iter().collect(),
            problem: text.strip_prefix('!').map(str::to_owned),
            ..Reading::default()
        })
    }
}

/// Everything that a run needs, and a clock that can be turned.
struct Stage {
    web: FakeWeb,
    frontier: MemoryFrontier,
    reader: Notes,
    client: Client,
    settings: Settings,
    sources: Sources,
    later: AtomicI64,
}

impl Stage {
    fn new(web: FakeWeb) -> Self {
        // Only what the fake web listens on: any other port on loopback is as forbidden as an inside address.
        let allowed: Vec<_> = web.addresses.values().map(ToString::to_string).collect();
        let client = net::Settings {
            allowed: allowed.join(",").parse().expect("loopback"),
            deadline: Duration::from_millis(700),
            max_body: 256 * 1024,
            max_file: 4 * 1024 * 1024,
            ..net::Settings::default()
        };
        Self::with(web, Client::new(client).expect("a client"))
    }

    fn with(web: FakeWeb, client: Client) -> Self {
        Self {
            web,
            frontier: MemoryFrontier::default(),
            reader: Notes::default(),
            client,
            settings: Settings {
                min_delay: Duration::from_millis(1),
                ..Settings::default()
            },
            sources: Sources::standard(),
            later: AtomicI64::new(0),
        }
    }

    fn hosts(names: &[&str]) -> Self {
        Self::new(FakeWeb::hosts(names))
    }

    fn source(&self, kind: SourceKind, host: &str, path: &str) -> SourceId {
        self.frontier.add_source(kind, self.web.url(host, path))
    }

    /// A feed at `/feed` that names these pages.
    fn feed(&self, host: &str, pages: &[WebUrl]) -> SourceId {
        let body: Vec<_> = pages.iter().map(WebUrl::as_str).collect();
        self.web
            .put(host, "/feed", crate::support::fake_web::html(&body.join("\n")));
        self.source(SourceKind::named("feed"), host, "/feed")
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(Timestamp::now().as_millis() + self.later.load(Ordering::SeqCst))
    }

    fn wait(&self, time: Duration) {
        self.later
            .fetch_add(time.as_millis().try_into().expect("short"), Ordering::SeqCst);
    }

    async fn run(&self, due: Due) -> Result<Report, Error> {
        let context = Context {
            client: &self.client,
            settings: &self.settings,
            sources: &self.sources,
            frontier: &self.frontier,
            reader: &self.reader,
            clock: &|| self.now(),
            progress: &(),
        };
        crawl(&context, due).await
    }

    /// One run over what is due now.
    async fn crawl(&self) -> Report {
        self.run(Due::By(self.now())).await.expect("the run goes to its end")
    }

    /// What became of a page or source: the error last recorded.
    fn error_at(&self, host: &str, path: &str) -> Option<String> {
        self.frontier.error_at(&self.web.url(host, path))
    }
}

/// The demo and the server run it as a task.
#[test]
fn a_run_can_be_spawned() {
    fn is_send<T: Send>(_: &T) {}
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let _entered = runtime.enter();
    let stage = Stage::hosts(&[]);
    is_send(&stage.run(Due::All));
}
