//! Comes in: a language tag or a text. Goes out: a [`Lang`].

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use lingua::{IsoCode639_1, LanguageDetector, LanguageDetectorBuilder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A BCP 47 primary language subtag (RFC 5646 part 2.2.1), lower case: `de`, `en`, `und`.
///
/// Three-letter codes of languages that have a two-letter one are shortened, as BCP 47 demands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lang([u8; 3]);

/// The text is not a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag: {0:?}")]
pub struct InvalidLang(String);

impl Lang {
    /// Unknown, or not a single language.
    pub const UND: Lang = Lang(*b"und");
    /// Arabic.
    pub const AR: Lang = Lang(*b"ar\0");
    /// Bulgarian.
    pub const BG: Lang = Lang(*b"bg\0");
    /// German.
    pub const DE: Lang = Lang(*b"de\0");
    /// English.
    pub const EN: Lang = Lang(*b"en\0");
    /// Spanish.
    pub const ES: Lang = Lang(*b"es\0");
    /// French.
    pub const FR: Lang = Lang(*b"fr\0");
    /// Italian.
    pub const IT: Lang = Lang(*b"it\0");
    /// Dutch.
    pub const NL: Lang = Lang(*b"nl\0");
    /// Polish.
    pub const PL: Lang = Lang(*b"pl\0");
    /// Portuguese.
    pub const PT: Lang = Lang(*b"pt\0");
    /// Russian.
    pub const RU: Lang = Lang(*b"ru\0");
    /// Turkish.
    pub const TR: Lang = Lang(*b"tr\0");
    /// Ukrainian.
    pub const UK: Lang = Lang(*b"uk\0");

    /// The language of a tag, [`Lang::UND`] where the tag is not one: `de-AT`, `DE_de` and `deu` are `de`.
    pub fn from_tag(tag: &str) -> Lang {
        tag.parse().unwrap_or(Lang::UND)
    }

    /// The subtag: two or three lower-case ASCII letters.
    pub fn as_str(&self) -> &str {
        let end = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..end]).unwrap_or("und")
    }

    /// The subtag as a number, for tables.
    pub(crate) fn code(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_le_bytes([a, b, c, 0])
    }

    /// The language with a number that [`Lang::code`] gave.
    pub(crate) fn of_code(code: u32) -> Lang {
        let [a, b, c, _] = code.to_le_bytes();
        Lang([a, b, c])
    }

    /// Guesses the language of a text, [`Lang::UND`] where no guess stands out.
    ///
    /// Knows the thirteen languages that have an analyzer. The first call loads the models (tens of
    /// milliseconds); later ones take some hundred microseconds, so a declared language is always better.
    pub fn detect(text: &str) -> Lang {
        let start: String = text.chars().take(DETECT_CHARS).collect();
        detector()
            .detect_language_of(start)
            .map_or(Lang::UND, |found| Lang::from_tag(&found.iso_code_639_1().to_string()))
    }
}

/// More text makes the guess slower, not better.
const DETECT_CHARS: usize = 400;

/// How far ahead of the second language the first must be; below it the text counts as unknown.
const DETECT_MARGIN: f64 = 0.05;

fn detector() -> &'static LanguageDetector {
    static DETECTOR: OnceLock<LanguageDetector> = OnceLock::new();
    DETECTOR.get_or_init(|| {
        let codes = [
            IsoCode639_1::AR,
            IsoCode639_1::BG,
            IsoCode639_1::DE,
            IsoCode639_1::EN,
            IsoCode639_1::ES,
            IsoCode639_1::FR,
            IsoCode639_1::IT,
            IsoCode639_1::NL,
            IsoCode639_1::PL,
            IsoCode639_1::PT,
            IsoCode639_1::RU,
            IsoCode639_1::TR,
            IsoCode639_1::UK,
        ];
        LanguageDetectorBuilder::from_iso_codes_639_1(&codes)
            .with_minimum_relative_distance(DETECT_MARGIN)
            .build()
    })
}

/// ISO 639-2/3 codes of the languages above, whose canonical subtag is the two-letter one.
const THREE_LETTER: &[(&str, Lang)] = &[
    ("ara", Lang::AR),
    ("bul", Lang::BG),
    ("deu", Lang::DE),
    ("dut", Lang::NL),
    ("eng", Lang::EN),
    ("fra", Lang::FR),
    ("fre", Lang::FR),
    ("ger", Lang::DE),
    ("ita", Lang::IT),
    ("nld", Lang::NL),
    ("pol", Lang::PL),
    ("por", Lang::PT),
    ("rus", Lang::RU),
    ("spa", Lang::ES),
    ("tur", Lang::TR),
    ("ukr", Lang::UK),
];

impl FromStr for Lang {
    type Err = InvalidLang;

    fn from_str(tag: &str) -> Result<Lang, InvalidLang> {
        let primary = tag
            .trim()
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let letters = primary.as_bytes();
        if !letters.iter().all(u8::is_ascii_lowercase) {
            return Err(InvalidLang(tag.to_owned()));
        }
        match *letters {
            [a, b] => Ok(Lang([a, b, 0])),
            [a, b, c] => {
                let short = THREE_LETTER.iter().find(|(code, _)| *code == primary);
                Ok(short.map_or(Lang([a, b, c]), |(_, lang)| *lang))
            }
            _ => Err(InvalidLang(tag.to_owned())),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lang({})", self.as_str())
    }
}

impl Serialize for Lang {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Lang {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Lang, D::Error> {
        let tag = String::deserialize(deserializer)?;
        tag.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_their_primary_subtag() {
        let cases = [
            ("de", "de"),
            ("de-AT", "de"),
            ("DE_de", "de"),
            (" en-GB-oxendict ", "en"),
            ("zh-Hant-TW", "zh"),
            ("deu", "de"),
            ("ger", "de"),
            ("haw", "haw"),
            ("und", "und"),
            ("", "und"),
            ("d", "und"),
            ("1234", "und"),
            ("english", "und"),
            ("dé", "und"),
        ];
        for (tag, wanted) in cases {
            assert_eq!(Lang::from_tag(tag).as_str(), wanted, "{tag:?}");
        }
    }

    #[test]
    fn what_is_not_a_tag_is_an_error_and_serde_uses_the_subtag() {
        assert!("english".parse::<Lang>().is_err());
        assert_eq!(serde_json::to_string(&Lang::TR).unwrap(), "\"tr\"");
        assert_eq!(serde_json::from_str::<Lang>("\"tr-TR\"").unwrap(), Lang::TR);
        assert!(serde_json::from_str::<Lang>("\"?\"").is_err());
    }

    #[test]
    fn short_claims_are_recognised() {
        let cases = [
            ("Die Bundesregierung verbietet ab nächstem Jahr alle Holzöfen", Lang::DE),
            ("The government will ban all wood stoves from next year", Lang::EN),
            (
                "Hükümet gelecek yıldan itibaren tüm odun sobalarını yasaklayacak",
                Lang::TR,
            ),
            ("ستحظر الحكومة جميع مواقد الحطب اعتبارا من العام المقبل", Lang::AR),
            ("Rząd zakaże wszystkich pieców na drewno od przyszłego roku", Lang::PL),
            ("Уряд заборонить усі дров'яні печі з наступного року", Lang::UK),
            ("", Lang::UND),
            ("🔥🔥🔥 12345", Lang::UND),
        ];
        for (text, wanted) in cases {
            assert_eq!(Lang::detect(text), wanted, "{text}");
        }
    }
}
