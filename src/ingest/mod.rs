//! What becomes of what was fetched? Bytes come in; sightings of claims, and fact-checks, go into the store: the pipeline
//! as one readable path.

mod reading;

use std::sync::Arc;

use crate::{
    cluster::{self, Home, Matcher, Placed, Prints},
    detect,
    domain::{Actor, Document, ExternalFactCheck, Mention},
    extract,
    store::{self, ImportBatch, ImportTally, Origin, Recorded, Store},
};

/// Fact-checks written by one transaction. Each commit writes every page that it touched, and fingerprints touch pages all
/// over their tables, so smaller batches write the same pages more often; larger ones hold the store for longer.
pub const BATCH: usize = 2000;

/// Takes in what others found.
#[derive(Clone)]
pub struct Ingest {
    store: Store,
    actor: Actor,
    matcher: Option<Arc<dyn Matcher>>,
}

impl Ingest {
    /// Everything taken in is recorded as this actor's doing.
    pub const fn new(store: Store, actor: Actor) -> Self {
        Self {
            store,
            actor,
            matcher: None,
        }
    }

    /// The same, joining also what says a known claim in other words. Without a matcher only copies and near-copies join.
    #[must_use]
    pub fn asking(self, matcher: Arc<dyn Matcher>) -> Self {
        Self {
            matcher: Some(matcher),
            ..self
        }
    }

    /// Detects the mentions in a document, finds each its claim, and records them in one transaction. The same document
    /// again changes nothing. A date of publication that lies ahead of the visit is not believed.
    pub async fn document(&self, document: &Document, origin: &Origin) -> Result<Recorded, store::Error> {
        let published_at = extract::not_after(document.published_at, origin.at);
        let document = &Document {
            published_at,
            ..document.clone()
        };
        let mut placed = Vec::new();
        for mention in detect::mentions(document) {
            placed.push(self.place(mention).await?);
        }
        self.store.record(document, origin, &placed, &self.actor).await
    }

    /// Imports fact-checks, a batch at a time. The same ones again change nothing.
    pub async fn fact_checks(&self, checks: &[ExternalFactCheck]) -> Result<ImportTally, store::Error> {
        let mut tally = ImportTally::default();
        for batch in checks.chunks(BATCH) {
            tally += self.batch(&ImportBatch::new(batch.to_vec())).await?;
        }
        Ok(tally)
    }

    /// Imports a batch of fact-checks.
    pub async fn batch(&self, batch: &ImportBatch) -> Result<ImportTally, store::Error> {
        self.store.import(batch, &self.actor).await
    }

    /// Gives a mention its fingerprints, and a home: with its copies, else with its near-copies, else with what says the
    /// same in other words.
    ///
    /// The first two come from the store, so they do not depend on when the index last committed; a copy costs one
    /// question of the store, however many claims there are.
    pub async fn place(&self, mention: Mention) -> Result<Placed, store::Error> {
        let prints = Prints::of(&mention);
        let home = match self.store.holder(&prints, &mention.quote).await? {
            Some(claim) => Home::Known(claim),
            None => self.home(&mention, &prints).await?,
        };
        Ok(prints.place(mention, home))
    }

    async fn home(&self, mention: &Mention, prints: &Prints) -> Result<Home, store::Error> {
        let near = match &prints.sketch {
            Some(sketch) => cluster::choose(&mention.quote, sketch, &self.store.claims_near(&sketch.bands()).await?),
            None => Home::New,
        };
        match (near, &self.matcher) {
            (Home::New, Some(matcher)) => Ok(matcher.same(mention).await.map_or(Home::New, Home::Known)),
            (near, _) => Ok(near),
        }
    }
}
