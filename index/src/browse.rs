//! Comes in: words a person typed, or the wish to see everything. Goes out: entries.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED, TantivyError, Term};

use crate::analyzer::analyse;
use crate::analyzer::language::LANGUAGES;
use crate::snapshot::Snapshot;
use crate::{Error, Hit, Lang, Page};

/// More words narrow nothing down.
const MAX_WORDS: usize = 16;
/// Characters of those words; a search is typed by hand.
const MAX_CHARS: usize = 500;
/// Words that an unfinished word may stand for, the most frequent ones.
const MAX_COMPLETIONS: usize = 50;
/// Results that can be reached by paging.
const MAX_RESULTS: usize = 10_000;

/// Entries that have all the words, in any of their wordings and any grammatical form; the last word may be the
/// beginning of one. Best first.
pub(crate) fn search(snapshot: &Snapshot, words: &str, page: Page) -> Result<Vec<Hit>, Error> {
    let limit = page.limit.min(MAX_RESULTS.saturating_sub(page.offset));
    let wanted = wanted(snapshot, words)?;
    if limit == 0 || wanted.is_empty() || wanted.iter().any(BTreeSet::is_empty) {
        return Ok(Vec::new());
    }
    let query = BooleanQuery::intersection(wanted.into_iter().map(any_of).collect());
    let top = TopDocs::with_limit(limit).and_offset(page.offset).order_by_score();
    let mut hits = Vec::new();
    for (score, address) in snapshot.searcher.search(&query, &top)? {
        hits.push(Hit {
            id: snapshot.id(address)?,
            score,
        });
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    Ok(hits)
}

/// For each word the terms that stand for it; none where the index lacks it.
fn wanted(snapshot: &Snapshot, words: &str) -> Result<Vec<BTreeSet<Term>>, Error> {
    let neutral = snapshot.fields.neutral;
    let words: &str = &words.chars().take(MAX_CHARS).collect::<String>();
    let typed: Vec<String> = analyse(words, Lang::UND)
        .tokens
        .into_iter()
        .take(MAX_WORDS)
        .map(|token| token.neutral)
        .collect();
    let mut wanted: Vec<BTreeSet<Term>> = typed
        .iter()
        .map(|word| BTreeSet::from([Term::from_field_text(neutral, word)]))
        .collect();
    for language in &LANGUAGES {
        let field = snapshot.fields.of(language);
        for (terms, token) in wanted.iter_mut().zip(analyse(words, language.lang).tokens) {
            terms.insert(Term::from_field_text(field, &token.term));
        }
    }
    for terms in &mut wanted {
        retain_known(snapshot, terms)?;
    }
    let is_finished = words.ends_with(char::is_whitespace);
    if let (Some(terms), Some(start), false) = (wanted.last_mut(), typed.last(), is_finished) {
        terms.extend(completions(snapshot, neutral, start)?);
    }
    Ok(wanted)
}

fn retain_known(snapshot: &Snapshot, terms: &mut BTreeSet<Term>) -> Result<(), Error> {
    let mut known = BTreeSet::new();
    for term in std::mem::take(terms) {
        if snapshot.searcher.doc_freq(&term)? > 0 {
            known.insert(term);
        }
    }
    *terms = known;
    Ok(())
}

fn any_of(terms: BTreeSet<Term>) -> Box<dyn Query> {
    let clauses = terms.into_iter().map(|term| {
        let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
        query
    });
    Box::new(BooleanQuery::union(clauses.collect()))
}

fn completions(snapshot: &Snapshot, field: Field, start: &str) -> Result<Vec<Term>, Error> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for segment in snapshot.searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut stream = index
            .terms()
            .range()
            .ge(start)
            .into_stream()
            .map_err(TantivyError::from)?;
        while let Some((term, info)) = stream.next() {
            match std::str::from_utf8(term) {
                Ok(term) if term.starts_with(start) => *counts.entry(term.to_owned()).or_default() += info.doc_freq,
                _ => break,
            }
        }
    }
    let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(MAX_COMPLETIONS);
    Ok(counts
        .iter()
        .map(|(term, _)| Term::from_field_text(field, term))
        .collect())
}

/// The digest of every entry, by id.
pub(crate) fn digests(snapshot: &Snapshot) -> Result<BTreeMap<String, u64>, Error> {
    let mut digests = BTreeMap::new();
    for segment in snapshot.searcher.segment_readers() {
        collect_digests(snapshot, segment, &mut digests)?;
    }
    Ok(digests)
}

/// Walks the ids' term dictionary: cheaper than unpacking every stored entry.
fn collect_digests(
    snapshot: &Snapshot,
    segment: &SegmentReader,
    digests: &mut BTreeMap<String, u64>,
) -> Result<(), Error> {
    let column = segment.fast_fields().u64("digest")?;
    let ids = segment.inverted_index(snapshot.fields.id)?;
    let mut stream = ids.terms().stream().map_err(TantivyError::from)?;
    while let Some((id, info)) = stream.next() {
        let id = String::from_utf8_lossy(id).into_owned();
        let mut entries = ids
            .read_postings_from_terminfo(info, IndexRecordOption::Basic)
            .map_err(TantivyError::from)?;
        while entries.doc() != TERMINATED {
            if !segment.is_deleted(entries.doc()) {
                digests.insert(id.clone(), column.first(entries.doc()).unwrap_or_default());
            }
            entries.advance();
        }
    }
    Ok(())
}
