//! What becomes of what was fetched? Bytes come in; sightings of claims, and fact-checks, go into the store: the pipeline
//! as one readable path.

mod reading;

use std::sync::Arc;

use crate::{
    cluster::{Home, Likeness, Matcher, Placed, Prints},
    crawl::aside,
    detect,
    domain::{AccountKey, Actor, Author, Document, ExternalFactCheck, Mention},
    extract,
    store::{self, ImportBatch, ImportTally, Origin, Recorded, Store},
};

/// Fact-checks written by one transaction. Each commit writes every page that it touched, and fingerprints touch pages all
/// over their tables, so smaller batches write the same pages more often; larger ones hold the store for longer.
pub const BATCH: usize = 2000;

/// Documents written by one transaction: those of an answer, which came together.
pub const DOCUMENTS: usize = 64;

/// Takes in what others found.
#[derive(Clone)]
pub struct Ingest {
    store: Store,
    actor: Actor,
    matcher: Option<Arc<dyn Matcher>>,
    accounts: Option<AccountKey>,
}

impl Ingest {
    /// Everything taken in is recorded as this actor's doing.
    pub const fn new(store: Store, actor: Actor) -> Self {
        Self {
            store,
            actor,
            matcher: None,
            accounts: None,
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

    /// The same, keeping pseudonyms of the accounts that posts come from. Without a key nothing of them is kept.
    #[must_use]
    pub fn naming(self, key: AccountKey) -> Self {
        Self {
            accounts: Some(key),
            ..self
        }
    }

    /// Detects the mentions in a document, finds each its claim, and records them in one transaction. The same document
    /// again changes nothing. A date of publication that lies ahead of the visit is not believed.
    pub async fn document(&self, document: &Document, origin: &Origin) -> Result<Recorded, store::Error> {
        let mut recorded = self.documents(vec![document.clone()], origin).await?;
        let recorded = recorded.pop().expect("as many as were given");
        recorded.ok_or(store::Error::Suppressed)
    }

    /// The same for documents that came in one answer, [`DOCUMENTS`] in one transaction: many short posts cost hardly more
    /// than one. None for those that must not be kept.
    pub async fn documents(
        &self,
        documents: Vec<Document>,
        origin: &Origin,
    ) -> Result<Vec<Option<Recorded>>, store::Error> {
        let mut recorded = Vec::with_capacity(documents.len());
        let mut documents = documents
            .into_iter()
            .map(|document| self.believed(document, origin))
            .peekable();
        while documents.peek().is_some() {
            recorded.extend(self.some(documents.by_ref().take(DOCUMENTS).collect(), origin).await?);
        }
        Ok(recorded)
    }

    async fn some(&self, documents: Vec<Document>, origin: &Origin) -> Result<Vec<Option<Recorded>>, store::Error> {
        let known = self.store.recorded(&documents, origin).await?;
        let is_new = known.iter().map(Option::is_none);
        let new = documents
            .into_iter()
            .zip(is_new)
            .filter_map(|(document, is_new)| is_new.then_some(document));
        let (new, found) = recognised(new.collect()).await;
        let counts: Vec<usize> = found.iter().map(Vec::len).collect();
        let mut placed = self.place_all(found.into_iter().flatten().collect()).await?.into_iter();
        let placed: Vec<Vec<Placed>> = counts
            .into_iter()
            .map(|count| placed.by_ref().take(count).collect())
            .collect();
        let read: Vec<_> = new
            .iter()
            .zip(&placed)
            .map(|(document, placed)| (document, &placed[..]))
            .collect();
        let mut now = self.store.record_all(&read, origin, &self.actor).await?.into_iter();
        Ok(known
            .into_iter()
            .map(|known| known.or_else(|| now.next().flatten()))
            .collect())
    }

    /// What is believed of a document, and may be stored of it.
    fn believed(&self, document: Document, origin: &Origin) -> Document {
        Document {
            published_at: extract::not_after(document.published_at, origin.at),
            author: document.author.and_then(|author| self.author(author)),
            ..document
        }
    }

    /// What may be stored of an author.
    fn author(&self, author: Author) -> Option<Author> {
        match author {
            Author::Account(handle) => Some(Author::Pseudonym(self.accounts.as_ref()?.pseudonym(&handle))),
            Author::Byline(_) | Author::Pseudonym(_) => Some(author),
        }
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
        let mut placed = self.place_all(vec![(mention, prints)]).await?;
        Ok(placed.pop().expect("as many as were given"))
    }

    /// The same for all mentions of a document, with as many questions as for one.
    async fn place_all(&self, mentions: Vec<(Mention, Prints)>) -> Result<Vec<Placed>, store::Error> {
        let prints: Vec<&Prints> = mentions.iter().map(|(_, prints)| prints).collect();
        let holders = self.store.holders(&prints).await?;
        let mut homes: Vec<Home> = holders
            .into_iter()
            .map(|held| held.map_or(Home::New, Home::Known))
            .collect();
        self.join_near_copies(&prints, &mut homes).await?;
        self.join_other_words(&mentions, &mut homes).await;
        let placed = mentions.into_iter().zip(homes);
        Ok(placed
            .map(|((mention, prints), home)| prints.place(mention, home))
            .collect())
    }

    async fn join_near_copies(&self, prints: &[&Prints], homes: &mut [Home]) -> Result<(), store::Error> {
        let open = homes.iter_mut().zip(prints).filter(|(home, _)| **home == Home::New);
        let open = open.filter_map(|(home, prints)| Some((home, prints.likeness.as_ref()?)));
        let (open, likenesses): (Vec<&mut Home>, Vec<&Likeness>) = open.unzip();
        let near = self.store.near_copies(&likenesses).await?;
        open.into_iter().zip(near).for_each(|(home, near)| *home = near);
        Ok(())
    }

    async fn join_other_words(&self, mentions: &[(Mention, Prints)], homes: &mut [Home]) {
        let Some(matcher) = &self.matcher else { return };
        let open = homes.iter_mut().zip(mentions).filter(|(home, _)| **home == Home::New);
        let (open, asked): (Vec<&mut Home>, Vec<Mention>) =
            open.map(|(home, (mention, _))| (home, mention.clone())).unzip();
        if !asked.is_empty() {
            let same = matcher.same(asked).await.into_iter();
            open.into_iter()
                .zip(same)
                .for_each(|(home, same)| *home = same.map_or(Home::New, Home::Known));
        }
    }
}

/// The mentions of documents and what they are recognised by, worked out off the async threads: a long document takes
/// milliseconds.
async fn recognised(documents: Vec<Document>) -> (Vec<Document>, Vec<Vec<(Mention, Prints)>>) {
    if documents.is_empty() {
        return (documents, Vec::new());
    }
    let with_prints = |mention: Mention| {
        let prints = Prints::of(&mention);
        (mention, prints)
    };
    let work = move || {
        let of = |document| detect::mentions(document).into_iter().map(with_prints).collect();
        let found = documents.iter().map(of).collect();
        (documents, found)
    };
    aside(work).await
}
