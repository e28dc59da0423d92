//! Comes in: a wording. Goes out: its words as tokens, in a form that is stored beside the entry and compared when
//! it becomes a candidate.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::analyzer::{Analysis, analyse};
use crate::{Lang, Wording, WordingKind};

/// One wording, analysed. Borrows from the stored JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Profile<'a> {
    #[serde(rename = "k")]
    pub(crate) kind: WordingKind,
    /// The language whose rules made the terms, `und` for none.
    #[serde(rename = "l")]
    pub(crate) lang: Lang,
    /// Neutral forms of all words, in reading order, joined by spaces.
    #[serde(rename = "w", borrow)]
    words: Cow<'a, str>,
    /// The term of each word, [`STOP`] for a stop word; as many as `words`.
    #[serde(rename = "t", borrow)]
    terms: Cow<'a, str>,
}

/// Stands for the term of a stop word. No token is a hyphen.
const STOP: &str = "-";

/// A word of a wording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProfileWord<'a> {
    pub(crate) neutral: &'a str,
    /// `None` for a stop word.
    pub(crate) term: Option<&'a str>,
}

impl Profile<'static> {
    /// Analyses a wording; a missing language is guessed.
    pub(crate) fn of(wording: &Wording) -> Profile<'static> {
        let declared = wording.lang;
        let lang = if declared == Lang::UND {
            Lang::detect(&wording.text)
        } else {
            declared
        };
        let analysis = analyse(&wording.text, lang);
        Profile {
            kind: wording.kind,
            lang: analysis.language.map_or(Lang::UND, |language| language.lang),
            words: join(analysis.tokens.iter().map(|token| token.neutral.as_str())).into(),
            terms: join(term_or_stop(&analysis)).into(),
        }
    }
}

impl Profile<'_> {
    /// Neutral words, joined by spaces.
    pub(crate) fn neutral_text(&self) -> &str {
        &self.words
    }

    /// Terms without stop words, joined by spaces.
    pub(crate) fn term_text(&self) -> String {
        join(self.words().filter_map(|word| word.term))
    }

    /// The words with their terms, in reading order.
    pub(crate) fn words(&self) -> impl Iterator<Item = ProfileWord<'_>> {
        let terms = self.terms.split(' ').map(|term| (term != STOP).then_some(term));
        let words = self.words.split(' ').filter(|word| !word.is_empty());
        words.zip(terms).map(|(neutral, term)| ProfileWord { neutral, term })
    }
}

fn term_or_stop(analysis: &Analysis) -> impl Iterator<Item = &str> {
    let stop_or_term = |token| {
        if analysis.is_stop_word(token) {
            STOP
        } else {
            token.term.as_str()
        }
    };
    analysis.tokens.iter().map(stop_or_term)
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
