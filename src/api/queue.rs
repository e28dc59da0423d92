//! `/v1/queue`: what needs a check first, and why.

use serde::Serialize;
use warp::reply::Response;

use super::{
    App,
    call::Call,
    error::Problem,
    paging::{self, Paging},
    read,
    route::Route,
    wire::{ClaimWire, ListWire},
};
use crate::{
    domain::{Actor, Scope, Timestamp},
    store::{Cursor, QueueQuery, Waiting},
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![Route::get("/v1/queue", "list_queue").guarded(Scope::Review, app, list_queue)]
}

async fn list_queue(app: App, call: Call, _reviewer: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let lang = query.take_with("language", |tag| read::language(tag).map_err(str::to_owned));
    let paging = Paging::take(&mut query);
    let paging = query.done(paging)?;
    let after: Option<Cursor> = paging.cursor()?;
    let asked = QueueQuery {
        lang,
        at: Timestamp::now(),
        after,
        limit: paging.limit,
    };
    let page = app.store.queue(&asked).await?;
    let items = page.items.iter().map(WaitingWire::of).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    paging::reply(&call, &ListWire { items, next })
}

/// A place in the queue; `klarstelle queue --format json` prints the same, one a line.
#[derive(Serialize)]
pub(crate) struct WaitingWire<'a> {
    claim: ClaimWire<'a>,
    request_count: u64,
    score: f64,
    factors: Vec<FactorWire>,
}

/// One factor of the score, and what it was made of.
#[derive(Serialize)]
struct FactorWire {
    name: &'static str,
    value: f64,
    because: String,
}

impl<'a> WaitingWire<'a> {
    pub(crate) fn of(waiting: &'a Waiting) -> Self {
        Self {
            claim: ClaimWire::of(&waiting.claim),
            request_count: waiting.requests,
            score: rounded(waiting.score),
            factors: factors(waiting),
        }
    }
}

fn factors(waiting: &Waiting) -> Vec<FactorWire> {
    let (factors, counts) = (&waiting.factors, &waiting.counts);
    let rows = [
        ("check_worthiness", factors.check_worthiness, worth(waiting)),
        (
            "spread",
            factors.spread,
            format!("seen {} times", waiting.claim.sightings),
        ),
        (
            "growth",
            factors.growth,
            format!(
                "{} times in the last 7 days, {} in the 28 before",
                counts.week, counts.month_before
            ),
        ),
        (
            "requests",
            factors.requests,
            format!("{} asked for a check", waiting.requests),
        ),
        (
            "staleness",
            factors.staleness,
            format!("nobody said it or asked for it for {} days", counts.silent_days),
        ),
    ];
    let factor = |(name, value, because)| FactorWire {
        name,
        value: rounded(value),
        because,
    };
    rows.into_iter().map(factor).collect()
}

fn worth(waiting: &Waiting) -> String {
    if waiting.claim.origin == crate::domain::ClaimOrigin::Entered {
        "a reviewer entered it".to_owned()
    } else {
        format!("its best mention has a score of {:.2}", waiting.counts.worth)
    }
}

/// Four digits: more would be noise.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}
