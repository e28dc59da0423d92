//! What does a person see? A request comes in; a page in the person's language goes out, which works without JavaScript.
//!
//! | page | file |
//! |---|---|
//! | the front page with its form, and the answer | `ask.rs`, `answer.rs` |
//! | a claim, its fact-checks and sightings, how it spread | `claim.rs`, `fact_check.rs`, `chart.rs` |
//! | asking for a check, and what became of it | `report.rs` |
//! | what went wrong | `failure.rs` |
//!
//! A handler finds out the visitor's language (`visit.rs`), calls lookup or store, turns what they say into plain structs of
//! texts (`foreign.rs` cleans what other people wrote), and lets a template of `web/templates/` write them down.

mod answer;
mod ask;
mod assets;
mod chart;
mod claim;
mod claim_page;
mod fact_check;
mod failure;
mod foreign;
mod form;
mod locale;
mod page;
mod reason;
mod report;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod visit;

use warp::reply::Response;

pub use failure::page as failure_page;

use crate::api::{App, Call, ErrorCode, Problem, Route};

/// All pages, to be served beside the API's operations. A [`Service`](crate::api::Service) of them should answer
/// failures with [`failure_page`].
pub fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/", "show_home").page(app, ask::show_home),
        Route::post("/", "show_answer").page(app, ask::show_answer),
        Route::get("/report", "show_report_form").page(app, report::show_form),
        Route::post("/report", "take_report").page(app, report::take),
        Route::post("/report/fate", "show_report_fate").page(app, report::show_fate),
        Route::get("/claims/{claim_id}", "show_claim").page(app, claim_page::show_claim),
        Route::get("/assets/{name}", "get_asset").page(app, get_asset),
    ]
}

/// `GET /assets/{name}`
async fn get_asset(_: App, call: Call) -> Result<Response, Problem> {
    let name: String = call.id("name", ErrorCode::RouteNotFound)?;
    let asset = assets::find(&name).ok_or_else(|| Problem::new(ErrorCode::RouteNotFound))?;
    Ok(page::respond_file(asset.media, asset.content.clone()))
}
