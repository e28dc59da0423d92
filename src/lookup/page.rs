//! "Is anything on this page already debunked?": a page's text comes in; the sentences that make known claims go out, each
//! with its answer.

use std::collections::HashSet;

use claim_index::{Outcome, Query};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Answer, Error, Found, Lookup, is_checked, outcome};
use crate::{
    detect,
    domain::{Fingerprint, Lang},
};

/// Most sentences of a page that are looked up: the first ones.
pub const MAX_SENTENCES: usize = 250;

/// Most candidates told for a sentence.
const CANDIDATES: usize = 3;

/// Fewer words than this are no statement: headings, names, dates.
const LEAST_WORDS: usize = 4;

/// Sentences asked about in one go. Between two goes others have their turn.
const AT_ONCE: usize = 25;

/// What a page says that is known.
#[derive(Debug, Clone)]
pub struct PageAnswer {
    /// How many sentences the page has, wordings that stand there twice counted once.
    pub sentences: usize,
    /// How many of them were looked up.
    pub asked: usize,
    /// Those that are known claims, or may be, in the page's order.
    pub findings: Vec<Finding>,
    /// The change number that the index stood at.
    pub as_of: u64,
}

/// A sentence of a page that is a known claim, or may be one.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The sentence as it stands on the page.
    pub quote: String,
    /// Where it begins, in characters from the page's first (`start` of a W3C TextPositionSelector).
    pub start: usize,
    /// The answer to it; its outcome is never [`Outcome::None`].
    pub answer: Answer,
}

/// A sentence and where it begins, in bytes.
struct Sentence<'a> {
    text: &'a str,
    at: usize,
}

impl Lookup {
    /// Looks up each sentence of a text. Its language is found out once for all of them, unless the asker says it.
    pub async fn page(&self, text: &str, lang: Option<Lang>) -> Result<PageAnswer, Error> {
        let as_of = self.index.position();
        let lang = lang.unwrap_or_else(|| Lang::detect(text));
        let all = sentences(text, lang);
        let asked: Vec<_> = all
            .iter()
            .filter(|s| is_statement(s.text))
            .take(MAX_SENTENCES)
            .collect();
        let found = self.each(&asked, lang).await?;
        let mut findings = Vec::new();
        let mut counted = (0, 0);
        for (sentence, found) in asked.iter().zip(found) {
            if found.iter().any(|found| found.outcome != Outcome::None) {
                counted = (sentence.at, counted.1 + text[counted.0..sentence.at].chars().count());
                findings.push(self.finding(sentence.text, counted.1, found, as_of).await?);
            }
        }
        Ok(PageAnswer {
            sentences: all.len(),
            asked: asked.len(),
            findings,
            as_of,
        })
    }

    /// What the index finds for each sentence, on as many cores as there are.
    async fn each(&self, asked: &[&Sentence<'_>], lang: Lang) -> Result<Vec<Vec<Found>>, Error> {
        let goes: Vec<Vec<Query>> = asked
            .chunks(AT_ONCE)
            .map(|go| go.iter().map(|s| query(s, lang)).collect())
            .collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let answers = stream::iter(goes).map(|go| {
            self.blocking(move |index| {
                go.iter()
                    .map(|query| index.lookup(query))
                    .collect::<Result<Vec<_>, _>>()
            })
        });
        let answers: Vec<_> = answers.buffered(cores).try_collect().await?;
        let matches = answers.into_iter().flatten().map(|answer| answer.matches);
        Ok(matches
            .map(|matches| matches.into_iter().filter_map(Found::of_match).collect())
            .collect())
    }

    async fn finding(&self, quote: &str, start: usize, found: Vec<Found>, as_of: u64) -> Result<Finding, Error> {
        let told = found
            .into_iter()
            .filter(|found| found.outcome != Outcome::None)
            .collect();
        let candidates = self.join(told).await?;
        let answer = Answer {
            outcome: outcome(&candidates),
            checked: is_checked(&candidates),
            candidates,
            as_of,
        };
        Ok(Finding {
            quote: quote.to_owned(),
            start,
            answer,
        })
    }
}

fn query(sentence: &Sentence<'_>, lang: Lang) -> Query {
    Query {
        text: sentence.text.to_owned(),
        lang: Some(lang),
        limit: CANDIDATES,
    }
}

/// The sentences of a text, each wording once, where it stands first.
fn sentences(text: &str, lang: Lang) -> Vec<Sentence<'_>> {
    let mut seen = HashSet::new();
    let base = text.as_ptr() as usize;
    let all = detect::sentences(text, lang).into_iter();
    let once = all.filter(|sentence| seen.insert(Fingerprint::exact(sentence)));
    once.map(|text| Sentence {
        text,
        at: text.as_ptr() as usize - base,
    })
    .collect()
}

fn is_statement(sentence: &str) -> bool {
    let words = sentence
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric));
    words.take(LEAST_WORDS).count() == LEAST_WORDS || sentence.chars().any(is_unspaced)
}

/// Letters of scripts that are written without spaces (Han, kana, Thai).
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_stand_where_they_are_said_to() {
        let text = "Über uns\n\nDie Stadt zahlt 500 Euro an jeden. Wirklich? Die Stadt zahlt 500 Euro an jeden.\n";
        let found = sentences(text, Lang::DE);
        assert_eq!(
            found.iter().map(|s| s.text).collect::<Vec<_>>(),
            ["Über uns", "Die Stadt zahlt 500 Euro an jeden.", "Wirklich?"]
        );
        assert!(found.iter().all(|s| text[s.at..].starts_with(s.text)));
        let statements = found.iter().filter(|s| is_statement(s.text));
        assert_eq!(
            statements.map(|s| s.text).collect::<Vec<_>>(),
            ["Die Stadt zahlt 500 Euro an jeden."]
        );
        assert!(is_statement("这是假的。"));
    }
}
