//! A sentence comes in; who says it goes out, if the sentence itself tells: "laut Polizei", "said the mayor".
//!
//! Small tables of how languages report speech; what they do not know has no speaker, which is better than a wrong one. An
//! account is never a speaker, nor is "she".

use super::tokens::{is_word, tokens};
use crate::domain::Lang;

/// How a language names who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The words, then who: "laut Polizei", "according to the ministry,"
    Before,
    /// Who, then the words: "Bakanlığa göre", "Medienberichten zufolge"
    After,
    /// Who, the verb, and what is said: "Der Minister sagte, …", "The mayor claimed that …"
    Tells,
    /// The verb, who, and what is said: "قال الوزير إن …"; or after what is said: "…", sagte der Minister
    Told,
    /// Who, a comma, what is said, and the verb at the end: "Bakan, …ini söyledi."
    Closes,
}

/// Words of one language for one way, with a bar between them.
struct Row {
    lang: Lang,
    way: Way,
    words: &'static str,
}

const fn row(lang: Lang, way: Way, words: &'static str) -> Row {
    Row { lang, way, words }
}

/// The table, the surest ways of a language first.
const ROWS: &[Row] = &[
    row(
        Lang::DE,
        Way::Before,
        "laut|nach angaben von|nach angaben der|nach angaben des|nach worten von|so die|so der",
    ),
    row(Lang::DE, Way::After, "zufolge"),
    row(Lang::DE, Way::Tells, DE_VERBS),
    row(Lang::DE, Way::Told, DE_VERBS),
    row(Lang::EN, Way::Before, "according to"),
    row(Lang::EN, Way::Tells, EN_VERBS),
    row(Lang::EN, Way::Told, EN_VERBS),
    row(Lang::TR, Way::After, "göre"),
    row(
        Lang::TR,
        Way::Closes,
        "dedi|söyledi|açıkladı|belirtti|duyurdu|bildirdi|savundu|iddia etti|öne sürdü|ileri sürdü|ifade etti",
    ),
    row(Lang::AR, Way::Before, "بحسب|حسب"),
    row(
        Lang::AR,
        Way::Told,
        "قال|قالت|وقال|وقالت|أعلن|أعلنت|وأعلنت|أكد|أكدت|وأكد|زعم|زعمت|ذكر|ذكرت|أفاد|أفادت|صرح|صرحت|كشف|كشفت",
    ),
    row(
        Lang::UK,
        Way::Before,
        "за словами|за даними|за інформацією|на думку|як повідомляє|як повідомив",
    ),
    row(
        Lang::UK,
        Way::Tells,
        "заявив|заявила|заявили|сказав|сказала|повідомив|повідомила|повідомляє|стверджує|підтвердив|підтвердила|\
         оголосив|оголосила|розповів|розповіла|попередив|попередила",
    ),
    row(
        Lang::UK,
        Way::Told,
        "заявив|заявила|сказав|сказала|повідомив|повідомила|розповів|розповіла",
    ),
    row(
        Lang::RU,
        Way::Before,
        "по словам|по данным|по информации|по мнению|как сообщает|как сообщил|как сообщила",
    ),
    row(
        Lang::RU,
        Way::Tells,
        "заявил|заявила|заявили|сказал|сказала|сообщил|сообщила|сообщает|утверждает|подтвердил|подтвердила|\
         объявил|объявила|рассказал|рассказала|предупредил|предупредила",
    ),
    row(
        Lang::RU,
        Way::Told,
        "заявил|заявила|сказал|сказала|сообщил|сообщила|рассказал|рассказала",
    ),
    row(
        Lang::PL,
        Way::Before,
        "według|zdaniem|jak podaje|jak podał|jak podała|jak twierdzi",
    ),
    row(
        Lang::PL,
        Way::Tells,
        "powiedział|powiedziała|twierdzi|twierdził|twierdziła|poinformował|poinformowała|podał|podała|podało|\
         oświadczył|oświadczyła|ogłosił|ogłosiła|ogłosiło|potwierdził|potwierdziła|ostrzegł|ostrzegła",
    ),
    row(
        Lang::PL,
        Way::Told,
        "powiedział|powiedziała|stwierdził|stwierdziła|poinformował|poinformowała",
    ),
];

const DE_VERBS: &str = "sagt|sagte|sagten|erklärt|erklärte|erklärten|behauptet|behauptete|behaupteten|berichtet|berichtete|\
                        meldet|meldete|meldeten|bestätigt|bestätigte|warnt|warnte|betont|betonte|teilte mit|schreibt|schrieb";
const EN_VERBS: &str = "said|says|claimed|claims|confirmed|confirms|announced|warned|warns|stated|states|reported|insisted|\
                        told reporters|wrote|writes";

/// What may follow who speaks, or the verb, and begins what is said.
const OPENS: &[&str] = &[
    ",", ":", "،", "dass", "daß", "that", "إن", "إنه", "أن", "أنه", "ان", "что", "що", "że", "iż",
];

/// Where a name's phrase ends, besides [`OPENS`].
const ENDS: &[&str] = &[
    ".", ";", "!", "?", "؟", "–", "—", "(", ")", "\"", "“", "”", "„", "«", "»", "‘", "’",
];

/// Signs around what is said.
const QUOTES: &[&str] = &["\"", "“", "”", "„", "«", "»", "‘", "’"];

/// Words that point to somebody without naming them.
const POINTERS: &[&str] = &[
    "er", "sie", "es", "ich", "wir", "man", "das", "dies", "diese", "dieser", "he", "she", "it", "they", "i", "we",
    "you", "who", "which", "this", "that", "there", "o", "ona", "bu", "buna", "ben", "bana", "on", "ja", "my", "oni",
    "он", "она", "они", "я", "мы", "вы", "он", "він", "вона", "вони", "ми", "هو", "هي", "أنا", "نحن", "ذلك", "hier",
    "wer", "was", "what", "and", "und", "mir", "mnie",
];

/// Small words that may stand inside a name written with capitals: "einer Studie der Uni Wesselberg".
const LINKS: &[&str] = &[
    "der", "die", "das", "des", "dem", "den", "ein", "eine", "einer", "eines", "einem", "von", "vom", "für", "und",
    "the", "a", "an", "of", "for", "and", "its", "s",
];

/// Most words of a name.
const MAX_WORDS: usize = 8;

/// A sentence with the places of its words.
struct Sentence<'a> {
    text: &'a str,
    tokens: Vec<&'a str>,
    lower: Vec<String>,
}

/// Who says a sentence.
pub(super) fn speaker(text: &str, lang: Lang) -> Option<String> {
    let tokens = tokens(text);
    let lower = tokens.iter().map(|token| token.to_lowercase()).collect();
    let sentence = Sentence { text, tokens, lower };
    let rows = ROWS.iter().filter(|row| row.lang == lang);
    rows.flat_map(|row| row.words.split('|').map(|words| (row.way, words)))
        .filter_map(|(way, words)| sentence.by(way, words, lang))
        .find(|name| is_name(name))
}

/// Whether a phrase names somebody, and is nobody's account.
fn is_name(name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
    name.chars().any(char::is_alphabetic)
        && !name.contains(['@', '#', '_'])
        && !name.contains("://")
        && !POINTERS.contains(&first.as_str())
}

impl Sentence<'_> {
    fn by(&self, way: Way, words: &str, lang: Lang) -> Option<String> {
        let words: Vec<&str> = words.split(' ').collect();
        let from = (0..self.lower.len()).find(|&at| self.stands(&words, at))?;
        let after = from + words.len();
        match way {
            Way::Before => self.clause(after, lang).or_else(|| self.capitals(after, lang)),
            Way::After => self.backwards(from, MAX_WORDS).filter(|_| from <= MAX_WORDS),
            Way::Tells => self.backwards(from, MAX_WORDS).filter(|_| self.opens_soon(after)),
            Way::Told if lang == Lang::AR => self.until_opened(after),
            Way::Told => self.capitals(after, lang).filter(|_| self.closes_before(from)),
            Way::Closes => self.first_part().filter(|_| self.is_near_end(after)),
        }
    }

    fn stands(&self, words: &[&str], at: usize) -> bool {
        let here = self.lower.get(at..at + words.len());
        here.is_some_and(|here| here.iter().zip(words).all(|(a, b)| a == b))
    }

    /// Words before a place, back to the sentence's begin or the last sign.
    fn backwards(&self, end: usize, most: usize) -> Option<String> {
        let is_edge = |at: &usize| self.ends(*at) || QUOTES.contains(&self.tokens[*at]);
        let start = (0..end).rev().find(is_edge).map_or(0, |at| at + 1);
        self.name(start, end).filter(|_| end - start <= most)
    }

    /// A name after a place, as far as its words have capitals; in German what describes it stands before them.
    fn capitals(&self, start: usize, lang: Lang) -> Option<String> {
        let within = (start..self.tokens.len()).take_while(|&at| !self.ends(at));
        let mut end = start;
        for at in within.take(MAX_WORDS) {
            let may_describe = lang == Lang::DE && end == start;
            if self.tokens[at].starts_with(char::is_uppercase) {
                end = at + 1;
            } else if is_word(self.tokens[at]) && !LINKS.contains(&self.lower[at].as_str()) && !may_describe {
                break;
            }
        }
        self.name(start, end)
    }

    /// All up to a comma, if that is near: "according to the health ministry, …". German needs no comma there.
    fn clause(&self, start: usize, lang: Lang) -> Option<String> {
        let end = (start..self.tokens.len()).find(|&at| self.ends(at))?;
        let is_clause = lang != Lang::DE && end - start <= 5;
        is_clause.then(|| self.name(start, end)).flatten()
    }

    fn until_opened(&self, start: usize) -> Option<String> {
        let end =
            (start..self.tokens.len().min(start + MAX_WORDS)).find(|&at| OPENS.contains(&self.lower[at].as_str()))?;
        self.name(start, end)
    }

    /// Whether what is said begins after the verb, or a few words on: "sagte am Montag, …".
    fn opens_soon(&self, after: usize) -> bool {
        let near = after..self.tokens.len().min(after + 4);
        near.into_iter()
            .any(|at| OPENS.contains(&self.lower[at].as_str()) || QUOTES.contains(&self.tokens[at]))
    }

    /// Whether what is said ends before the verb: a comma or a quotation mark.
    fn closes_before(&self, at: usize) -> bool {
        at > 0 && (self.ends(at - 1) || QUOTES.contains(&self.tokens[at - 1]))
    }

    fn is_near_end(&self, after: usize) -> bool {
        self.tokens[after..].iter().all(|token| !is_word(token))
    }

    /// Up to the first comma, if that is near: "Bakan, …".
    fn first_part(&self) -> Option<String> {
        let end = self.tokens.iter().position(|token| *token == ",")?;
        self.name(0, end).filter(|_| end <= 5)
    }

    fn ends(&self, at: usize) -> bool {
        let is_abbreviation = || self.tokens[at] == "." && at > 0 && is_abbreviation(self.tokens[at - 1]);
        (ENDS.contains(&self.tokens[at]) || OPENS.contains(&self.lower[at].as_str())) && !is_abbreviation()
    }

    /// The words from one place to another, as they stand there.
    fn name(&self, start: usize, end: usize) -> Option<String> {
        // A link's token is no part of the text: it lies at no place of it.
        let offset = |token: &str| (token.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let (first, last) = (self.tokens.get(start)?, self.tokens.get(end.checked_sub(1)?)?);
        if start >= end || end - start > MAX_WORDS + 3 {
            return None;
        }
        let text = self.text.get(offset(first)..offset(last).wrapping_add(last.len()))?;
        Some(
            text.trim_matches(|c: char| c.is_whitespace() || "\"“”„«»,:–".contains(c))
                .to_owned(),
        )
    }
}

/// "Dr", "Prof", an initial: the full stop behind it ends nothing.
fn is_abbreviation(word: &str) -> bool {
    let titles = [
        "Dr", "Prof", "Mr", "Mrs", "Ms", "St", "Gen", "Sen", "Gov", "Rep", "Lt", "Col", "Av", "Doç", "inż", "hab",
    ];
    titles.contains(&word) || (word.chars().count() == 1 && word.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_it() {
        for (lang, text, wanted) in [
            (Lang::DE, "Laut Polizei wurden 500 Menschen verletzt.", "Polizei"),
            (
                Lang::DE,
                "Laut einer Studie der Uni Wesselberg verursachen Handymasten Schlafstörungen.",
                "einer Studie der Uni Wesselberg",
            ),
            (
                Lang::DE,
                "Medienberichten zufolge sinkt der Pegel um 3 Meter.",
                "Medienberichten",
            ),
            (
                Lang::DE,
                "Der Bürgermeister sagte am Montag, die Brücke sei gesperrt.",
                "Der Bürgermeister",
            ),
            (
                Lang::DE,
                "„Die Brücke ist gesperrt“, sagte Dr. Anna Weber am Montag.",
                "Dr. Anna Weber",
            ),
            (
                Lang::DE,
                "Nach Angaben der Stadtwerke ist das Wasser sauber.",
                "Stadtwerke",
            ),
            (
                Lang::EN,
                "According to the ministry, unemployment fell by 3 percent.",
                "the ministry",
            ),
            (
                Lang::EN,
                "NASA confirmed that the Earth will be dark for six days.",
                "NASA",
            ),
            (
                Lang::EN,
                "\"The bridge is closed,\" said Mayor Jane Smith on Monday.",
                "Mayor Jane Smith",
            ),
            (
                Lang::TR,
                "Bakanlığa göre işsizlik geçen yıl yüzde 3 düştü.",
                "Bakanlığa",
            ),
            (Lang::TR, "Bakan, 3.500 kişinin işe alındığını söyledi.", "Bakan"),
            (Lang::AR, "قال الوزير إن الأسعار انخفضت بنسبة 5 بالمئة.", "الوزير"),
            (
                Lang::AR,
                "أعلنت وزارة الصحة أن عدد الوفيات بلغ 120 شخصا.",
                "وزارة الصحة",
            ),
            (
                Lang::RU,
                "Министр здравоохранения заявил, что цены выросли на 20 %.",
                "Министр здравоохранения",
            ),
            (Lang::RU, "По словам мэра, мост закрыт.", "мэра"),
            (Lang::UK, "За даними поліції, постраждали 500 людей.", "поліції"),
            (Lang::UK, "Міністр повідомив, що ціни зросли на 20 %.", "Міністр"),
            (
                Lang::PL,
                "Minister powiedział, że ceny wzrosły o 20 procent.",
                "Minister",
            ),
            (Lang::PL, "Według policji, rannych zostało 500 osób.", "policji"),
        ] {
            assert_eq!(speaker(text, lang).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn nobody_is_better_than_a_wrong_name() {
        for (lang, text) in [
            (Lang::DE, "Die Brücke wurde am Montag gesperrt."),
            (Lang::DE, "Er sagte, die Brücke sei gesperrt."),
            (Lang::DE, "Laut @mia_k ist die Brücke gesperrt."),
            (Lang::EN, "She said that the bridge is closed."),
            (Lang::EN, "The council claims back 500 pounds from each tenant."),
            (Lang::EN, "\"The bridge is closed,\" said the mayor on Monday."),
            (Lang::EN, "@jo_k said that the bridge is closed."),
            (Lang::UND, "According to the ministry, unemployment fell."),
            (Lang::EN, ""),
        ] {
            assert_eq!(speaker(text, lang), None, "{text}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(128))]
        #[test]
        fn a_speaker_stands_in_the_text(text in "(\\PC|laut |said |, |“|according to |göre |قال |[A-Z][a-z]{1,8} |Dr\\. ){0,30}") {
            for lang in [Lang::DE, Lang::EN, Lang::TR, Lang::AR, Lang::PL] {
                if let Some(name) = speaker(&text, lang) {
                    proptest::prop_assert!(text.contains(&name), "{name}");
                }
            }
        }
    }
}
