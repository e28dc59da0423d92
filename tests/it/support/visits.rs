//! Visits of sources, written into a store as a crawl does.

use std::time::Duration;

use klarstelle::{
    crawl::{Authority, Due, Frontier, Kept, Memory, Record, Role, RunId, Target, Term, VisitEnd},
    domain::{Actor, Failure, SourceId, SourceKind, Timestamp, WebUrl},
    store::Store,
};

/// A source, and how its visits went.
pub(crate) struct Visited<'a> {
    pub(crate) url: &'a str,
    /// When, and the code of the failure if it was one.
    pub(crate) visits: &'a [(Timestamp, Option<String>)],
}

/// Sets a source, and visits it.
pub(crate) async fn visit(store: &Store, source: &Visited<'_>) -> SourceId {
    let (url, kind) = (
        WebUrl::parse(source.url).expect("an address"),
        SourceKind::named("feed"),
    );
    let added = store.add_source(&url, kind, &Actor::Operator).await.expect("set");
    let id = added.into_inner().id;
    let mut failing_since = None;
    for (at, code) in source.visits {
        failing_since = code.as_ref().map(|_| failing_since.unwrap_or(*at));
        let failure = code.as_ref().map(|code| Failure {
            code: code.clone(),
            reason: format!("it was {code}"),
        });
        record(store, &target(id, &url, kind), *at, failing_since, failure).await;
    }
    id
}

fn target(source: SourceId, url: &WebUrl, kind: SourceKind) -> Target {
    Target {
        url: url.clone(),
        source,
        role: Role::Source(kind),
        memory: Memory::default(),
    }
}

async fn record(
    store: &Store,
    target: &Target,
    at: Timestamp,
    failing_since: Option<Timestamp>,
    failure: Option<Failure>,
) {
    let later = |time: Duration| Timestamp::from_millis(at.as_millis() + time.as_millis() as i64);
    store.begin(Due::By(at), at).await.expect("begun");
    let run = RunId::new(RunId::CRAWL);
    let term = Term {
        run: &run,
        now: at,
        until: later(Duration::from_mins(1)),
    };
    let claimed = store
        .claim_host(&Authority::of(&target.url), &term)
        .await
        .expect("asked")
        .expect("free");
    let record = Record {
        visited_at: at,
        due_at: later(Duration::from_mins(15)),
        failure,
        memory: Memory {
            failing_since,
            ..Memory::default()
        },
    };
    let end = VisitEnd {
        pages: None,
        record: &|_| record.clone(),
    };
    let written = store.visited(&claimed.lease, target, &end).await.expect("asked");
    assert!(written.is_some(), "the lease stands");
    let released = store.release(&claimed.lease, &claimed.memory, None).await;
    assert_eq!(released.expect("asked"), Kept::Yes);
}
