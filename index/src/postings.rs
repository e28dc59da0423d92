//! Comes in: the words of a question. Goes out: the entries with the best BM25 score.
//!
//! What an OR of a tweet's words costs are its common words, and they decide little. So the entries of the rare words are
//! added up first, until a budget is spent; the best of them are then scored with all words, by the column of words. A
//! word's entries are read all or not at all, and equal scores are told apart by a digest: the order in which entries came
//! into the index decides nothing. The road not taken is tantivy's union of all words; it took six times as long.

use std::collections::BTreeSet;
use std::hint::black_box;

use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, TantivyError, Term};

use crate::question::Question;
use crate::snapshot::Snapshot;
use crate::sums::{Best, Cursor, EntryLengths, K1, Lengths, add_up, least_of_best};
use crate::vocabulary::{key, marked};
use crate::weights::idf;
use crate::{Error, Lang};

/// How many entries are looked at for the rare words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// As many as an eighth of all, which is where answers stop getting better, and [`LEAST_READ`] at least.
    Share,
    /// All of them.
    Unlimited,
    /// Those of the words that are always read.
    #[cfg(test)]
    Least,
}

const LEAST_READ: u64 = 16_000;

impl Budget {
    fn of(self, entries: u64) -> u64 {
        match self {
            Budget::Share => LEAST_READ.max(entries / 8),
            Budget::Unlimited => u64::MAX,
            #[cfg(test)]
            Budget::Least => 0,
        }
    }
}

/// Words that are read whatever they cost, each in two forms.
const ALWAYS_READ: usize = 4;
/// Entries that are scored with all words.
const RESCORED: usize = 150;
/// The same where many have the same score.
const MAX_RESCORED: usize = 1_000;

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
        let mut places = vec![None; snapshot.segments().len()];
        for (at, segment) in snapshot.holders(text) {
            let inverted = segment.inverted_index(field)?;
            places[at] = inverted.get_term_info(&term).map_err(TantivyError::from)?;
        }
        Ok(AskedTerm {
            field,
            text: text.to_owned(),
            entries: snapshot.entries_at(field, text, &places)?,
            places,
        })
    }
}

/// The best entries for some terms, the rarest first, each with its score.
pub(crate) fn best(
    terms: &[AskedTerm],
    question: &Question,
    snapshot: &Snapshot,
    limit: usize,
) -> Result<Vec<(DocAddress, f32)>, Error> {
    let read = affordable(terms, snapshot.budget.of(snapshot.searcher.num_docs()));
    let is_exact = read == terms.len();
    let kept = if is_exact { limit } else { RESCORED.max(2 * limit) };
    let scorer = Scorer::new(terms, question, snapshot, kept)?;
    let mut found = Vec::new();
    for at in 0..snapshot.searcher.segment_readers().len() {
        scorer.add_up(at as u32, read, &mut found)?;
    }
    cut(&mut found, kept);
    if !is_exact {
        if found.len() > MAX_RESCORED.max(kept) {
            order(&mut found, snapshot);
            found.truncate(MAX_RESCORED.max(kept));
        }
        scorer.rescore(&mut found)?;
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
    let mut bits: Vec<u32> = found.iter().map(|(_, score)| score.to_bits()).collect();
    let least = least_of_best(&mut bits, limit);
    found.retain(|(_, score)| *score >= least);
}

fn order(found: &mut [(DocAddress, f32)], snapshot: &Snapshot) {
    let digest = |address: &DocAddress| snapshot.segment(*address).digest(address.doc_id);
    found.sort_by(|(a, a_score), (b, b_score)| {
        let by_score = b_score.total_cmp(a_score);
        by_score.then_with(|| digest(a).cmp(&digest(b)))
    });
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
    /// How many of the best of a segment are wanted.
    kept: usize,
    snapshot: &'a Snapshot<'a>,
}

/// The fields that some terms are in: the neutral one, and the question's language.
fn fields_of(terms: &[AskedTerm]) -> BTreeSet<Field> {
    terms.iter().map(|term| term.field).collect()
}

impl<'a> Scorer<'a> {
    fn new(
        terms: &'a [AskedTerm],
        question: &Question,
        snapshot: &'a Snapshot,
        kept: usize,
    ) -> Result<Scorer<'a>, Error> {
        let entries = snapshot.searcher.num_docs() as f32;
        let weight = |term: &AskedTerm| idf(entries, term.entries as f32) * (1.0 + K1);
        let mut lengths = Vec::new();
        for field in fields_of(terms) {
            lengths.push((field, Lengths::of(snapshot.mean_length(field)?)));
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
            kept,
            terms,
            snapshot,
        })
    }

    /// Adds up what the first terms say about the entries of a segment, and keeps the best.
    fn add_up(&self, segment: u32, read: usize, found: &mut Vec<(DocAddress, f32)>) -> Result<(), Error> {
        let reader = self.snapshot.searcher.segment_reader(segment);
        let lengths = self.lengths_of(segment)?;
        let mut cursors = Vec::with_capacity(read);
        for (at, term) in self.terms.iter().enumerate().take(read) {
            if let Some(place) = &term.places[segment as usize] {
                let inverted = reader.inverted_index(term.field)?;
                let block = inverted.read_block_postings_from_terminfo(place, IndexRecordOption::WithFreqs);
                let block = block.map_err(TantivyError::from)?;
                cursors.push(Cursor::new(block, self.weights[at], &lengths[at]));
            }
        }
        let mut best = Best::new(self.kept);
        add_up(&mut cursors, reader.max_doc(), reader.alive_bitset(), &mut best);
        best.cut();
        let address = |(doc, score)| (DocAddress::new(segment, doc), score);
        found.extend(best.found.into_iter().map(address));
        Ok(())
    }

    /// Scores entries with all terms, in the order of the terms: sums of the same numbers are the same.
    fn rescore(&self, found: &mut [(DocAddress, f32)]) -> Result<(), Error> {
        let (mut times, mut numbers) = (vec![0; self.terms.len()], Vec::new());
        for segment in 0..self.snapshot.searcher.segment_readers().len() as u32 {
            let lengths = self.lengths_of(segment)?;
            let inside = found.iter().filter(|(address, _)| address.segment_ord == segment);
            // All at once, so that the processor need not wait for each.
            black_box(inside.fold(0, |sum: u64, (address, _)| {
                sum ^ self.snapshot.segment(*address).first_number(address.doc_id)
            }));
            for (address, score) in found.iter_mut().filter(|(address, _)| address.segment_ord == segment) {
                self.count(*address, &mut numbers, &mut times);
                *score = 0.0;
                for (at, times) in times.iter_mut().enumerate().filter(|(_, times)| **times > 0) {
                    let worth = lengths[at].saturated(address.doc_id, std::mem::take(times));
                    *score += self.weights[at] * worth;
                }
            }
        }
        Ok(())
    }

    /// For each term, how long the entries of a segment are.
    fn lengths_of(&self, segment: u32) -> Result<Vec<EntryLengths<'_>>, Error> {
        let reader = self.snapshot.searcher.segment_reader(segment);
        let mut by_field = Vec::new();
        for (field, lengths) in &self.lengths {
            let codes = reader.get_fieldnorms_reader(*field)?;
            by_field.push((*field, EntryLengths { lengths, codes }));
        }
        let of = |term: &AskedTerm| by_field.iter().find(|(field, _)| *field == term.field);
        Ok(self.terms.iter().filter_map(of).map(|(_, of)| of.clone()).collect())
    }

    /// How often an entry has each term.
    fn count(&self, address: DocAddress, numbers: &mut Vec<u64>, times: &mut [u32]) {
        let mut same_rules = false;
        let segment = self.snapshot.segment(address);
        segment.numbers(address.doc_id, numbers);
        for number in numbers {
            let (neutral, term) = segment.vocabulary.keys(*number);
            if let Some(lang) = marked(neutral, term) {
                same_rules = self.lang == Some(lang);
                continue;
            }
            if let Some(at) = self.neutral.get(neutral) {
                times[at] += 1;
            }
            if same_rules && let Some(at) = self.stems.get(term) {
                times[at] += 1;
            }
        }
    }
}

/// A small table from a word's hash to its place among the terms; most words of an entry are not in it.
struct Probe {
    slots: Vec<(u32, u32)>,
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
    fn slot(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        while self.slots[slot].1 != FREE && self.slots[slot].0 != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn get(&self, key: u32) -> Option<usize> {
        let (_, at) = self.slots[self.slot(key)];
        (at != FREE).then_some(at as usize)
    }
}
