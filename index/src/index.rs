//! Comes in: a directory. Goes out: a handle that answers lookups from the latest commit.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tantivy::{Index, IndexReader, ReloadPolicy};

use crate::commit::Commit;
use crate::matching::{Asked, Listener, Models};
use crate::position::from_payload;
use crate::postings::Budget;
use crate::schema::{Fields, schema, settings};
use crate::semantic::{Encoder, Semantic};
use crate::snapshot::Snapshot;
use crate::weights::WeightCache;
use crate::{Answer, Error, Hit, Page, Position, Query, Writer};
use crate::{browse, matching, opening, semantic, training};

/// Blocks of stored ids kept unpacked, a kilobyte each.
const STORE_CACHE_BLOCKS: usize = 512;

/// A cheap handle to one index; clones share it. Every method blocks: call from a blocking thread.
#[derive(Clone)]
pub struct ClaimIndex {
    inner: Arc<Inner>,
}

struct Inner {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    access: Access,
    /// What lookups read now.
    current: RwLock<Arc<Commit>>,
    /// Held while the next commit is opened.
    opening: Mutex<()>,
    weights: WeightCache,
    dir: Option<PathBuf>,
    semantic: OnceLock<Semantic>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadWrite,
    ReadOnly,
}

impl ClaimIndex {
    /// Opens the index in a directory, or creates it there.
    ///
    /// Verifies every file's checksum. [`Error::Damaged`] and [`Error::Incompatible`] both mean that the caller
    /// should [`ClaimIndex::wipe`] and rebuild.
    pub fn open(dir: &Path) -> Result<ClaimIndex, Error> {
        std::fs::create_dir_all(dir).map_err(Error::Directory)?;
        ClaimIndex::new(opening::open_or_create(dir)?, Access::ReadWrite, Some(dir))
    }

    /// Opens an existing index without the means to write to it. [`Error::Absent`] when there is none.
    pub fn open_read_only(dir: &Path) -> Result<ClaimIndex, Error> {
        ClaimIndex::new(opening::open_existing(dir)?, Access::ReadOnly, Some(dir))
    }

    /// The first [`training::CANDIDATES`] candidates of a text, as a ranker sees them.
    pub fn candidates(&self, text: &str, lang: Option<crate::Lang>) -> Result<Vec<training::Candidate>, Error> {
        let query = Query {
            text: text.to_owned(),
            lang,
            limit: training::CANDIDATES,
        };
        matching::candidates_of(&self.snapshot(), &query)
    }

    /// Deletes the index in a directory, so that it can be rebuilt. [`Error::Busy`] while a writer holds it.
    ///
    /// Only files that belong to an index go; a missing directory is no error.
    pub fn wipe(dir: &Path) -> Result<(), Error> {
        opening::wipe(dir)
    }

    /// An index that lives and dies with its handles.
    pub fn in_memory() -> Result<ClaimIndex, Error> {
        let (schema, _) = schema();
        let index = Index::builder().schema(schema).settings(settings()).create_in_ram()?;
        ClaimIndex::new(index, Access::ReadWrite, None)
    }

    /// Looks for meanings too, by a model's vectors beside the index. Entries without one are still found by their words:
    /// see [`ClaimIndex::without_vector`]. An index keeps the first model that it is given.
    pub fn use_model(&self, encoder: Arc<dyn Encoder>) -> Result<(), Error> {
        let semantic = Semantic::open(self.inner.dir.as_deref(), encoder)?;
        let _kept = self.inner.semantic.set(semantic);
        Ok(())
    }

    /// Whether it looks for meanings too.
    pub fn has_model(&self) -> bool {
        self.semantic().is_some()
    }

    /// Ids of entries that the model has not encoded yet, at most so many. Give them to [`Writer::encode`].
    pub fn without_vector(&self, limit: usize) -> Result<Vec<String>, Error> {
        let Some(semantic) = self.semantic() else {
            return Ok(Vec::new());
        };
        let snapshot = self.snapshot();
        let missing = semantic.missing(&snapshot, limit);
        missing.into_iter().map(|address| snapshot.id(address)).collect()
    }

    pub(crate) fn semantic(&self) -> Option<&Semantic> {
        self.inner.semantic.get()
    }

    fn new(index: Index, access: Access, dir: Option<&Path>) -> Result<ClaimIndex, Error> {
        let (_, fields) = schema();
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_CACHE_BLOCKS)
            .try_into()?;
        let empty = Commit::open(reader.searcher(), None, None)?;
        let inner = Inner {
            index,
            reader,
            fields,
            access,
            current: RwLock::new(Arc::new(empty)),
            opening: Mutex::default(),
            weights: WeightCache::default(),
            dir: dir.map(Path::to_owned),
            semantic: OnceLock::new(),
        };
        let index = ClaimIndex { inner: Arc::new(inner) };
        index.reload()?;
        Ok(index)
    }

    /// Where the commit stands that this handle sees; `None` before the first.
    pub fn position(&self) -> Result<Option<Position>, Error> {
        Ok(self.current().position.clone())
    }

    /// The one writer, at the latest commit. [`Error::Busy`] when another process or handle holds it.
    ///
    /// The lock belongs to the process and goes when it dies, however it dies.
    pub fn writer(&self) -> Result<Writer, Error> {
        if self.inner.access == Access::ReadOnly {
            return Err(Error::ReadOnly);
        }
        let writer = Writer::new(self.clone())?;
        self.reload()?;
        Ok(writer)
    }

    /// Moves to the latest commit, another process's included. Lookups go on with the one before until it is open.
    pub fn reload(&self) -> Result<(), Error> {
        let _one_at_a_time = self.inner.opening.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let before = self.inner.index.load_metas()?;
            self.inner.reader.reload()?;
            let after = self.inner.index.load_metas()?;
            if before.opstamp == after.opstamp {
                let position = after.payload.as_deref().map(from_payload).transpose()?;
                let commit = Commit::open(self.inner.reader.searcher(), position, Some(&self.current()))?;
                *self.inner.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(commit);
                return self.semantic().map_or(Ok(()), Semantic::reload);
            }
        }
    }

    /// Number of entries in the commit this handle sees.
    pub fn len(&self) -> u64 {
        self.current().searcher.num_docs()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds the known claims that a text may repeat.
    pub fn lookup(&self, query: &Query) -> Result<Answer, Error> {
        matching::answer(&self.snapshot(), query)
    }

    /// The same by all words of the text, however common: what [`ClaimIndex::lookup`] is measured against. It takes
    /// several times as long.
    pub fn lookup_exhaustively(&self, query: &Query) -> Result<Answer, Error> {
        matching::answer(&self.snapshot_within(Budget::Unlimited), query)
    }

    /// The entry that says the same as a text, in whatever words, so surely that both may be kept as one claim; none where
    /// it only shares a topic, or is in another language and the index has no model. `query.limit` does not matter.
    pub fn same(&self, query: &Query) -> Result<Option<String>, Error> {
        matching::same(&self.snapshot(), query, Asked::default())
    }

    /// [`ClaimIndex::same`] where the text is a match of that entry, too. For those who are told what was found of the entry: a
    /// join that is wrong once in twenty times costs a keeper a split, and misleads a reader.
    pub fn same_for_readers(&self, query: &Query) -> Result<Option<String>, Error> {
        let asked = Asked {
            listener: Listener::Reader,
            ..Asked::default()
        };
        matching::same(&self.snapshot(), query, asked)
    }

    /// The same among all entries but one: which other says what this one says?
    pub fn same_but(&self, query: &Query, id: &str) -> Result<Option<String>, Error> {
        let asked = Asked {
            but: Some(id),
            ..Asked::default()
        };
        matching::same(&self.snapshot(), query, asked)
    }

    /// [`ClaimIndex::same`] by other models than those shipped, for measuring.
    pub fn same_by(&self, query: &Query, models: Models) -> Result<Option<String>, Error> {
        let asked = Asked {
            models: Some(models),
            ..Asked::default()
        };
        matching::same(&self.snapshot(), query, asked)
    }

    /// Word search for people: all words wanted, the last may be unfinished; no query syntax.
    pub fn search(&self, words: &str, page: Page) -> Result<Vec<Hit>, Error> {
        browse::search(&self.snapshot(), words, page)
    }

    /// [`crate::Entry::digest`] of every entry by id, for comparing the index with its store.
    pub fn digests(&self) -> Result<BTreeMap<String, u64>, Error> {
        browse::digests(&self.snapshot())
    }

    /// Forgets the vectors of texts that no entry has, those of models too that are not in use now.
    pub(crate) fn forget_vectors(&self) -> Result<(), Error> {
        let Some(dir) = &self.inner.dir else {
            return Ok(());
        };
        let snapshot = self.snapshot();
        let mut passages = HashSet::new();
        for (reader, segment) in snapshot.searcher.segment_readers().iter().zip(snapshot.segments()) {
            passages.extend(reader.doc_ids_alive().map(|doc| segment.passage(doc)));
        }
        semantic::retain(dir, |passage| passages.contains(&passage))?;
        self.semantic().map_or(Ok(()), Semantic::reload)
    }

    /// Deletes segments' files that tantivy does not know: a writer that ended in the middle of a merge leaves some, which no
    /// collection of garbage finds. Only the holder of the index's writer may do so.
    pub(crate) fn delete_orphans(&self) -> Result<(), Error> {
        let Some(dir) = &self.inner.dir else {
            return Ok(());
        };
        // In this order: a file is known before it is made.
        let present = opening::segment_files(dir)?;
        let known = self.inner.index.directory().list_managed_files();
        let orphans = present.iter().filter(|file| !known.contains(Path::new(file)));
        orphans
            .into_iter()
            .try_for_each(|file| opening::remove(&dir.join(file)))
    }

    /// Whether each segment's files in the directory are those of a segment in use, and none of these has entries that are
    /// gone.
    pub(crate) fn has_nothing_old(&self) -> Result<bool, Error> {
        let Some(dir) = &self.inner.dir else {
            return Ok(true);
        };
        let segments = self.inner.index.searchable_segment_metas()?;
        let current: HashSet<String> = segments.iter().map(|segment| segment.id().uuid_string()).collect();
        let present = opening::segment_files(dir)?;
        let has_old_files = present
            .iter()
            .any(|file| !current.iter().any(|id| file.starts_with(id)));
        Ok(!has_old_files && segments.iter().all(|segment| !segment.has_deletes()))
    }

    pub(crate) fn tantivy(&self) -> &Index {
        &self.inner.index
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.inner.fields
    }

    fn current(&self) -> Arc<Commit> {
        Arc::clone(&self.inner.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn snapshot(&self) -> Snapshot<'_> {
        self.snapshot_within(Budget::Share)
    }

    pub(crate) fn snapshot_within(&self, budget: Budget) -> Snapshot<'_> {
        Snapshot::new(self.current(), &self.inner.fields, &self.inner.weights, budget).with(self.semantic())
    }
}

impl fmt::Debug for ClaimIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimIndex")
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}
