//! `/v1/reports`: what anybody asks to have checked, and what became of it.
//!
//! Nothing of a report is in a log, a metric or an error message, and nothing about its sender is anywhere.

use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use warp::reply::Response;

use super::{
    App,
    body::present,
    call::{Call, Caller},
    claims::{self, Place},
    code::ErrorCode,
    error::Problem,
    fault::Faults,
    lookup::AnswerWire,
    paging::{self, Paging},
    peer, read, reply,
    route::Route,
    wire::{FactCheckWire, ListWire},
};
use crate::{
    desk::{self, Request, Sender},
    domain::{Actor, AttachmentState, Lang, Receipt, Report, Scope, Timestamp, WebUrl},
    lookup::{Answer, Question},
    store::{Added, Cursor, Fate, ReportedPage},
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::post("/v1/reports", "file_report").public(app, file_report),
        Route::get("/v1/reports/{receipt}", "get_report").public(app, get_report),
        Route::get("/v1/claims/{claim_id}/reports", "list_reports").guarded(Scope::Review, app, list_reports),
        Route::get("/v1/reported-pages", "list_reported_pages").guarded(Scope::Review, app, list_reported_pages),
    ]
}

/// What somebody who asks for a check is told.
pub(crate) struct Filed {
    pub(crate) receipt: Added<Receipt>,
    pub(crate) fate: Fate,
    /// What is known already.
    pub(crate) known: Answer,
}

/// Takes a report, if its sender has not sent too many.
pub(crate) async fn file(
    app: &App,
    call: Caller,
    client: std::net::IpAddr,
    request: Request,
) -> Result<Filed, Problem> {
    let sender = match call {
        Caller::Key(id, _) => Sender::Key(id),
        Caller::Anonymous => {
            app.report_limit.check(client)?;
            Sender::Address(peer::limit_key(client))
        }
    };
    let question = question(&request);
    let receipt = app.desk.file(request, sender).await?;
    let (Added::New(code) | Added::Known(code)) = &receipt;
    let fate = app.desk.fate(code).await?;
    Ok(Filed {
        fate: fate.ok_or_else(|| Problem::new(ErrorCode::ReportNotFound))?,
        known: app.lookup.answer(&question, app.candidates).await?,
        receipt,
    })
}

/// What a lookup would have been asked.
fn question(request: &Request) -> Question {
    match (request.quote.as_ref().or(request.text.as_ref()), &request.url) {
        (None, Some(url)) => Question::Url(url.clone()),
        (words, _) => Question::Text {
            text: words.cloned().unwrap_or_default(),
            lang: request.lang,
        },
    }
}

async fn file_report(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let (caller, client) = (call.caller(), call.context().client());
    let request = call.json(app.body_timeout).await?.read::<NewReport>()?.check()?;
    let filed = file(&app, caller, client, request).await?;
    let body = FiledWire::of(&filed);
    let response = match filed.receipt {
        Added::New(code) => reply::created(&format!("/v1/reports/{code}"), &body)?,
        Added::Known(_) => reply::ok(&body)?,
    };
    Ok(private(response))
}

async fn get_report(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let receipt: Receipt = call.id("receipt", ErrorCode::ReportNotFound)?;
    let fate = app.desk.fate(&receipt).await?;
    let fate = fate.ok_or_else(|| Problem::new(ErrorCode::ReportNotFound))?;
    Ok(private(reply::ok(&FateWire::of(&fate))?))
}

async fn list_reports(app: App, call: Call, _reviewer: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let paging = Paging::take(&mut query);
    let paging = query.done(paging)?;
    let id = match claims::standing(&app, &call).await? {
        Place::Here(id) => id,
        Place::Moved(there) => return Ok(there),
    };
    let after: Option<Cursor> = paging.cursor()?;
    let page = app.store.reports(&id, after.as_ref(), paging.limit).await?;
    let items = page.items.iter().map(ReportWire::of).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    paging::reply(&call, &ListWire { items, next })
}

async fn list_reported_pages(app: App, call: Call, _reviewer: Actor) -> Result<Response, Problem> {
    let mut query = call.query();
    let paging = Paging::take(&mut query);
    let paging = query.done(paging)?;
    let after: Option<Cursor> = paging.cursor()?;
    let page = app.store.reported_pages(after.as_ref(), paging.limit).await?;
    let items = page.items.iter().map(ReportedPageWire::of).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    paging::reply(&call, &ListWire { items, next })
}

/// For its sender alone: no cache keeps it.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewReport {
    #[serde(default, deserialize_with = "present")]
    text: Option<String>,
    #[serde(default, deserialize_with = "present")]
    quote: Option<String>,
    #[serde(default, deserialize_with = "present")]
    url: Option<String>,
    #[serde(default, deserialize_with = "present")]
    language: Option<String>,
}

impl NewReport {
    fn check(&self) -> Result<Request, Problem> {
        let mut faults = Faults::default();
        let text = words(&mut faults, "/text", self.text.as_deref(), desk::MAX_TEXT_CHARS);
        let quote = words(&mut faults, "/quote", self.quote.as_deref(), desk::MAX_QUOTE_CHARS);
        let url = self.url.as_deref().and_then(|url| faults.take("/url", read::url(url)));
        let lang: Option<Lang> = self
            .language
            .as_deref()
            .and_then(|tag| faults.take("/language", read::language(tag)));
        if self.text.is_none() && self.url.is_none() {
            faults.refuse::<()>("", "expected \"text\", \"url\" or both");
        }
        faults.body(Some(Request { text, quote, url, lang }))
    }
}

fn words(faults: &mut Faults, pointer: &'static str, sent: Option<&str>, most: usize) -> Option<String> {
    let text = faults.take(pointer, read::text(sent?, most))?;
    if desk::has_words(&text) {
        Some(text)
    } else {
        faults.refuse(pointer, "expected a text with a letter or digit")
    }
}

#[derive(Serialize)]
struct FiledWire<'a> {
    receipt: String,
    #[serde(flatten)]
    fate: FateWire<'a>,
    known: AnswerWire<'a>,
}

impl<'a> FiledWire<'a> {
    fn of(filed: &'a Filed) -> Self {
        let (Added::New(receipt) | Added::Known(receipt)) = &filed.receipt;
        Self {
            receipt: receipt.to_string(),
            fate: FateWire::of(&filed.fate),
            known: AnswerWire::of(&filed.known),
        }
    }
}

#[derive(Serialize)]
struct FateWire<'a> {
    state: &'static str,
    received_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_id: Option<String>,
    fact_checks: Vec<FactCheckWire<'a>>,
}

impl<'a> FateWire<'a> {
    fn of(fate: &'a Fate) -> Self {
        let attached = fate.dossier.iter().flat_map(|dossier| &dossier.fact_checks);
        let active = attached.filter(|attached| attached.attachment.state == AttachmentState::Active);
        Self {
            state: fate.state.as_str(),
            received_at: fate.at,
            claim_id: fate.dossier.as_ref().map(|dossier| dossier.claim.id.to_string()),
            fact_checks: active.map(|attached| FactCheckWire::of(&attached.fact_check)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ReportWire<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    language: String,
    received_at: Timestamp,
}

impl<'a> ReportWire<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            id: report.id.to_string(),
            text: report.text.as_deref(),
            quote: report.quote.as_deref(),
            url: report.url.as_ref().map(WebUrl::as_str),
            language: report.lang.to_string(),
            received_at: report.at,
        }
    }
}

#[derive(Serialize)]
struct ReportedPageWire<'a> {
    url: &'a str,
    request_count: u64,
    last_received_at: Timestamp,
}

impl<'a> ReportedPageWire<'a> {
    fn of(page: &'a ReportedPage) -> Self {
        Self {
            url: page.url.as_str(),
            request_count: page.requests,
            last_received_at: page.last_at,
        }
    }
}
