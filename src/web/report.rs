//! Asking for a check, and reading what became of it: a form comes in, a receipt or a state goes out.
//!
//! There is no account and no cookie, so a form that another site sends in a visitor's name does what anybody can do anyway.

use http::StatusCode;
use warp::reply::Response;

use super::{
    fact_check::{Extent, FactCheckView},
    form,
    locale::{Locale, Report},
    page::{FatePage, Frame, Keep, ReportPage, Switch, respond},
    visit::Visit,
};
use crate::{
    api::{App, Call, ErrorCode, Filed, Problem, file},
    desk::{self, Request},
    domain::{AttachmentState, Audience, Receipt, ReportState, Timestamp, WebUrl},
    store::{Added, Fate},
};

/// What the page with both forms shows.
#[derive(Default)]
pub(super) struct ReportView {
    pub(super) text: String,
    pub(super) url: String,
    /// What is wrong with the report.
    pub(super) fault: Option<&'static str>,
    /// What is wrong with the receipt.
    pub(super) receipt_fault: Option<&'static str>,
}

/// What became of a report, as a page shows it.
pub(super) struct FateView {
    pub(super) title: &'static str,
    /// Only in the answer to the report itself.
    pub(super) receipt: Option<String>,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) received: String,
    /// The claim's page, if everybody may read it.
    pub(super) claim: Option<String>,
    pub(super) fact_checks: Vec<FactCheckView>,
}

/// `GET /report`
pub(super) async fn show_form(_: App, call: Call) -> Result<Response, Problem> {
    Ok(forms(StatusCode::OK, &Visit::of(&call), ReportView::default()))
}

/// `POST /report`
pub(super) async fn take(app: App, call: Call) -> Result<Response, Problem> {
    let (visit, caller, client) = (Visit::of(&call), call.caller(), call.context().client());
    let body = sent(&app, call).await?;
    let (text, url) = (form::field(&body, "text"), form::field(&body, "url"));
    let request = match request(text.clone(), url.clone(), &visit.lang.texts().report) {
        Ok(request) => request,
        Err(fault) => {
            let view = ReportView {
                text: text.unwrap_or_default(),
                url: url.unwrap_or_default(),
                fault: Some(fault),
                ..ReportView::default()
            };
            return Ok(forms(StatusCode::UNPROCESSABLE_ENTITY, &visit, view));
        }
    };
    let Filed { receipt, fate, .. } = file(&app, caller, client, request).await?;
    let said = &visit.lang.texts().report;
    let (title, receipt) = match receipt {
        Added::New(code) => (&said.filed_title, code),
        Added::Known(code) => (&said.repeated_title, code),
    };
    Ok(told(&visit, title, Some(receipt), &fate))
}

/// `POST /report/fate`: the code stands in no address.
pub(super) async fn show_fate(app: App, call: Call) -> Result<Response, Problem> {
    let visit = Visit::of(&call);
    let body = sent(&app, call).await?;
    let receipt = form::field(&body, "receipt").and_then(|text| text.parse::<Receipt>().ok());
    let fate = match receipt {
        Some(receipt) => app.desk.fate(&receipt).await?,
        None => None,
    };
    let said = &visit.lang.texts().report;
    let Some(fate) = fate else {
        let view = ReportView {
            receipt_fault: Some(&said.fate_bad),
            ..ReportView::default()
        };
        return Ok(forms(StatusCode::NOT_FOUND, &visit, view));
    };
    Ok(told(&visit, &said.fate_title, None, &fate))
}

async fn sent(app: &App, call: Call) -> Result<bytes::Bytes, Problem> {
    if !form::is_form(call.headers()) {
        return Err(Problem::new(ErrorCode::UnsupportedMediaType));
    }
    call.bytes(app.body_timeout).await
}

/// What somebody asks for; a text that is nothing but an address is one. Else what is wrong.
fn request(text: Option<String>, url: Option<String>, said: &'static Report) -> Result<Request, &'static str> {
    let lone = |text: &str| {
        (!text.contains(char::is_whitespace))
            .then(|| WebUrl::parse(text).ok())
            .flatten()
    };
    let (text, url) = match (text, url) {
        (Some(text), None) if lone(&text).is_some() => (None, Some(text)),
        both => both,
    };
    if text
        .as_ref()
        .is_some_and(|text| text.chars().nth(desk::MAX_TEXT_CHARS).is_some())
    {
        return Err(&said.long);
    }
    let text = text.filter(|text| desk::has_words(text));
    let url = url
        .map(|url| WebUrl::parse(&url))
        .transpose()
        .map_err(|_| said.bad_url.as_str())?;
    if text.is_none() && url.is_none() {
        return Err(&said.empty);
    }
    Ok(Request {
        text,
        url,
        ..Request::default()
    })
}

fn forms(status: StatusCode, visit: &Visit, view: ReportView) -> Response {
    let texts = visit.lang.texts();
    let mut frame = Frame::new(visit, &texts.report.title, Switch::Links("/report".to_owned()));
    if view.fault.is_some() || view.receipt_fault.is_some() {
        frame.title = format!("{}: {}", texts.form.error, frame.title);
    }
    let keep = if status == StatusCode::OK {
        Keep::Asking
    } else {
        Keep::Never
    };
    respond(status, visit, keep, &ReportPage { frame, view })
}

fn told(visit: &Visit, title: &'static str, receipt: Option<Receipt>, fate: &Fate) -> Response {
    let texts = visit.lang.texts();
    let frame = Frame::new(visit, title, Switch::Links("/report".to_owned()));
    let view = FateView::new(title, receipt, fate, texts);
    respond(StatusCode::OK, visit, Keep::Never, &FatePage { frame, view })
}

impl FateView {
    fn new(title: &'static str, receipt: Option<Receipt>, fate: &Fate, texts: &'static Locale) -> Self {
        let said = &texts.report;
        let (state, tone) = match fate.state {
            ReportState::Received => (&said.received, "nothing"),
            ReportState::Known => (&said.known, "known"),
            ReportState::Answered => (&said.answered, "checked"),
            ReportState::Withdrawn => (&said.withdrawn, "known"),
        };
        let public = fate
            .dossier
            .as_ref()
            .filter(|dossier| dossier.claim.audience == Audience::Public);
        let checks = public.into_iter().flat_map(|dossier| &dossier.fact_checks);
        let active = checks.filter(|attached| attached.attachment.state == AttachmentState::Active);
        Self {
            title,
            receipt: receipt.map(|receipt| receipt.to_string()),
            state,
            tone,
            received: Timestamp::date(fate.at),
            claim: public.map(|dossier| format!("/claims/{}", dossier.claim.id)),
            fact_checks: active
                .map(|attached| FactCheckView::new(&attached.fact_check, Extent::Short, texts))
                .collect(),
        }
    }
}
