//! What reviewers do to claims themselves: merge two that say the same, split them again, take sightings out, rewrite the
//! text. And what was done to a claim so far.

use serde::{Deserialize, Serialize};
use warp::reply::Response;

use super::{
    App,
    body::present,
    call::Call,
    claims::{Place, standing},
    code::ErrorCode,
    error::{Fault, Problem},
    etag,
    fault::Faults,
    read, reply,
    route::Route,
    wire::{ClaimWire, DossierWire, ListWire},
};
use crate::{
    domain::{Act, Actor, Claim, ClaimId, ClaimText, Lang, Reason, Scope, SightingId, Timestamp},
    review,
    store::{self, Added, Parting, Rewriting, Union},
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::post("/v1/claims/{claim_id}/merge", "merge_claim").guarded(Scope::Review, app, merge_claim),
        Route::post("/v1/claims/{claim_id}/split", "split_claim").guarded(Scope::Review, app, split_claim),
        Route::patch("/v1/claims/{claim_id}", "rewrite_claim").guarded(Scope::Review, app, rewrite_claim),
        Route::get("/v1/claims/{claim_id}/history", "list_claim_history").public(app, list_claim_history),
    ]
}

/// The claim named by the path may be merged already: merged into the same, there is nothing to do.
async fn merge_claim(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let claim: ClaimId = call.id("claim_id", ErrorCode::ClaimNotFound)?;
    let (survivor, reason) = call.json(app.body_timeout).await?.read::<Merge>()?.check()?;
    if app.store.standing(&[survivor]).await?.is_empty() {
        return Err(unknown_claim("/into"));
    }
    let union = Union {
        claim: &claim,
        survivor: &survivor,
        reason: &reason,
    };
    let merged = review::merge(&app.store, union, &actor).await?;
    answer(&merged.into_inner())
}

fn unknown_claim(pointer: &'static str) -> Problem {
    let place = super::error::Place::Pointer(pointer.into());
    Problem::new(ErrorCode::UnknownReference).with_errors(vec![Fault::new(place, "there is no such claim")])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    into: String,
    reason: String,
}

impl Merge {
    fn check(&self) -> Result<(ClaimId, Reason), Problem> {
        let mut faults = Faults::default();
        let into = faults.take("/into", self.into.parse());
        let reason = faults.take("/reason", read::reason(&self.reason));
        faults.body(into.zip(reason))
    }
}

async fn split_claim(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let claim = match standing(&app, &call).await? {
        Place::Here(id) => id,
        Place::Moved(there) => return Ok(there),
    };
    let Split { off, reason } = call.json(app.body_timeout).await?.read::<SplitBody>()?.check()?;
    match off {
        Off::Claim(id) => {
            let union = Union {
                claim: &id,
                survivor: &claim,
                reason: &reason,
            };
            match review::split(&app.store, union, &actor).await.map_err(unknown_member)? {
                Added::New(claim) => made(&claim),
                Added::Known(claim) => answer(&claim),
            }
        }
        Off::Sightings { ids, text } => {
            let parting = Parting {
                claim: &claim,
                sightings: &ids,
                text: text.as_ref(),
                reason: &reason,
            };
            made(&review::take_out(&app.store, parting, &actor).await?)
        }
    }
}

fn unknown_member(error: store::Error) -> Problem {
    match error {
        store::Error::NotFound(_) => unknown_claim("/claim_id"),
        error => error.into(),
    }
}

/// Most sightings taken out at once.
const MAX_SIGHTINGS: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitBody {
    #[serde(default, deserialize_with = "present")]
    claim_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    sighting_ids: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    text: Option<String>,
    reason: String,
}

struct Split {
    off: Off,
    reason: Reason,
}

/// What is split off.
enum Off {
    /// A claim that was merged.
    Claim(ClaimId),
    /// Sightings that are another claim's.
    Sightings {
        ids: Vec<SightingId>,
        text: Option<ClaimText>,
    },
}

impl SplitBody {
    fn check(&self) -> Result<Split, Problem> {
        let mut faults = Faults::default();
        let reason = faults.take("/reason", read::reason(&self.reason));
        let text = self
            .text
            .as_deref()
            .map(|text| faults.take("/text", read::claim_text(text)));
        let off = match (&self.claim_id, &self.sighting_ids, text) {
            (Some(id), None, None) => faults.take("/claim_id", id.parse()).map(Off::Claim),
            (None, Some(ids), text) => sightings(&mut faults, ids).map(|ids| Off::Sightings {
                ids,
                text: text.flatten(),
            }),
            (Some(_), None, Some(_)) => faults.refuse("/text", "a claim that was merged has its own text"),
            (Some(_), Some(_), _) => faults.refuse("/sighting_ids", "not with \"claim_id\": one or the other"),
            (None, None, _) => faults.refuse("/claim_id", "expected this member, or \"sighting_ids\""),
        };
        faults.body(off.zip(reason).map(|(off, reason)| Split { off, reason }))
    }
}

fn sightings(faults: &mut Faults, ids: &[String]) -> Option<Vec<SightingId>> {
    if ids.is_empty() || ids.len() > MAX_SIGHTINGS {
        return faults.refuse("/sighting_ids", "expected 1 to 500 sightings");
    }
    let read = ids.iter().map(|id| id.parse()).collect::<Result<_, _>>();
    faults.take("/sighting_ids", read)
}

async fn rewrite_claim(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let claim = match standing(&app, &call).await? {
        Place::Here(id) => id,
        Place::Moved(there) => return Ok(there),
    };
    let dossiers = app.store.dossiers(&[claim]).await?;
    let dossier = dossiers.first().ok_or_else(|| Problem::new(ErrorCode::ClaimNotFound))?;
    let shown = serde_json::to_vec(&DossierWire::of(dossier, call.caller())).map_err(Problem::internal)?;
    etag::check_read(call.headers(), dossier.claim.version, &etag::of_bytes(&shown))?;
    let (text, lang, reason) = call.json(app.body_timeout).await?.read::<NewText>()?.check()?;
    let rewriting = Rewriting {
        claim: &claim,
        read: dossier.claim.version,
        text: &text,
        lang: lang.unwrap_or(dossier.claim.lang),
        reason: reason.as_ref(),
    };
    answer(&review::rewrite(&app.store, rewriting, &actor).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewText {
    text: String,
    #[serde(default, deserialize_with = "present")]
    language: Option<String>,
    #[serde(default, deserialize_with = "present")]
    reason: Option<String>,
}

impl NewText {
    fn check(&self) -> Result<(ClaimText, Option<Lang>, Option<Reason>), Problem> {
        let mut faults = Faults::default();
        let text = faults.take("/text", read::claim_text(&self.text));
        let tag = self.language.as_deref();
        let lang = tag.map(|tag| faults.take("/language", read::language(tag)));
        let why = self.reason.as_deref();
        let reason = why.map(|why| faults.take("/reason", read::reason(why)));
        faults.body(text.map(|text| (text, lang.flatten(), reason.flatten())))
    }
}

async fn list_claim_history(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let claim = match standing(&app, &call).await? {
        Place::Here(id) => id,
        Place::Moved(there) => return Ok(there),
    };
    let acts = app.store.acts(&claim).await?;
    let named = call.caller().sees_names();
    let items = acts.iter().map(|act| ActWire::of(act, named)).collect();
    reply::hashed(&call, &ListWire { items, next: None })
}

/// Who did it and why is for holders of a key.
#[derive(Serialize)]
struct ActWire<'a> {
    id: String,
    act: &'static str,
    claim_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_before: Option<&'a str>,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl<'a> ActWire<'a> {
    fn of(act: &'a Act, named: bool) -> Self {
        Self {
            id: act.id.to_string(),
            act: act.kind.as_str(),
            claim_id: act.claim_id.to_string(),
            other_id: act.other_id.map(|id| id.to_string()),
            text_before: act.text_before.as_deref(),
            at: act.at,
            by: named.then(|| act.by.to_string()),
            reason: act.reason.as_ref().filter(|_| named).map(Reason::as_str),
        }
    }
}

fn made(claim: &Claim) -> Result<Response, Problem> {
    let made = reply::created(&format!("/v1/claims/{}", claim.id), &ClaimWire::of(claim))?;
    Ok(reply::tagged(made, claim.version))
}

fn answer(claim: &Claim) -> Result<Response, Problem> {
    Ok(reply::tagged(reply::ok(&ClaimWire::of(claim))?, claim.version))
}
