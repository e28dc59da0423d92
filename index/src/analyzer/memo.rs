//! Comes in: a word and its language. Goes out: its token, remembered from the last time.
//!
//! Texts are made of the same few thousand words, and stemming one costs ten times as much as looking it up.

use std::cell::RefCell;

use super::language::Language;
use super::{Token, token};
use crate::Lang;
use crate::hash::FastMap;

/// Words remembered by one thread: about a megabyte. A full memory is emptied; the common words are soon back.
const MAX_WORDS: usize = 8192;

type Tokens = FastMap<String, Option<Token>>;

thread_local! {
    static MEMO: RefCell<FastMap<Lang, Tokens>> = RefCell::default();
}

/// The same as [`token`].
pub(super) fn recall(word: &str, language: Option<&'static Language>) -> Option<Token> {
    MEMO.with_borrow_mut(|memo| {
        let lang = language.map_or(Lang::UND, |language| language.lang);
        if let Some(known) = memo.get(&lang).and_then(|tokens| tokens.get(word)) {
            return known.clone();
        }
        if memo.values().map(FastMap::len).sum::<usize>() >= MAX_WORDS {
            memo.clear();
        }
        let made = token(word, language);
        memo.entry(lang).or_default().insert(word.to_owned(), made.clone());
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::language;

    #[test]
    fn remembered_tokens_are_the_same_in_every_language() {
        for lang in [Lang::DE, Lang::EN, Lang::TR, Lang::UND] {
            let language = language::find(lang);
            for word in ["Impfungen", "IPHONES", "1,5", "_", "Ilıca"] {
                for _ in 0..2 {
                    assert_eq!(recall(word, language), token(word, language), "{word} {lang}");
                }
            }
        }
    }

    #[test]
    fn a_full_memory_forgets_and_goes_on() {
        for number in 0..3 * MAX_WORDS {
            recall(&format!("w{number}"), None);
        }
        let remembered = MEMO.with_borrow(|memo| memo.values().map(FastMap::len).sum::<usize>());
        assert!((1..=MAX_WORDS).contains(&remembered), "{remembered}");
    }
}
