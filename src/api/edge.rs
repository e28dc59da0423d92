//! Everything but the sockets: any request goes in, exactly one answer comes out, and one line in the log.

use std::{any::Any, convert::Infallible, net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::{Buf, Bytes};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use ipnet::IpNet;
use tower::ServiceExt;
use warp::{Filter, filters::BoxedFilter, hyper::body::Body, reply::Response};

use super::{
    App,
    code::ErrorCode,
    context::Context,
    cors,
    error::{self, Problem},
    fallback::{self, Table},
    gate::Gate,
    limit::Limiter,
    metrics, peer,
    recover::recover,
    route::{self, Access, Operation, Route},
    shape,
};
use crate::config::ServerSettings;

/// The whole API as a function from requests to responses; cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

/// Says what went wrong to a person: status, the request's headers and query, its id in our log.
pub type FailurePage = fn(StatusCode, &HeaderMap, &str, &str) -> Response;

#[derive(Clone)]
struct Inner {
    filter: BoxedFilter<(Response,)>,
    table: Table,
    trusted_proxies: Vec<IpNet>,
    allowed_hosts: Vec<String>,
    patience: Duration,
    failure_page: Option<FailurePage>,
}

impl Service {
    /// Puts routes behind keys, limits, timeouts and one way of saying what went wrong.
    pub fn new(app: &App, routes: Vec<Route>, settings: &ServerSettings) -> Self {
        let table = Table::new(routes.iter().map(|route| route.operation).collect());
        let gate = Gate::new(app.store.clone(), Limiter::new(settings));
        let fallback = fallback::filter(table.clone(), gate.clone());
        let filter = route::compose(routes, &gate)
            .or(fallback)
            .unify()
            .recover(recover)
            .unify()
            .boxed();
        Self(Arc::new(Inner {
            filter,
            table,
            trusted_proxies: settings.trusted_proxies.clone(),
            allowed_hosts: settings.allowed_hosts.clone(),
            patience: Duration::from_millis(settings.request_timeout_ms),
            failure_page: None,
        }))
    }

    /// Answers failures of pages, and of requests for pages that are not there, with pages.
    #[must_use]
    pub fn with_pages(self, failure_page: FailurePage) -> Self {
        let inner = Inner {
            failure_page: Some(failure_page),
            ..(*self.0).clone()
        };
        Self(Arc::new(inner))
    }

    /// What the routes do.
    pub fn operations(&self) -> &[Operation] {
        self.0.table.operations()
    }

    /// Answers a request that came from a socket's address.
    pub async fn answer<B>(&self, request: Request<B>, socket: IpAddr) -> Response
    where
        B: Body + Send + Sync + 'static,
        B::Data: Buf,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let context = Context::new(peer::client(socket, request.headers(), &self.0.trusted_proxies));
        let method = request.method().clone();
        let reader = Reader::of(&request, self.0.failure_page);
        let response = match shape::check(&request, &self.0.allowed_hosts) {
            Ok(()) => self.route(request, &context).await,
            Err(problem) => problem.into_response(),
        };
        let response = finish(response, &method, &context, &reader);
        report(&method, &response, &context);
        response
    }

    async fn route<B>(&self, mut request: Request<B>, context: &Context) -> Response
    where
        B: Body + Send + Sync + 'static,
        B::Data: Buf,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        request.extensions_mut().insert(context.clone());
        let answer = warp::service(self.0.filter.clone()).oneshot(request);
        let caught = AssertUnwindSafe(answer).catch_unwind();
        match tokio::time::timeout(self.0.patience, caught).await {
            Ok(Ok(answered)) => answered.unwrap_or_else(|never: Infallible| match never {}),
            Ok(Err(panic)) => Problem::internal(Panicked::from(panic)).into_response(),
            Err(_) => Problem::new(ErrorCode::RequestTimeout).into_response(),
        }
    }
}

/// What of a request is needed to say what went wrong to a person.
struct Reader(Option<(FailurePage, HeaderMap, String)>);

impl Reader {
    fn of<B>(request: &Request<B>, failure_page: Option<FailurePage>) -> Self {
        let query = request.uri().query().unwrap_or_default();
        Self(failure_page.map(|page| (page, request.headers().clone(), query.to_owned())))
    }

    /// A page in place of a problem document, if a page was asked for; what else the problem says stays in the headers.
    fn dress(&self, written: Response, context: &Context) -> Response {
        let Some((page, headers, query)) = &self.0 else {
            return written;
        };
        let wants_page = match context.operation() {
            Some(operation) => operation.access == Access::Page,
            None => takes_html(headers),
        };
        if !wants_page {
            return written;
        }
        let mut dressed = page(written.status(), headers, query, context.id());
        for (name, value) in written.headers() {
            dressed.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        dressed
    }
}

/// Browsers name HTML when they open a page; programs rarely do.
fn takes_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// A handler panicked.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

impl From<Box<dyn Any + Send>> for Panicked {
    /// What the panic says is dropped: it may hold what the caller sent.
    fn from(_: Box<dyn Any + Send>) -> Self {
        Self
    }
}

/// Writes problems out, and what every answer has.
fn finish(response: Response, method: &Method, context: &Context, reader: &Reader) -> Response {
    let mut response = write_problem(response, context, reader);
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(context.id()) {
        headers.insert("x-request-id", id);
    }
    if let Some(allowance) = context.allowance() {
        allowance.write(headers);
    }
    cors::mark(context.operation(), headers);
    if method == Method::HEAD {
        without_body(response)
    } else {
        response
    }
}

/// Set unless the handler set its own.
const SECURITY: [(header::HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

/// A problem, or any failure that is no page of its own, becomes a problem document.
fn write_problem(mut response: Response, context: &Context, reader: &Reader) -> Response {
    let Some(problem) = response
        .extensions_mut()
        .remove::<Problem>()
        .or_else(|| bare(&response))
    else {
        return response;
    };
    if let Some(cause) = problem.cause() {
        tracing::error!(
            request_id = context.id(),
            code = problem.code().as_str(),
            cause,
            "could not answer"
        );
    }
    let mut written = reader.dress(error::render(&problem, context.id()), context);
    // What a page set beside (none of ours does) stays.
    for (name, value) in response.headers() {
        written.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    written
}

/// The problem that a bare failure stands for.
fn bare(response: &Response) -> Option<Problem> {
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    let code = ErrorCode::ALL
        .iter()
        .find(|code| code.status() == status)
        .copied()
        .unwrap_or(ErrorCode::Internal);
    (status.as_u16() >= 400 && !is_page).then(|| Problem::new(code))
}

/// HTTP/2 has no layer below us that would drop it.
fn without_body(response: Response) -> Response {
    let length = response.body().size_hint().exact();
    let mut response = response.map(|_| Bytes::new().into());
    if let Some(length) = length {
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    response
}

/// One line and one count a request. Neither says what was asked, or from where.
fn report(method: &Method, response: &Response, context: &Context) {
    let operation = context.operation().map_or("none", |operation| operation.name);
    let route = context.operation().map_or("none", |operation| operation.path);
    let elapsed = context.started().elapsed();
    metrics::count(operation, response.status(), elapsed);
    tracing::info!(
        method = known(method),
        route,
        operation,
        status = response.status().as_u16(),
        latency_ms = elapsed.as_secs_f64() * 1000.0,
        request_id = context.id(),
        "request"
    );
}

/// A method is any word that the caller likes, so only known ones are named.
fn known(method: &Method) -> &'static str {
    const KNOWN: [(Method, &str); 7] = [
        (Method::GET, "GET"),
        (Method::HEAD, "HEAD"),
        (Method::OPTIONS, "OPTIONS"),
        (Method::POST, "POST"),
        (Method::PUT, "PUT"),
        (Method::PATCH, "PATCH"),
        (Method::DELETE, "DELETE"),
    ];
    KNOWN
        .iter()
        .find(|(known, _)| known == method)
        .map_or("other", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};

    use super::*;
    use crate::{config::Settings, indexer::SharedIndex, lookup::Lookup, store::Store};

    /// A service of two routes that never answer properly.
    fn faulty(store: Store) -> Service {
        let mut settings = Settings::default();
        settings.server.request_timeout_ms = 100;
        let lookup = Lookup::new(store.clone(), SharedIndex::in_memory().unwrap());
        let app = App::new(store, lookup, &settings);
        let routes = vec![
            Route::get("/panics", "panic").public(&app, |_, _| async { panic!("secret") }),
            Route::get("/sleeps", "sleep").public(&app, |_, _| std::future::pending()),
        ];
        Service::new(&app, routes, &settings.server)
    }

    #[tokio::test]
    async fn a_handler_that_panics_or_hangs_costs_one_request_and_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let url = crate::store::StoreUrl::Sqlite(dir.path().join("store.db"));
        let service = faulty(Store::open(&url).await.unwrap());
        for (path, status, code) in [
            ("/panics", 500, "internal"),
            ("/sleeps", 503, "request_timeout"),
            ("/panics", 500, "internal"),
        ] {
            let request = Request::get(path)
                .header("host", "a.example")
                .body(Full::<Bytes>::default())
                .unwrap();
            let response = service.answer(request, IpAddr::from([127, 0, 0, 1])).await;
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.headers()["access-control-allow-origin"], "*", "{path}");
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(problem["code"], code);
            assert!(!String::from_utf8_lossy(&body).contains("secret"));
        }
    }
}
