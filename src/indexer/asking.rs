//! Which known claim is this mention, in other words? Mentions come in; claims as far as the index has come go out.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use claim_index::{ClaimIndex, Query};
use futures_util::future::BoxFuture;
use tokio::task::spawn_blocking;

use super::{Error, SharedIndex, chain};
use crate::{
    cluster::Matcher,
    domain::{ClaimId, Mention},
};

/// How old a commit may be when it is asked.
const RELOAD: Duration = Duration::from_secs(1);

/// Claims as far as an index has come, which somebody else may be writing.
struct Known {
    index: SharedIndex,
    ask: Ask,
    /// When it was last brought to the latest commit.
    reloaded: Mutex<Option<Instant>>,
}

/// How surely an entry must say the same.
type Ask = fn(&ClaimIndex, &Query) -> Result<Option<String>, claim_index::Error>;

impl Known {
    const fn new(index: SharedIndex, ask: Ask) -> Self {
        Self {
            index,
            ask,
            reloaded: Mutex::new(None),
        }
    }

    fn same(&self, mentions: &[Mention]) -> Result<Vec<Option<ClaimId>>, claim_index::Error> {
        let index = self.index.current();
        let is_due = {
            let mut reloaded = self.reloaded.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = reloaded.is_none_or(|at| at.elapsed() > RELOAD);
            *reloaded = is_due.then(Instant::now).or(*reloaded);
            is_due
        };
        if is_due {
            index.reload()?;
        }
        let same = |mention: &Mention| {
            let query = Query {
                text: mention.quote.clone(),
                lang: Some(mention.lang),
                limit: 1,
            };
            let same = (self.ask)(&index, &query)?;
            Ok(same.and_then(|id| id.parse().ok()))
        };
        mentions.iter().map(same).collect()
    }
}

/// An index that cannot answer only joins nothing: a claim too many can be merged, a document lost cannot be read again.
struct Asked(Arc<Known>);

impl Matcher for Asked {
    fn same(&self, mentions: Vec<Mention>) -> BoxFuture<'_, Vec<Option<ClaimId>>> {
        let (known, count) = (Arc::clone(&self.0), mentions.len());
        Box::pin(async move {
            let found = spawn_blocking(move || known.same(&mentions)).await;
            let found = found.map_err(Error::from).and_then(|found| found.map_err(Error::from));
            found.unwrap_or_else(|error| {
                tracing::warn!(error = %chain(&error), "the index cannot say whether mentions are known claims");
                vec![None; count]
            })
        })
    }
}

/// What an index knows, to be asked while claims are founded.
pub fn matcher(index: &SharedIndex) -> Arc<dyn Matcher> {
    Arc::new(Asked(Arc::new(Known::new(index.clone(), ClaimIndex::same))))
}

/// The same for what the public asks: who asked is told what was found of the claim, so the text has to be a match, too.
pub fn readers_matcher(index: &SharedIndex) -> Arc<dyn Matcher> {
    Arc::new(Asked(Arc::new(Known::new(index.clone(), ClaimIndex::same_for_readers))))
}
