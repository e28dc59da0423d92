//! `/v1/alarms`: what should not wait until somebody looks.

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
    domain::{Actor, AlarmKind, Evidence, Scope, Timestamp},
    store::{AlarmQuery, Cursor, Raised},
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![Route::get("/v1/alarms", "list_alarms").guarded(Scope::Review, app, list_alarms)]
}

async fn list_alarms(app: App, call: Call, _reviewer: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let since = query.take_with("since", |text| read::time(text).map_err(str::to_owned));
    let kinds: Vec<_> = AlarmKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect();
    let kind = query.word("kind", &kinds);
    let paging = Paging::take(&mut query);
    let paging = query.done(paging)?;
    let after: Option<Cursor> = paging.cursor()?;
    let asked = AlarmQuery {
        since,
        kind,
        after,
        limit: paging.limit,
    };
    let page = app.store.alarms(&asked).await?;
    let items = page.items.iter().map(AlarmWire::of).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    paging::reply(&call, &ListWire { items, next })
}

/// An alarm; `klarstelle alarms --format json` prints the same, one a line.
#[derive(Serialize)]
pub(crate) struct AlarmWire<'a> {
    id: String,
    kind: &'static str,
    claim: ClaimWire<'a>,
    began_at: Timestamp,
    last_at: Timestamp,
    happened: u64,
    evidence: EvidenceWire,
}

#[derive(Serialize)]
struct EvidenceWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet_days: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day_sightings: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usual_per_day: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u64>,
}

impl<'a> AlarmWire<'a> {
    pub(crate) fn of(raised: &'a Raised) -> Self {
        let alarm = &raised.alarm;
        Self {
            id: alarm.id.to_string(),
            kind: alarm.kind.as_str(),
            claim: ClaimWire::of(&raised.claim),
            began_at: alarm.began_at,
            last_at: alarm.last_at,
            happened: alarm.happened,
            evidence: EvidenceWire::of(&alarm.evidence),
        }
    }
}

impl EvidenceWire {
    const fn of(evidence: &Evidence) -> Self {
        Self {
            quiet_days: evidence.quiet_days,
            day_sightings: evidence.day_sightings,
            usual_per_day: evidence.usual_per_day,
            accounts: evidence.accounts,
            requests: evidence.requests,
            minutes: evidence.minutes,
        }
    }
}
