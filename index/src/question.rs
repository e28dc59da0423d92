//! Comes in: a query. Goes out: everything about its text that candidates are found and judged by.

use std::collections::BTreeSet;

use tantivy::schema::Field;

use crate::analyzer::language::Language;
use crate::analyzer::{Analysis, Token, analyse};
use crate::fingerprint::Said;
use crate::hash::{FastMap, FastSet};
use crate::semantic::Meanings;
use crate::sketch::shingles;
use crate::snapshot::Snapshot;
use crate::spelling::Meant;
use crate::weights::Weights;
use crate::{Error, Fingerprint, Lang, Query, compound, spelling};

/// A text, prepared for comparison.
pub(crate) struct Question {
    pub(crate) language: Option<&'static Language>,
    /// All words in reading order, stop words included.
    pub(crate) text: Vec<Token>,
    /// For each of them, whether it is written like a name.
    pub(crate) names: Vec<bool>,
    /// Distinct content words in reading order.
    pub(crate) words: Vec<AskedWord>,
    pub(crate) numbers: BTreeSet<String>,
    pub(crate) negations: usize,
    pub(crate) shingles: FastSet<u64>,
    pub(crate) exact: Fingerprint,
    pub(crate) near: Option<Fingerprint>,
    /// How near the entries are to it in meaning, where the index has a model.
    pub(crate) meanings: Option<Meanings>,
}

/// A content word of the query.
pub(crate) struct AskedWord {
    pub(crate) token: Token,
    /// Other spellings with the same meaning: the parts of a compound, the compound of two neighbours, known words in
    /// the place of an unknown one.
    pub(crate) alternatives: Vec<Token>,
    /// How much of the word each of them is worth, and all of them at most.
    pub(crate) worth: Worth,
    /// How much it tells.
    pub(crate) weight: f32,
}

/// What the alternatives of a word are worth, as a share of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worth {
    pub(crate) each: f32,
    pub(crate) all: f32,
}

impl Worth {
    /// Of so many parts: together they are the word.
    fn of_parts(parts: usize) -> Worth {
        Worth {
            each: 1.0 / parts.max(1) as f32,
            all: 1.0,
        }
    }

    /// A typo may have been meant otherwise.
    const RESPELT: Worth = Worth { each: 0.8, all: 0.8 };
}

/// The forms of a text's words, to look others up in, each with a number. Stems compare within a language, neutral forms
/// across.
#[derive(Default)]
pub(crate) struct Forms<'a> {
    pub(crate) language: Option<&'static Language>,
    pub(crate) terms: FastMap<&'a str, u32>,
    pub(crate) neutral: FastMap<&'a str, u32>,
}

impl Forms<'_> {
    /// Whether stems of a text in this language can be compared with these.
    pub(crate) fn share_rules(&self, lang: Lang) -> bool {
        self.language.is_some_and(|language| language.lang == lang)
    }
}

impl Question {
    pub(crate) fn new(query: &Query, snapshot: &Snapshot, weights: &Weights) -> Result<Question, Error> {
        let lang = query.lang.unwrap_or_else(|| Lang::detect(&query.text));
        let analysis = analyse(&query.text, lang);
        let neutral: Vec<&str> = analysis.tokens.iter().map(|token| token.neutral.as_str()).collect();
        let said = Said::of(&neutral);
        Ok(Question {
            language: analysis.language,
            words: asked_words(&analysis, snapshot, weights)?,
            numbers: said.numbers.into_keys().collect(),
            negations: said.negations,
            shingles: shingles(&neutral),
            exact: Fingerprint::exact(&query.text),
            near: Fingerprint::near_verbatim(&query.text),
            names: analysis.names,
            text: analysis.tokens,
            meanings: snapshot.meanings(&query.text),
        })
    }

    /// Terms and neutral forms of all words and their alternatives.
    pub(crate) fn forms(&self) -> Forms<'_> {
        let tokens = self
            .words
            .iter()
            .flat_map(|word| std::iter::once(&word.token).chain(&word.alternatives));
        let mut forms = Forms {
            language: self.language,
            ..Forms::default()
        };
        for token in tokens {
            let (term, neutral) = (forms.terms.len() as u32, forms.neutral.len() as u32);
            forms.terms.entry(&token.term).or_insert(term);
            forms.neutral.entry(&token.neutral).or_insert(neutral);
        }
        forms
    }

    /// Whether a word only holds the sentence together.
    pub(crate) fn is_stop_word(&self, token: &Token) -> bool {
        self.language
            .is_some_and(|language| language.is_stop_word(&token.neutral))
    }

    /// How many words there are to judge by; two characters of a script without spaces count half.
    pub(crate) fn content_words(&self) -> f32 {
        self.words
            .iter()
            .map(|word| if word.token.is_pair() { 0.5 } else { 1.0 })
            .sum()
    }
}

fn asked_words(analysis: &Analysis, snapshot: &Snapshot, weights: &Weights) -> Result<Vec<AskedWord>, Error> {
    let field = field_of(analysis.language, snapshot);
    let mut seen = FastSet::default();
    let mut words = Vec::new();
    for (at, token) in analysis.tokens.iter().enumerate() {
        if analysis.is_stop_word(token) || !seen.insert(token.term.as_str()) {
            continue;
        }
        let alternatives = compound::alternatives(analysis, at, snapshot)?;
        words.push(AskedWord {
            token: token.clone(),
            worth: Worth::of_parts(alternatives.len()),
            alternatives,
            weight: weights.of(field, &token.term)?,
        });
    }
    respell(&mut words, analysis, snapshot, weights)?;
    Ok(words)
}

/// Gives unknown words known ones to stand for them.
fn respell(words: &mut [AskedWord], analysis: &Analysis, snapshot: &Snapshot, weights: &Weights) -> Result<(), Error> {
    let field = field_of(analysis.language, snapshot);
    let is_unknown = |word: &AskedWord| {
        let is_known =
            weights.knows(field, &word.token.term)? || weights.knows(snapshot.fields.neutral, &word.token.neutral)?;
        Ok::<_, Error>(!is_known && word.alternatives.is_empty())
    };
    let mut looked_at = 0;
    for word in words {
        if looked_at == spelling::MAX_UNKNOWN {
            break;
        }
        if !is_unknown(word)? {
            continue;
        }
        looked_at += 1;
        (word.alternatives, word.worth) = match spelling::meant(&word.token.neutral, analysis.language, snapshot)? {
            Meant::Parts(parts) => {
                let worth = Worth::of_parts(parts.len());
                (parts, worth)
            }
            Meant::OneOf(words) => (words, Worth::RESPELT),
        };
        // The word itself is as rare as can be; what is meant is not.
        if let Some(meant) = word.alternatives.first() {
            word.weight = weights.of(field, &meant.term)?;
        }
    }
    Ok(())
}

/// Where a language's terms are, the neutral field for texts of no known language.
pub(crate) fn field_of(language: Option<&'static Language>, snapshot: &Snapshot) -> Field {
    language.map_or(snapshot.fields.neutral, |language| snapshot.fields.of(language))
}
