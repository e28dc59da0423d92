//! A text comes in; the numbers that models weigh go out: hashes of its wording, and its [`TRAITS`].
//!
//! A hash says which weight counts, not which words it stands for, so a file of weights holds no word that was learnt from.

use claim_index::normalise_text;

use super::{
    tokens::{is_number, shape, tokens},
    traits::{Seen, TRAITS},
};
use crate::domain::Lang;

/// Longest text that is looked at, in characters.
const MAX_CHARS: usize = 5000;

/// How many signs of a word count together.
const GRAMS: std::ops::RangeInclusive<usize> = 3..=5;

/// How much the three kinds of hashes weigh: words and pairs of them, pieces of words, ways of writing.
const SCALES: [f32; 3] = [0.6, 1.0, 0.6];

/// A hash with its number.
pub(super) type Hashed = (u32, f32);

/// What a model sees of a text.
pub(super) struct Features {
    /// Each hash once, in order. Each kind's numbers make a vector of that kind's length, whatever the text's length.
    pub(super) hashed: Vec<Hashed>,
    /// By [`TRAITS`].
    pub(super) traits: Vec<f32>,
}

impl Features {
    pub(super) fn of(text: &str, lang: Lang) -> Self {
        let text = start(text);
        let seen = Seen::of(text, lang);
        let normal = normalise_text(text);
        let words: Vec<String> = tokens(&normal).into_iter().map(plain).collect();
        let mut pieces = Vec::with_capacity(16 * words.len());
        for word in &words {
            grams(word, &mut pieces);
        }
        let kinds = [wording(&words), pieces, writing(seen.tokens())];
        let mut hashed = Vec::new();
        for (kind, scale) in kinds.into_iter().zip(SCALES) {
            hashed.extend(weighed(kind, scale));
        }
        hashed.sort_unstable_by_key(|(hash, _)| *hash);
        Self {
            hashed,
            traits: TRAITS.iter().map(|one| (one.value)(&seen)).collect(),
        }
    }

    /// The number of a hash; 0 if it is not there.
    fn number(&self, hash: u32) -> f32 {
        let at = self.hashed.binary_search_by_key(&hash, |(hash, _)| *hash);
        at.map_or(0.0, |at| self.hashed[at].1)
    }

    /// The words of the text with the hashes that are theirs alone, for saying which of them counted.
    pub(super) fn by_word<'a>(&self, text: &'a str) -> Vec<(&'a str, Vec<Hashed>)> {
        let words = tokens(start(text))
            .into_iter()
            .filter(|word| super::tokens::is_word(word) && !is_number(word));
        let own = |word: &'a str| {
            let normal = plain(&normalise_text(word));
            let mut hashes = vec![hash(WORD, &[&normal])];
            grams(&normal, &mut hashes);
            let numbers = hashes.into_iter().map(|hash| (hash, self.number(hash)));
            (word, numbers.collect())
        };
        words.map(own).collect()
    }
}

fn start(text: &str) -> &str {
    text.char_indices().nth(MAX_CHARS).map_or(text, |(at, _)| &text[..at])
}

/// Numbers by their length: 1,200 and 1,300 are alike here.
fn plain(word: &str) -> String {
    if is_number(word) {
        return "0".repeat(word.chars().count().min(5));
    }
    word.to_owned()
}

const WORD: u64 = 1;
const PAIR: u64 = 2;
const PIECE: u64 = 3;
const SHAPE: u64 = 10;

/// Words and neighbours, the ends of the text among them.
fn wording(words: &[String]) -> Vec<u32> {
    let mut hashes: Vec<u32> = words.iter().map(|word| hash(WORD, &[word])).collect();
    let ends = words.iter().map(String::as_str).chain([">"]);
    let starts = ["<"].into_iter().chain(words.iter().map(String::as_str));
    hashes.extend(starts.zip(ends).map(|(a, b)| hash(PAIR, &[a, b])));
    hashes
}

/// The pieces of a word with its ends; a short word as a whole.
fn grams(word: &str, hashes: &mut Vec<u32>) {
    let word = format!(" {word} ");
    let mut at: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    at.push(word.len());
    for size in GRAMS {
        if size >= at.len() - 1 {
            hashes.push(hash(PIECE, &[&word]));
            return;
        }
        hashes.extend(
            at.iter()
                .zip(&at[size..])
                .map(|(&from, &to)| hash(PIECE, &[&word[from..to]])),
        );
    }
}

/// Ways of writing, up to three neighbours.
fn writing(tokens: &[&str]) -> Vec<u32> {
    let shapes: Vec<String> = tokens.iter().map(|token| shape(token)).collect();
    let ends = || ["<"].into_iter().chain(shapes.iter().map(String::as_str)).chain([">"]);
    let shapes: Vec<&str> = ends().collect();
    (1..=3)
        .flat_map(|size| {
            shapes
                .windows(size)
                .map(move |window| hash(SHAPE + size as u64, window))
        })
        .collect()
}

/// Each hash once, damped by its count, all together of the length `scale`.
fn weighed(mut hashes: Vec<u32>, scale: f32) -> Vec<Hashed> {
    hashes.sort_unstable();
    let runs = hashes.chunk_by(|a, b| a == b);
    let mut found: Vec<Hashed> = runs.map(|run| (run[0], 1.0 + (run.len() as f32).ln())).collect();
    let length = found
        .iter()
        .map(|(_, n)| n * n)
        .sum::<f32>()
        .sqrt()
        .max(f32::MIN_POSITIVE);
    for (_, n) in &mut found {
        *n *= scale / length;
    }
    found
}

/// FNV-1a (draft-eastlake-fnv) with a final mix. Files of weights depend on it.
fn hash(kind: u64, parts: &[&str]) -> u32 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let start = 0xcbf2_9ce4_8422_2325 ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    let sum = bytes.fold(start, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(PRIME));
    let mixed = (sum ^ (sum >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_capitals_do_not_tell_wordings_apart() {
        let of = |text: &str| {
            weighed(
                wording(&tokens(&normalise_text(text)).into_iter().map(plain).collect::<Vec<_>>()),
                1.0,
            )
        };
        assert_eq!(of("Um 1200 Euro"), of("um 1300 EURO"));
        assert_ne!(of("Um 1200 Euro"), of("Um 12 Euro"));
    }

    #[test]
    fn a_word_is_found_again_in_its_text() {
        let text = "Der Stausee läuft AUS";
        let features = Features::of(text, Lang::DE);
        for (word, hashed) in features.by_word(text) {
            assert!(hashed.iter().all(|(_, n)| *n > 0.0), "{word}");
        }
    }

    #[test]
    fn any_text_ends() {
        let long = "wort ".repeat(100_000);
        for text in ["", " ", "\u{200d}", "😀", "@", long.as_str()] {
            let features = Features::of(text, Lang::UND);
            assert!(
                features
                    .traits
                    .iter()
                    .chain(features.hashed.iter().map(|(_, n)| n))
                    .all(|n| n.is_finite())
            );
        }
    }
}
