//! One commit of the index, held still while a question is answered.

use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Searcher, SegmentReader, TantivyDocument, Term};

use crate::Error;
use crate::commit::Commit;
use crate::postings::Budget;
use crate::profile::Profile;
use crate::schema::Fields;
use crate::segment::Segment;
use crate::semantic::{Meanings, Semantic};
use crate::vocabulary::key;
use crate::weights::{WeightCache, Weights};

/// A searcher with what is needed to read its documents.
pub(crate) struct Snapshot<'a> {
    pub(crate) searcher: Searcher,
    pub(crate) fields: &'a Fields,
    pub(crate) budget: Budget,
    commit: Arc<Commit>,
    cache: &'a WeightCache,
    semantic: Option<&'a Semantic>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(commit: Arc<Commit>, fields: &'a Fields, cache: &'a WeightCache, budget: Budget) -> Snapshot<'a> {
        Snapshot {
            searcher: commit.searcher.clone(),
            fields,
            budget,
            commit,
            cache,
            semantic: None,
        }
    }

    pub(crate) fn with(self, semantic: Option<&'a Semantic>) -> Snapshot<'a> {
        Snapshot { semantic, ..self }
    }

    /// How near all entries are to a text, if the index has a model.
    pub(crate) fn meanings(&self, text: &str) -> Option<Meanings> {
        self.semantic?.meanings(text, self)
    }

    /// In how many entries a term occurs.
    pub(crate) fn doc_freq(&self, field: Field, term: &str) -> Result<u64, Error> {
        let holders = self.holders(term);
        self.commit.live.doc_freq(holders, &Term::from_field_text(field, term))
    }

    /// The segments that may have a word with this form, each with its number; few others.
    pub(crate) fn holders(&self, form: &str) -> impl Iterator<Item = (usize, &SegmentReader)> {
        let key = key(form);
        let may_have = move |(at, _): &(usize, _)| self.segments()[*at].vocabulary.may_have(key);
        self.searcher.segment_readers().iter().enumerate().filter(may_have)
    }

    /// The same, by where the term is in each segment.
    pub(crate) fn entries_at(&self, field: Field, term: &str, places: &[Option<TermInfo>]) -> Result<u64, Error> {
        if self.commit.live.is_untouched() {
            return Ok(places.iter().flatten().map(|place| u64::from(place.doc_freq)).sum());
        }
        self.doc_freq(field, term)
    }

    /// Mean number of words that entries have in a field.
    pub(crate) fn mean_length(&self, field: Field) -> Result<f32, Error> {
        self.commit.live.mean_length(&self.searcher, field)
    }

    /// Term weights at this commit.
    pub(crate) fn weights(&self) -> Weights<'_> {
        Weights::new(self, self.cache)
    }

    /// All segments.
    pub(crate) fn segments(&self) -> &[Arc<Segment>] {
        self.commit.segments()
    }

    /// The segment of an entry.
    pub(crate) fn segment(&self, address: DocAddress) -> &Segment {
        self.commit.segment(address)
    }

    /// The caller's name of an entry, read from the disk.
    pub(crate) fn id(&self, address: DocAddress) -> Result<String, Error> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let id = document.get_first(self.fields.id);
        let id = id.and_then(|id| id.as_str().map(str::to_owned));
        id.ok_or_else(|| Error::Damaged {
            what: "an entry without its id".to_owned(),
        })
    }

    /// The entry's wordings.
    pub(crate) fn profiles(&self, address: DocAddress) -> Result<Vec<Profile<'_>>, Error> {
        self.segment(address).profiles(address.doc_id)
    }
}
