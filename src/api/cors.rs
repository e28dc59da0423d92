//! Which answers may web pages of other origins read? The public ones, by `*` and never with credentials: an extension's
//! content script carries the origin of the page that it runs in, so there is no list of origins to keep.

use http::{HeaderMap, HeaderValue, header};

use super::route::{Access, Operation};

/// What a page may read besides the body.
const EXPOSED: &str = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
/// How long a browser may remember a preflight's answer, in seconds.
const MAX_AGE_S: &str = "86400";

/// Marks the answer of a public operation.
pub(crate) fn mark(operation: Option<Operation>, headers: &mut HeaderMap) {
    if operation.is_some_and(|operation| operation.access == Access::Public) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// Answers a preflight: `found` are the operations at its path, `asked` its headers.
pub(crate) fn preflight(found: &[&Operation], asked: &HeaderMap, answer: &mut HeaderMap) {
    let Some(method) = asked
        .get(header::ACCESS_CONTROL_REQUEST_METHOD)
        .and_then(|m| m.to_str().ok())
    else {
        return;
    };
    let method = if method == "HEAD" { "GET" } else { method };
    let public = found.iter().filter(|operation| operation.access == Access::Public);
    let methods: Vec<&str> = public.map(|operation| operation.verb.as_str()).collect();
    let (true, Ok(methods_line)) = (methods.contains(&method), HeaderValue::try_from(methods.join(", "))) else {
        return;
    };
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods_line);
    answer.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Content-Type, If-None-Match"),
    );
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_S));
    answer.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Method"));
}
