//! HTTP requests come in; what lookup, review and store say goes out as `openapi.yaml` describes it.
//!
//! | resource | file |
//! |---|---|
//! | lookups | `lookup.rs` |
//! | claims and their sightings | `claims.rs` |
//! | claims merged, split, rewritten | `merging.rs` |
//! | fact-checks and their versions | `fact_checks.rs` |
//! | attachments | `attachments.rs` |
//! | requests for a check | `reports.rs` |
//! | what needs a check first | `queue.rs` |
//! | alarms | `alarms.rs` |
//! | documents and the copies kept of them | `documents.rs` |
//! | changes | `changes.rs` |
//! | sources and how they are | `sources.rs` |
//! | the service itself: what it is, its contract | `meta.rs` |
//! | what the operator's monitoring asks | `health.rs` |
//!
//! A request passes `server.rs` (sockets and their limits), `edge.rs` (one answer and one log line for each request),
//! `route.rs` (path and method), `gate.rs` (keys and limits) and a handler, which reads what was sent (`call.rs`,
//! `query.rs`, `body.rs`), calls one function of lookup, review or store, and dresses the result (`wire.rs`, `reply.rs`).

mod alarms;
mod attachments;
mod body;
mod call;
mod changes;
mod claims;
mod code;
mod context;
mod cors;
mod documents;
mod edge;
mod error;
mod etag;
mod fact_check_body;
mod fact_checks;
mod fallback;
mod fault;
mod gate;
mod health;
mod limit;
mod lookup;
mod merging;
mod meta;
mod metrics;
mod paging;
mod peer;
mod quality;
mod query;
mod queue;
mod read;
mod recover;
mod reply;
mod reports;
mod route;
mod server;
mod shape;
mod sources;
mod timeline;
mod watchdog;
mod wire;

use std::{path::PathBuf, time::Duration};

pub(crate) use alarms::AlarmWire;
pub(crate) use call::Call;
pub use code::ErrorCode;
pub use edge::{FailurePage, Service};
pub(crate) use error::Problem;
pub(crate) use lookup::{AnswerWire, PageAnswerWire};
pub(crate) use queue::WaitingWire;
pub use recover::install_panic_hook;
pub(crate) use reports::{Filed, file};
pub use route::{Access, Operation, Route, Verb};
pub use server::serve;
pub(crate) use sources::SourceWire;

use crate::{config::Settings, desk::Desk, lookup::Lookup, store::Store};
use limit::Limiter;

/// What handlers work with; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) lookup: Lookup,
    pub(crate) desk: Desk,
    /// How many reports a caller without a key may send.
    pub(crate) report_limit: Limiter,
    /// Candidates in an answer, at the most.
    pub(crate) candidates: usize,
    /// Where kept copies are.
    pub(crate) archive: PathBuf,
    /// How long a body may take to arrive.
    pub(crate) body_timeout: Duration,
}

impl App {
    /// Puts together what handlers work with.
    pub fn new(store: Store, lookup: Lookup, settings: &Settings) -> Self {
        Self {
            desk: Desk::new(store.clone(), lookup.index()),
            report_limit: Limiter::of_reports(&settings.reports),
            store,
            lookup,
            candidates: settings.lookup.candidates,
            archive: settings.archive_dir(),
            body_timeout: Duration::from_millis(settings.server.body_timeout_ms),
        }
    }
}

/// All operations of the API.
pub fn routes(app: &App) -> Vec<Route> {
    let resources = [
        lookup::routes(app),
        claims::routes(app),
        merging::routes(app),
        fact_checks::routes(app),
        attachments::routes(app),
        reports::routes(app),
        queue::routes(app),
        alarms::routes(app),
        documents::routes(app),
        changes::routes(app),
        sources::routes(app),
        meta::routes(app),
        quality::routes(app),
        health::routes(app),
    ];
    resources.into_iter().flatten().collect()
}
