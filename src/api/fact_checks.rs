//! `/v1/fact-checks`: what publishers say about claims, and what is written here.

use warp::reply::Response;

use super::{
    App,
    call::Call,
    code::ErrorCode,
    error::Problem,
    etag, fact_check_body, reply,
    route::Route,
    wire::{FactCheckWire, ListWire, VersionWire},
};
use crate::{
    domain::{Actor, FactCheck, FactCheckBody, FactCheckId, Scope},
    review,
    store::Added,
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::post("/v1/fact-checks", "create_fact_check").guarded(Scope::Review, app, create_fact_check),
        Route::get("/v1/fact-checks/{fact_check_id}", "get_fact_check").public(app, get_fact_check),
        Route::put("/v1/fact-checks/{fact_check_id}", "correct_fact_check").guarded(
            Scope::Review,
            app,
            correct_fact_check,
        ),
        Route::get("/v1/fact-checks/{fact_check_id}/versions", "list_fact_check_versions")
            .public(app, list_fact_check_versions),
        Route::get(
            "/v1/fact-checks/{fact_check_id}/versions/{version}",
            "get_fact_check_version",
        )
        .public(app, get_fact_check_version),
    ]
}

async fn create_fact_check(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let json = call.json(app.body_timeout).await?;
    let added = match fact_check_body::new(&json)? {
        FactCheckBody::External(check) => review::enter_fact_check(&app.store, &check, &actor).await?,
        FactCheckBody::Own(check) => Added::New(review::write_fact_check(&app.store, &check, &actor).await?),
    };
    match added {
        Added::New(check) => {
            let path = format!("/v1/fact-checks/{}", check.id);
            Ok(reply::tagged(
                reply::created(&path, &FactCheckWire::of(&check))?,
                check.version,
            ))
        }
        Added::Known(check) => answer(&check),
    }
}

async fn get_fact_check(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let check = find(&app, &call).await?;
    reply::versioned(&call, check.version, &FactCheckWire::of(&check))
}

async fn correct_fact_check(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let current = find(&app, &call).await?;
    if let FactCheckBody::External(_) = current.body {
        return Err(Problem::new(ErrorCode::ChangesOnlyByImport));
    }
    etag::check_version(call.headers(), current.version)?;
    let check = fact_check_body::correction(&call.json(app.body_timeout).await?)?;
    let correction = review::Correction {
        id: &current.id,
        read: current.version,
        check: &check,
    };
    answer(&review::correct_fact_check(&app.store, &correction, &actor).await?)
}

async fn list_fact_check_versions(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let versions = app.store.fact_check_versions(&id(&call)?).await?;
    if versions.is_empty() {
        return Err(Problem::new(ErrorCode::FactCheckNotFound));
    }
    let items = versions
        .iter()
        .map(|version| VersionWire::of(version, call.caller()))
        .collect();
    reply::hashed(&call, &ListWire { items, next: None })
}

async fn get_fact_check_version(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let number: u64 = call.id("version", ErrorCode::VersionNotFound)?;
    let versions = app.store.fact_check_versions(&id(&call)?).await?;
    if versions.is_empty() {
        return Err(Problem::new(ErrorCode::FactCheckNotFound));
    }
    let version = versions.iter().find(|version| version.version == number);
    let version = version.ok_or_else(|| Problem::new(ErrorCode::VersionNotFound))?;
    reply::hashed(&call, &VersionWire::of(version, call.caller()))
}

fn id(call: &Call) -> Result<FactCheckId, Problem> {
    call.id("fact_check_id", ErrorCode::FactCheckNotFound)
}

async fn find(app: &App, call: &Call) -> Result<FactCheck, Problem> {
    let found = app.store.fact_check(&id(call)?).await?;
    found.ok_or_else(|| Problem::new(ErrorCode::FactCheckNotFound))
}

fn answer(check: &FactCheck) -> Result<Response, Problem> {
    Ok(reply::tagged(reply::ok(&FactCheckWire::of(check))?, check.version))
}
