//! `/v1/documents`: what was read, and what was kept of it.

use http::{HeaderValue, header};
use tokio::task::spawn_blocking;
use warp::reply::Response;

use super::{App, call::Call, code::ErrorCode, error::Problem, route::Route};
use crate::{
    copy::{self, Error},
    domain::{Actor, DocumentId, Scope},
};

/// A copy is a page of somebody else's: nothing in it may run or load, whatever else fails.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/v1/documents/{document_id}/copy", "get_document_copy").guarded(
            Scope::Review,
            app,
            get_document_copy,
        ),
    ]
}

async fn get_document_copy(app: App, call: Call, _: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let version = query.take_with("version", version);
    let version = query.done(version)?;
    let id: DocumentId = call.id("document_id", ErrorCode::DocumentNotFound)?;
    let copy = copy::find(&app.store, app.archive, &id, version).await?;
    let page = spawn_blocking(move || copy::page(&copy))
        .await
        .map_err(Problem::internal)?;
    Ok(inert(page))
}

fn version(text: &str) -> Result<u64, String> {
    let version = text.parse::<u32>().ok().filter(|version| *version > 0);
    version
        .map(u64::from)
        .ok_or_else(|| "expected a whole number from 1 on".to_owned())
}

fn inert(page: String) -> Response {
    let mut response = Response::new(page.into());
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ] {
        headers.insert(name, value);
    }
    response
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoDocument => Self::new(ErrorCode::DocumentNotFound),
            Error::NotKept => Self::new(ErrorCode::CopyNotKept),
            Error::Gone(_) => Self::new(ErrorCode::CopyGone),
            Error::Unreadable(_) => Self::new(ErrorCode::CopyDamaged).because(error),
            Error::Store(error) => error.into(),
        }
    }
}
