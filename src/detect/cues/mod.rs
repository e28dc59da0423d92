//! Words that betray what a sentence is. Written by us, from how news, posts and page notices are worded; short on purpose.
//!
//! A cue matches whole words of the normalised sentence; one that ends in `*` matches the beginning of a word. A new
//! language is one block of rows in [`latin`] or [`others`]; without one, only the signals that need no words count.

mod latin;
mod others;

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use super::score::Signal;
use crate::domain::Lang;

/// Words of one language that are one signal, with a bar between them.
struct Cue {
    signal: Signal,
    lang: Lang,
    words: &'static str,
}

/// One cue: what it begins with, whether more letters may follow, and its signal.
struct Entry {
    words: &'static str,
    is_beginning: bool,
    signal: Signal,
}

/// The first two letters of a cue, by which it is found.
type Key = [char; 2];

static BY_LANG: LazyLock<BTreeMap<Lang, HashMap<Key, Vec<Entry>>>> = LazyLock::new(|| {
    let mut by_lang: BTreeMap<Lang, HashMap<Key, Vec<Entry>>> = BTreeMap::new();
    for cue in latin::CUES.iter().chain(others::CUES) {
        for word in cue.words.split('|') {
            let words = word.trim_end_matches('*');
            let entry = Entry {
                words,
                is_beginning: words.len() < word.len(),
                signal: cue.signal,
            };
            by_lang
                .entry(cue.lang)
                .or_default()
                .entry(key(words))
                .or_default()
                .push(entry);
        }
    }
    by_lang
});

/// Of a text and of a cue of one letter, the second is a space.
fn key(text: &str) -> Key {
    let mut chars = text.chars();
    let mut next = || chars.next().unwrap_or(' ');
    [next(), next()]
}

/// The signals of a language's words in a text whose words have a space around each.
pub(super) fn cued(padded: &str, lang: Lang) -> Vec<Signal> {
    let Some(entries) = BY_LANG.get(&lang) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (at, _) in padded.match_indices(' ') {
        let rest = &padded[at + 1..];
        let here = entries.get(&key(rest)).into_iter().flatten();
        for entry in here.filter(|entry| entry.begins(rest)) {
            if !found.contains(&entry.signal) {
                found.push(entry.signal);
            }
        }
    }
    found
}

impl Entry {
    fn begins(&self, rest: &str) -> bool {
        let after = rest.strip_prefix(self.words);
        after.is_some_and(|after| self.is_beginning || after.starts_with(' '))
    }
}

const fn cue(signal: Signal, lang: Lang, words: &'static str) -> Cue {
    Cue { signal, lang, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_phrases_and_beginnings() {
        for (padded, wanted) in [
            (" laut polizei ", &[Signal::Attribution, Signal::Institution][..]),
            (" lautlos ", &[]),
            (" es ist schneller als je ", &[Signal::Absolute, Signal::Comparison]),
            (" polizeibericht ", &[Signal::Institution]),
            (" ", &[]),
        ] {
            assert_eq!(cued(padded, Lang::DE), wanted, "{padded}");
        }
        assert!(cued(" laut polizei ", Lang::UND).is_empty());
    }
}
