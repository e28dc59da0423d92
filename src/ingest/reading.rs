//! What crawl fetched, read by its kind of source: a table of readers, and the pages to visit next.

use crate::{
    crawl::{Reading, Visit},
    domain::SourceKind,
    extract::{self, Defaults, Extracted, FeedItem, MediaKind},
    net::Fetched,
    store::{self, Origin},
};

use super::Ingest;

impl crate::crawl::Reader for Ingest {
    type Error = store::Error;

    /// Takes in what was fetched, before the frontier marks it as done: a kill between the two repeats work that
    /// changes nothing.
    async fn read(&self, visit: &Visit, fetched: &Fetched) -> Result<Reading, store::Error> {
        match visit.kind {
            SourceKind::Feed => Ok(feed(fetched)),
            SourceKind::Mastodon => self.posts(visit, fetched).await,
            SourceKind::ClaimReview if !is_html(fetched) => self.reviews(fetched).await,
            SourceKind::ClaimReview | SourceKind::Page => self.page(visit, fetched).await,
        }
    }
}

fn is_html(fetched: &Fetched) -> bool {
    extract::sniff(&fetched.body, fetched.content_type.as_deref()) == MediaKind::Html
}

/// A feed names pages; it is no document itself.
fn feed(fetched: &Fetched) -> Reading {
    match extract::feed(&fetched.body, &fetched.url) {
        Ok(items) => Reading {
            pages: items.into_iter().filter_map(|item: FeedItem| item.url).collect(),
            ..Reading::default()
        },
        Err(error) => failed(&error),
    }
}

fn failed(problem: &dyn std::fmt::Display) -> Reading {
    Reading {
        problem: Some(problem.to_string()),
        ..Reading::default()
    }
}

impl Ingest {
    /// A page: its article, and the fact-checks in its markup.
    async fn page(&self, visit: &Visit, fetched: &Fetched) -> Result<Reading, store::Error> {
        let found = extract::read(&fetched.body, fetched.content_type.as_deref(), &fetched.url);
        let Extracted {
            document,
            reviews,
            problems,
            ..
        } = found;
        let mut reading = Reading {
            fact_checks: reviews.len() as u64,
            ..Reading::default()
        };
        self.fact_checks(&reviews).await?;
        match document {
            // A fact-check's own page repeats the claim in order to refute it: it is no sighting.
            Some(document) if reviews.is_empty() => {
                self.document(&document, &origin(visit)).await?;
                reading.documents = 1;
            }
            Some(_) | None => {}
        }
        if reading.documents + reading.fact_checks == 0 {
            reading.problem = problems.first().map(ToString::to_string);
        }
        Ok(reading)
    }

    /// A ClaimReview file. Unreadable rows are told; the rest lands.
    async fn reviews(&self, fetched: &Fetched) -> Result<Reading, store::Error> {
        let rows = extract::Reader::new(fetched.body.as_ref(), Defaults::of(&fetched.url));
        let (good, bad): (Vec<_>, Vec<_>) = rows.partition(Result::is_ok);
        let checks: Vec<_> = good.into_iter().flatten().collect();
        self.fact_checks(&checks).await?;
        // One bad row among good ones is the publisher's to mend; it is no reason to fetch the whole file again and again.
        let problem = bad.into_iter().find_map(Result::err).filter(|_| checks.is_empty());
        let problem = problem.map(|row| format!("line {}: {}", row.line, row.reason));
        Ok(Reading {
            fact_checks: checks.len() as u64,
            problem,
            ..Reading::default()
        })
    }

    /// A timeline: each post is a document.
    async fn posts(&self, visit: &Visit, fetched: &Fetched) -> Result<Reading, store::Error> {
        let posts = match extract::mastodon(&fetched.body, &fetched.url) {
            Ok(posts) => posts,
            Err(error) => return Ok(failed(&error)),
        };
        for post in &posts {
            self.document(&post.document, &origin(visit)).await?;
        }
        Ok(Reading {
            documents: posts.len() as u64,
            ..Reading::default()
        })
    }
}

const fn origin(visit: &Visit) -> Origin {
    Origin {
        source: Some(visit.source),
        at: visit.at,
    }
}
