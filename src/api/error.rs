//! What went wrong goes in; a problem document (RFC 9457) goes out.
//!
//! Handlers answer `Result<Response, Problem>`. A problem becomes bytes in one place only, at the server's edge, where
//! the request id is known; until then it travels in the response's extensions.

use std::{borrow::Cow, error::Error, sync::Arc};

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use warp::reply::Response;

use super::code::ErrorCode;
use crate::{domain::ObjectKind, lookup, store};

/// One fault in what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    #[serde(flatten)]
    place: Place,
    detail: Cow<'static, str>,
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// JSON Pointer (RFC 6901) into the body.
    Pointer(Cow<'static, str>),
    /// Name of a query parameter.
    Parameter(Cow<'static, str>),
}

impl Fault {
    pub(crate) fn new(place: Place, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            place,
            detail: detail.into(),
        }
    }
}

/// An answer that is not the one asked for. What it says is boxed: it is the rare way out of almost every function.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    code: ErrorCode,
    more: Box<More>,
}

#[derive(Debug, Clone, Default)]
struct More {
    detail: Option<Cow<'static, str>>,
    errors: Vec<Fault>,
    existing: Option<String>,
    current_version: Option<u64>,
    retry_after_s: Option<u64>,
    allow: Option<String>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode) -> Self {
        let retry_after_s = (code.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_S);
        Self {
            code,
            more: Box::new(More {
                retry_after_s,
                ..More::default()
            }),
        }
    }

    /// A fault of ours: the cause goes to the log, the caller gets the request id.
    pub(crate) fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(ErrorCode::Internal).because(cause)
    }

    /// A body that is well-formed and refused.
    pub(crate) fn invalid_body(errors: Vec<Fault>) -> Self {
        Self::new(ErrorCode::InvalidBody).with_errors(errors)
    }

    pub(crate) fn with_errors(mut self, errors: Vec<Fault>) -> Self {
        self.more.errors = errors;
        self
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.more.detail = Some(detail.into());
        self
    }

    pub(crate) fn with_existing(mut self, path: String) -> Self {
        self.more.existing = Some(path);
        self
    }

    pub(crate) fn with_current_version(mut self, version: u64) -> Self {
        self.more.current_version = Some(version);
        self
    }

    pub(crate) fn with_retry_after(mut self, seconds: u64) -> Self {
        self.more.retry_after_s = Some(seconds);
        self
    }

    pub(crate) fn with_allow(mut self, methods: String) -> Self {
        self.more.allow = Some(methods);
        self
    }

    pub(crate) fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.more.cause = Some(Arc::new(cause));
        self
    }

    pub(crate) fn code(&self) -> ErrorCode {
        self.code
    }

    #[cfg(test)]
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.more.errors
    }

    /// What is behind it, outermost first, for the log.
    pub(crate) fn cause(&self) -> Option<String> {
        let mut next: Option<&(dyn Error + 'static)> = Some(self.more.cause.as_deref()?);
        let mut chain = Vec::new();
        while let Some(error) = next {
            chain.push(error.to_string());
            next = error.source();
        }
        Some(chain.join(": "))
    }

    /// A response that carries the problem; [`render`] writes it out.
    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.code.status();
        response.extensions_mut().insert(self);
        response
    }
}

/// When to try again after a 503, in seconds.
const RETRY_S: u64 = 2;

/// RFC 9457, with members of ours from `code` on.
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    code: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    #[serde(skip_serializing_if = "Option::is_none")]
    existing: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<u64>,
}

impl<'a> Document<'a> {
    fn of(Problem { code, more }: &'a Problem, request_id: &'a str) -> Self {
        Self {
            r#type: format!("/docs/errors#{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: more.detail.as_deref(),
            code: code.as_str(),
            request_id,
            errors: &more.errors,
            existing: more.existing.as_deref(),
            current_version: more.current_version,
        }
    }
}

/// The response for a problem, with its request's id.
pub(crate) fn render(problem: &Problem, request_id: &str) -> Response {
    let document = Document::of(problem, request_id);
    let mut response = Response::new(serde_json::to_vec(&document).unwrap_or_default().into());
    *response.status_mut() = problem.code.status();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.more.retry_after_s {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(allow) = problem.more.allow.as_deref().and_then(|text| text.parse().ok()) {
        headers.insert(header::ALLOW, allow);
    }
    if problem.code.status() == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"klarstelle\""),
        );
    }
    response
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound(kind) => Self::new(not_found(kind)),
            store::Error::AlreadyAttached(id) => {
                Self::new(ErrorCode::AlreadyAttached).with_existing(format!("/v1/attachments/{id}"))
            }
            store::Error::AlreadyWithdrawn => Self::new(ErrorCode::AlreadyWithdrawn),
            store::Error::Merged(id) => Self::new(ErrorCode::AlreadyMerged).with_existing(format!("/v1/claims/{id}")),
            store::Error::SameClaim => Self::new(ErrorCode::SameClaim),
            store::Error::NotMerged => Self::new(ErrorCode::NotMerged),
            store::Error::WordingTaken(id) => {
                Self::new(ErrorCode::WordingTaken).with_existing(format!("/v1/claims/{id}"))
            }
            store::Error::BadSplit(why) => {
                let place = Place::Pointer("/sighting_ids".into());
                Self::invalid_body(vec![Fault::new(place, why.to_string())])
            }
            store::Error::Stale { current } => Self::new(ErrorCode::StaleVersion).with_current_version(current),
            store::Error::External => Self::new(ErrorCode::ChangesOnlyByImport),
            store::Error::BadCursor => Self::new(ErrorCode::InvalidCursor),
            store::Error::Full(_) => Self::new(ErrorCode::StorageFull).because(error),
            store::Error::Busy(_) | store::Error::Unreachable(_) => {
                Self::new(ErrorCode::StoreUnavailable).because(error)
            }
            store::Error::FromTheFuture { .. }
            | store::Error::SqliteTooOld { .. }
            | store::Error::Damaged(_)
            | store::Error::Database(_)
            // Only crawls record documents, and write under a lease.
            | store::Error::Suppressed
            | store::Error::Late => Self::internal(error),
        }
    }
}

const fn not_found(kind: ObjectKind) -> ErrorCode {
    match kind {
        ObjectKind::Claim => ErrorCode::ClaimNotFound,
        ObjectKind::FactCheck => ErrorCode::FactCheckNotFound,
        ObjectKind::Attachment => ErrorCode::AttachmentNotFound,
        ObjectKind::Source => ErrorCode::SourceNotFound,
        ObjectKind::Report => ErrorCode::ReportNotFound,
        // No route of ours names one.
        ObjectKind::Sighting | ObjectKind::Alarm => ErrorCode::RouteNotFound,
    }
}

impl From<lookup::Error> for Problem {
    fn from(error: lookup::Error) -> Self {
        match error {
            lookup::Error::Store(error) => error.into(),
            error => Self::internal(error),
        }
    }
}
