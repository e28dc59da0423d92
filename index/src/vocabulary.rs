//! Comes in: the dictionary of a segment's column of words. Goes out: what a lookup wants to know of a word by its number.

use tantivy::TantivyError;
use tantivy::columnar::StrColumn;
use xxhash_rust::xxh3::xxh3_64;

use crate::profile::{ProfileWord, Unpacked, unpack};
use crate::{Error, Lang, WordingKind};

/// The words of one segment, in memory: some forty bytes each, however many claims have them.
#[derive(Default)]
pub(crate) struct Vocabulary {
    text: String,
    /// By number in the column.
    entries: Vec<Known>,
    /// The keys of each word's forms, apart from the rest: a lookup goes through some ten thousand words.
    keys: Vec<(u32, u32)>,
    near: Near,
}

/// What a number in the column stands for.
#[derive(Clone, Copy)]
pub(crate) enum Known {
    /// A wording begins.
    Mark(WordingKind, Lang),
    Word(Word),
}

/// Where the letters of a word are.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    start: u32,
    neutral_bytes: u16,
    term_bytes: u16,
    is_name: bool,
    /// Has no term: it only holds sentences together.
    stops: bool,
}

/// What a wording's mark has in the place of a word's first key.
const MARKED: u32 = 0;
/// What a stop word has in the place of a term's.
const NO_TERM: u32 = 0;

/// A hash by which words are told apart. One of a million words in a segment is taken for one of a question's thirty in a
/// question of a hundred, in scoring only.
pub(crate) fn key(word: &str) -> u32 {
    (xxh3_64(word.as_bytes()) as u32).max(1)
}

/// The language of the wording that begins here, if one does.
pub(crate) fn marked(neutral: u32, term: u32) -> Option<Lang> {
    (neutral == MARKED).then(|| Lang::of_code(term))
}

impl Vocabulary {
    pub(crate) fn of(column: &StrColumn) -> Result<Vocabulary, Error> {
        let mut vocabulary = Vocabulary::default();
        let mut values = column.dictionary().stream().map_err(TantivyError::from)?;
        while let Some((value, ())) = values.next() {
            let value = std::str::from_utf8(value).map_err(|error| Error::Damaged {
                what: error.to_string(),
            })?;
            vocabulary.add(value);
        }
        vocabulary.near = Near::of(&vocabulary);
        Ok(vocabulary)
    }

    fn add(&mut self, value: &str) {
        let (known, keys) = match unpack(value) {
            Unpacked::Mark(kind, lang) => (Known::Mark(kind, lang), (MARKED, lang.code())),
            Unpacked::Word(word) => {
                let keys = (key(word.neutral), word.term.map_or(NO_TERM, key));
                (Known::Word(self.word(word)), keys)
            }
        };
        self.entries.push(known);
        self.keys.push(keys);
    }

    fn word(&mut self, word: ProfileWord) -> Word {
        let start = self.text.len() as u32;
        self.text.push_str(word.neutral);
        let other = word.term.filter(|term| *term != word.neutral).unwrap_or_default();
        self.text.push_str(other);
        Word {
            start,
            neutral_bytes: word.neutral.len() as u16,
            term_bytes: other.len() as u16,
            is_name: word.is_name,
            stops: word.term.is_none(),
        }
    }

    /// What a number in the column stands for.
    pub(crate) fn get(&self, number: u64) -> Option<&Known> {
        self.entries.get(number as usize)
    }

    /// The keys of a number: of a word's neutral form and its term, or what [`marked`] reads.
    pub(crate) fn keys(&self, number: u64) -> (u32, u32) {
        self.keys.get(number as usize).copied().unwrap_or_default()
    }

    /// The letters of a word.
    pub(crate) fn spelt(&self, word: &Word) -> ProfileWord<'_> {
        let middle = word.start as usize + usize::from(word.neutral_bytes);
        let end = middle + usize::from(word.term_bytes);
        let neutral = &self.text[word.start as usize..middle];
        let term = if word.term_bytes == 0 {
            neutral
        } else {
            &self.text[middle..end]
        };
        ProfileWord {
            neutral,
            is_name: word.is_name,
            term: (!word.stops).then_some(term),
        }
    }

    /// The neutral words that differ from one by so many edits at the most.
    pub(crate) fn near<'a>(&'a self, wanted: &'a Wanted, edits: usize) -> impl Iterator<Item = &'a str> {
        self.near.candidates(wanted, edits).filter_map(move |number| {
            let Some(Known::Word(word)) = self.get(number.into()) else {
                return None;
            };
            let neutral = self.spelt(word).neutral;
            wanted.is_within(neutral, edits).then_some(neutral)
        })
    }
}

/// Distinct neutral words by their length, each with the set of its letters: most words are told apart from another by
/// that alone, in a nanosecond. The road not taken is an automaton over tantivy's dictionary: it took a millisecond a word.
#[derive(Default)]
struct Near {
    letters: Vec<u32>,
    numbers: Vec<u32>,
    /// For each length, where its words begin.
    starts: Vec<usize>,
}

/// Words are no longer than this; see the analyzer. Folding may double a character.
const MAX_LENGTH: usize = 128;

impl Near {
    fn of(vocabulary: &Vocabulary) -> Near {
        let mut by_length: Vec<Vec<(u32, u32)>> = vec![Vec::new(); MAX_LENGTH];
        let mut before = "";
        for (number, known) in vocabulary.entries.iter().enumerate() {
            let Known::Word(word) = known else { continue };
            let neutral = vocabulary.spelt(word).neutral;
            // Words with one neutral form follow each other.
            let is_new = std::mem::replace(&mut before, neutral) != neutral;
            if is_new && let Some(words) = by_length.get_mut(neutral.chars().count()) {
                words.push((letters(neutral), number as u32));
            }
        }
        let mut near = Near::default();
        for words in by_length {
            near.starts.push(near.numbers.len());
            near.letters.extend(words.iter().map(|(letters, _)| letters));
            near.numbers.extend(words.iter().map(|(_, number)| number));
        }
        near.starts.push(near.numbers.len());
        near
    }

    fn candidates(&self, wanted: &Wanted, edits: usize) -> impl Iterator<Item = u32> {
        let length = wanted.word.len();
        let start = |length: usize| self.starts.get(length.min(MAX_LENGTH)).copied().unwrap_or_default();
        let range = start(length.saturating_sub(edits))..start(length + edits + 1);
        let wanted = wanted.letters;
        let (letters, numbers) = (&self.letters[range.clone()], &self.numbers[range]);
        let chunks = letters.chunks(CHUNK).zip(numbers.chunks(CHUNK));
        chunks.flat_map(move |(letters, numbers)| {
            // Worked out for a chunk at once, which compilers turn into a few wide instructions.
            let mut is_close = [false; CHUNK];
            for (close, letters) in is_close.iter_mut().zip(letters) {
                *close = has_at_most(wanted & !*letters, edits) & has_at_most(*letters & !wanted, edits);
            }
            let numbers = numbers.iter().zip(is_close);
            numbers.filter(|(_, close)| *close).map(|(number, _)| *number)
        })
    }
}

/// Words looked at together.
const CHUNK: usize = 64;

/// Whether one bit is set, or two, at the most, without counting them all.
fn has_at_most(bits: u32, few: usize) -> bool {
    let without_one = bits & bits.wrapping_sub(1);
    let without_two = without_one & without_one.wrapping_sub(1);
    let left = if few == 1 { without_one } else { without_two };
    left == 0
}

/// A set with a place for each letter of most alphabets.
fn letters(word: &str) -> u32 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 32))
}

/// A word whose neighbours are looked for.
pub(crate) struct Wanted {
    word: Vec<char>,
    letters: u32,
}

impl Wanted {
    pub(crate) fn new(word: &str) -> Wanted {
        Wanted {
            word: word.chars().collect(),
            letters: letters(word),
        }
    }

    /// Whether another word differs by so many edits at the most: a letter more, less or other, or two neighbours swapped
    /// (optimal string alignment).
    pub(crate) fn is_within(&self, other: &str, edits: usize) -> bool {
        let width = (self.word.len() + 1).min(MAX_LENGTH);
        let mut rows = [[0_u8; MAX_LENGTH]; 3];
        for (at, cell) in (0..).zip(&mut rows[1][..width]) {
            *cell = at;
        }
        let mut last = None;
        for (place, c) in other.chars().take(MAX_LENGTH).enumerate() {
            let [before, row, next] = &mut rows;
            next[0] = place as u8 + 1;
            for at in 1..width {
                let swapped = at > 1 && last == Some(self.word[at - 1]) && c == self.word[at - 2];
                let other_letter = row[at - 1] + u8::from(c != self.word[at - 1]);
                let plain = other_letter.min(row[at] + 1).min(next[at - 1] + 1);
                next[at] = if swapped { plain.min(before[at - 2] + 1) } else { plain };
            }
            let is_far = |row: &[u8]| row.iter().all(|distance| usize::from(*distance) > edits);
            if is_far(&next[..width]) && is_far(&row[..width]) {
                return false;
            }
            rows.rotate_left(1);
            last = Some(c);
        }
        usize::from(rows[1][width - 1]) <= edits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        let cases = [
            ("vaccine", "vaccine", 0),
            ("vaccine", "vacine", 1),
            ("vaccine", "vaccinne", 1),
            ("vaccine", "vaccime", 1),
            ("vaccine", "vacicne", 1),
            ("vaccine", "avcicne", 2),
            ("vaccine", "vaxxine", 2),
            ("vaccine", "machine", 2),
            ("vaccine", "marching", 4),
            ("прививка", "првиивка", 1),
        ];
        for (a, b, edits) in cases {
            let within = |edits| Wanted::new(a).is_within(b, edits);
            assert!(within(edits) && (edits == 0 || !within(edits - 1)), "{a} {b}");
        }
    }

    #[test]
    fn words_are_found_by_their_letters_first() {
        let mut vocabulary = Vocabulary::default();
        for word in ["impfung", "impfungen", "impfungen\u{1}impfung", "schimpfen", "umpfing"] {
            vocabulary.add(word);
        }
        vocabulary.near = Near::of(&vocabulary);
        let near = |edits| vocabulary.near(&Wanted::new("impfugn"), edits).count();
        assert_eq!((near(1), near(2)), (1, 2));
        let wanted = Wanted::new("impfungne");
        assert_eq!(
            vocabulary.near(&wanted, 2).collect::<Vec<_>>(),
            ["impfung", "impfungen"]
        );
    }
}
