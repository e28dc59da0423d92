//! Comes in: the entries of a question's words in one segment. Goes out: those with the best sums of what the words are worth.
//!
//! Window by window: the scores of some thousand entries at a time, by all words. Word by word over all entries is less to
//! write, but then each score is fetched from afar for each word.

use std::cell::RefCell;
use std::hint::black_box;
use std::ops::Range;

use tantivy::DocId;
use tantivy::fastfield::AliveBitSet;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;

/// BM25's constants, as everywhere.
pub(crate) const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Entries whose scores are added up together: with their lengths they fit into a processor's nearest memory. A table of all
/// entries does not, and waiting for it was a quarter of a lookup. Fewer in tests, so that those of a small index span many.
const WINDOW: u32 = if cfg!(test) { 64 } else { 8192 };

/// Bytes that a processor fetches at once.
const LINE: u32 = 64;

thread_local! {
    /// The table of one lookup, kept for the next: all zero between two windows.
    static TABLE: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A term's entries in one segment, read window by window.
pub(crate) struct Cursor<'a> {
    block: BlockSegmentPostings,
    /// Entries of the block that were read.
    read: usize,
    pub(crate) weight: f32,
    lengths: &'a EntryLengths<'a>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(block: BlockSegmentPostings, weight: f32, lengths: &'a EntryLengths<'a>) -> Cursor<'a> {
        Cursor {
            block,
            read: 0,
            weight,
            lengths,
        }
    }

    /// Calls with each entry before `end` that was not read yet, and what the term adds to its score.
    fn read_until(&mut self, end: DocId, mut call: impl FnMut(DocId, f32)) {
        loop {
            let docs = self.block.docs();
            let (docs, times) = (&docs[self.read..], &self.block.freqs()[self.read..]);
            let is_whole = docs.last().is_none_or(|last| *last < end);
            let wanted = if is_whole {
                docs.len()
            } else {
                docs.partition_point(|doc| *doc < end)
            };
            for (doc, times) in docs[..wanted].iter().zip(times) {
                call(*doc, self.weight * self.lengths.saturated(*doc, *times));
            }
            self.read += wanted;
            if !is_whole || wanted == 0 {
                return;
            }
            self.block.advance();
            self.read = 0;
        }
    }
}

/// The best of a segment so far.
pub(crate) struct Best {
    pub(crate) found: Vec<(DocId, f32)>,
    /// How many are wanted.
    wanted: usize,
    /// The score that counts: that of the last of them, as far as it is known.
    least: f32,
    bits: Vec<u32>,
}

impl Best {
    pub(crate) fn new(wanted: usize) -> Best {
        Best {
            found: Vec::new(),
            wanted,
            least: 0.0,
            bits: Vec::new(),
        }
    }

    fn add(&mut self, doc: DocId, score: f32) {
        if score >= self.least {
            self.found.push((doc, score));
        }
    }

    /// Forgets what is not among the best; all that are as good as the last of them stay.
    pub(crate) fn cut(&mut self) {
        self.bits.clear();
        self.bits.extend(self.found.iter().map(|(_, score)| score.to_bits()));
        self.least = least_of_best(&mut self.bits, self.wanted);
        let least = self.least;
        self.found.retain(|(_, score)| *score >= least);
    }
}

/// Adds up the terms of a segment of so many entries, in the order of the terms.
pub(crate) fn add_up(cursors: &mut [Cursor], entries: u32, alive: Option<&AliveBitSet>, best: &mut Best) {
    // After a panic the table is not given back, and made anew.
    let mut scores = TABLE.take();
    scores.resize(WINDOW as usize, 0.0);
    let mut touched = vec![0; WINDOW as usize + 1];
    let wanted: u32 = cursors.iter().map(|cursor| cursor.block.doc_freq()).sum();
    let is_much = wanted > entries / LINE;
    let mut fields: Vec<&EntryLengths> = Vec::new();
    for cursor in &*cursors {
        if !fields
            .iter()
            .any(|known| std::ptr::eq(known.lengths, cursor.lengths.lengths))
        {
            fields.push(cursor.lengths);
        }
    }
    for start in (0..entries).step_by(WINDOW as usize) {
        let (mut count, end) = (0, start.saturating_add(WINDOW));
        if is_much {
            for lengths in &fields {
                lengths.fetch(start..end.min(entries));
            }
        }
        for cursor in &mut *cursors {
            cursor.read_until(end, |doc, worth| {
                let score = &mut scores[(doc - start) as usize];
                // Written for each and kept for the new ones: which those are no processor can foresee.
                touched[count] = doc;
                count += usize::from(*score == 0.0);
                *score += worth;
            });
        }
        for doc in &touched[..count] {
            let score = std::mem::take(&mut scores[(doc - start) as usize]);
            if score >= best.least && alive.is_none_or(|alive| alive.is_alive(*doc)) {
                best.add(*doc, score);
            }
        }
        if best.found.len() > 4 * best.wanted {
            best.cut();
        }
    }
    TABLE.set(scores);
}

/// The score of the last of so many, by the bits of all scores: positive numbers have the order of their bits.
pub(crate) fn least_of_best(bits: &mut [u32], limit: usize) -> f32 {
    if bits.len() <= limit || limit == 0 {
        return 0.0;
    }
    let (_, least, _) = bits.select_nth_unstable_by(limit - 1, |a, b| b.cmp(a));
    f32::from_bits(*least)
}

/// How much a word's frequency is worth in entries of each length.
pub(crate) struct Lengths {
    norms: [f32; 256],
    /// What a word is worth that stands there once, as most do: saves a division.
    once: [f32; 256],
}

impl Lengths {
    pub(crate) fn of(mean: f32) -> Lengths {
        let (mut norms, mut once) = ([0.0; 256], [0.0; 256]);
        for (code, (norm, once)) in (0..=255).zip(norms.iter_mut().zip(&mut once)) {
            *norm = K1 * (1.0 - B + B * FieldNormReader::id_to_fieldnorm(code) as f32 / mean);
            *once = 1.0 / (1.0 + *norm);
        }
        Lengths { norms, once }
    }
}

/// How much a word's frequency is worth in the entries of one segment.
#[derive(Clone)]
pub(crate) struct EntryLengths<'a> {
    pub(crate) lengths: &'a Lengths,
    pub(crate) codes: FieldNormReader,
}

impl EntryLengths<'_> {
    /// Has the lengths of some entries brought near, in their order: one by one, and each waited for, they take longer.
    fn fetch(&self, entries: Range<DocId>) {
        let codes = entries.step_by(LINE as usize).map(|doc| self.codes.fieldnorm_id(doc));
        black_box(codes.fold(0, u8::wrapping_add));
    }

    pub(crate) fn saturated(&self, doc: DocId, times: u32) -> f32 {
        let code = usize::from(self.codes.fieldnorm_id(doc));
        if times == 1 {
            return self.lengths.once[code];
        }
        times as f32 / (times as f32 + self.lengths.norms[code])
    }
}
