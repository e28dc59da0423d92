//! What went wrong goes in; a page that says so to a person comes out.

use http::{HeaderMap, StatusCode};
use warp::reply::Response;

use super::{
    locale::Failure,
    page::{FailurePage, Frame, Keep, Switch, respond},
    visit::Visit,
};

/// The page of a failure, for [`Service::with_pages`](crate::api::Service::with_pages): status, the request's headers
/// and query, its id in our log.
pub fn page(status: StatusCode, headers: &HeaderMap, query: &str, request: &str) -> Response {
    shown(status, &Visit::new(query, headers, Some(request.to_owned())))
}

/// Its language switch leads to the front page: there is nothing else to see here.
fn shown(status: StatusCode, visit: &Visit) -> Response {
    let (title, lead) = words(status, &visit.lang.texts().failure);
    let frame = Frame::new(visit, title, Switch::Links("/".to_owned()));
    let page = FailurePage {
        frame,
        title,
        lead,
        request: visit.request.clone(),
    };
    respond(status, visit, Keep::Never, &page)
}

fn words(status: StatusCode, said: &'static Failure) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::REQUEST_TIMEOUT | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (&said.unreadable_title, &said.unreadable_lead)
        }
        StatusCode::PAYLOAD_TOO_LARGE => (&said.too_long_title, &said.too_long_lead),
        StatusCode::TOO_MANY_REQUESTS => (&said.busy_title, &said.busy_lead),
        _ if status.is_server_error() => (&said.unavailable_title, &said.unavailable_lead),
        _ => (&said.not_found_title, &said.not_found_lead),
    }
}
