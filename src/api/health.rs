//! `/healthz`, `/readyz`, `/metrics`: what the operator's monitoring asks.

use http::{HeaderValue, header};
use serde::Serialize;
use warp::reply::Response;

use super::{App, call::Call, code::ErrorCode, error::Problem, metrics, reply, route::Route};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/healthz", "get_health").probe(app, get_health),
        Route::get("/readyz", "get_readiness").probe(app, get_readiness),
        Route::get("/metrics", "get_metrics").probe(app, get_metrics),
    ]
}

#[derive(Serialize)]
struct HealthWire {
    status: &'static str,
}

/// The process runs. It does not ask the store: restarting us would not mend that.
async fn get_health(_app: App, _call: Call) -> Result<Response, Problem> {
    reply::ok(&HealthWire { status: "ok" })
}

#[derive(Serialize)]
struct ReadinessWire {
    status: &'static str,
    index_lag: u64,
}

/// The store answers. An index that is behind is no reason to send callers away.
async fn get_readiness(app: App, _call: Call) -> Result<Response, Problem> {
    let last_change = app.store.last_change().await.map_err(|error| not_ready(&error))?;
    let index_lag = last_change.saturating_sub(app.lookup.index().position());
    reply::ok(&ReadinessWire {
        status: "ready",
        index_lag,
    })
}

fn not_ready(error: &crate::store::Error) -> Problem {
    tracing::warn!(%error, "not ready");
    Problem::new(ErrorCode::NotReady).with_detail("the store does not answer")
}

/// Prometheus text format. Counts from the store are left as they were if it does not answer.
async fn get_metrics(app: App, _call: Call) -> Result<Response, Problem> {
    if let Ok(counts) = app.store.counts().await {
        metrics::note(&counts, app.lookup.index().position());
    }
    let mut response = Response::new(metrics::recorder().render().into());
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}
