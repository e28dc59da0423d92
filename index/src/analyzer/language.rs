//! The table of languages: everything that differs between them, one row each.

use std::sync::LazyLock;

use frostem::Algorithm;

use super::apostrophe;
use super::stem::{BULGARIAN, Stem, UKRAINIAN, german_spelling, turkish_lower};
use super::stop_words;
use crate::Lang;
use crate::hash::FastSet;

/// What is known about one language.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) lang: Lang,
    /// Its field in the index.
    pub(crate) field: &'static str,
    stem: Stem,
    stop_words: LazyLock<FastSet<&'static str>>,
    /// Whether it writes compounds as one word (`Impfpflicht`).
    pub(crate) has_compounds: bool,
}

macro_rules! language {
    ($lang:ident, $field:literal, $stem:expr, $words:ident) => {
        language!($lang, $field, $stem, $words, compounds: false)
    };
    ($lang:ident, $field:literal, $stem:expr, $words:ident, compounds: $compounds:literal) => {
        Language {
            lang: Lang::$lang,
            field: $field,
            stem: $stem,
            stop_words: LazyLock::new(|| stop_words::$words.split_whitespace().collect()),
            has_compounds: $compounds,
        }
    };
}

/// Languages with an analyzer of their own; all others share the neutral field. Adding a row adds a field, so
/// the schema version must rise with it.
pub(crate) static LANGUAGES: [Language; 13] = [
    language!(AR, "text_ar", Stem::Snowball(Algorithm::Arabic), ARABIC),
    language!(BG, "text_bg", Stem::Endings(BULGARIAN), BULGARIAN),
    language!(DE, "text_de", Stem::Snowball(Algorithm::German), GERMAN, compounds: true),
    language!(EN, "text_en", Stem::Snowball(Algorithm::English), ENGLISH),
    language!(ES, "text_es", Stem::Snowball(Algorithm::Spanish), SPANISH),
    language!(FR, "text_fr", Stem::Snowball(Algorithm::French), FRENCH),
    language!(IT, "text_it", Stem::Snowball(Algorithm::Italian), ITALIAN),
    language!(NL, "text_nl", Stem::Snowball(Algorithm::Dutch), DUTCH, compounds: true),
    language!(PL, "text_pl", Stem::Snowball(Algorithm::Polish), POLISH),
    language!(PT, "text_pt", Stem::Snowball(Algorithm::Portuguese), PORTUGUESE),
    language!(RU, "text_ru", Stem::Snowball(Algorithm::Russian), RUSSIAN),
    language!(TR, "text_tr", Stem::Snowball(Algorithm::Turkish), TURKISH),
    language!(UK, "text_uk", Stem::Endings(UKRAINIAN), UKRAINIAN),
];

/// The row of a language, if it has one.
pub(crate) fn find(lang: Lang) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.lang == lang)
}

impl Language {
    /// The index term of a word: lower case, spelling, stem, folding.
    pub(crate) fn term(&self, word: &str) -> String {
        let lower = if self.lang == Lang::TR {
            turkish_lower(word)
        } else {
            word.to_lowercase()
        };
        let bare = apostrophe::resolve(&lower);
        let term = if self.lang == Lang::DE {
            self.stem.apply(&german_spelling(&bare))
        } else {
            self.stem.apply(&bare)
        };
        if term.is_empty() { bare.into_owned() } else { term }
    }

    /// Whether a folded word only holds sentences together. Negations never do.
    pub(crate) fn is_stop_word(&self, neutral: &str) -> bool {
        self.stop_words.contains(neutral)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::{fold, negation};

    #[test]
    fn no_stop_word_negates_and_all_are_folded() {
        for language in &LANGUAGES {
            for word in language.stop_words.iter() {
                assert!(!negation::negates(word), "{} {word}", language.lang);
                assert_eq!(&fold::fold(word), word, "{}", language.lang);
            }
        }
    }

    #[test]
    fn fields_are_distinct() {
        let fields: FastSet<_> = LANGUAGES.iter().map(|language| language.field).collect();
        assert_eq!(fields.len(), LANGUAGES.len());
    }
}
