//! What stands around each page, and how a page becomes a response.

use askama::Template;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use warp::reply::Response;

use super::{
    answer::AnswerView,
    assets,
    chart::Chart,
    claim::{ClaimView, SightingView},
    foreign::Foreign,
    locale::{Locale, PageLang},
    report::{FateView, ReportView},
    visit::Visit,
};

/// Pages load their own style sheet and icon, send forms to us, and nothing else: no script, no frame, no other host.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// What stands around each page.
pub(super) struct Frame {
    pub(super) t: &'static Locale,
    pub(super) lang: PageLang,
    pub(super) title: String,
    /// What links of ours end in.
    pub(super) suffix: &'static str,
    pub(super) style: &'static str,
    pub(super) icon: &'static str,
    pub(super) switch: Switch,
    /// Whether search engines may list the page.
    pub(super) indexable: bool,
}

/// How the same page is had in another language.
pub(super) enum Switch {
    /// At this path.
    Links(String),
    /// By asking again: what was asked never stands in an address.
    Repeat(String),
}

impl Frame {
    pub(super) fn new(visit: &Visit, title: &str, switch: Switch) -> Self {
        Self {
            t: visit.lang.texts(),
            lang: visit.lang,
            title: title.to_owned(),
            suffix: visit.suffix(),
            style: &assets::style().path,
            icon: &assets::icon().path,
            switch,
            indexable: false,
        }
    }

    pub(super) fn indexable(self) -> Self {
        Self {
            indexable: true,
            ..self
        }
    }
}

/// What the form shows.
#[derive(Default)]
pub(super) struct FormView {
    /// What stands in it.
    pub(super) text: String,
    /// Whether it was sent without a text.
    pub(super) empty: bool,
}

/// The front page.
#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage {
    pub(super) frame: Frame,
    pub(super) form: FormView,
}

/// The answer to a question.
#[derive(Template)]
#[template(path = "answer.html")]
pub(super) struct AnswerPage {
    pub(super) frame: Frame,
    pub(super) asked: Foreign,
    pub(super) answer: AnswerView,
    pub(super) form: FormView,
}

/// A claim.
#[derive(Template)]
#[template(path = "claim.html")]
pub(super) struct ClaimPage {
    pub(super) frame: Frame,
    pub(super) claim: ClaimView<'static>,
    /// How it spread, if it was seen on several days.
    pub(super) chart: Option<Chart>,
    pub(super) sightings: Vec<SightingView<'static>>,
    /// Where the sightings begin, if this is not their beginning.
    pub(super) newest: Option<String>,
    /// Where they go on.
    pub(super) older: Option<String>,
}

/// Asking for a check, and for what became of it.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct ReportPage {
    pub(super) frame: Frame,
    pub(super) view: ReportView,
}

/// What became of a report.
#[derive(Template)]
#[template(path = "fate.html")]
pub(super) struct FatePage {
    pub(super) frame: Frame,
    pub(super) view: FateView,
}

/// What went wrong.
#[derive(Template)]
#[template(path = "failure.html")]
pub(super) struct FailurePage {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    /// The request's id, where our log says more.
    pub(super) request: Option<String>,
}

/// How long a page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// As long as we say that it still holds.
    Asking,
    /// Not at all: it shows what somebody asked.
    Never,
}

/// Makes a page a response.
pub(super) fn respond(status: StatusCode, visit: &Visit, keep: Keep, page: &impl Template) -> Response {
    let body = page.render().expect("writing to a string cannot fail");
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let cache = match keep {
        Keep::Asking => HeaderValue::from_static("no-cache"),
        Keep::Never => HeaderValue::from_static("no-store"),
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(visit.lang.tag())),
        (header::VARY, HeaderValue::from_static("accept-language")),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    response.headers_mut().extend(headers);
    response
}

/// A file of ours, to be kept for ever under its name.
pub(super) fn respond_file(media: &'static str, content: Bytes) -> Response {
    let mut response = Response::new(content.into());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    response.headers_mut().extend(headers);
    response
}
