//! What a caller sent, as handlers read it.

use std::{str::FromStr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, header};
use warp::{Filter, Rejection};

use super::{
    body::{self, BodyStream, Json, Limits},
    code::ErrorCode,
    context::Context,
    error::Problem,
    query::Query,
    route::Operation,
};
use crate::domain::{Actor, KeyId, Scope};

/// The parts of a request that a route hands over.
pub(crate) struct Parts {
    path: String,
    headers: HeaderMap,
    query: String,
    context: Context,
    body: BodyStream,
}

/// Extracts the parts of a request.
pub(crate) fn parts() -> impl Filter<Extract = (Parts,), Error = Rejection> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let path = warp::path::full().map(|path: warp::path::FullPath| path.as_str().to_owned());
    path.and(warp::header::headers_cloned())
        .and(query)
        .and(warp::ext::get::<Context>())
        .and(warp::body::stream().map(body::boxed))
        .map(|path, headers, query, context, body| Parts {
            path,
            headers,
            query,
            context,
            body,
        })
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Anybody.
    Anonymous,
    /// The holder of a valid key.
    Key(KeyId, Scope),
}

impl Caller {
    /// As the change log names the caller.
    pub(crate) fn actor(self) -> Result<Actor, Problem> {
        match self {
            Self::Anonymous => Err(Problem::new(ErrorCode::KeyRequired)),
            Self::Key(id, _) => Ok(Actor::Key(id)),
        }
    }

    /// Whether the caller may see what only reports say.
    pub(crate) fn reviews(self) -> bool {
        matches!(self, Self::Key(_, scope) if scope >= Scope::Review)
    }

    /// Whether the caller may see who did what, and why.
    pub(crate) fn sees_names(self) -> bool {
        matches!(self, Self::Key(..))
    }
}

/// One call of an operation.
pub(crate) struct Call {
    operation: Operation,
    params: Vec<String>,
    parts: Parts,
    caller: Caller,
}

impl Call {
    pub(crate) fn new(operation: Operation, params: Vec<String>, parts: Parts) -> Self {
        parts.context.matched(operation);
        Self {
            operation,
            params,
            parts,
            caller: Caller::Anonymous,
        }
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn context(&self) -> &Context {
        &self.parts.context
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    pub(crate) fn path(&self) -> &str {
        &self.parts.path
    }

    pub(crate) fn raw_query(&self) -> &str {
        &self.parts.query
    }

    pub(crate) fn caller(&self) -> Caller {
        self.caller
    }

    pub(crate) fn admit(&mut self, caller: Caller) {
        self.caller = caller;
    }

    /// What stands for a `{parameter}` of the path, as an identifier. What is no identifier names nothing that exists.
    pub(crate) fn id<T: FromStr>(&self, parameter: &str, missing: ErrorCode) -> Result<T, Problem> {
        self.param(parameter)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Problem::new(missing))
    }

    fn param(&self, parameter: &str) -> Option<&str> {
        let mut names = self
            .operation
            .path
            .split('/')
            .filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
        names
            .position(|name| name == parameter)
            .and_then(|at| self.params.get(at))
            .map(String::as_str)
    }

    /// The query's parameters, to be taken one by one.
    pub(crate) fn query(&self) -> Query {
        Query::parse(&self.parts.query)
    }

    /// Refuses any query parameter.
    pub(crate) fn no_query(&self) -> Result<(), Problem> {
        self.query().done(())
    }

    /// The whole body as JSON.
    pub(crate) async fn json(self, patience: Duration) -> Result<Json, Problem> {
        body::json(&self.parts.headers, self.parts.body, Limits::usual(patience)).await
    }

    /// The whole body as JSON, as large as a page may be.
    pub(crate) async fn page_json(self, patience: Duration) -> Result<Json, Problem> {
        body::json(&self.parts.headers, self.parts.body, Limits::of_page(patience)).await
    }

    /// The whole body as bytes, for forms.
    pub(crate) async fn bytes(self, patience: Duration) -> Result<Bytes, Problem> {
        body::collect(self.parts.body, Limits::usual(patience)).await
    }

    /// The secret in `Authorization: Bearer …`; `None` if there is no such header.
    pub(crate) fn bearer(&self) -> Option<Result<&str, Problem>> {
        let mut sent = self.parts.headers.get_all(header::AUTHORIZATION).iter();
        let first = sent.next()?;
        let text = first.to_str().ok().filter(|_| sent.next().is_none());
        let key = text
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        Some(
            key.map(|(_, key)| key.trim())
                .ok_or_else(|| Problem::new(ErrorCode::KeyInvalid)),
        )
    }
}
