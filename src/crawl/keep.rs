//! An answer goes to the archive, if there is one, as it came; it comes back with the place where it is kept.
//!
//! Every request of a crawl is kept with its answer, whatever its status: redirects and robots.txt too, for they say how and by what
//! right the rest was fetched. What a failed fetch left, and streams, are not.

use bytes::Bytes;
use http::header;

use super::{Frontier, fetch::Fetcher};
use crate::{
    archive::{Exchange, Extent},
    domain::Timestamp,
    net::{Answered, Fetched, Request, Step, Wire},
};

impl<F: Frontier> Fetcher<'_, F> {
    pub(super) async fn keep(&self, request: &Request, answered: Answered, at: Timestamp) -> Step {
        let Answered { mut step, wire } = answered;
        if let Some(archive) = &self.settings.archive {
            let kept = archive.keep(exchange(request, &step, wire, at)).await;
            if let Step::Done(fetched) = &mut step {
                fetched.kept = kept;
            }
        }
        step
    }
}

fn exchange(request: &Request, step: &Step, wire: Wire, at: Timestamp) -> Exchange {
    let (body, extent) = match step {
        Step::Done(fetched) => (fetched.body.clone(), extent(request, fetched)),
        Step::Redirect(_) => (Bytes::new(), of_redirect(&wire)),
    };
    Exchange {
        url: request.url().clone(),
        at,
        peer: wire.peer,
        version: wire.version,
        sent: wire.sent,
        status: wire.status,
        received: wire.received,
        body,
        extent,
    }
}

/// A redirect's body is not read, but it may say that it has none.
fn of_redirect(wire: &Wire) -> Extent {
    match wire.received.get(header::CONTENT_LENGTH) {
        Some(length) if length == "0" => Extent::Whole,
        _ => Extent::Unread,
    }
}

/// Of a body that went to a file its beginning is kept: such files hold data, not pages.
fn extent(request: &Request, fetched: &Fetched) -> Extent {
    if fetched.file.is_some() || request.cut_at() == Some(fetched.body.len()) {
        Extent::Cut
    } else {
        Extent::Whole
    }
}
