//! What the store told of claims comes in; the same goes out again, for as long as the change log has nothing new of them.
//!
//! The change log is what makes it safe: its numbers have no gaps and stand in commit order, and whatever an answer tells has
//! a change when it is written, by whichever process. So one number, asked for with every answer, says whether anything is out
//! of date, and the changes since say what. The road not taken is a time after which things are forgotten: a fact-check that was
//! withdrawn must be gone from the next answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;

use crate::{
    domain::{ClaimId, FactCheckBody},
    store::{Error, Known, KnownAt, Store, Touched},
};

/// Most that is kept, in bytes: ten thousand claims and more.
const MOST_BYTES: usize = 16 << 20;

/// More changes than this since the last answer, and all is forgotten: reading what they touch would take longer than to ask
/// again for what is needed.
const MOST_CHANGES: u32 = 1000;

/// What the store told.
#[derive(Clone)]
pub(super) struct Memory {
    store: Store,
    kept: Arc<Mutex<Kept>>,
}

/// Claims that stand for themselves, as they were at a change or later. Which claim stands for another is not kept: the index
/// names such a claim for a moment only, and a merge says nothing of those that are merged already.
struct Kept {
    as_of: u64,
    claims: LruCache<ClaimId, Arc<Known>>,
    bytes: usize,
    most: usize,
}

impl Memory {
    /// An empty one.
    pub(super) fn of(store: Store) -> Self {
        Self {
            store,
            kept: Arc::new(Mutex::new(Kept::new(MOST_BYTES))),
        }
    }

    /// Forgets what has changed. From here on nothing is told that was no longer so when this was called.
    pub(super) async fn refresh(&self) -> Result<(), Error> {
        let last = self.store.last_change().await?;
        let from = self.kept().as_of;
        match last.checked_sub(from) {
            Some(0) => {}
            Some(behind) if behind <= MOST_CHANGES.into() => {
                let touched = self.store.touched(from, MOST_CHANGES).await?;
                self.kept().forget(&touched);
            }
            Some(_) | None => self.kept().forget_all(last),
        }
        Ok(())
    }

    /// What is known of the claims named, by those that stand for them now; all of it as of one moment.
    pub(super) async fn tell(&self, ids: &[ClaimId]) -> Result<HashMap<ClaimId, Arc<Known>>, Error> {
        let (as_of, mut told, missing) = self.kept().recall(ids);
        if missing.is_empty() {
            return Ok(told);
        }
        let mut read = self.store.known(&missing).await?;
        if !told.is_empty() && read.change.is_some_and(|change| change != as_of) {
            // Something was written meanwhile: a fact-check that went from one claim to another would be at both, or at none.
            told.clear();
            read = self.store.known(ids).await?;
        }
        self.kept().keep(&read);
        told.extend(read.claims);
        Ok(told)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn new(most: usize) -> Self {
        Self {
            as_of: 0,
            claims: LruCache::unbounded(),
            bytes: 0,
            most,
        }
    }

    /// Since when it stands, what is known of some claims, and of which nothing is.
    fn recall(&mut self, ids: &[ClaimId]) -> (u64, HashMap<ClaimId, Arc<Known>>, Vec<ClaimId>) {
        let (mut told, mut missing) = (HashMap::with_capacity(ids.len()), Vec::new());
        for id in ids {
            match self.claims.get(id) {
                Some(known) => drop(told.insert(*id, Arc::clone(known))),
                None => missing.push(*id),
            }
        }
        (self.as_of, told, missing)
    }

    fn keep(&mut self, read: &KnownAt) {
        // Read before the others were, it may be out of date; read after them, it is of another moment.
        if read.change != Some(self.as_of) {
            return;
        }
        for known in read.claims.iter().filter(|(asked, known)| **asked == known.claim.id) {
            self.remove(known.0);
            self.bytes += bytes(known.1);
            self.claims.put(*known.0, Arc::clone(known.1));
        }
        while self.bytes > self.most {
            let Some((_, oldest)) = self.claims.pop_lru() else {
                break;
            };
            self.bytes -= bytes(&oldest);
        }
    }

    fn remove(&mut self, id: &ClaimId) {
        if let Some(gone) = self.claims.pop(id) {
            self.bytes -= bytes(&gone);
        }
    }

    /// Takes out what some changes touch.
    fn forget(&mut self, touched: &Touched) {
        for id in &touched.claims {
            self.remove(id);
        }
        // Another answer may have gone further meanwhile.
        self.as_of = self.as_of.max(touched.up_to);
    }

    fn forget_all(&mut self, as_of: u64) {
        self.claims.clear();
        self.bytes = 0;
        self.as_of = as_of;
    }
}

/// About what it takes: its longer texts, and as much again for the rest.
fn bytes(known: &Known) -> usize {
    const CLAIM: usize = 512;
    const FACT_CHECK: usize = 768;
    let of_check = |body: &FactCheckBody| match body {
        FactCheckBody::External(check) => {
            let texts = [
                &check.title,
                &check.description,
                &check.claim_reviewed,
                &check.rating.text,
            ];
            let appearances = check.appearances.iter().map(|url| url.as_str().len()).sum::<usize>();
            texts.into_iter().map(String::len).sum::<usize>() + 2 * appearances
        }
        FactCheckBody::Own(check) => check.title.len() + check.text.len() + check.rating.len(),
    };
    let checks = known.fact_checks.iter();
    CLAIM + known.claim.text.as_str().len() + checks.map(|check| FACT_CHECK + of_check(&check.body)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{
        domain::{Actor, ClaimText, KeyId, Lang, OwnFactCheck, Reason, Verdict},
        store::StoreUrl,
    };

    fn reviewer() -> Actor {
        Actor::Key(KeyId::new())
    }

    async fn store() -> (Store, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let url = StoreUrl::Sqlite(dir.path().join("store.db"));
        (Store::open(&url).await.unwrap(), dir)
    }

    async fn claim(store: &Store, text: &str) -> ClaimId {
        let text = ClaimText::parse(text).unwrap();
        let made = store.create_claim(&text, Lang::EN, &reviewer()).await;
        made.unwrap().into_inner().id
    }

    async fn check(store: &Store) -> crate::domain::FactCheckId {
        let check = OwnFactCheck {
            title: "A check".to_owned(),
            text: "What we found.".to_owned(),
            verdict: Verdict::False,
            rating: "Wrong".to_owned(),
            lang: Lang::EN,
            url: None,
        };
        store.write_own(&check, &reviewer()).await.unwrap().id
    }

    fn kept(memory: &Memory) -> Vec<ClaimId> {
        let mut ids: Vec<ClaimId> = memory.kept().claims.iter().map(|(id, _)| *id).collect();
        ids.sort();
        ids
    }

    #[tokio::test]
    async fn only_what_changed_is_forgotten() {
        let (store, _dir) = store().await;
        let (one, other) = (
            claim(&store, "The ferry is late").await,
            claim(&store, "The dam is dead").await,
        );
        let memory = Memory::of(store.clone());
        memory.refresh().await.unwrap();
        assert_eq!(memory.tell(&[one, other, ClaimId::new()]).await.unwrap().len(), 2);
        assert_eq!(kept(&memory), [one, other]);
        memory.refresh().await.unwrap();
        assert_eq!(kept(&memory), [one, other]);
        store
            .attach(&other, &check(&store).await, None, &reviewer())
            .await
            .unwrap();
        memory.refresh().await.unwrap();
        assert_eq!(kept(&memory), [one]);
        let told = memory.tell(&[one, other]).await.unwrap();
        assert_eq!((told[&one].fact_checks.len(), told[&other].fact_checks.len()), (0, 1));
        for number in 0..=MOST_CHANGES {
            claim(&store, &format!("The mayor sold {number} trees")).await;
        }
        memory.refresh().await.unwrap();
        assert!(kept(&memory).is_empty());
        assert_eq!(memory.kept().bytes, 0);
        store.close().await;
    }

    #[tokio::test]
    async fn what_moves_while_it_is_read_is_in_one_place() {
        let (store, _dir) = store().await;
        let (one, other) = (
            claim(&store, "The ferry is late").await,
            claim(&store, "The dam is dead").await,
        );
        let (check, because) = (check(&store).await, Reason::parse("it belongs there").unwrap());
        let attachment = store.attach(&one, &check, None, &reviewer()).await.unwrap();
        let memory = Memory::of(store.clone());
        memory.refresh().await.unwrap();
        assert_eq!(memory.tell(&[one]).await.unwrap()[&one].fact_checks.len(), 1);
        // After the store was asked what is new, and before it is asked about the other.
        store.withdraw(&attachment.id, &because, &reviewer()).await.unwrap();
        store.attach(&other, &check, None, &reviewer()).await.unwrap();
        let told = memory.tell(&[one, other]).await.unwrap();
        assert_eq!((told[&one].fact_checks.len(), told[&other].fact_checks.len()), (0, 1));
        assert_eq!(kept(&memory), [one], "what was read later is of another moment");
        memory.refresh().await.unwrap();
        assert!(kept(&memory).is_empty());
        store.close().await;
    }

    #[tokio::test]
    async fn a_merged_claim_is_told_of_by_the_one_that_stands_for_it_and_not_kept() {
        let (store, _dir) = store().await;
        let (one, other) = (
            claim(&store, "The ferry is late").await,
            claim(&store, "The dam is dead").await,
        );
        let union = crate::store::Union {
            claim: &one,
            survivor: &other,
            reason: &Reason::parse("the same").unwrap(),
        };
        store.merge(union, &reviewer()).await.unwrap();
        let memory = Memory::of(store.clone());
        memory.refresh().await.unwrap();
        assert_eq!(memory.tell(&[one]).await.unwrap()[&one].claim.id, other);
        assert!(kept(&memory).is_empty());
        store.close().await;
    }

    #[tokio::test]
    async fn what_was_not_asked_for_longest_makes_room() {
        let (store, _dir) = store().await;
        let mut ids = Vec::new();
        for number in 0..20 {
            ids.push(claim(&store, &format!("The mayor sold {number} trees")).await);
        }
        let mut read = store.known(&ids).await.unwrap();
        let mut kept = Kept::new(10_000);
        kept.forget_all(read.change.unwrap());
        kept.keep(&read);
        assert!(kept.bytes <= 10_000 && kept.claims.len() > 10, "{} bytes", kept.bytes);
        read.claims.retain(|id, _| *id == ids[0] || *id == ids[1]);
        kept.keep(&read);
        let (_, told, missing) = kept.recall(&ids[..2]);
        assert_eq!((told.len(), missing.len()), (2, 0));
        let summed: usize = kept.claims.iter().map(|(_, known)| bytes(known)).sum();
        assert_eq!(kept.bytes, summed, "kept twice, counted once");
        store.close().await;
    }
}
