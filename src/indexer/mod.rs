//! From change log to claim-index: what must the index hold now? Changes come in, a commit that names the last of them goes out.
//!
//! The index knows by itself how far it got: the number of the last change stands in its commit payload, so a crash at
//! any point leaves it behind, never ahead. The road not taken is a mark in the store, which a crash between the two
//! commits would turn into a lie.

mod asking;
mod beside;
mod joining;
mod purging;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

pub use asking::{matcher, readers_matcher};
pub use beside::{beside, beside_founding, catch_up_if_free};
use claim_index::{ClaimIndex, Encoder, Entry, Position, Writer};
pub use joining::same_as;
use tokio::{sync::watch, task::spawn_blocking};

use purging::Duty;
pub use purging::is_purged;

use crate::{
    domain::ClaimId,
    model,
    store::{self, Store},
};

/// How often `serve` looks for new changes.
const POLL: Duration = Duration::from_millis(200);
/// How long `serve` waits after a failure.
const RETRY: Duration = Duration::from_secs(5);
/// Changes applied by one commit at the most.
const CHANGES_PER_COMMIT: u32 = 20_000;
/// Claims read from the store at once.
const CLAIMS_PER_READ: u32 = 1000;
/// Claims encoded at once: a second or two of both cores.
const CLAIMS_PER_ENCODING: usize = 256;

/// Where an index is, and what it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its directory.
    pub dir: PathBuf,
    /// The folder of a model, if texts are to be matched by their meaning too.
    pub model: Option<PathBuf>,
}

impl Place {
    /// An index that matches texts by their words only.
    pub fn without_model(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            model: None,
        }
    }

    fn encoder(&self) -> Result<Option<Arc<dyn Encoder>>, Error> {
        Ok(self.model.as_deref().map(model::encoder).transpose()?)
    }
}

/// Why the index cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error("cannot read the changes from the store")]
    Store(#[from] store::Error),
    /// The index failed.
    #[error("cannot write the index")]
    Index(#[from] claim_index::Error),
    /// The model cannot be used.
    #[error("cannot use the model")]
    Model(#[from] model::Error),
    /// The blocking thread was stopped.
    #[error("the indexing thread was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

/// The index that answers now. It may be rebuilt and swapped while others hold it.
#[derive(Clone)]
pub struct SharedIndex {
    dir: Option<PathBuf>,
    encoder: Option<Arc<dyn Encoder>>,
    current: Arc<RwLock<ClaimIndex>>,
}

impl SharedIndex {
    /// Opens the index in a directory to follow the store with it. An index of another version, or a damaged one, is
    /// wiped: it holds nothing that the store does not.
    pub fn open(place: &Place) -> Result<Self, Error> {
        let index = match ClaimIndex::open(&place.dir) {
            Err(claim_index::Error::Incompatible { .. } | claim_index::Error::Damaged { .. }) => afresh(&place.dir)?,
            opened => opened?,
        };
        Self::of(index, place)
    }

    /// An index that only reads, in a directory that another process writes.
    pub fn open_read_only(place: &Place) -> Result<Self, Error> {
        Self::of(ClaimIndex::open_read_only(&place.dir)?, place)
    }

    fn of(index: ClaimIndex, place: &Place) -> Result<Self, Error> {
        let shared = Self {
            dir: Some(place.dir.clone()),
            encoder: place.encoder()?,
            current: Arc::new(RwLock::new(index)),
        };
        shared.use_model(&shared.current())?;
        Ok(shared)
    }

    /// An index in memory.
    pub fn in_memory() -> Result<Self, Error> {
        Ok(Self {
            dir: None,
            encoder: None,
            current: Arc::new(RwLock::new(ClaimIndex::in_memory()?)),
        })
    }

    fn use_model(&self, index: &ClaimIndex) -> Result<(), claim_index::Error> {
        self.encoder.clone().map_or(Ok(()), |encoder| index.use_model(encoder))
    }

    /// The index as of now; cheap.
    pub fn current(&self) -> ClaimIndex {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of the last change that it holds; 0 for an empty one.
    pub fn position(&self) -> u64 {
        self.current()
            .position()
            .ok()
            .flatten()
            .map_or(0, |position| position.change)
    }

    /// Throws the index away and opens an empty one. Whoever holds the old one keeps reading that.
    fn replace(&self) -> Result<(), Error> {
        let fresh = self.dir.as_deref().map_or_else(ClaimIndex::in_memory, |dir| {
            ClaimIndex::wipe(dir)?;
            ClaimIndex::open(dir)
        })?;
        self.use_model(&fresh)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

fn afresh(dir: &Path) -> Result<ClaimIndex, claim_index::Error> {
    tracing::warn!(dir = %dir.display(), "the index is of another version or damaged: rebuilding it from the store");
    ClaimIndex::wipe(dir)?;
    ClaimIndex::open(dir)
}

/// Holds the index's writer and applies the store's changes to it.
pub struct Follower {
    store: Store,
    index: SharedIndex,
    writer: Arc<Mutex<Writer>>,
    /// Whether words are to leave the index's files.
    duty: Duty,
}

impl Follower {
    /// Takes the index's writer.
    ///
    /// # Errors
    /// [`claim_index::Error::Busy`] if another process holds it.
    pub fn new(store: Store, index: SharedIndex) -> Result<Self, Error> {
        let writer = Arc::new(Mutex::new(index.current().writer()?));
        let duty = Duty::of(index.dir.as_deref());
        Ok(Self {
            store,
            index,
            writer,
            duty,
        })
    }

    /// Applies every change that the index lacks; gives the number that it then stands at.
    pub async fn catch_up(&self) -> Result<u64, Error> {
        let last = self.store.last_change().await?;
        let mut at = match self.standing(last)? {
            Some(at) => at,
            None => self.rebuild().await?,
        };
        while at < last {
            at = self.step(at).await?;
        }
        if self.duty.is_open() {
            self.purge().await?;
        }
        Ok(at)
    }

    /// Encodes some of the claims that have no vector yet; says whether there were any. Lookups find the others by their
    /// words meanwhile.
    pub async fn encode_some(&self) -> Result<bool, Error> {
        let index = self.index.current();
        let ids = spawn_blocking(move || index.without_vector(CLAIMS_PER_ENCODING)).await??;
        let ids: Vec<ClaimId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(false);
        }
        let entries = self.store.entries(&ids).await?;
        let writer = Arc::clone(&self.writer);
        let encode = move || {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let before = writer.vectors();
            writer.encode(&entries)?;
            // A claim that changed since it was indexed is encoded when its change is.
            Ok::<_, claim_index::Error>(writer.vectors() > before)
        };
        Ok(spawn_blocking(encode).await??)
    }

    /// Applies every change and encodes every claim.
    pub async fn catch_up_with_vectors(&self) -> Result<u64, Error> {
        let at = self.catch_up().await?;
        while self.encode_some().await? {}
        Ok(at)
    }

    /// Empties the index and fills it from the store; gives the change number that it then stands at.
    pub async fn rebuild(&self) -> Result<u64, Error> {
        // Read first: whatever is committed while the claims are read is applied again by the next step.
        let change = self.store.last_change().await?;
        // What the old entries said may have been erased since.
        self.duty.begin()?;
        self.with_writer(Writer::clear).await?;
        let mut portion = self.portion_after(None).await?;
        while let Some(last) = portion.ids.last().copied() {
            // The next ones are read while these are analysed. The index was cleared, and no claim comes twice.
            let add = self.with_writer(move |writer| writer.add_all(&portion.entries));
            let (added, next) = tokio::join!(add, self.portion_after(Some(&last)));
            (portion, ()) = (next?, added?);
        }
        self.commit(change).await?;
        Ok(change)
    }

    /// Where the index stands in this store's change log; `None` if it belongs to another store, to a later state of
    /// this one (a backup was restored), or was never filled.
    fn standing(&self, last: u64) -> Result<Option<u64>, Error> {
        let position = self.index.current().position()?;
        let ours = position.filter(|p| p.store_id == self.store.id().to_string() && p.change <= last);
        Ok(ours.map(|position| position.change))
    }

    async fn step(&self, after: u64) -> Result<u64, Error> {
        let touched = self.store.touched(after, CHANGES_PER_COMMIT).await?;
        if touched.erases {
            // Before the commit that passes these changes: a crash between the two forgets neither.
            self.duty.begin()?;
        }
        let mut chunks = touched.claims.chunks(CLAIMS_PER_READ as usize);
        let mut portion = self.portion(chunks.next()).await?;
        while !portion.ids.is_empty() {
            let (put, next) = tokio::join!(self.put(portion), self.portion(chunks.next()));
            (portion, ()) = (next?, put?);
        }
        self.commit(touched.up_to).await?;
        Ok(touched.up_to)
    }

    /// The claims that come after one, by id.
    async fn portion_after(&self, after: Option<&ClaimId>) -> Result<Portion, Error> {
        let ids = self.store.claim_ids(after, CLAIMS_PER_READ).await?;
        self.portion(Some(&ids)).await
    }

    async fn portion(&self, ids: Option<&[ClaimId]>) -> Result<Portion, Error> {
        let ids = ids.unwrap_or_default();
        let entries = self.store.entries(ids).await?;
        Ok(Portion {
            ids: ids.to_vec(),
            entries,
        })
    }

    async fn put(&self, portion: Portion) -> Result<(), Error> {
        self.with_writer(move |writer| replace_all(writer, &portion)).await
    }

    async fn commit(&self, change: u64) -> Result<(), Error> {
        let position = Position {
            store_id: self.store.id().to_string(),
            change,
        };
        self.with_writer(move |writer| writer.commit(&position)).await
    }

    /// Runs a piece of work on the writer, off the async threads: it compresses and syncs files.
    async fn with_writer<F>(&self, work: F) -> Result<(), Error>
    where
        F: FnOnce(&mut Writer) -> Result<(), claim_index::Error> + Send + 'static,
    {
        let writer = Arc::clone(&self.writer);
        let done = spawn_blocking(move || work(&mut writer.lock().unwrap_or_else(PoisonError::into_inner)));
        Ok(done.await??)
    }
}

/// Some claims and what the index is to hold of them; nothing of those that are gone.
struct Portion {
    ids: Vec<ClaimId>,
    entries: Vec<Entry>,
}

/// Puts the entries and removes the claims that have none any more.
fn replace_all(writer: &mut Writer, Portion { ids, entries }: &Portion) -> Result<(), claim_index::Error> {
    if entries.len() < ids.len() {
        let standing: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        for id in ids.iter().map(ToString::to_string) {
            if !standing.contains(id.as_str()) {
                writer.remove(&id)?;
            }
        }
    }
    writer.put_all(entries)
}

/// Follows the change log until told to stop: what `serve` does beside answering.
///
/// A failure is logged, and tried again; lookups go on with what the index holds.
pub async fn follow(store: Store, index: SharedIndex, mut stop: watch::Receiver<bool>) {
    let mut follower = None;
    while !*stop.borrow() {
        let pause = match advance(&mut follower, &store, &index).await {
            Ok(Progress::Done) => POLL,
            Ok(Progress::More) => Duration::ZERO,
            Err(error) => {
                tracing::error!(error = %chain(&error), "the index cannot follow the store; trying again");
                follower = None;
                mend(&index, &error);
                RETRY
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Whether a round left something to do.
enum Progress {
    Done,
    More,
}

async fn advance(follower: &mut Option<Follower>, store: &Store, index: &SharedIndex) -> Result<Progress, Error> {
    let held = match follower.take() {
        Some(held) => held,
        None => Follower::new(store.clone(), index.clone())?,
    };
    let caught_up = held.catch_up().await;
    let encoded = match &caught_up {
        Ok(_) => held.encode_some().await,
        Err(_) => Ok(false),
    };
    *follower = Some(held);
    caught_up?;
    Ok(if encoded? { Progress::More } else { Progress::Done })
}

/// A damaged index is replaced by an empty one: the next round fills it from the store.
fn mend(index: &SharedIndex, error: &Error) {
    if matches!(error, Error::Index(claim_index::Error::Damaged { .. }))
        && let Err(error) = index.replace()
    {
        tracing::error!(error = %chain(&error), "the damaged index cannot be replaced");
    }
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
