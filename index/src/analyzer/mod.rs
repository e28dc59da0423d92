//! Comes in: a text and its language. Goes out: its words as tokens, each in two forms.
//!
//! The filters, in the order in which a text meets them: [`prepare`] (one form for equal characters), [`url`]
//! (links out), [`word`] (segments, pairs of characters where a script has no spaces), [`camel`] (hashtags and
//! handles into words), [`apostrophe`], [`number`], [`fold`], [`stem`]. What differs between languages stands in
//! one table, [`language`].

mod apostrophe;
mod camel;
pub(crate) mod cues;
mod fold;
pub(crate) mod language;
mod memo;
mod names;
pub(crate) mod negation;
pub(crate) mod number;
pub(crate) mod numeral;
mod prepare;
mod signature;
mod stem;
mod stop_words;
mod url;
pub(crate) mod word;

use language::Language;
use word::{Mark, Word, words};

use crate::Lang;

/// Version of everything in this folder: another version makes other terms, so the index must be rebuilt.
pub(crate) const ANALYZER_VERSION: u32 = 2;

/// So many tokens of one text are looked at, in queries and in entries alike.
pub(crate) const MAX_TOKENS: usize = crate::MAX_QUERY_TOKENS;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Lower case, without diacritics, unstemmed: the same whatever the language was thought to be.
    pub(crate) neutral: String,
    /// Stemmed by the rules of the text's language; equals `neutral` where there are none.
    pub(crate) term: String,
}

/// A text as a list of tokens, at most [`MAX_TOKENS`].
#[derive(Clone, Debug)]
pub(crate) struct Analysis {
    /// The language whose rules made the terms, if it has any.
    pub(crate) language: Option<&'static Language>,
    /// In reading order, stop words included.
    pub(crate) tokens: Vec<Token>,
    /// For each token, whether it is written like a name: see [`names`].
    pub(crate) names: Vec<bool>,
}

/// Cuts a text into tokens.
pub(crate) fn analyse(text: &str, lang: Lang) -> Analysis {
    let language = language::find(lang);
    let mut capitals = names::Names::of(language);
    let (tokens, names) = words(&clean(text))
        .flat_map(expand)
        .filter_map(|word| {
            let is_name = capitals.is_name(&word);
            Some((memo::recall(&word, language)?, is_name))
        })
        .take(MAX_TOKENS)
        .unzip();
    Analysis {
        language,
        tokens,
        names,
    }
}

/// The folded words of a text in order, at most [`MAX_TOKENS`], without links, @handles and signatures: what
/// near-verbatim copies have in common.
pub(crate) fn folded_words(text: &str) -> Vec<String> {
    let text = clean(signature::without_signature(text));
    let mut words = words(&text).peekable();
    let mut folded = Vec::new();
    while let Some(word) = words.next().filter(|_| folded.len() < MAX_TOKENS) {
        let before_handle = words.peek().is_some_and(|next| next.mark == Mark::At);
        if word.mark != Mark::At && !(before_handle && signature::credits(&word.text)) {
            folded.extend(Some(neutral_form(&word.text)).filter(|word| !word.is_empty()));
        }
    }
    folded
}

fn clean(text: &str) -> String {
    url::without_urls(&prepare::prepare(text))
}

/// A hashtag or handle counts as itself and as the words it is made of.
fn expand(word: Word) -> Vec<String> {
    match word.mark {
        Mark::None => vec![word.text],
        Mark::Hash | Mark::At => {
            let mut parts = camel::split(&word.text);
            if parts.len() > 1 {
                parts.push(word.text);
            }
            parts
        }
    }
}

fn token(word: &str, language: Option<&'static Language>) -> Option<Token> {
    let neutral = neutral_form(word);
    if neutral.is_empty() {
        return None;
    }
    let term = match language {
        Some(language) if !number::is_number(&neutral) => language.term(word),
        _ => neutral.clone(),
    };
    Some(Token { neutral, term })
}

fn neutral_form(word: &str) -> String {
    if let Some(number) = number::canonical(word) {
        return number;
    }
    fold::fold(&apostrophe::resolve(&word.to_lowercase())).into_owned()
}

impl Token {
    /// Whether the token is two characters of a script without spaces, so worth about half a word.
    pub(crate) fn is_pair(&self) -> bool {
        self.neutral.chars().next().is_some_and(word::is_unspaced)
    }
}

impl Analysis {
    /// Whether a token only holds the sentence together, by the language's list.
    pub(crate) fn is_stop_word(&self, token: &Token) -> bool {
        self.language
            .is_some_and(|language| language.is_stop_word(&token.neutral))
    }
}
