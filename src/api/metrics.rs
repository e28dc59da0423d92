//! What the operator's monitoring reads: counts and times by operation, never by caller or content.

use std::{sync::OnceLock, time::Duration};

use http::StatusCode;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::store::Counts;

const REQUESTS: &str = "klarstelle_requests_total";
const LATENCY: &str = "klarstelle_request_seconds";
/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// The process's recorder; installed on first use.
pub(crate) fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(LATENCY.to_owned()), &BUCKETS);
        let recorder = builder.expect("the list of buckets is not empty").build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed, /metrics stays empty");
        }
        handle
    })
}

/// Counts an answer.
pub(crate) fn count(operation: &'static str, status: StatusCode, elapsed: Duration) {
    counter!(REQUESTS, "operation" => operation, "status" => status.as_u16().to_string()).increment(1);
    histogram!(LATENCY, "operation" => operation).record(elapsed.as_secs_f64());
}

/// Notes how much there is, and how far the index is behind.
pub(crate) fn note(counts: &Counts, position: u64) {
    gauge!("klarstelle_claims").set(counts.claims as f64);
    gauge!("klarstelle_sightings").set(counts.sightings as f64);
    gauge!("klarstelle_fact_checks").set(counts.fact_checks as f64);
    gauge!("klarstelle_last_change").set(counts.last_change as f64);
    gauge!("klarstelle_index_position").set(position as f64);
    gauge!("klarstelle_index_lag").set(counts.last_change.saturating_sub(position) as f64);
}

/// Folds what was measured since the last call. Without it, measurements pile up until somebody reads `/metrics`.
pub(crate) fn tidy() {
    recorder().run_upkeep();
}
