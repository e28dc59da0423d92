//! Comes in: a word of a German or Dutch query. Goes out: its parts, or its compound with a neighbour, as far as the
//! index knows them.
//!
//! The index's own vocabulary is the dictionary: no list to keep, and no part is tried that could not be found.

use tantivy::schema::Field;

use crate::Error;
use crate::analyzer::language::Language;
use crate::analyzer::{Analysis, Token};
use crate::snapshot::Snapshot;

/// Shorter words are no compounds worth splitting.
const MIN_COMPOUND: usize = 8;
/// Shorter parts are more often endings than words.
const MIN_PART: usize = 4;
/// What may stand between two parts.
const LINKS: &[&str] = &["", "s", "n", "en", "es", "er", "e"];

/// Other spellings of the word at a place: `Impfschaden` is `Impf` and `Schaden`; `Corona Impfung` is
/// `Coronaimpfung`. Empty for languages that do not write compounds as one word.
pub(crate) fn alternatives(analysis: &Analysis, at: usize, snapshot: &Snapshot) -> Result<Vec<Token>, Error> {
    let Some(language) = analysis.language.filter(|language| language.has_compounds) else {
        return Ok(Vec::new());
    };
    let vocabulary = Vocabulary {
        language,
        field: snapshot.fields.of(language),
        snapshot,
    };
    let word = &analysis.tokens[at];
    let mut found = vocabulary.parts(&word.neutral)?;
    for neighbour in [at.checked_sub(1).map(|before| (before, at)), Some((at, at + 1))]
        .into_iter()
        .flatten()
    {
        if let (Some(a), Some(b)) = (analysis.tokens.get(neighbour.0), analysis.tokens.get(neighbour.1)) {
            found.extend(vocabulary.joined(&a.neutral, &b.neutral)?);
        }
    }
    Ok(found)
}

struct Vocabulary<'a> {
    language: &'static Language,
    field: Field,
    snapshot: &'a Snapshot<'a>,
}

impl Vocabulary<'_> {
    /// The most even split into two known words, or nothing.
    fn parts(&self, word: &str) -> Result<Vec<Token>, Error> {
        let borders: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
        if borders.len() < MIN_COMPOUND {
            return Ok(Vec::new());
        }
        let mut inner: Vec<usize> = (MIN_PART..=borders.len() - MIN_PART).collect();
        inner.sort_by_key(|at| (at * 2).abs_diff(borders.len()));
        for at in inner {
            let (head, tail) = word.split_at(borders[at]);
            let Some(tail) = self.known(tail)? else { continue };
            if let Some(head) = self.known_head(head)? {
                return Ok(vec![head, tail]);
            }
        }
        Ok(Vec::new())
    }

    fn known_head(&self, head: &str) -> Result<Option<Token>, Error> {
        for link in LINKS {
            let bare = head.strip_suffix(link).filter(|bare| bare.chars().count() >= MIN_PART);
            if let Some(token) = bare.map(|bare| self.known(bare)).transpose()?.flatten() {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    /// Two neighbours as one word, with or without a linking s.
    fn joined(&self, a: &str, b: &str) -> Result<Option<Token>, Error> {
        let is_word = |word: &str| word.chars().count() >= MIN_PART && word.chars().all(char::is_alphabetic);
        if !is_word(a) || !is_word(b) {
            return Ok(None);
        }
        match self.known(&format!("{a}{b}"))? {
            Some(token) => Ok(Some(token)),
            None => self.known(&format!("{a}s{b}")),
        }
    }

    /// The word as a token, if some entry has it: itself (as stems of other words often are) or by its stem.
    fn known(&self, word: &str) -> Result<Option<Token>, Error> {
        let terms: [String; 2] = [self.language.term(word), word.to_owned()];
        for term in terms {
            if self.snapshot.doc_freq(self.field, &term)? > 0 {
                return Ok(Some(Token {
                    neutral: word.to_owned(),
                    term,
                }));
            }
        }
        Ok(None)
    }
}
