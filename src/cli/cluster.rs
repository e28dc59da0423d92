//! `klarstelle cluster`: which claims say the same and were founded apart?
//!
//! A crawl looks for them once, when they are founded. This looks again, newest first: after the matcher has become better, or
//! got a model. It says what it found; merging is asked for, done as any reviewer's merge is, and can be undone.

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::{
    context::{open_store, place, refresh_index},
    output::print,
};
use crate::{
    config::Settings,
    domain::{Actor, Claim, ClaimId, ClaimOrigin, Reason},
    indexer::{self, SharedIndex},
    review,
    store::{ClaimQuery, ClaimSort, ClaimSummary, Cursor, Store, Union},
};

#[derive(Debug, Args)]
pub(super) struct ClusterArgs {
    /// Claims looked at, newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Merge what was found; `POST /v1/claims/{id}/split` undoes it
    #[arg(long)]
    merge: bool,
}

/// Claims read at once.
const PAGE: u32 = 100;

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    looked_at: u64,
    merged: bool,
    pairs: Vec<Pair>,
}

/// Two claims that say the same.
#[derive(Debug, Serialize)]
struct Pair {
    claim: ClaimId,
    text: String,
    into: ClaimId,
    into_text: String,
}

pub(super) async fn run(settings: &Settings, args: &ClusterArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    indexer::catch_up_if_free(&store, &place(settings))
        .await
        .context("the index cannot be brought up to date")?;
    let index = SharedIndex::open_read_only(&place(settings)).context("there is no index; run `reindex`")?;
    let mut report = Report {
        looked_at: 0,
        merged: args.merge,
        pairs: Vec::new(),
    };
    let mut after = None;
    while report.looked_at < u64::from(args.limit) {
        let rest = u64::from(args.limit) - report.looked_at;
        let (claims, next) = page(&store, after, u32::try_from(rest).unwrap_or(PAGE).min(PAGE)).await?;
        for claim in claims {
            report.looked_at += 1;
            report.pairs.extend(look(&store, &index, &claim, args.merge).await?);
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    if args.merge {
        refresh_index(settings, &store).await?;
    }
    print(settings, &report, text)?;
    Ok(())
}

async fn page(store: &Store, after: Option<Cursor>, limit: u32) -> anyhow::Result<(Vec<Claim>, Option<Cursor>)> {
    let query = ClaimQuery {
        sort: ClaimSort::Newest,
        checked: None,
        after,
        limit,
    };
    let page = store.claims(&query).await?;
    Ok((page.items.into_iter().map(|summary| summary.claim).collect(), page.next))
}

/// Another claim that says what a crawled one says, if there is one; merges the two if that is wanted.
async fn look(store: &Store, index: &SharedIndex, claim: &Claim, merge: bool) -> anyhow::Result<Option<Pair>> {
    if claim.origin != ClaimOrigin::Crawled {
        return Ok(None);
    }
    let (current, of) = (index.current(), claim.clone());
    let Some(other) = spawn_blocking(move || indexer::same_as(&current, &of)).await?? else {
        return Ok(None);
    };
    let standing = store.standing(&[claim.id, other]).await?;
    let (Some(here), Some(there)) = (standing.get(&claim.id), standing.get(&other)) else {
        return Ok(None);
    };
    if here == there || *here != claim.id {
        return Ok(None);
    }
    let found = store.summaries(&[*there]).await?.into_iter().next();
    let Some(ClaimSummary { claim: other, .. }) = found else {
        return Ok(None);
    };
    if merge {
        join(store, claim, &other).await?;
    }
    Ok(Some(Pair {
        claim: claim.id,
        text: claim.text.as_str().to_owned(),
        into: other.id,
        into_text: other.text.as_str().to_owned(),
    }))
}

async fn join(store: &Store, claim: &Claim, other: &Claim) -> anyhow::Result<()> {
    let reason = Reason::parse("the index finds that both say the same").expect("words");
    let union = Union {
        claim: &claim.id,
        survivor: &other.id,
        reason: &reason,
    };
    review::merge(store, union, &Actor::Operator).await?;
    Ok(())
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for pair in &report.pairs {
        text.push_str(&format!(
            "{}  {}\n  = {}  {}\n",
            pair.claim, pair.text, pair.into, pair.into_text
        ));
    }
    let done = if report.merged { "merged" } else { "found" };
    text.push_str(&format!(
        "{} claims looked at, {} pairs {done}",
        report.looked_at,
        report.pairs.len()
    ));
    text
}
