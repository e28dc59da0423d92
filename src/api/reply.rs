//! A wire struct goes in; a response comes out.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use warp::reply::Response;

use super::{call::Call, error::Problem, etag};

/// 200 with a JSON body.
pub(crate) fn ok(body: &impl Serialize) -> Result<Response, Problem> {
    json(StatusCode::OK, body)
}

/// 201 with the body of what was made, and its address.
pub(crate) fn created(path: &str, body: &impl Serialize) -> Result<Response, Problem> {
    Ok(with(json(StatusCode::CREATED, body)?, header::LOCATION, path))
}

/// 308: what was asked for is elsewhere by now; the same method there. To be asked again each time, for it may come back.
pub(crate) fn moved(target: &str, body: &impl Serialize) -> Result<Response, Problem> {
    let mut response = json(StatusCode::PERMANENT_REDIRECT, body)?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(with(response, header::LOCATION, target))
}

/// 200, or 304 if the caller has this very representation. The tag is the hash of the bytes.
pub(crate) fn hashed(call: &Call, body: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
    let tag = etag::of_bytes(&bytes);
    Ok(unless_known(call.headers(), &tag, || json_bytes(bytes)))
}

/// 200, or 304 if the caller has this version.
pub(crate) fn versioned(call: &Call, version: u64, body: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(unless_known(call.headers(), &etag::of_version(version), || {
        json_bytes(bytes)
    }))
}

/// 200 with what never changes under its address but by an upgrade; 304 if the caller has it.
pub(crate) fn asset(call: &Call, media_type: &'static str, bytes: &'static [u8]) -> Response {
    let tag = etag::of_bytes(bytes);
    let make = || {
        let mut response = Response::new(bytes.into());
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    };
    let mut response = unless_known(call.headers(), &tag, make);
    response.headers_mut().remove(header::VARY);
    response
}

/// Adds `Link: <…>; rel="next"`.
pub(crate) fn linked(response: Response, next: Option<String>) -> Response {
    match next {
        Some(target) => with(response, header::LINK, &format!("<{target}>; rel=\"next\"")),
        None => response,
    }
}

/// Adds the ETag of a version.
pub(crate) fn tagged(response: Response, version: u64) -> Response {
    with(response, header::ETAG, &etag::of_version(version))
}

fn json(status: StatusCode, body: &impl Serialize) -> Result<Response, Problem> {
    let mut response = json_bytes(serde_json::to_vec(body).map_err(Problem::internal)?);
    *response.status_mut() = status;
    Ok(response)
}

fn json_bytes(bytes: Vec<u8>) -> Response {
    let mut response = Response::new(bytes.into());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn unless_known(asked: &HeaderMap, tag: &str, make: impl FnOnce() -> Response) -> Response {
    let mut response = if etag::is_known(asked, tag) {
        not_modified()
    } else {
        make()
    };
    let headers = response.headers_mut();
    // A cache may keep it, and asks again each time. Holders of keys see more than others.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    with(response, header::ETAG, tag)
}

fn not_modified() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

fn with(mut response: Response, name: header::HeaderName, text: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
    response
}
