//! Comes in: a word that no entry has. Goes out: words of the index that may be meant.
//!
//! Typos, hashtags without capitals and words run together leave nothing for word-level search to find. As for
//! compounds, the index's own vocabulary is the dictionary.

use std::collections::BTreeSet;

use crate::Error;
use crate::analyzer::Token;
use crate::analyzer::language::Language;
use crate::near::Wanted;
use crate::snapshot::Snapshot;

/// Unknown words of one text that are looked at; each costs a look at the vocabulary.
pub(crate) const MAX_UNKNOWN: usize = 12;
/// Respellings of one word, the most frequent ones.
const MAX_RESPELT: usize = 3;
/// Parts that a word is taken apart into at the most.
const MAX_PARTS: usize = 4;
/// Shorter parts are everywhere and mean nothing.
const MIN_PART: usize = 3;
/// Longer words are not taken apart: the work grows with the square.
const MAX_RUN: usize = 40;

/// What a word may stand for.
pub(crate) enum Meant {
    /// All of these, run together.
    Parts(Vec<Token>),
    /// Any of these, with a typo or two; none, if the list is empty.
    OneOf(Vec<Token>),
}

/// What an unknown word may stand for.
pub(crate) fn meant(word: &str, language: Option<&Language>, snapshot: &Snapshot) -> Result<Meant, Error> {
    let token = |word: String| Token {
        term: language.map_or_else(|| word.clone(), |language| language.term(&word)),
        neutral: word,
    };
    let tokens = |words: Vec<String>| words.into_iter().map(token).collect();
    if !word.chars().all(char::is_alphabetic) {
        return Ok(Meant::OneOf(Vec::new()));
    }
    let parts = parts(word, snapshot)?;
    if !parts.is_empty() {
        return Ok(Meant::Parts(tokens(parts)));
    }
    Ok(Meant::OneOf(tokens(neighbours(word, snapshot)?)))
}

/// The known words that are fewest edits away.
fn neighbours(word: &str, snapshot: &Snapshot) -> Result<Vec<String>, Error> {
    let edits = edits(word);
    let Some(wanted) = Wanted::new(word).filter(|_| edits > 0) else {
        return Ok(Vec::new());
    };
    let segments = snapshot.segments().iter();
    let all: BTreeSet<&str> = segments
        .flat_map(|segment| segment.vocabulary.near(&wanted, edits))
        .collect();
    let (near, far): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|word| wanted.is_within(word, 1));
    let nearest = most_frequent(near, snapshot)?;
    if nearest.is_empty() {
        return most_frequent(far, snapshot);
    }
    Ok(nearest)
}

/// Edits that a word may have (Damerau–Levenshtein): in a short word a typo makes another word.
fn edits(word: &str) -> usize {
    match word.chars().count() {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    }
}

/// Those that an entry has, the most frequent first.
fn most_frequent(words: Vec<&str>, snapshot: &Snapshot) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for word in words {
        found.push((snapshot.doc_freq(snapshot.fields.neutral, word)?, word));
    }
    // The words of removed entries are in the vocabulary until their segment is rewritten.
    found.retain(|(count, _)| *count > 0);
    found.sort_by(|(a_count, a), (b_count, b)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    Ok(found
        .into_iter()
        .map(|(_, word)| word.to_owned())
        .take(MAX_RESPELT)
        .collect())
}

/// The fewest known words that the word is made of; empty if there are none.
fn parts(word: &str, snapshot: &Snapshot) -> Result<Vec<String>, Error> {
    let borders: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let length = borders.len() - 1;
    if !(2 * MIN_PART..=MAX_RUN).contains(&length) {
        return Ok(Vec::new());
    }
    // For each border, the fewest parts that lead to it, and where the last of them begins.
    let mut reached: Vec<Option<(usize, usize)>> = vec![None; borders.len()];
    reached[0] = Some((0, 0));
    for end in MIN_PART..=length {
        for start in 0..=end - MIN_PART {
            let Some((parts, _)) = reached[start].filter(|(parts, _)| *parts < MAX_PARTS) else {
                continue;
            };
            let is_fewer = reached[end].is_none_or(|(fewest, _)| parts + 1 < fewest);
            if is_fewer && is_known(&word[borders[start]..borders[end]], snapshot)? {
                reached[end] = Some((parts + 1, start));
            }
        }
    }
    Ok(path(&reached, length)
        .into_iter()
        .map(|(start, end)| word[borders[start]..borders[end]].to_owned())
        .collect())
}

fn path(reached: &[Option<(usize, usize)>], end: usize) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut at = end;
    while let Some((_, start)) = reached[at].filter(|_| at > 0) {
        parts.push((start, at));
        at = start;
    }
    parts.reverse();
    parts
}

fn is_known(word: &str, snapshot: &Snapshot) -> Result<bool, Error> {
    Ok(snapshot.doc_freq(snapshot.fields.neutral, word)? > 0)
}
