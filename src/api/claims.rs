//! `/v1/claims`: the statements that spread, and where they were seen.

use claim_index::Page;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use warp::reply::Response;

use super::{
    App,
    body::present,
    call::Call,
    code::ErrorCode,
    error::Problem,
    fault::Faults,
    paging::{self, Paging, WordCursor},
    read, reply,
    route::Route,
    timeline::TimelineWire,
    wire::{ClaimWire, DossierWire, ListWire, SightingWire, SummaryWire},
};
use crate::{
    domain::{Actor, ClaimId, ClaimText, Lang, Scope},
    review,
    store::{Added, Checked, ClaimQuery, ClaimSort, ClaimSummary, Cursor},
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/v1/claims", "list_claims").public(app, list_claims),
        Route::post("/v1/claims", "create_claim").guarded(Scope::Review, app, create_claim),
        Route::get("/v1/claims/{claim_id}", "get_claim").public(app, get_claim),
        Route::get("/v1/claims/{claim_id}/sightings", "list_sightings").public(app, list_sightings),
        Route::get("/v1/claims/{claim_id}/timeline", "get_timeline").public(app, get_timeline),
    ]
}

/// Longest word search taken, in characters.
const MAX_WORDS: usize = 200;

async fn list_claims(app: App, call: Call) -> Result<Response, Problem> {
    let mut query = call.query();
    let words = query.take_with("q", |text| read::text(text, MAX_WORDS));
    let sort = query.word(
        "sort",
        &[("newest", ClaimSort::Newest), ("most_seen", ClaimSort::MostSeen)],
    );
    let checked = query.word("checked", &[("yes", Checked::Yes), ("no", Checked::No)]);
    let paging = Paging::take(&mut query);
    if words.is_some() && sort.is_some() {
        query.refuse::<()>(
            "sort",
            "not with \"q\": words found are sorted by how well they fit".to_owned(),
        );
    }
    let paging = query.done(paging)?;
    let (items, next) = match words {
        Some(words) => found(&app, &words, checked, &paging).await?,
        None => listed(&app, sort.unwrap_or(ClaimSort::Newest), checked, &paging).await?,
    };
    let items = items.iter().map(SummaryWire::of).collect();
    paging::reply(&call, &ListWire { items, next })
}

type Slice = (Vec<ClaimSummary>, Option<String>);

async fn listed(app: &App, sort: ClaimSort, checked: Option<Checked>, paging: &Paging) -> Result<Slice, Problem> {
    let after: Option<Cursor> = paging.cursor()?;
    let page = app
        .store
        .claims(&ClaimQuery {
            sort,
            checked,
            after,
            limit: paging.limit,
        })
        .await?;
    Ok((page.items, page.next.map(|cursor| cursor.to_string())))
}

/// The index knows no fact-checks, so `checked` sorts out after the search: a page may be shorter than its limit.
async fn found(app: &App, words: &str, checked: Option<Checked>, paging: &Paging) -> Result<Slice, Problem> {
    let offset = paging.cursor::<WordCursor>()?.map_or(0, |cursor| cursor.0);
    let limit = paging.limit as usize;
    let mut items = app.lookup.search(words, Page { offset, limit }).await?;
    let next = (items.len() == limit)
        .then(|| WordCursor(offset + limit))
        .filter(|cursor| cursor.is_reachable());
    items.retain(|summary| match checked {
        None => true,
        Some(Checked::Yes) => summary.fact_checks > 0,
        Some(Checked::No) => summary.fact_checks == 0,
    });
    Ok((items, next.map(|cursor| cursor.to_string())))
}

async fn create_claim(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let new: NewClaim = call.json(app.body_timeout).await?.read()?;
    let (text, lang) = new.check()?;
    let lang = match lang {
        Some(lang) => lang,
        None => guess(&text).await,
    };
    match review::create_claim(&app.store, &text, lang, &actor).await? {
        Added::New(claim) => reply::created(&format!("/v1/claims/{}", claim.id), &ClaimWire::of(&claim)),
        Added::Known(claim) => reply::ok(&ClaimWire::of(&claim)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewClaim {
    text: String,
    #[serde(default, deserialize_with = "present")]
    language: Option<String>,
}

impl NewClaim {
    /// The wording, and its language if it was sent.
    fn check(&self) -> Result<(ClaimText, Option<Lang>), Problem> {
        let mut faults = Faults::default();
        let text = faults.take("/text", read::claim_text(&self.text));
        let lang = self
            .language
            .as_deref()
            .map(|tag| faults.take("/language", read::language(tag)));
        faults.body(text.map(|text| (text, lang.flatten())))
    }
}

/// Guessing takes up to a few milliseconds, the first time some hundred: not on a thread that others wait for.
async fn guess(text: &ClaimText) -> Lang {
    let text = text.as_str().to_owned();
    spawn_blocking(move || Lang::detect(&text)).await.unwrap_or(Lang::UND)
}

/// Where a claim is found.
pub(super) enum Place {
    /// Under the address asked for.
    Here(ClaimId),
    /// Another claim stands for it: the answer that leads there.
    Moved(Response),
}

/// The claim that the path names, or the way to the same below the claim that stands for it.
pub(super) async fn standing(app: &App, call: &Call) -> Result<Place, Problem> {
    let id: ClaimId = call.id("claim_id", ErrorCode::ClaimNotFound)?;
    let standing = app.store.standing(&[id]).await?;
    let there = standing
        .get(&id)
        .ok_or_else(|| Problem::new(ErrorCode::ClaimNotFound))?;
    may_read(app, call, there).await?;
    if *there == id {
        return Ok(Place::Here(id));
    }
    let rest = call
        .path()
        .splitn(5, '/')
        .nth(4)
        .map_or(String::new(), |rest| format!("/{rest}"));
    let query = Some(call.raw_query()).filter(|query| !query.is_empty());
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    let id = there.to_string();
    reply::moved(
        &format!("/v1/claims/{id}{rest}{query}"),
        &MovedWire { merged_into: &id },
    )
    .map(Place::Moved)
}

/// What only reports say is for reviewers; for others there is no such claim.
async fn may_read(app: &App, call: &Call, id: &ClaimId) -> Result<(), Problem> {
    if call.caller().reviews() || app.store.concealed(&[*id]).await?.is_empty() {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::ClaimNotFound))
    }
}

#[derive(Serialize)]
struct MovedWire<'a> {
    merged_into: &'a str,
}

async fn get_claim(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let id = match standing(&app, &call).await? {
        Place::Here(id) => id,
        Place::Moved(there) => return Ok(there),
    };
    let dossiers = app.store.dossiers(&[id]).await?;
    let dossier = dossiers.first().ok_or_else(|| Problem::new(ErrorCode::ClaimNotFound))?;
    reply::hashed(&call, &DossierWire::of(dossier, call.caller()))
}

async fn get_timeline(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let id: ClaimId = call.id("claim_id", ErrorCode::ClaimNotFound)?;
    may_read(&app, &call, &id).await?;
    let timeline = app.store.timeline(&id).await?;
    let timeline = timeline.ok_or_else(|| Problem::new(ErrorCode::ClaimNotFound))?;
    reply::hashed(&call, &TimelineWire::of(&timeline))
}

async fn list_sightings(app: App, call: Call) -> Result<Response, Problem> {
    let mut query = call.query();
    let paging = Paging::take(&mut query);
    let paging = query.done(paging)?;
    let id = match standing(&app, &call).await? {
        Place::Here(id) => id,
        Place::Moved(there) => return Ok(there),
    };
    let after: Option<Cursor> = paging.cursor()?;
    let page = app.store.sightings(&id, after.as_ref(), paging.limit).await?;
    let items = page.items.iter().map(SightingWire::of).collect();
    paging::reply(
        &call,
        &ListWire {
            items,
            next: page.next.map(|cursor| cursor.to_string()),
        },
    )
}
