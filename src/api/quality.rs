//! How often the matcher is right: `/v1/stats/quality`.

use claim_index::{Judge, MAYBE};
use serde::Serialize;
use warp::reply::Response;

use super::{App, call::Call, error::Problem, reply, route::Route};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![Route::get("/v1/stats/quality", "get_quality").public(app, get_quality)]
}

/// Both must be reached.
#[derive(Serialize)]
struct ChancesWire {
    subject: f64,
    agreement: f64,
}

#[derive(Serialize)]
struct QualityWire {
    has_model: bool,
    match_from: ChancesWire,
    maybe_from: f64,
    made_by: &'static [String],
    measured: &'static serde_json::Value,
}

async fn get_quality(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let has_model = app.lookup.index().current().has_model();
    let judge = if has_model {
        Judge::shipped_with_model()
    } else {
        Judge::shipped()
    };
    reply::ok(&QualityWire {
        has_model,
        match_from: ChancesWire {
            subject: rounded(judge.needed().subject),
            agreement: rounded(judge.needed().agreement),
        },
        maybe_from: rounded(MAYBE),
        made_by: judge.about(),
        measured: judge.measured(),
    })
}

fn rounded(share: f32) -> f64 {
    (f64::from(share) * 100.0).round() / 100.0
}
