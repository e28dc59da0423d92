//! `/v1/changes`: who did what, and when.

use serde::Serialize;
use uuid::Uuid;
use warp::reply::Response;

use super::{App, call::Call, error::Problem, paging, reply, route::Route};
use crate::{
    domain::{Actor, Change, ObjectKind, Scope, Timestamp},
    store::ChangeQuery,
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![Route::get("/v1/changes", "list_changes").guarded(Scope::Read, app, list_changes)]
}

/// Most changes in an answer.
const MAX_LIMIT: u64 = 1000;
const DEFAULT_LIMIT: u64 = 100;

async fn list_changes(app: App, call: Call, _reader: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let after = query.number("after", 0..=i64::MAX as u64).unwrap_or(0);
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let kinds: Vec<_> = ObjectKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect();
    let kind = query.word("kind", &kinds);
    let id = query.take_with("id", |text| {
        Uuid::try_parse(text).map_err(|_| "expected a UUID".to_owned())
    });
    let asked = query.done(ChangeQuery {
        after,
        limit: limit as u32,
        kind,
        id: id.map(|id| id.to_string()),
    })?;
    let changes = app.store.changes(&asked).await?;
    let last = changes.last().filter(|_| changes.len() as u64 == limit);
    let next = last.map(|change| paging::target(&call, "after", &change.number.to_string()));
    let last_change = app.store.last_change().await?;
    let body = ChangesWire {
        items: changes.iter().map(ChangeWire::of).collect(),
        last_change,
    };
    Ok(reply::linked(reply::ok(&body)?, next))
}

#[derive(Serialize)]
struct ChangesWire<'a> {
    items: Vec<ChangeWire<'a>>,
    last_change: u64,
}

#[derive(Serialize)]
struct ChangeWire<'a> {
    number: u64,
    kind: &'static str,
    id: &'a str,
    version: u64,
    action: &'static str,
    actor: String,
    at: Timestamp,
}

impl<'a> ChangeWire<'a> {
    fn of(change: &'a Change) -> Self {
        Self {
            number: change.number,
            kind: change.kind.as_str(),
            id: &change.id,
            version: change.version,
            action: change.action.as_str(),
            actor: change.actor.to_string(),
            at: change.at,
        }
    }
}
