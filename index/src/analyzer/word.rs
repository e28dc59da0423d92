//! Comes in: prepared text. Goes out: its words, pairs of characters where a script writes none.

use std::collections::VecDeque;
use std::ops::Range;

use unicode_segmentation::{UnicodeSegmentation, UnicodeWordIndices};

/// Longer words are cut: nothing that long carries meaning, and the index should not hold it.
pub(super) const MAX_WORD_CHARS: usize = 64;

/// A word as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) mark: Mark,
}

/// The sign directly before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    /// `#`: a hashtag.
    Hash,
    /// `@`: an account's handle.
    At,
}

/// Scripts written without spaces (Han, Kana, Hangul syllables, Thai, Lao, Myanmar, Khmer). Hangul has spaces but
/// glues particles to its words; pairs of syllables serve it better than whole words.
const UNSPACED: &[(char, char)] = &[
    ('\u{e00}', '\u{eff}'),
    ('\u{1000}', '\u{109f}'),
    ('\u{1780}', '\u{17ff}'),
    ('\u{3005}', '\u{3007}'),
    ('\u{3040}', '\u{30ff}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{ac00}', '\u{d7af}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{20000}', '\u{3ffff}'),
];

/// Whether words of this character's script cannot be told by spaces.
pub fn is_unspaced(c: char) -> bool {
    c >= '\u{e00}' && UNSPACED.iter().any(|&(first, last)| (first..=last).contains(&c))
}

/// The words of a text (UAX 29), lazily.
///
/// Runs of an unspaced script become overlapping pairs of characters, a lone character stays alone. Words glued by
/// dots, colons or underscores are taken apart (`end.Start`), abbreviations put together (`U.S` is `US`).
pub(crate) fn words(text: &str) -> Words<'_> {
    Words {
        text,
        segments: text.unicode_word_indices(),
        run: 0..0,
        queue: VecDeque::new(),
    }
}

/// See [`words`].
pub(crate) struct Words<'a> {
    text: &'a str,
    segments: UnicodeWordIndices<'a>,
    /// Bytes of an unspaced script that may go on in the next segment.
    run: Range<usize>,
    queue: VecDeque<Word>,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        while self.queue.is_empty() {
            match self.segments.next() {
                Some((start, segment)) => self.read(start, segment),
                None if self.run.is_empty() => return None,
                None => self.end_run(),
            }
        }
        self.queue.pop_front()
    }
}

impl Words<'_> {
    /// Takes a segment apart into runs of spaced and unspaced characters (`covid백신19` is one segment).
    fn read(&mut self, start: usize, segment: &str) {
        let mut from = 0;
        while let Some(c) = segment[from..].chars().next() {
            let unspaced = is_unspaced(c);
            let piece = &segment[from..];
            let length = piece.find(|c| is_unspaced(c) != unspaced).unwrap_or(piece.len());
            let range = start + from..start + from + length;
            if !unspaced {
                self.end_run();
                push_parts(
                    &piece[..length],
                    mark_before(&self.text[..range.start]),
                    &mut self.queue,
                );
            } else if self.run.end == range.start {
                self.run.end = range.end;
            } else {
                self.end_run();
                self.run = range;
            }
            from += length;
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        push_pairs(&self.text[run], &mut self.queue);
    }
}

fn mark_before(text: &str) -> Mark {
    match text.as_bytes().last() {
        Some(b'#') => Mark::Hash,
        Some(b'@') => Mark::At,
        _ => Mark::None,
    }
}

fn push_pairs(run: &str, queue: &mut VecDeque<Word>) {
    let chars: Vec<char> = run.chars().collect();
    let pairs = chars.windows(chars.len().clamp(1, 2)).map(|pair| pair.iter().collect());
    queue.extend(pairs.map(|text| Word { text, mark: Mark::None }));
}

fn push_parts(segment: &str, mark: Mark, queue: &mut VecDeque<Word>) {
    if super::number::looks_like_number(segment) {
        queue.push_back(word(segment, mark));
        return;
    }
    let parts = segment.split(['.', ':', '_', '\u{b7}']).filter(|part| !part.is_empty());
    if parts.clone().all(|part| part.chars().count() == 1) {
        queue.push_back(word(&parts.collect::<String>(), mark));
    } else {
        queue.extend(parts.map(|part| word(part, mark)));
    }
}

fn word(text: &str, mark: Mark) -> Word {
    Word {
        text: text.chars().take(MAX_WORD_CHARS).collect(),
        mark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let marked = |word: Word| match word.mark {
            Mark::None => word.text,
            Mark::Hash => format!("#{}", word.text),
            Mark::At => format!("@{}", word.text),
        };
        words(text).map(marked).collect()
    }

    #[test]
    fn texts_become_words() {
        let cases: &[(&str, &[&str])] = &[
            ("Don't stop, it's 5,000.50!", &["Don't", "stop", "it's", "5,000.50"]),
            ("#StopIt @some_one", &["#StopIt", "@some", "@one"]),
            ("end.Start U.S. e.g. v2.0", &["end", "Start", "US", "eg", "v2", "0"]),
            ("疫苗导致不孕", &["疫苗", "苗导", "导致", "致不", "不孕"]),
            ("疫 vs 苗。", &["疫", "vs", "苗"]),
            ("วัคซีน", &["วั", "ัค", "คซ", "ซี", "ีน"]),
            ("covid백신19", &["covid", "백신", "19"]),
            ("اللقاح خطير", &["اللقاح", "خطير"]),
            ("🔥 … — ((( ", &[]),
            ("", &[]),
        ];
        for (text, wanted) in cases {
            assert_eq!(&cut(text), wanted, "{text}");
        }
    }

    #[test]
    fn endless_words_are_cut() {
        assert_eq!(cut(&"x".repeat(100_000)), ["x".repeat(MAX_WORD_CHARS)]);
    }
}
