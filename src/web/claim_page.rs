//! A claim's own page, with its sightings in portions.

use http::{HeaderValue, StatusCode, header};
use warp::reply::Response;

use super::{
    chart::Chart,
    claim::{ClaimView, SightingView},
    foreign::Foreign,
    page::{ClaimPage, Frame, Keep, Switch, respond},
    visit::{Visit, param},
};
use crate::{
    api::{App, Call, ErrorCode, Problem},
    domain::{Audience, Claim, ClaimId, Sighting},
    store::{Cursor, Dossier, Page},
};

/// Sightings on one page.
const SIGHTINGS: u32 = 25;

/// Longest claim in the title of a window, in characters.
const TITLE: usize = 80;

/// `GET /claims/{claim_id}`
pub(super) async fn show_claim(app: App, call: Call) -> Result<Response, Problem> {
    let missing = || Problem::new(ErrorCode::ClaimNotFound);
    let id: ClaimId = call.id("claim_id", ErrorCode::ClaimNotFound)?;
    let after: Option<Cursor> = param(call.raw_query(), "after")
        .map(|text| text.parse().map_err(|_| missing()))
        .transpose()?;
    let there = *app.store.standing(&[id]).await?.get(&id).ok_or_else(missing)?;
    if there != id {
        return Ok(moved(&there, call.raw_query()));
    }
    let dossier = app.store.dossiers(&[id]).await?.pop().ok_or_else(missing)?;
    if dossier.claim.audience != Audience::Public {
        return Err(missing());
    }
    let sightings = app.store.sightings(&id, after.as_ref(), SIGHTINGS).await?;
    let chart = Chart::of(&app.store.days_sighted(&id).await?);
    Ok(shown(&Visit::of(&call), &dossier, chart, &sightings, after.is_some()))
}

/// Another claim stands for this one. Asked again each time, for it may come back.
fn moved(there: &ClaimId, query: &str) -> Response {
    let suffix = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    let mut response = Response::default();
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(target) = HeaderValue::try_from(format!("/claims/{there}{suffix}")) {
        headers.insert(header::LOCATION, target);
    }
    response
}

fn shown(
    visit: &Visit,
    dossier: &Dossier,
    chart: Option<Chart>,
    sightings: &Page<Sighting>,
    is_later: bool,
) -> Response {
    let texts = visit.lang.texts();
    let path = format!("/claims/{}", dossier.claim.id);
    let claim = ClaimView::new(dossier, texts);
    let view = |sighting| SightingView::new(sighting, &claim, texts);
    let frame = Frame::new(visit, &title(&dossier.claim), Switch::Links(path.clone()));
    let page = ClaimPage {
        frame: if is_later { frame } else { frame.indexable() },
        sightings: sightings.items.iter().map(view).collect(),
        chart,
        newest: is_later.then(|| format!("{path}{}", visit.suffix())),
        older: sightings.next.map(|cursor| older(&path, &cursor, visit)),
        claim,
    };
    respond(StatusCode::OK, visit, Keep::Asking, &page)
}

fn title(claim: &Claim) -> String {
    Foreign::new(claim.text.as_str(), claim.lang, TITLE).text
}

fn older(path: &str, cursor: &Cursor, visit: &Visit) -> String {
    format!("{path}?after={cursor}{}", visit.suffix().replace('?', "&"))
}
