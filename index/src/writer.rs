//! Comes in: entries and the change they belong to. Goes out: commits that survive `kill -9`.

use std::fmt;

use rayon::prelude::*;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::query::AllQuery;
use tantivy::{IndexWriter, SegmentMeta, TantivyDocument, Term};

use crate::analyzer::language;
use crate::index::ClaimIndex;
use crate::position::to_payload;
use crate::profile::Analysed;
use crate::schema::Fields;
use crate::semantic::{Semantic, passage_key};
use crate::{Entry, Error, Fingerprint, Position, Wording};

/// Memory for entries not yet written to a segment. Enough for some ten thousand claims between two flushes.
const HEAP_BYTES: usize = 50_000_000;

/// A segment with a larger share of replaced entries than this is rewritten; tantivy's default is never.
const DELETED_SHARE: f32 = 0.2;

/// How often a purge looks again at segments that are just being merged, and how long it waits for that each time.
const PURGE_ATTEMPTS: u32 = 50;
const PURGE_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// The one writer of an index; dropping it without a commit forgets what was put.
pub struct Writer {
    index: ClaimIndex,
    inner: IndexWriter,
}

impl Writer {
    pub(crate) fn new(index: ClaimIndex) -> Result<Writer, Error> {
        let inner: IndexWriter = index.tantivy().writer_with_options(options())?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        inner.set_merge_policy(Box::new(policy));
        Ok(Writer { index, inner })
    }

    /// Adds an entry, or replaces the one with the same id.
    pub fn put(&mut self, entry: &Entry) -> Result<(), Error> {
        self.replace(&entry.id, document(self.index.fields(), entry))
    }

    /// The same for many entries, analysed on all cores. Of several with one id the last stands.
    pub fn put_all(&mut self, entries: &[Entry]) -> Result<(), Error> {
        let documents = self.documents(entries);
        entries
            .iter()
            .zip(documents)
            .try_for_each(|(entry, document)| self.replace(&entry.id, document))
    }

    /// Adds entries of which the index has none, each once, as when it is filled after [`Writer::clear`]: nothing is looked for
    /// that they might replace.
    pub fn add_all(&mut self, entries: &[Entry]) -> Result<(), Error> {
        for document in self.documents(entries) {
            self.inner.add_document(document)?;
        }
        Ok(())
    }

    fn documents(&self, entries: &[Entry]) -> Vec<TantivyDocument> {
        let fields = self.index.fields();
        entries.par_iter().map(|entry| document(fields, entry)).collect()
    }

    fn replace(&mut self, id: &str, document: TantivyDocument) -> Result<(), Error> {
        self.remove(id)?;
        self.inner.add_document(document)?;
        Ok(())
    }

    /// Encodes what has no vector yet, if the index has a model. Lookups see it at once; there is nothing to commit.
    pub fn encode(&mut self, entries: &[Entry]) -> Result<(), Error> {
        self.index.semantic().map_or(Ok(()), |semantic| semantic.add(entries))
    }

    /// How many vectors there are.
    pub fn vectors(&self) -> usize {
        self.index.semantic().map_or(0, Semantic::len)
    }

    /// Removes an entry; an unknown id is no error.
    pub fn remove(&mut self, id: &str) -> Result<(), Error> {
        self.inner
            .delete_term(Term::from_field_text(self.index.fields().id, id));
        Ok(())
    }

    /// Removes all entries.
    pub fn clear(&mut self) -> Result<(), Error> {
        // Not `delete_all_documents`: it forgets entries that were put since the last commit, and turns the clock back.
        self.inner.delete_query(Box::new(AllQuery))?;
        Ok(())
    }

    /// Makes everything so far durable and visible, together with the position it stands for.
    ///
    /// Either all of it or nothing: contents and position become the index's state by one rename. After an error
    /// (disk full) the index is as before; drop this writer and take a new one.
    pub fn commit(&mut self, position: &Position) -> Result<(), Error> {
        let mut commit = self.inner.prepare_commit()?;
        commit.set_payload(&to_payload(position));
        commit.commit()?;
        self.index.reload()
    }
}

impl Writer {
    /// Rewrites what still has replaced or removed entries in it, so that no file in the directory holds a word or a vector of
    /// them. Call it after a commit. Says whether that is done: not yet while a lookup reads one of the old files, or a merge
    /// goes on with them; call it again then.
    pub fn purge(&mut self) -> Result<bool, Error> {
        for _ in 0..PURGE_ATTEMPTS {
            let segments = self.index.tantivy().searchable_segment_metas()?;
            let stale = segments.iter().filter(|segment| segment.has_deletes());
            let stale: Vec<_> = stale.map(SegmentMeta::id).collect();
            // The files of old segments stay for as long as somebody knows them.
            drop(segments);
            if stale.is_empty() {
                break;
            }
            if self.inner.merge(&stale).wait().is_err() {
                // One of them is just being merged.
                std::thread::sleep(PURGE_PAUSE);
            }
        }
        self.index.reload()?;
        self.inner.garbage_collect_files().wait()?;
        self.index.delete_orphans()?;
        self.index.forget_vectors()?;
        self.index.has_nothing_old()
    }

    /// Rewrites the committed entries as one segment, without what was replaced or removed: smallest and fastest;
    /// the answers stay the same. Worth its time after a rebuild, or at night. What was not committed is forgotten.
    pub fn compact(self) -> Result<(), Error> {
        let Writer { index, inner } = self;
        // Merges under way hold segments that could then not be merged.
        inner.wait_merging_threads()?;
        let segments = index.tantivy().searchable_segment_metas()?;
        let is_compact = segments.len() < 2 && segments.iter().all(|segment| !segment.has_deletes());
        if !is_compact {
            let mut inner: IndexWriter = index.tantivy().writer_with_options(options())?;
            inner.set_merge_policy(Box::new(NoMergePolicy));
            let ids: Vec<_> = segments.iter().map(SegmentMeta::id).collect();
            inner.merge(&ids).wait()?;
            // The files of the old segments stay for as long as somebody knows them.
            drop(segments);
            index.reload()?;
            inner.garbage_collect_files().wait()?;
            inner.wait_merging_threads()?;
        }
        index.reload()
    }
}

/// One thread: text is analysed on the caller's thread meanwhile, and a batch becomes one segment.
fn options() -> IndexWriterOptions {
    IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(HEAP_BYTES)
        .build()
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

fn document(fields: &Fields, entry: &Entry) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, &entry.id);
    document.add_u64(fields.digest, entry.digest());
    document.add_u64(fields.passage, passage_key(&entry.passage()));
    for key in entry.wordings.iter().flat_map(fingerprint_keys) {
        document.add_bytes(fields.fingerprints, &key);
    }
    let mut words = String::new();
    for analysed in entry.wordings.iter().map(Analysed::of) {
        document.add_text(fields.neutral, analysed.neutral_text());
        if let Some(language) = language::find(analysed.lang) {
            document.add_text(fields.of(language), analysed.term_text());
        }
        analysed.pack(&mut words);
    }
    document.add_text(fields.words, words);
    document
}

/// Keys under which copies of a wording are found; only wordings that say the claim itself have them.
fn fingerprint_keys(wording: &Wording) -> Vec<Vec<u8>> {
    if !wording.kind.states_claim() {
        return Vec::new();
    }
    let near = Fingerprint::near_verbatim(&wording.text);
    let exact = Fingerprint::exact(&wording.text);
    std::iter::once(exact_key(exact)).chain(near.map(near_key)).collect()
}

/// The term of an exact fingerprint.
pub(crate) fn exact_key(fingerprint: Fingerprint) -> Vec<u8> {
    [b"x".as_slice(), beginning(&fingerprint)].concat()
}

/// The term of a near-verbatim fingerprint.
pub(crate) fn near_key(fingerprint: Fingerprint) -> Vec<u8> {
    [b"n".as_slice(), beginning(&fingerprint)].concat()
}

/// Eight bytes: in a million claims two have the same by chance once in forty million indexes.
fn beginning(fingerprint: &Fingerprint) -> &[u8] {
    &fingerprint.as_bytes()[..8]
}
