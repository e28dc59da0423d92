//! Comes in: a wording. Goes out: its words as tokens, in a form that is kept beside the entry and compared when it
//! becomes a candidate.
//!
//! Kept as a column: the words of an entry in reading order, each as a number in its segment's vocabulary, less than
//! three bytes. A word there is its neutral form together with its term, and each wording begins with a mark.

use crate::analyzer::{Analysis, analyse};
use crate::{Lang, Wording, WordingKind};

/// One wording, read back.
#[derive(Debug)]
pub(crate) struct Profile<'a> {
    pub(crate) kind: WordingKind,
    /// The language whose rules made the terms, `und` for none.
    pub(crate) lang: Lang,
    pub(crate) words: Vec<ProfileWord<'a>>,
}

/// A word of a wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProfileWord<'a> {
    pub(crate) neutral: &'a str,
    /// `None` for a stop word.
    pub(crate) term: Option<&'a str>,
}

impl<'a> Profile<'a> {
    /// The words with their terms, in reading order.
    pub(crate) fn words(&self) -> impl Iterator<Item = ProfileWord<'a>> {
        self.words.iter().copied()
    }
}

/// One wording, analysed to be indexed.
#[derive(Debug)]
pub(crate) struct Analysed {
    kind: WordingKind,
    pub(crate) lang: Lang,
    analysis: Analysis,
}

/// Between the two forms of a word. The analyzer drops control characters, so no word has one.
const BETWEEN: char = '\u{1}';
/// Before the mark of a wording.
const MARK: char = '\u{2}';

impl Analysed {
    /// Analyses a wording; a missing language is guessed.
    pub(crate) fn of(wording: &Wording) -> Analysed {
        let declared = wording.lang;
        let lang = if declared == Lang::UND {
            Lang::detect(&wording.text)
        } else {
            declared
        };
        let analysis = analyse(&wording.text, lang);
        Analysed {
            kind: wording.kind,
            lang: analysis.language.map_or(Lang::UND, |language| language.lang),
            analysis,
        }
    }

    /// Neutral words, joined by spaces.
    pub(crate) fn neutral_text(&self) -> String {
        join(self.analysis.tokens.iter().map(|token| token.neutral.as_str()))
    }

    /// Terms without stop words, joined by spaces.
    pub(crate) fn term_text(&self) -> String {
        let terms = self
            .analysis
            .tokens
            .iter()
            .filter(|token| !self.analysis.is_stop_word(token));
        join(terms.map(|token| token.term.as_str()))
    }

    /// Adds the wording to its entry's column: see [`unpack`].
    pub(crate) fn pack(&self, column: &mut String) {
        column.push(MARK);
        column.push(char::from(b'0' + self.kind.tag()));
        column.push_str(self.lang.as_str());
        for token in &self.analysis.tokens {
            column.push(' ');
            column.push_str(&token.neutral);
            if self.analysis.is_stop_word(token) {
                column.push(BETWEEN);
            } else if token.term != token.neutral {
                column.push(BETWEEN);
                column.push_str(&token.term);
            }
        }
        column.push(' ');
    }
}

/// What one value of the column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpacked<'a> {
    /// A wording begins.
    Mark(WordingKind, Lang),
    Word(ProfileWord<'a>),
}

/// Reads one value of the column.
pub(crate) fn unpack(value: &str) -> Unpacked<'_> {
    if let Some(mark) = value.strip_prefix(MARK) {
        let kind = mark.bytes().next().unwrap_or_default().wrapping_sub(b'0');
        let lang = Lang::from_tag(mark.get(1..).unwrap_or_default());
        return Unpacked::Mark(WordingKind::of_tag(kind), lang);
    }
    let (neutral, term) = match value.split_once(BETWEEN) {
        None => (value, Some(value)),
        Some((neutral, "")) => (neutral, None),
        Some((neutral, term)) => (neutral, Some(term)),
    };
    Unpacked::Word(ProfileWord { neutral, term })
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_back() {
        let wording = Wording {
            kind: WordingKind::Title,
            text: "The vaccines of Zürich".to_owned(),
            lang: Lang::EN,
        };
        let mut column = String::new();
        Analysed::of(&wording).pack(&mut column);
        let word = |neutral, term| Unpacked::Word(ProfileWord { neutral, term });
        let wanted = [
            Unpacked::Mark(WordingKind::Title, Lang::EN),
            word("the", None),
            word("vaccines", Some("vaccin")),
            word("of", None),
            word("zurich", Some("zurich")),
        ];
        assert_eq!(column.split_whitespace().map(unpack).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn all_kinds_have_a_mark() {
        for tag in 0..5 {
            assert_eq!(WordingKind::of_tag(tag).tag(), tag);
        }
    }
}
