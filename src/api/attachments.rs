//! `/v1/attachments`: reviewers' acts of tying fact-checks to claims, and of taking them back.

use serde::Deserialize;
use warp::reply::Response;

use super::{
    App,
    body::present,
    call::Call,
    claims::{self, standing},
    code::ErrorCode,
    error::{Fault, Place, Problem},
    fault::Faults,
    read, reply,
    route::Route,
    wire::AttachmentWire,
};
use crate::{
    domain::{Actor, Attachment, AttachmentId, FactCheckId, ObjectKind, Reason, Scope},
    review, store,
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::post("/v1/claims/{claim_id}/attachments", "attach_fact_check").guarded(
            Scope::Review,
            app,
            attach_fact_check,
        ),
        Route::get("/v1/attachments/{attachment_id}", "get_attachment").public(app, get_attachment),
        Route::post("/v1/attachments/{attachment_id}/withdraw", "withdraw_attachment").guarded(
            Scope::Review,
            app,
            withdraw_attachment,
        ),
    ]
}

async fn attach_fact_check(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let claim = match standing(&app, &call).await? {
        claims::Place::Here(id) => id,
        claims::Place::Moved(there) => return Ok(there),
    };
    let caller = call.caller();
    let new: NewAttachment = call.json(app.body_timeout).await?.read()?;
    let (check, reason) = new.check()?;
    let attached = review::attach(&app.store, &claim, &check, reason.as_ref(), &actor).await;
    let attachment = attached.map_err(|error| match error {
        store::Error::NotFound(ObjectKind::FactCheck) => unknown_fact_check(),
        error => error.into(),
    })?;
    reply::created(
        &format!("/v1/attachments/{}", attachment.id),
        &AttachmentWire::of(&attachment, caller),
    )
}

fn unknown_fact_check() -> Problem {
    let place = Place::Pointer("/fact_check_id".into());
    Problem::new(ErrorCode::UnknownReference).with_errors(vec![Fault::new(place, "there is no such fact-check")])
}

async fn get_attachment(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let found: Option<Attachment> = app.store.attachment(&id(&call)?).await?;
    let attachment = found.ok_or_else(|| Problem::new(ErrorCode::AttachmentNotFound))?;
    reply::hashed(&call, &AttachmentWire::of(&attachment, call.caller()))
}

async fn withdraw_attachment(app: App, call: Call, actor: Actor) -> Result<Response, Problem> {
    call.no_query()?;
    let (id, caller) = (id(&call)?, call.caller());
    let withdrawal: Withdrawal = call.json(app.body_timeout).await?.read()?;
    let reason = withdrawal.check()?;
    let attachment = review::withdraw(&app.store, &id, &reason, &actor).await?;
    reply::ok(&AttachmentWire::of(&attachment, caller))
}

fn id(call: &Call) -> Result<AttachmentId, Problem> {
    call.id("attachment_id", ErrorCode::AttachmentNotFound)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAttachment {
    fact_check_id: String,
    #[serde(default, deserialize_with = "present")]
    reason: Option<String>,
}

impl NewAttachment {
    fn check(&self) -> Result<(FactCheckId, Option<Reason>), Problem> {
        let mut faults = Faults::default();
        let check = faults.take("/fact_check_id", self.fact_check_id.parse());
        let reason = self
            .reason
            .as_deref()
            .map(|text| faults.take("/reason", read::reason(text)));
        let read = check.map(|check| (check, reason.flatten()));
        faults.body(read)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    reason: String,
}

impl Withdrawal {
    fn check(&self) -> Result<Reason, Problem> {
        let mut faults = Faults::default();
        let reason = faults.take("/reason", read::reason(&self.reason));
        faults.body(reason)
    }
}
