//! One operation of the API: its name, method, path and who may call it come in; a warp filter comes out.
//!
//! Path and method are the only things that reject. Everything after them (keys, limits, bodies, what the handler finds)
//! is an answer: a rejection would let warp try the other routes.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    App,
    call::{self, Call},
    error::Problem,
    gate::Gate,
};
use crate::domain::{Actor, Scope};

/// The methods that we know. `GET` answers `HEAD`, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Reads.
    Get,
    /// Makes, or asks with a body.
    Post,
    /// Replaces.
    Put,
    /// Replaces a part.
    Patch,
}

impl Verb {
    /// The method's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }

    fn filter(self) -> BoxedFilter<()> {
        match self {
            Self::Get => warp::get().or(warp::head()).unify().boxed(),
            Self::Post => warp::post().boxed(),
            Self::Put => warp::put().boxed(),
            Self::Patch => warp::patch().boxed(),
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The operator's monitoring: anybody, not limited.
    Probe,
    /// A page for people: anybody, limited.
    Page,
    /// Anybody, from any web page (CORS); limited without a key.
    Public,
    /// Holders of a key with this scope.
    Key(Scope),
}

/// What an operation is, for the router, the log and the contract test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// `<verb>_<resource>`: the `operationId` in `openapi.yaml`.
    pub name: &'static str,
    /// Its method.
    pub verb: Verb,
    /// Its path, with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

type Handler = Arc<dyn Fn(Call) -> BoxFuture<'static, Result<Response, Problem>> + Send + Sync>;

/// An operation and what answers it.
pub struct Route {
    pub(crate) operation: Operation,
    handler: Handler,
}

/// An operation whose handler is still to be named.
pub(crate) struct Draft {
    name: &'static str,
    verb: Verb,
    path: &'static str,
}

impl Route {
    pub(crate) const fn get(path: &'static str, name: &'static str) -> Draft {
        Draft {
            name,
            verb: Verb::Get,
            path,
        }
    }

    pub(crate) const fn post(path: &'static str, name: &'static str) -> Draft {
        Draft {
            name,
            verb: Verb::Post,
            path,
        }
    }

    pub(crate) const fn put(path: &'static str, name: &'static str) -> Draft {
        Draft {
            name,
            verb: Verb::Put,
            path,
        }
    }

    pub(crate) const fn patch(path: &'static str, name: &'static str) -> Draft {
        Draft {
            name,
            verb: Verb::Patch,
            path,
        }
    }

    /// What follows the prefix that this route shares with others.
    fn filter(self, prefix_len: usize, gate: &Gate) -> BoxedFilter<(Response,)> {
        let Self { operation, handler } = self;
        let gate = gate.clone();
        path(&operation.path[prefix_len..])
            .and(operation.verb.filter())
            .and(call::parts())
            .then(move |params, parts: call::Parts| {
                let call = Call::new(operation, params, parts);
                answer(gate.clone(), Arc::clone(&handler), call)
            })
            .boxed()
    }
}

impl Draft {
    /// For the operator's monitoring.
    pub(crate) fn probe<H, F>(self, app: &App, handler: H) -> Route
    where
        H: Fn(App, Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        self.open(Access::Probe, app, handler)
    }

    /// A page for people.
    pub(crate) fn page<H, F>(self, app: &App, handler: H) -> Route
    where
        H: Fn(App, Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        self.open(Access::Page, app, handler)
    }

    /// For anybody, from any web page.
    pub(crate) fn public<H, F>(self, app: &App, handler: H) -> Route
    where
        H: Fn(App, Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        self.open(Access::Public, app, handler)
    }

    /// For holders of a key. The handler is told who it is: one that writes cannot be reached without.
    pub(crate) fn guarded<H, F>(self, scope: Scope, app: &App, handler: H) -> Route
    where
        H: Fn(App, Call, Actor) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let app = app.clone();
        let handler: Handler = Arc::new(move |call: Call| match call.caller().actor() {
            Ok(actor) => handler(app.clone(), call, actor).boxed(),
            Err(problem) => std::future::ready(Err(problem)).boxed(),
        });
        Route {
            operation: self.operation(Access::Key(scope)),
            handler,
        }
    }

    fn open<H, F>(self, access: Access, app: &App, handler: H) -> Route
    where
        H: Fn(App, Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let app = app.clone();
        let handler: Handler = Arc::new(move |call| handler(app.clone(), call).boxed());
        Route {
            operation: self.operation(access),
            handler,
        }
    }

    const fn operation(self, access: Access) -> Operation {
        Operation {
            name: self.name,
            verb: self.verb,
            path: self.path,
            access,
        }
    }
}

/// Keys and limits first, so that a stranger gets 401 whatever the body is.
async fn answer(gate: Gate, handler: Handler, mut call: Call) -> Response {
    let answered = async {
        gate.admit(&mut call).await?;
        handler(call).await
    };
    answered.await.unwrap_or_else(Problem::into_response)
}

/// All routes as one filter, grouped by the first two segments of their paths: in a flat chain the last route of many
/// takes twice as long to find as the first.
pub(crate) fn compose(routes: Vec<Route>, gate: &Gate) -> BoxedFilter<(Response,)> {
    let mut groups: Vec<(&'static str, Vec<Route>)> = Vec::new();
    for route in routes {
        let prefix = prefix(route.operation.path);
        match groups.iter_mut().find(|(known, _)| *known == prefix) {
            Some((_, group)) => group.push(route),
            None => groups.push((prefix, vec![route])),
        }
    }
    let group = |(prefix, routes): (&'static str, Vec<Route>)| {
        let rest = any_of(routes.into_iter().map(|route| route.filter(prefix.len(), gate)));
        segments(prefix).and(rest).boxed()
    };
    any_of(groups.into_iter().map(group))
}

fn any_of(mut filters: impl Iterator<Item = BoxedFilter<(Response,)>>) -> BoxedFilter<(Response,)> {
    let first = filters.next().unwrap_or_else(|| warp::any().and_then(nothing).boxed());
    filters.fold(first, |before, next| before.or(next).unify().boxed())
}

async fn nothing() -> Result<Response, warp::Rejection> {
    Err(warp::reject::not_found())
}

/// The first two segments of a path, up to its first parameter.
fn prefix(path: &'static str) -> &'static str {
    let end = path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at);
    let end = path.find("/{").map_or(end, |parameter| parameter.min(end));
    &path[..end]
}

/// Matches fixed segments.
fn segments(fixed: &'static str) -> BoxedFilter<()> {
    let named = fixed.split('/').filter(|segment| !segment.is_empty());
    named.fold(warp::any().boxed(), |before, segment| {
        before.and(warp::path(segment)).boxed()
    })
}

/// Matches a path template to its end; extracts what stands for its `{parameters}`, in order and not decoded.
fn path(template: &'static str) -> BoxedFilter<(Vec<String>,)> {
    let named = template.split('/').filter(|segment| !segment.is_empty());
    let start = warp::any().map(Vec::new).boxed();
    let all = named.fold(start, |before, segment| {
        if segment.starts_with('{') {
            before.and(warp::path::param()).map(push).boxed()
        } else {
            before.and(warp::path(segment)).boxed()
        }
    });
    all.and(warp::path::end()).boxed()
}

fn push(mut params: Vec<String>, param: String) -> Vec<String> {
    params.push(param);
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_before_the_first_parameter() {
        for (path, wanted) in [
            ("/", "/"),
            ("/healthz", "/healthz"),
            ("/v1/claims", "/v1/claims"),
            ("/v1/claims/{id}/sightings", "/v1/claims"),
            ("/claims/{id}", "/claims"),
        ] {
            assert_eq!(prefix(path), wanted);
        }
    }
}
