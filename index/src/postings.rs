//! Comes in: the words of a question. Goes out: the entries with the best BM25 score.
//!
//! What an OR of a tweet's words costs are its common words, and they decide little. So the entries of the rare words are
//! added up first, until a budget is spent; the best of them are then scored with all words, by the column of words. A
//! word's entries are read all or not at all, and equal scores are told apart by a digest: the order in which entries came
//! into the index decides nothing. The road not taken is tantivy's union of all words; it took six times as long.

use std::cell::RefCell;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, SegmentReader, TantivyError, Term};

use crate::question::Question;
use crate::snapshot::Snapshot;
use crate::vocabulary::{Known, key};
use crate::weights::idf;
use crate::{Error, Lang};

/// Entries looked at for the rare words; the last of them may go beyond.
pub(crate) const BUDGET: u64 = 32_000;
/// Words that are read whatever they cost, each in two forms.
const ALWAYS_READ: usize = 4;
/// Entries that are scored with all words.
const RESCORED: usize = 200;
/// The same where many have the same score.
const MAX_RESCORED: usize = 1_000;

/// BM25's constants, as everywhere.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A word of the question, as one field has it.
pub(crate) struct AskedTerm {
    pub(crate) field: Field,
    pub(crate) text: String,
    /// Entries that have it.
    pub(crate) entries: u64,
    /// Where its entries are, segment by segment.
    pub(crate) places: Vec<Option<TermInfo>>,
}

impl AskedTerm {
    pub(crate) fn find(snapshot: &Snapshot, field: Field, text: &str) -> Result<AskedTerm, Error> {
        let term = Term::from_field_text(field, text);
        let mut places = Vec::new();
        for segment in snapshot.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            places.push(inverted.get_term_info(&term).map_err(TantivyError::from)?);
        }
        Ok(AskedTerm {
            field,
            text: text.to_owned(),
            entries: snapshot.doc_freq(field, text)?,
            places,
        })
    }
}

/// The best entries for some terms, the rarest first, each with its score. `budget` is [`BUDGET`], or more to be sure.
pub(crate) fn best(
    terms: &[AskedTerm],
    question: &Question,
    snapshot: &Snapshot,
    limit: usize,
    budget: u64,
) -> Result<Vec<(DocAddress, f32)>, Error> {
    let scorer = Scorer::new(terms, question, snapshot)?;
    let read = affordable(terms, budget);
    let mut found = Vec::new();
    for at in 0..snapshot.searcher.segment_readers().len() {
        scorer.add_up(at as u32, read, &mut found)?;
    }
    if read < terms.len() {
        cut(&mut found, RESCORED.max(2 * limit));
        if found.len() > MAX_RESCORED.max(2 * limit) {
            order(&mut found, snapshot);
            found.truncate(MAX_RESCORED.max(2 * limit));
        }
        scorer.rescore(&mut found)?;
    } else {
        cut(&mut found, limit);
    }
    order(&mut found, snapshot);
    found.truncate(limit);
    Ok(found)
}

/// How many of the terms can be read.
fn affordable(terms: &[AskedTerm], budget: u64) -> usize {
    let mut spent = 0;
    let fits = terms.iter().enumerate().take_while(|(at, term)| {
        spent += term.entries;
        *at < ALWAYS_READ || spent <= budget
    });
    fits.count()
}

/// Leaves the best, and all that are as good as the last of them.
fn cut(found: &mut Vec<(DocAddress, f32)>, limit: usize) {
    if found.len() <= limit || limit == 0 {
        return;
    }
    let mut scores: Vec<f32> = found.iter().map(|(_, score)| *score).collect();
    let (_, last, _) = scores.select_nth_unstable_by(limit - 1, |a, b| b.total_cmp(a));
    let last = *last;
    found.retain(|(_, score)| *score >= last);
}

fn order(found: &mut [(DocAddress, f32)], snapshot: &Snapshot) {
    let digest = |address: &DocAddress| snapshot.segment(*address).digest(address.doc_id);
    found.sort_by(|(a, a_score), (b, b_score)| {
        let by_score = b_score.total_cmp(a_score);
        by_score.then_with(|| digest(a).cmp(&digest(b)))
    });
}

thread_local! {
    /// A score for each entry of a segment, all zero between two lookups.
    static SCORES: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

struct Scorer<'a> {
    terms: &'a [AskedTerm],
    weights: Vec<f32>,
    /// Of the fields that the terms are in.
    lengths: Vec<(Field, Lengths)>,
    neutral: Probe,
    stems: Probe,
    /// Whose stems the question has.
    lang: Option<Lang>,
    snapshot: &'a Snapshot<'a>,
}

impl<'a> Scorer<'a> {
    fn new(terms: &'a [AskedTerm], question: &Question, snapshot: &'a Snapshot) -> Result<Scorer<'a>, Error> {
        let entries = snapshot.searcher.num_docs() as f32;
        let weight = |term: &AskedTerm| idf(entries, term.entries as f32) * (1.0 + K1);
        let mut lengths: Vec<(Field, Lengths)> = Vec::new();
        for term in terms {
            if !lengths.iter().any(|(field, _)| *field == term.field) {
                lengths.push((term.field, Lengths::of(snapshot.mean_length(term.field)?)));
            }
        }
        let of = |is_neutral: bool| {
            let terms = terms.iter().enumerate();
            Probe::of(terms.filter(|(_, term)| (term.field == snapshot.fields.neutral) == is_neutral))
        };
        Ok(Scorer {
            weights: terms.iter().map(weight).collect(),
            lengths,
            neutral: of(true),
            stems: of(false),
            lang: question.language.map(|language| language.lang),
            terms,
            snapshot,
        })
    }

    fn length_of(&self, field: Field) -> &Lengths {
        let known = self.lengths.iter().find(|(known, _)| *known == field);
        &known.expect("each term's field has been looked at").1
    }

    /// Adds up what the first terms say about the entries of a segment.
    fn add_up(&self, segment: u32, read: usize, found: &mut Vec<(DocAddress, f32)>) -> Result<(), Error> {
        let reader = self.snapshot.searcher.segment_reader(segment);
        // After an error the scores are gone, not half filled.
        let mut scores = SCORES.take();
        scores.resize(scores.len().max(reader.max_doc() as usize), 0.0);
        let mut touched: Vec<DocId> = Vec::new();
        for (term, weight) in self.terms.iter().zip(&self.weights).take(read) {
            if let Some(place) = &term.places[segment as usize] {
                self.add_term(reader, term, *weight, place, &mut scores, &mut touched)?;
            }
        }
        let alive = reader.alive_bitset();
        for doc in touched {
            let score = std::mem::take(&mut scores[doc as usize]);
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                found.push((DocAddress::new(segment, doc), score));
            }
        }
        SCORES.set(scores);
        Ok(())
    }

    fn add_term(
        &self,
        reader: &SegmentReader,
        term: &AskedTerm,
        weight: f32,
        place: &TermInfo,
        scores: &mut [f32],
        touched: &mut Vec<DocId>,
    ) -> Result<(), Error> {
        let inverted = reader.inverted_index(term.field)?;
        let norms = reader.get_fieldnorms_reader(term.field)?;
        let lengths = self.length_of(term.field);
        let block = inverted.read_block_postings_from_terminfo(place, IndexRecordOption::WithFreqs);
        let mut block = block.map_err(TantivyError::from)?;
        while !block.docs().is_empty() {
            for (doc, times) in block.docs().iter().zip(block.freqs()) {
                let score = &mut scores[*doc as usize];
                if *score == 0.0 {
                    touched.push(*doc);
                }
                *score += weight * lengths.saturated(&norms, *doc, *times);
            }
            block.advance();
        }
        Ok(())
    }

    /// Scores entries with all terms, in the order of the terms: sums of the same numbers are the same.
    fn rescore(&self, found: &mut [(DocAddress, f32)]) -> Result<(), Error> {
        let mut times = vec![0; self.terms.len()];
        for segment in 0..self.snapshot.searcher.segment_readers().len() as u32 {
            let norms = self.norms(segment)?;
            for (address, score) in found.iter_mut().filter(|(address, _)| address.segment_ord == segment) {
                self.count(*address, &mut times);
                *score = 0.0;
                for (at, times) in times.iter_mut().enumerate().filter(|(_, times)| **times > 0) {
                    let (lengths, norms) = &norms[at];
                    *score += self.weights[at] * lengths.saturated(norms, address.doc_id, std::mem::take(times));
                }
            }
        }
        Ok(())
    }

    fn norms(&self, segment: u32) -> Result<Vec<(&Lengths, FieldNormReader)>, Error> {
        let reader = self.snapshot.searcher.segment_reader(segment);
        let mut norms = Vec::new();
        for term in self.terms {
            norms.push((self.length_of(term.field), reader.get_fieldnorms_reader(term.field)?));
        }
        Ok(norms)
    }

    /// How often an entry has each term.
    fn count(&self, address: DocAddress, times: &mut [u32]) {
        let mut same_rules = false;
        for known in self.snapshot.segment(address).words(address.doc_id) {
            match known {
                Known::Mark(_, lang) => same_rules = self.lang == Some(*lang),
                Known::Word(word) => {
                    if let Some(at) = self.neutral.get(word.neutral) {
                        times[at] += 1;
                    }
                    if let Some(at) = word.term.filter(|_| same_rules).and_then(|term| self.stems.get(term)) {
                        times[at] += 1;
                    }
                }
            }
        }
    }
}

/// How much a word's frequency is worth in entries of each length.
struct Lengths([f32; 256]);

impl Lengths {
    fn of(mean: f32) -> Lengths {
        let mut lengths = [0.0; 256];
        for (code, length) in (0..=255).zip(&mut lengths) {
            *length = K1 * (1.0 - B + B * FieldNormReader::id_to_fieldnorm(code) as f32 / mean);
        }
        Lengths(lengths)
    }

    fn saturated(&self, norms: &FieldNormReader, doc: DocId, times: u32) -> f32 {
        let times = times as f32;
        times / (times + self.0[usize::from(norms.fieldnorm_id(doc))])
    }
}

/// A small table from a word's hash to its place among the terms; most words of an entry are not in it.
struct Probe {
    slots: Vec<(u64, u32)>,
}

const FREE: u32 = u32::MAX;

impl Probe {
    fn of<'a>(terms: impl Iterator<Item = (usize, &'a AskedTerm)>) -> Probe {
        let terms: Vec<_> = terms.collect();
        let mut probe = Probe {
            slots: vec![(0, FREE); (terms.len() * 8).next_power_of_two().max(8)],
        };
        for (at, term) in terms {
            let key = key(&term.text);
            let slot = probe.slot(key);
            probe.slots[slot] = (key, at as u32);
        }
        probe
    }

    /// Where a hash is, or would be.
    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        while self.slots[slot].1 != FREE && self.slots[slot].0 != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn get(&self, key: u64) -> Option<usize> {
        let (_, at) = self.slots[self.slot(key)];
        (at != FREE).then_some(at as usize)
    }
}
