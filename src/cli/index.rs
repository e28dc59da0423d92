//! `klarstelle reindex` and `klarstelle verify`: the index is a copy; is it a true one?

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Serialize;

use super::{
    context::{open_store, place},
    output::{AlreadyTold, print},
};
use crate::{
    config::Settings,
    domain::ClaimId,
    indexer::{Follower, SharedIndex},
    store::Store,
};

/// Claims compared at once.
const PAGE: u32 = 1000;

#[derive(Debug, Serialize)]
struct Reindexed {
    claims: u64,
    as_of: u64,
}

pub(super) async fn reindex(settings: &Settings) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let index = SharedIndex::open(&place(settings))?;
    let follower = Follower::new(store, index.clone()).context("is `serve` running? it keeps the index by itself")?;
    follower.rebuild().await?;
    let as_of = follower.catch_up_with_vectors().await?;
    let done = Reindexed {
        claims: index.current().len(),
        as_of,
    };
    print(settings, &done, |done| {
        format!("{} claims indexed, as of change {}", done.claims, done.as_of)
    })?;
    Ok(())
}

/// How index and store differ.
#[derive(Debug, Default, Serialize)]
struct Verified {
    claims: u64,
    missing: Vec<String>,
    different: Vec<String>,
    surplus: Vec<String>,
    index_at: u64,
    store_at: u64,
}

impl Verified {
    const fn is_true_copy(&self) -> bool {
        self.missing.is_empty() && self.different.is_empty() && self.surplus.is_empty()
    }
}

pub(super) async fn verify(settings: &Settings) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let index = SharedIndex::open_read_only(&place(settings)).context("there is no index; run `reindex`")?;
    let verified = compare(&store, &index).await?;
    print(settings, &verified, text)?;
    if verified.is_true_copy() {
        Ok(())
    } else {
        Err(AlreadyTold.into())
    }
}

async fn compare(store: &Store, index: &SharedIndex) -> anyhow::Result<Verified> {
    let mut indexed = index.current().digests()?;
    let mut verified = Verified {
        index_at: index.position(),
        store_at: store.last_change().await?,
        ..Verified::default()
    };
    let mut after: Option<ClaimId> = None;
    loop {
        let ids = store.claim_ids(after.as_ref(), PAGE).await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        compare_page(&mut verified, &mut indexed, store.entries(&ids).await?);
    }
    verified.surplus = indexed.into_keys().collect();
    Ok(verified)
}

fn compare_page(verified: &mut Verified, indexed: &mut BTreeMap<String, u64>, entries: Vec<claim_index::Entry>) {
    for entry in entries {
        verified.claims += 1;
        match indexed.remove(&entry.id) {
            None => verified.missing.push(entry.id),
            Some(digest) if digest != entry.digest() => verified.different.push(entry.id),
            Some(_) => {}
        }
    }
}

fn text(verified: &Verified) -> String {
    let Verified {
        claims,
        missing,
        different,
        surplus,
        index_at,
        store_at,
    } = verified;
    let standing = format!("index at change {index_at}, store at {store_at}");
    if verified.is_true_copy() {
        return format!("{claims} claims, all as in the store ({standing})");
    }
    let mut text = format!("the index differs from the store ({standing}); `reindex` rebuilds it\n");
    for (word, ids) in [("missing", missing), ("different", different), ("surplus", surplus)] {
        text.extend(ids.iter().take(20).map(|id| format!("{word}  {id}\n")));
        if ids.len() > 20 {
            text.push_str(&format!("{word}  … {} in all\n", ids.len()));
        }
    }
    text
}
