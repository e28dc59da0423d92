//! One commit of the index, held still while a question is answered.

use std::sync::Arc;

use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument, Term};

use crate::Error;
use crate::commit::Commit;
use crate::postings::Budget;
use crate::profile::Profile;
use crate::schema::Fields;
use crate::segment::Segment;
use crate::semantic::{Meanings, Semantic};
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
        let term = Term::from_field_text(field, term);
        self.commit.live.doc_freq(&self.searcher, &term)
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

    /// What is kept of an entry.
    pub(crate) fn stored(&self, address: DocAddress) -> Result<Stored<'_>, Error> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let id = document.get_first(self.fields.id);
        let id = id.and_then(|id| id.as_str().map(str::to_owned));
        Ok(Stored {
            id: id.ok_or_else(|| Error::Damaged {
                what: "an entry without its id".to_owned(),
            })?,
            segment: self.segment(address),
            address,
        })
    }
}

/// What is kept of an entry.
pub(crate) struct Stored<'a> {
    pub(crate) id: String,
    segment: &'a Segment,
    address: DocAddress,
}

impl<'a> Stored<'a> {
    /// The entry's wordings.
    pub(crate) fn profiles(&self) -> Result<Vec<Profile<'a>>, Error> {
        self.segment.profiles(self.address.doc_id)
    }
}
