//! One commit of the index, held still while a question is answered.

use std::sync::Arc;

use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument, Term};

use crate::Error;
use crate::live::{LiveCache, LiveCounts};
use crate::profile::Profile;
use crate::schema::Fields;
use crate::weights::{WeightCache, Weights};

/// A searcher with what is needed to read its documents.
pub(crate) struct Snapshot<'a> {
    pub(crate) searcher: Searcher,
    pub(crate) fields: &'a Fields,
    pub(crate) live: Arc<LiveCounts>,
    cache: &'a WeightCache,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(
        searcher: Searcher,
        fields: &'a Fields,
        live: &LiveCache,
        cache: &'a WeightCache,
    ) -> Snapshot<'a> {
        Snapshot {
            live: live.at(&searcher),
            searcher,
            fields,
            cache,
        }
    }

    /// In how many entries a term occurs.
    pub(crate) fn doc_freq(&self, field: Field, term: &str) -> Result<u64, Error> {
        self.live.doc_freq(&self.searcher, &Term::from_field_text(field, term))
    }

    /// [`crate::Entry::digest`] of an entry.
    pub(crate) fn digest(&self, address: DocAddress) -> Result<u64, Error> {
        let segment = self.searcher.segment_reader(address.segment_ord);
        let column = segment.fast_fields().u64("digest")?;
        Ok(column.first(address.doc_id).unwrap_or_default())
    }

    /// Term weights at this commit.
    pub(crate) fn weights(&self) -> Weights<'_> {
        Weights::new(self, self.cache)
    }

    /// The stored part of an entry.
    pub(crate) fn stored(&self, address: DocAddress) -> Result<Stored, Error> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let text = |field| {
            let value = document.get_first(field);
            let text = value.and_then(|value| value.as_str().map(str::to_owned));
            text.ok_or_else(|| Error::Damaged {
                what: "an entry without its stored fields".to_owned(),
            })
        };
        Ok(Stored {
            id: text(self.fields.id)?,
            profiles: text(self.fields.profiles)?,
        })
    }
}

/// What is stored of an entry.
pub(crate) struct Stored {
    pub(crate) id: String,
    profiles: String,
}

impl Stored {
    /// The entry's wordings.
    pub(crate) fn profiles(&self) -> Result<Vec<Profile<'_>>, Error> {
        serde_json::from_str(&self.profiles).map_err(|error| Error::Damaged {
            what: error.to_string(),
        })
    }
}
