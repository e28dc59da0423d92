//! What no route takes: 404, 405 with `Allow`, or the answer to OPTIONS. All three come from the one table of routes.

use http::{HeaderValue, Method, StatusCode, header};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    code::ErrorCode,
    context::Context,
    cors,
    error::Problem,
    gate::Gate,
    route::{Operation, Verb},
};

/// The operations by path.
#[derive(Debug, Clone)]
pub(crate) struct Table(Vec<Operation>);

impl Table {
    pub(crate) fn new(operations: Vec<Operation>) -> Self {
        Self(operations)
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.0
    }

    /// The operations at a path; `*` stands for all.
    fn at<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Operation> {
        self.0
            .iter()
            .filter(move |operation| path == "*" || fits(operation.path, path))
    }
}

/// Whether a path fits a template; a trailing slash is nothing, as in warp's own path filters.
fn fits(template: &str, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let template = template.strip_suffix('/').unwrap_or(template);
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(parameter), Some(value)) if parameter.starts_with('{') && !value.is_empty() => {}
            (Some(fixed), Some(value)) if fixed == value => {}
            _ => return false,
        }
    }
}

/// Takes every request.
pub(crate) fn filter(table: Table, gate: Gate) -> BoxedFilter<(Response,)> {
    let headers = warp::header::headers_cloned();
    warp::path::full()
        .and(warp::method())
        .and(headers)
        .and(warp::ext::get::<Context>())
        .map(move |path: warp::path::FullPath, method, headers, context| {
            let found: Vec<&Operation> = table.at(path.as_str()).collect();
            match method {
                Method::OPTIONS if !found.is_empty() => options(&found, &headers),
                method => refuse(&found, &method, &gate, &context).into_response(),
            }
        })
        .boxed()
}

fn refuse(found: &[&Operation], method: &Method, gate: &Gate, context: &Context) -> Problem {
    let is_known = [Method::TRACE, Method::CONNECT].contains(method) || !found.is_empty();
    match gate.count_stray(context) {
        Err(limited) => limited,
        Ok(()) if is_known => Problem::new(ErrorCode::MethodNotAllowed).with_allow(allow(found)),
        Ok(()) => Problem::new(ErrorCode::RouteNotFound),
    }
}

fn options(found: &[&Operation], headers: &http::HeaderMap) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Ok(value) = HeaderValue::try_from(allow(found)) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    cors::preflight(found, headers, response.headers_mut());
    response
}

/// `GET, HEAD, OPTIONS, POST`
fn allow(found: &[&Operation]) -> String {
    let has = |verb| found.iter().any(|operation| operation.verb == verb);
    let named = [
        ("GET", has(Verb::Get)),
        ("HEAD", has(Verb::Get)),
        ("OPTIONS", !found.is_empty()),
        ("PATCH", has(Verb::Patch)),
        ("POST", has(Verb::Post)),
        ("PUT", has(Verb::Put)),
    ];
    named
        .iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_their_templates_only() {
        for (template, path, wanted) in [
            ("/v1/claims", "/v1/claims", true),
            ("/v1/claims", "/v1/claims/", true),
            ("/v1/claims", "/v1/claims//", false),
            ("/v1/claims", "/v1", false),
            ("/v1/claims/{claim_id}", "/v1/claims/7", true),
            ("/v1/claims/{claim_id}", "/v1/claims/", false),
            ("/v1/claims/{claim_id}", "/v1/claims/7/8", false),
            ("/", "/", true),
            ("/", "/x", false),
        ] {
            assert_eq!(fits(template, path), wanted, "{template} {path}");
        }
    }
}
