//! Which tokens of the model's vocabulary is a text made of?

use crate::Error;
use crate::files;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tokenizers::{PostProcessor as _, Tokenizer, TruncationParams};

/// Four times what the multilingual vocabularies of 250,000 pieces need.
const FILE_BYTES: u64 = 64 << 20;

/// What of a text is tokenised at all: no 128 tokens of running text are longer.
const MAX_BYTES: usize = 8192;

/// The tokeniser of a model.
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    words: u32,
}

impl Tokens {
    /// `words`: how many the network knows.
    pub(crate) fn open(folder: &Path, max_tokens: usize, words: usize) -> Result<Self, Error> {
        let bytes = files::read(&folder.join("tokenizer.json"), FILE_BYTES)?;
        let mut tokenizer = guarded(|| Tokenizer::from_bytes(&bytes))?;
        let special = tokenizer
            .get_post_processor()
            .map_or(0, |post| post.added_tokens(false));
        if special >= max_tokens {
            return Err(Error::Tokenizer(format!("{special} special tokens around a text")));
        }
        let truncation = TruncationParams {
            max_length: max_tokens,
            ..TruncationParams::default()
        };
        guarded(|| tokenizer.with_truncation(Some(truncation)).map(drop))?;
        tokenizer.with_padding(None);
        let tokens = Self {
            tokenizer,
            words: words as u32,
        };
        tokens.probe()?;
        Ok(tokens)
    }

    /// The tokens of a text, at least one, each within the vocabulary.
    pub(crate) fn of(&self, prefix: &str, text: &str) -> Result<Vec<u32>, Error> {
        let text = format!("{prefix}{}", &text[..text.floor_char_boundary(MAX_BYTES)]);
        let ids = guarded(|| self.tokenizer.encode_fast(text, true))?.get_ids().to_vec();
        match ids.iter().find(|id| **id >= self.words) {
            None if ids.is_empty() => Err(Error::Tokenizer("no special tokens stand around a text".into())),
            None => Ok(ids),
            Some(id) => Err(Error::Tokenizer(format!(
                "token {id} is not among the {} words of the weights",
                self.words
            ))),
        }
    }

    /// A vocabulary that does not fit the weights, or knows no token for the unknown, is found when the model is opened.
    fn probe(&self) -> Result<(), Error> {
        let vocabulary = self.tokenizer.get_vocab(true);
        if let Some((word, id)) = vocabulary.iter().find(|(_, id)| **id >= self.words) {
            return Err(Error::Tokenizer(format!(
                "{word:?} is token {id}; the weights know {} words",
                self.words
            )));
        }
        for text in ["", "Ein Satz, with words.", "\u{e000} \u{1f9ff}\u{10ffff}"] {
            self.of("", text)?;
        }
        Ok(())
    }
}

/// The library indexes freely into what the file says; a file that makes it panic is a bad file.
fn guarded<T>(work: impl FnOnce() -> tokenizers::Result<T>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|e| Error::Tokenizer(e.to_string())),
        Err(_) => Err(Error::Tokenizer(
            "the vocabulary or its rules contradict themselves".into(),
        )),
    }
}
