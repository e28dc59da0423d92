//! What this service is, and its contract: `/v1/meta`, `/openapi.yaml`, `/docs`.

use std::fmt::Write;

use http::{HeaderValue, header};
use serde::Serialize;
use warp::reply::Response;

use super::{App, call::Call, code::ErrorCode, error::Problem, reply, route::Route};
use crate::store::Counts;

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/v1/meta", "get_meta").public(app, get_meta),
        Route::get("/openapi.yaml", "get_contract").public(app, get_contract),
        Route::get("/docs", "get_docs").page(app, get_docs),
        Route::get("/docs/errors", "get_error_docs").page(app, get_error_docs),
        Route::get("/docs/redoc.standalone.js", "get_docs_script").page(app, get_docs_script),
    ]
}

const CONTRACT: &str = include_str!("../../openapi.yaml");
const DOCS: &str = include_str!("../../web/docs.html");
const DOCS_SCRIPT: &[u8] = include_bytes!("../../web/vendor/redoc/redoc.standalone.js");

/// Redoc writes its styles into the page and makes a worker for its search from a blob; nothing comes from elsewhere.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const PAGE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

#[derive(Serialize)]
struct MetaWire {
    name: &'static str,
    version: &'static str,
    store_id: String,
    normaliser_version: u32,
    last_change: u64,
    index_position: u64,
    counts: CountsWire,
}

#[derive(Serialize)]
struct CountsWire {
    documents: u64,
    claims: u64,
    sightings: u64,
    fact_checks: u64,
    attachments: u64,
    sources: u64,
}

impl CountsWire {
    const fn of(counts: &Counts) -> Self {
        Self {
            documents: counts.documents,
            claims: counts.claims,
            sightings: counts.sightings,
            fact_checks: counts.fact_checks,
            attachments: counts.attachments,
            sources: counts.sources,
        }
    }
}

async fn get_meta(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let counts = app.store.counts().await?;
    reply::ok(&MetaWire {
        name: "klarstelle",
        version: env!("CARGO_PKG_VERSION"),
        store_id: app.store.id().to_string(),
        normaliser_version: claim_index::NORMALISER_VERSION,
        last_change: counts.last_change,
        index_position: app.lookup.index().position(),
        counts: CountsWire::of(&counts),
    })
}

async fn get_contract(_app: App, call: Call) -> Result<Response, Problem> {
    Ok(reply::asset(&call, "application/yaml", CONTRACT.as_bytes()))
}

async fn get_docs(_app: App, call: Call) -> Result<Response, Problem> {
    Ok(page(
        reply::asset(&call, "text/html; charset=utf-8", DOCS.as_bytes()),
        DOCS_POLICY,
    ))
}

async fn get_docs_script(_app: App, call: Call) -> Result<Response, Problem> {
    Ok(reply::asset(&call, "text/javascript; charset=utf-8", DOCS_SCRIPT))
}

/// Where the `type` of every problem points.
async fn get_error_docs(_app: App, _call: Call) -> Result<Response, Problem> {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>Errors</title><h1>Errors</h1><dl>",
    );
    for code in ErrorCode::ALL {
        let (word, status) = (code.as_str(), code.status().as_u16());
        // The table's texts hold no markup.
        let _ = write!(
            html,
            "<dt id=\"{word}\"><code>{word}</code> ({status})<dd>{}. {}",
            code.title(),
            code.help()
        );
    }
    html.push_str("</dl></html>");
    let mut response = Response::new(html.into());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Ok(page(response, PAGE_POLICY))
}

fn page(mut response: Response, policy: &'static str) -> Response {
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
