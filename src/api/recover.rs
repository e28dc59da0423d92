//! The last resort, once, at the root: a rejection that no route and not the fallback answered.

use std::convert::Infallible;

use warp::{Rejection, reject::MethodNotAllowed, reply::Response};

use super::{code::ErrorCode, error::Problem};

/// A filter rejected a request that it should have answered.
#[derive(Debug, thiserror::Error)]
#[error("a filter rejected a request after its path and method had matched")]
struct Unanswered;

/// Turns a rejection into a problem. The fallback takes every request, so only a fault of ours comes here.
pub(crate) async fn recover(rejection: Rejection) -> Result<Response, Infallible> {
    let problem = if rejection.is_not_found() {
        Problem::new(ErrorCode::RouteNotFound)
    } else if rejection.find::<MethodNotAllowed>().is_some() {
        Problem::new(ErrorCode::MethodNotAllowed)
    } else {
        Problem::internal(Unanswered)
    };
    Ok(problem.into_response())
}

/// Makes panics say where, and not what: their text may quote what a caller sent.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
