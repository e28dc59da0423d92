//! Comes in: a lower-case word. Goes out: its stem, by the rules of one language.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use super::fold::fold;

/// How a language's words are stemmed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stem {
    /// A Snowball stemmer.
    Snowball(Algorithm),
    /// Snowball has none: the longest of these endings goes, if at least [`MIN_STEM`] letters stay.
    Endings(&'static [&'static str]),
}

const MIN_STEM: usize = 3;

impl Stem {
    /// Stems first and folds afterwards: the rules look at umlauts and accents.
    pub(super) fn apply(self, word: &str) -> String {
        match self {
            Stem::Snowball(algorithm) => fold(&Stemmer::new(algorithm).stem(word)).into_owned(),
            Stem::Endings(endings) => fold(without_ending(word, endings)).into_owned(),
        }
    }
}

fn without_ending<'a>(word: &'a str, endings: &[&str]) -> &'a str {
    let stems = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    stems
        .filter(|stem| stem.chars().count() >= MIN_STEM)
        .min_by_key(|stem| stem.len())
        .unwrap_or(word)
}

/// German spellings that stand for each other, before stemming: `ß` and `ss`; an umlaut, its two-letter form and
/// the bare vowel (`Müller`, `Mueller`, `Muller`). `ue` after a vowel or `q` is no umlaut (`neue`, `Quelle`).
pub(super) fn german_spelling(word: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        out.push_str(match c {
            'ä' => "a",
            'ö' => "o",
            'ü' => "u",
            'ß' => "ss",
            _ => "",
        });
        if !matches!(c, 'ä' | 'ö' | 'ü' | 'ß') {
            out.push(c);
        }
        let is_pair = matches!(c, 'a' | 'o' | 'u') && chars.peek() == Some(&'e');
        let is_umlaut = is_pair && !(c == 'u' && matches!(before, 'a' | 'e' | 'i' | 'o' | 'u' | 'q'));
        if is_umlaut {
            chars.next();
        }
        before = c;
    }
    Cow::Owned(out)
}

/// Turkish has two letters i, and only Turkish lowers `I` to the dotless one.
pub(super) fn turkish_lower(word: &str) -> String {
    word.replace('I', "ı").replace('İ', "i").to_lowercase()
}

/// Endings of Bulgarian nouns and adjectives, articles included.
pub(super) const BULGARIAN: &[&str] = &[
    "а",
    "я",
    "о",
    "е",
    "и",
    "у",
    "ът",
    "ят",
    "та",
    "то",
    "те",
    "ите",
    "ове",
    "овете",
    "еве",
    "евете",
    "ия",
    "ият",
    "ата",
    "ята",
    "ото",
    "ето",
    "ени",
    "ена",
    "ено",
    "ания",
    "ение",
    "ението",
    "ането",
    "ост",
    "остта",
    "ли",
    "ла",
    "ло",
    "л",
    "ат",
    "ят",
    "ва",
    "ха",
    "ме",
];

/// Endings of Ukrainian nouns, adjectives and verbs.
pub(super) const UKRAINIAN: &[&str] = &[
    "а",
    "я",
    "о",
    "е",
    "и",
    "і",
    "ї",
    "у",
    "ю",
    "ь",
    "й",
    "ий",
    "ій",
    "ої",
    "ою",
    "ею",
    "ом",
    "ем",
    "ам",
    "ям",
    "ах",
    "ях",
    "ів",
    "їв",
    "ей",
    "ові",
    "еві",
    "ами",
    "ями",
    "ого",
    "ому",
    "ими",
    "их",
    "им",
    "ість",
    "ості",
    "ння",
    "нню",
    "нням",
    "ти",
    "ть",
    "ла",
    "ли",
    "ло",
    "ив",
    "ить",
    "ять",
    "уть",
    "ють",
    "ає",
    "ує",
    "еться",
    "ться",
    "тися",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let cases = [
            (Stem::Snowball(Algorithm::English), "vaccines", "vaccine"),
            (Stem::Snowball(Algorithm::Polish), "szczepionki", "szczepionka"),
            (Stem::Snowball(Algorithm::Arabic), "اللقاحات", "لقاح"),
            (Stem::Snowball(Algorithm::Turkish), "haberleri", "haberler"),
            (Stem::Endings(BULGARIAN), "ваксините", "ваксина"),
            (Stem::Endings(UKRAINIAN), "вакцинами", "вакцина"),
        ];
        for (stem, a, b) in cases {
            assert_eq!(stem.apply(a), stem.apply(b), "{a} {b}");
        }
    }

    #[test]
    fn german_spellings_meet() {
        let cases = [
            ("müller", "mueller"),
            ("straße", "strasse"),
            ("impfschäden", "impfschaeden"),
            ("öl", "oel"),
        ];
        for (a, b) in cases {
            assert_eq!(german_spelling(a), german_spelling(b), "{a} {b}");
        }
        assert_eq!(german_spelling("neue quelle"), "neue quelle");
    }

    #[test]
    fn turkish_capitals_keep_their_dots() {
        assert_eq!(turkish_lower("İSTANBUL ISPARTA"), "istanbul ısparta");
    }
}
