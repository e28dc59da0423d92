//! Comes in: the dictionary of a segment's column of words. Goes out: what a lookup wants to know of a word by its number.

use tantivy::TantivyError;
use tantivy::columnar::StrColumn;
use xxhash_rust::xxh3::xxh3_64;

use crate::near::{Near, Wanted};
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
    forms: Forms,
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
        vocabulary.forms = Forms::of(&vocabulary.keys);
        vocabulary.near = Near::of(vocabulary.neutral());
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

    /// Whether some word may have a form with this key, neutral or its term; of forms that none has one in sixteen may, too.
    pub(crate) fn may_have(&self, form: u32) -> bool {
        self.forms.may_have(form)
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

    /// The distinct neutral words, each with the number of one of its forms.
    fn neutral(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut before = "";
        (0..).zip(&self.entries).filter_map(move |(number, known)| {
            let Known::Word(word) = known else { return None };
            let neutral = self.spelt(word).neutral;
            // Words with one neutral form follow each other.
            let is_new = std::mem::replace(&mut before, neutral) != neutral;
            is_new.then_some((number, neutral))
        })
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

/// Which forms words have, as bits: most of what is asked of an index no word has, and a dictionary takes a microsecond to
/// say so.
struct Forms {
    /// As many as a power of two.
    bits: Vec<u64>,
}

impl Forms {
    /// Of the keys of all words.
    fn of(keys: &[(u32, u32)]) -> Forms {
        let mut forms = Forms {
            bits: vec![0; (keys.len() * PLACES).div_ceil(64).next_power_of_two()],
        };
        for key in keys.iter().flat_map(|(neutral, term)| [neutral, term]) {
            let (at, bit) = forms.place(*key);
            forms.bits[at] |= bit;
        }
        forms
    }

    fn may_have(&self, key: u32) -> bool {
        let (at, bit) = self.place(key);
        self.bits[at] & bit != 0
    }

    fn place(&self, key: u32) -> (usize, u64) {
        let key = key as usize;
        (key / 64 % self.bits.len(), 1 << (key % 64))
    }
}

impl Default for Forms {
    fn default() -> Forms {
        Forms::of(&[])
    }
}

/// Bits for each word, which has two forms at the most.
const PLACES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_no_word_has_are_told_mostly() {
        let mut vocabulary = Vocabulary::default();
        assert!(!vocabulary.may_have(key("impfung")));
        let words: Vec<String> = (0..1000).map(|n| format!("word{n}\u{1}term{n}")).collect();
        for word in &words {
            vocabulary.add(word);
        }
        vocabulary.forms = Forms::of(&vocabulary.keys);
        let all = |form: &str| {
            (0..1000)
                .filter(|n| vocabulary.may_have(key(&format!("{form}{n}"))))
                .count()
        };
        assert_eq!((all("word"), all("term")), (1000, 1000));
        assert!(all("other") < 1000 / 10, "{}", all("other"));
    }

    #[test]
    fn words_with_several_forms_are_found_once() {
        let mut vocabulary = Vocabulary::default();
        for word in ["impfung", "impfungen", "impfungen\u{1}impfung", "schimpfen", "umpfing"] {
            vocabulary.add(word);
        }
        vocabulary.near = Near::of(vocabulary.neutral());
        let near = |word, edits| {
            let wanted = Wanted::new(word).unwrap();
            vocabulary.near(&wanted, edits).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((near("impfugn", 1).len(), near("impfugn", 2).len()), (1, 2));
        assert_eq!(near("impfungne", 2), ["impfung", "impfungen"]);
    }
}
