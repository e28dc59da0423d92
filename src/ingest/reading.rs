//! What crawl fetched, as its kind of source reads it, goes into the store, one by one.

use crate::{
    crawl::{Found, Reading, Visit},
    domain::{Document, ExternalFactCheck},
    net::Fetched,
    store::{self, Origin},
};

use super::{BATCH, DOCUMENTS, Ingest};

/// Most pages that one answer names: as many as a sitemap may have.
const MAX_PAGES: usize = 50_000;

impl crate::crawl::Reader for Ingest {
    type Error = store::Error;

    /// Takes in what was fetched, before the frontier marks it as done: a kill between the two repeats work that
    /// changes nothing.
    async fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, store::Error> {
        let fenced = Self {
            store: self.store.under(visit.lease),
            ..self.clone()
        };
        match fenced.read_all(visit, fetched).await {
            Err(store::Error::Late) => Ok(Reading {
                is_late: true,
                ..Reading::default()
            }),
            read => read,
        }
    }
}

/// What an answer came to so far.
#[derive(Default)]
struct Intake {
    reading: Reading,
    /// Documents and fact-checks that wait for a full batch.
    documents: Vec<Document>,
    fact_checks: Vec<ExternalFactCheck>,
    problem: Option<String>,
}

impl Ingest {
    async fn read_all(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, store::Error> {
        let (origin, mut intake) = (origin(visit, fetched), Intake::default());
        for found in visit.findings_aside(fetched).await {
            self.take(&origin, found, &mut intake).await?;
        }
        self.keep_documents(&origin, &mut intake).await?;
        self.fact_checks(&std::mem::take(&mut intake.fact_checks)).await?;
        let named = std::mem::take(&mut intake.reading.pages);
        let count = named.len() as u64;
        intake.reading.pages = self.store.wanted(named, origin.kept.as_ref()).await?;
        intake.reading.suppressed += count - intake.reading.pages.len() as u64;
        Ok(intake.reading())
    }

    async fn take(&self, origin: &Origin, found: Found, intake: &mut Intake) -> Result<(), store::Error> {
        let reading = &mut intake.reading;
        match found {
            Found::Page(url) if reading.pages.len() < MAX_PAGES => reading.pages.push(url),
            Found::Page(_) => {}
            Found::Next(url) => reading.next.push(url),
            Found::Pointer => reading.is_pointer = true,
            Found::Cursor(cursor) => reading.cursor = Some(cursor),
            // One bad row among good ones is the publisher's to mend; it is no reason to fetch all of it again and again.
            Found::Problem(problem) => intake.problem = intake.problem.take().or(Some(problem)),
            Found::Document(document) => {
                intake.documents.push(*document);
                if intake.documents.len() == DOCUMENTS {
                    self.keep_documents(origin, intake).await?;
                }
            }
            Found::FactCheck(check) => {
                reading.fact_checks += 1;
                intake.fact_checks.push(*check);
                if intake.fact_checks.len() == BATCH {
                    self.fact_checks(&std::mem::take(&mut intake.fact_checks)).await?;
                }
            }
        }
        Ok(())
    }

    async fn keep_documents(&self, origin: &Origin, intake: &mut Intake) -> Result<(), store::Error> {
        let recorded = self.documents(std::mem::take(&mut intake.documents), origin).await?;
        let kept = recorded.iter().flatten().count() as u64;
        intake.reading.documents += kept;
        intake.reading.suppressed += recorded.len() as u64 - kept;
        Ok(())
    }
}

impl Intake {
    fn reading(mut self) -> Reading {
        let reading = &self.reading;
        let is_empty = reading.documents + reading.suppressed + reading.fact_checks == 0
            && reading.pages.is_empty()
            && reading.next.is_empty();
        self.reading.problem = self.problem.filter(|_| is_empty);
        self.reading
    }
}

fn origin(visit: &Visit<'_>, fetched: &Fetched) -> Origin {
    Origin {
        source: Some(visit.source),
        at: visit.at,
        kept: fetched.kept.clone(),
        answer: Some(fetched.url.key()),
    }
}
