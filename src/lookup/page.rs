//! "Is anything on this page already debunked?": a page's text comes in; the sentences that make known claims go out, each
//! with its answer.

use std::collections::HashSet;

use claim_index::{Outcome, Query, is_unspaced};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Answer, Candidate, Error, Found, Lookup, candidates};
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

/// A sentence to look up.
struct Sentence {
    text: String,
    /// Where it begins, in characters.
    start: usize,
}

/// What of a page is looked up.
struct Statements {
    /// How many sentences there are in all.
    sentences: usize,
    asked: Vec<Sentence>,
    lang: Lang,
}

impl Lookup {
    /// Looks up each sentence of a text. Its language is found out once for all of them, unless the asker says it.
    pub async fn page(&self, text: &str, lang: Option<Lang>) -> Result<PageAnswer, Error> {
        let as_of = self.index.position();
        let text = text.to_owned();
        // Taking a long page apart keeps a core busy as a search does.
        let Statements { sentences, asked, lang } = self.blocking(move |_| Ok(Statements::of(&text, lang))).await?;
        let found = self.each(&asked, lang).await?;
        let counted = asked.len();
        let known: Vec<_> = asked.into_iter().zip(found).filter_map(known).collect();
        self.memory.refresh().await?;
        Ok(PageAnswer {
            sentences,
            asked: counted,
            findings: self.findings(known, as_of).await?,
            as_of,
        })
    }

    /// What the index finds for each sentence, on as many cores as there are.
    async fn each(&self, asked: &[Sentence], lang: Lang) -> Result<Vec<Vec<Found>>, Error> {
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

    /// What the store adds to sentences that the index knows something of, some at once.
    async fn findings(&self, mut known: Vec<(Sentence, Vec<Found>)>, as_of: u64) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        while !known.is_empty() {
            let rest = known.split_off(known.len().min(AT_ONCE));
            let ids = known.iter().flat_map(|(_, found)| found).map(|found| found.id);
            let told = self.memory.tell(&ids.collect::<Vec<_>>()).await?;
            let sentences = known.into_iter();
            findings
                .extend(sentences.filter_map(|(sentence, found)| finding(sentence, candidates(found, &told), as_of)));
            known = rest;
        }
        Ok(findings)
    }
}

/// Nothing if the index knows nothing of it.
fn known((sentence, found): (Sentence, Vec<Found>)) -> Option<(Sentence, Vec<Found>)> {
    let found: Vec<_> = found
        .into_iter()
        .filter(|found| found.outcome != Outcome::None)
        .collect();
    (!found.is_empty()).then_some((sentence, found))
}

/// Nothing if the store no longer knows anything of it.
fn finding(sentence: Sentence, candidates: Vec<Candidate>, as_of: u64) -> Option<Finding> {
    let answer = Answer::of(candidates, as_of);
    (answer.outcome != Outcome::None).then_some(Finding {
        quote: sentence.text,
        start: sentence.start,
        answer,
    })
}

impl Statements {
    /// Each wording counts once, where it stands first.
    fn of(text: &str, lang: Option<Lang>) -> Self {
        let lang = lang.unwrap_or_else(|| Lang::detect(text));
        let mut seen = HashSet::new();
        let (mut sentences, mut asked) = (0, Vec::new());
        let (mut at, mut start) = (0, 0);
        for sentence in detect::sentences(text, lang) {
            // A slice of the text: where it begins tells how many characters stand before it.
            let begins = sentence.as_ptr() as usize - text.as_ptr() as usize;
            start += text[at..begins].chars().count();
            at = begins;
            if !seen.insert(Fingerprint::exact(sentence)) {
                continue;
            }
            sentences += 1;
            if asked.len() < MAX_SENTENCES && is_statement(sentence) {
                let text = sentence.to_owned();
                asked.push(Sentence { text, start });
            }
        }
        Self { sentences, asked, lang }
    }
}

fn query(sentence: &Sentence, lang: Lang) -> Query {
    Query {
        text: sentence.text.clone(),
        lang: Some(lang),
        limit: CANDIDATES,
    }
}

/// Scripts without spaces have no words to count.
fn is_statement(sentence: &str) -> bool {
    let words = sentence
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric));
    words.take(LEAST_WORDS).count() == LEAST_WORDS || sentence.chars().any(is_unspaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_stand_where_they_are_said_to() {
        let text = "Über uns\n\nWirklich? Die Stadt zahlt 500 Euro an jeden. Die Stadt zahlt 500 Euro an jeden.\nDas gilt ab März 2027.\n";
        let found = Statements::of(text, Some(Lang::DE));
        assert_eq!(found.sentences, 4);
        let asked: Vec<_> = found.asked.iter().map(|s| (s.text.as_str(), s.start)).collect();
        assert_eq!(
            asked,
            [
                ("Die Stadt zahlt 500 Euro an jeden.", 20),
                ("Das gilt ab März 2027.", 90)
            ]
        );
        assert!(is_statement("这是假的。"));
    }
}
