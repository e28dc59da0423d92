//! "Has this been debunked?": a question comes in, matches joined with their fact-checks go out.

mod memory;
mod page;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use claim_index::{Outcome, Page, Query};
use serde::Serialize;
use tokio::{
    sync::Semaphore,
    task::{JoinError, spawn_blocking},
};

use crate::{
    domain::{Audience, ClaimId, Lang, WebUrl},
    indexer::SharedIndex,
    store::{self, ClaimSummary, Known, Store},
};

use memory::Memory;
pub use page::{Finding, MAX_SENTENCES, PageAnswer};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error("cannot read the store")]
    Store(#[from] store::Error),
    /// The index failed.
    #[error("cannot search the index")]
    Index(#[from] claim_index::Error),
    /// The searching thread was stopped.
    #[error("the search was stopped")]
    Stopped(#[from] JoinError),
}

/// What somebody wants to know about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A rumour, a sentence, a post.
    Text {
        /// Its words.
        text: String,
        /// Its language, if the asker says so.
        lang: Option<Lang>,
    },
    /// A page.
    Url(WebUrl),
}

impl Question {
    /// A text as a question. A text that is nothing but an address asks for that page.
    pub fn from_text(text: &str, lang: Option<Lang>) -> Self {
        let lone = !text.trim().contains(char::is_whitespace);
        match WebUrl::parse(text) {
            Ok(url) if lone => Self::Url(url),
            Ok(_) | Err(_) => Self::Text {
                text: text.to_owned(),
                lang,
            },
        }
    }
}

/// The answer. It never holds a verdict of ours: only claims, and what their fact-checks say.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Is this a known claim?
    pub outcome: Outcome,
    /// Does a published fact-check with a link answer it?
    pub checked: bool,
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// The change number that the index stood at.
    pub as_of: u64,
}

impl Answer {
    fn of(candidates: Vec<Candidate>, as_of: u64) -> Self {
        Self {
            outcome: outcome(&candidates),
            checked: is_checked(&candidates),
            candidates,
            as_of,
        }
    }
}

/// A known claim that the question may be about.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The claim, and its attached fact-checks, newest first.
    pub known: Arc<Known>,
    /// How sure we are that the question is about it, 0 to 1.
    pub confidence: f32,
    /// What that confidence allows to say.
    pub outcome: Outcome,
    /// What made it a candidate.
    pub reasons: Vec<Reason>,
}

impl Candidate {
    /// What only reports say is in no answer.
    fn is_public(&self) -> bool {
        self.known.claim.audience == Audience::Public
    }
}

/// What made a candidate.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Reason {
    /// The claim was seen, or checked, at the very address asked for.
    SameUrl(SameUrl),
    /// The wordings are alike.
    Wording(claim_index::Reason),
}

/// The claim was seen, or checked, at the very address asked for (after normalisation).
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "kind", rename = "same_url")]
pub struct SameUrl {}

/// Answers questions from the index and the store.
#[derive(Clone)]
pub struct Lookup {
    store: Store,
    memory: Memory,
    index: SharedIndex,
    searches: Arc<Semaphore>,
}

impl Lookup {
    /// Searches block a core each, so as many run at once as there are cores.
    pub fn new(store: Store, index: SharedIndex) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            memory: Memory::of(store.clone()),
            store,
            index,
            searches: Arc::new(Semaphore::new(cores)),
        }
    }

    /// The index that it asks.
    pub const fn index(&self) -> &SharedIndex {
        &self.index
    }

    /// Answers a question with at most `limit` candidates.
    pub async fn answer(&self, question: &Question, limit: usize) -> Result<Answer, Error> {
        let as_of = self.index.position();
        // While the index is searched, the store says what is new: nothing is told that was withdrawn before it was asked for.
        let (found, fresh) = tokio::join!(self.find(question, limit), self.memory.refresh());
        fresh?;
        let candidates = self.join(found?).await?;
        Ok(Answer::of(candidates, as_of))
    }

    async fn find(&self, question: &Question, limit: usize) -> Result<Vec<Found>, Error> {
        match question {
            Question::Text { text, lang } => self.by_text(text, *lang, limit).await,
            Question::Url(url) => self.by_url(url, limit).await,
        }
    }

    /// Claims that hold all the words, best first. Public text never reaches a query parser.
    pub async fn search(&self, words: &str, page: Page) -> Result<Vec<ClaimSummary>, Error> {
        let words = words.to_owned();
        let hits = self.blocking(move |index| index.search(&words, page)).await?;
        let ids: Vec<ClaimId> = hits.iter().filter_map(|hit| hit.id.parse().ok()).collect();
        let standing = self.store.standing(&ids).await?;
        // One that was merged since the index looked comes with the claim that stands for it, or on another page.
        let ids: Vec<ClaimId> = ids.into_iter().filter(|id| standing.get(id) == Some(id)).collect();
        let mut found = self.store.summaries(&ids).await?;
        found.retain(|summary| summary.claim.audience == Audience::Public);
        Ok(found)
    }

    async fn by_text(&self, text: &str, lang: Option<Lang>, limit: usize) -> Result<Vec<Found>, Error> {
        let query = Query {
            text: text.to_owned(),
            lang,
            limit,
        };
        let answer = self.blocking(move |index| index.lookup(&query)).await?;
        Ok(answer.matches.into_iter().filter_map(Found::of_match).collect())
    }

    async fn by_url(&self, url: &WebUrl, limit: usize) -> Result<Vec<Found>, Error> {
        let ids = self.store.claims_at(&url.key()).await?;
        Ok(ids.into_iter().take(limit).map(Found::at_url).collect())
    }

    /// Adds what the store knew when it was last asked what is new, or later.
    async fn join(&self, found: Vec<Found>) -> Result<Vec<Candidate>, Error> {
        let ids: Vec<ClaimId> = found.iter().map(|found| found.id).collect();
        let known = self.memory.tell(&ids).await?;
        Ok(candidates(found, &known))
    }

    async fn blocking<T, F>(&self, search: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(claim_index::ClaimIndex) -> Result<T, claim_index::Error> + Send + 'static,
    {
        let index = self.index.clone();
        Ok(in_turn(&self.searches, move || search(index.current())).await??)
    }
}

/// Does blocking work when its turn comes. The turn is the work's and not the asker's: one who stops waiting leaves work
/// behind that cannot be stopped, and the core that it runs on is taken for as long as it runs.
async fn in_turn<T>(turns: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError>
where
    T: Send + 'static,
{
    // Never closed, so always given.
    let turn = Arc::clone(turns).acquire_owned().await.ok();
    spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
}

/// A claim that the store no longer has (the index lags) is left out, and one that only reviewers may read. The claim that
/// stands for a merged one takes its place: it comes once, as the surer of both.
fn candidates(found: Vec<Found>, known: &HashMap<ClaimId, Arc<Known>>) -> Vec<Candidate> {
    let mut seen = HashSet::new();
    let join = |found: Found| {
        let known = known.get(&found.id)?;
        seen.insert(known.claim.id).then(|| found.with(known))
    };
    found
        .into_iter()
        .filter_map(join)
        .filter(Candidate::is_public)
        .collect()
}

/// A claim found, before the store is asked about it.
struct Found {
    id: ClaimId,
    confidence: f32,
    outcome: Outcome,
    reasons: Vec<Reason>,
}

impl Found {
    fn of_match(found: claim_index::Match) -> Option<Self> {
        let reasons = found.explanation.reasons.into_iter().map(Reason::Wording).collect();
        Some(Self {
            id: found.id.parse().ok()?,
            confidence: found.confidence,
            outcome: found.outcome,
            reasons,
        })
    }

    fn at_url(id: ClaimId) -> Self {
        Self {
            id,
            confidence: 1.0,
            outcome: Outcome::Match,
            reasons: vec![Reason::SameUrl(SameUrl {})],
        }
    }

    fn with(self, known: &Arc<Known>) -> Candidate {
        Candidate {
            known: Arc::clone(known),
            confidence: self.confidence,
            outcome: self.outcome,
            reasons: self.reasons,
        }
    }
}

fn outcome(candidates: &[Candidate]) -> Outcome {
    let has = |wanted| candidates.iter().any(|candidate| candidate.outcome == wanted);
    if has(Outcome::Match) {
        Outcome::Match
    } else if has(Outcome::Maybe) {
        Outcome::Maybe
    } else {
        Outcome::None
    }
}

/// Only a match may be called checked: a `maybe` is for reviewers.
fn is_checked(candidates: &[Candidate]) -> bool {
    let matches = candidates
        .iter()
        .filter(|candidate| candidate.outcome == Outcome::Match);
    matches
        .flat_map(|candidate| &candidate.known.fact_checks)
        .any(|check| check.url().is_some())
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc,
        time::{Duration, Instant},
    };

    use super::*;

    #[tokio::test]
    async fn work_keeps_its_turn_when_nobody_waits_for_it_any_more() {
        let turns = Arc::new(Semaphore::new(1));
        let (finish, finished) = mpsc::channel::<()>();
        let (begin, started) = tokio::sync::oneshot::channel();
        let work = move || {
            let _told = begin.send(());
            let _told = finished.recv();
        };
        let mut asking = Box::pin(in_turn(&turns, work));
        tokio::select! {
            _ = &mut asking => panic!("the work cannot be done"),
            _ = started => {}
        }
        drop(asking);
        assert_eq!(turns.available_permits(), 0, "the work goes on");
        finish.send(()).unwrap();
        let start = Instant::now();
        while turns.available_permits() == 0 && start.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(turns.available_permits(), 1);
    }

    #[test]
    fn a_lone_address_asks_for_its_page() {
        for (text, is_url) in [
            ("https://rheinblick.example/a", true),
            (" https://rheinblick.example/a\n", true),
            ("siehe https://rheinblick.example/a", false),
            ("https://rheinblick.example/a stimmt das?", false),
            ("javascript:alert(1)", false),
            ("", false),
        ] {
            let asked = Question::from_text(text, None);
            assert_eq!(matches!(asked, Question::Url(_)), is_url, "{text:?}");
        }
    }
}
