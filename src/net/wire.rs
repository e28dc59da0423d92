//! What went over the wire besides the body, for who keeps a record of it.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Version, header};
use reqwest::Response;

use super::{ClientError, Request, Step, coding::CODINGS};

/// What a request was answered with.
#[derive(Debug)]
pub struct Answered {
    /// Where it is, or that it is here.
    pub step: Step,
    /// How it came.
    pub wire: Wire,
}

/// What was sent, and what came back.
#[derive(Debug, Clone)]
pub struct Wire {
    /// The address really connected to.
    pub peer: Option<IpAddr>,
    /// The version of HTTP that was spoken.
    pub version: Version,
    /// The headers sent; those that prove who we are are marked as sensitive.
    pub sent: HeaderMap,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers, but for those that no longer hold once its content coding is undone.
    pub received: HeaderMap,
}

impl Wire {
    pub(super) fn of(request: &Request, agent: &HeaderValue, response: &Response) -> Self {
        Self {
            peer: response.remote_addr().map(|peer| peer.ip()),
            version: response.version(),
            sent: sent(request, agent),
            status: response.status().as_u16(),
            received: received(response.headers()),
        }
    }
}

/// Who we are, in every request.
pub(super) fn user_agent(contact: &str) -> Result<HeaderValue, ClientError> {
    let name = concat!("klarstelle/", env!("CARGO_PKG_VERSION"));
    let agent = if contact.is_empty() {
        name.to_owned()
    } else {
        format!("{name} (+{contact})")
    };
    HeaderValue::from_str(&agent).map_err(|_| ClientError::Contact(contact.to_owned()))
}

fn received(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    if headers.contains_key(header::CONTENT_ENCODING) {
        headers.remove(header::CONTENT_ENCODING);
        headers.remove(header::CONTENT_LENGTH);
    }
    headers
}

/// What reqwest adds is added here, too; a test compares it with what arrives.
fn sent(request: &Request, agent: &HeaderValue) -> HeaderMap {
    let mut headers = request.headers().clone();
    let mut add = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    add(header::ACCEPT, HeaderValue::from_static("*/*"));
    add(header::USER_AGENT, agent.clone());
    add(header::ACCEPT_ENCODING, CODINGS);
    let url = request.url().to_url();
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    if let Ok(host) = HeaderValue::try_from(host) {
        add(header::HOST, host);
    }
    headers
}
