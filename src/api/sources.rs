//! `/v1/sources`: what is crawled, and how each of it is.

use serde::Serialize;
use warp::reply::Response;

use super::{
    App,
    call::Call,
    code::ErrorCode,
    error::Problem,
    paging::{self, Paging},
    reply,
    route::Route,
    wire::ListWire,
};
use crate::{
    domain::{Actor, Failure, Health, Scope, SourceId, Timestamp},
    store::{Cursor, DayCount, SourceStatus, StatusQuery},
};

/// For holders of a key: which desk watches whom is nobody else's business.
pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/v1/sources", "list_sources").guarded(Scope::Read, app, list_sources),
        Route::get("/v1/sources/{source_id}", "get_source").guarded(Scope::Read, app, get_source),
    ]
}

async fn list_sources(app: App, call: Call, _: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let states: Vec<_> = Health::ALL.iter().map(|health| (health.as_str(), *health)).collect();
    let health = query.word("state", &states);
    let paging = Paging::take(&mut query);
    let paging = query.done(paging)?;
    let after: Option<Cursor> = paging.cursor()?;
    let asked = StatusQuery {
        health,
        after,
        limit: paging.limit,
        at: Timestamp::now(),
    };
    let page = app.store.source_status(&asked).await?;
    let items = page.items.iter().map(SourceWire::of).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    paging::reply(&call, &ListWire { items, next })
}

async fn get_source(app: App, call: Call, _: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let id: SourceId = call.id("source_id", ErrorCode::SourceNotFound)?;
    let status = app.store.status_of(&id, Timestamp::now()).await?;
    let status = status.ok_or_else(|| Problem::new(ErrorCode::SourceNotFound))?;
    reply::hashed(&call, &SourceWire::of(&status))
}

#[derive(Serialize)]
pub(crate) struct SourceWire<'a> {
    id: String,
    url: &'a str,
    kind: &'a str,
    created_at: Timestamp,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<FailureWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_visit_at: Option<Timestamp>,
    robots: &'static str,
    documents: Vec<DayWire>,
}

#[derive(Serialize)]
struct FailureWire<'a> {
    at: Timestamp,
    code: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct DayWire {
    date: String,
    count: u64,
}

impl<'a> SourceWire<'a> {
    pub(crate) fn of(status: &'a SourceStatus) -> Self {
        let source = &status.source;
        let failure = |(at, Failure { code, reason }): &'a (Timestamp, Failure)| FailureWire { at: *at, code, reason };
        Self {
            id: source.id.to_string(),
            url: source.url.as_str(),
            kind: source.kind.as_str(),
            created_at: source.created_at,
            state: status.health.as_str(),
            last_success_at: status.last_success,
            last_failure: status.last_failure.as_ref().map(failure),
            failing_since: status.failing_since,
            next_visit_at: status.next_visit,
            robots: status.robots.as_str(),
            documents: status.documents.iter().map(DayWire::of).collect(),
        }
    }
}

impl DayWire {
    fn of(count: &DayCount) -> Self {
        let begin = count.begin().to_string();
        Self {
            date: begin.split('T').next().unwrap_or_default().to_owned(),
            count: count.documents,
        }
    }
}
