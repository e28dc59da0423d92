//! How claim-like a passage is: the sum of the weights of the signals in it, and nothing else.

use claim_index::normalise_text;

use super::cues::cued;
use crate::domain::Lang;

/// Fewest and most words of a claim. Shorter is a fragment, longer an argument.
const WORDS: std::ops::RangeInclusive<usize> = 5..=60;

/// Longest claim, in characters, for texts without spaces or sense.
const MAX_CHARS: usize = 600;

/// From how many words on a passage is likely to be a whole statement.
const WHOLE_WORDS: usize = 8;

/// What speaks for or against a passage being a checkable statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Long enough to be a whole statement.
    Whole,
    /// A number, percentage, sum or date.
    Number,
    /// Somebody or something by name; where capitals say nothing about that, taken for granted.
    Name,
    /// Somebody says it, or something shows it.
    Attribution,
    /// All, never, always, banned, secretly: what rumours are made of.
    Absolute,
    /// A question.
    Question,
    /// Share, vote, join, read on.
    Call,
    /// I think, I hope, in my opinion.
    Opinion,
    /// Cookies, newsletters, rights reserved, photo credits.
    Boilerplate,
    /// Buy, discount, free delivery.
    Advert,
    /// Spoken to somebody: you, thanks, dear.
    Address,
    /// Short and without a full stop: a heading or a menu.
    Fragment,
    /// More than, the first, as many as.
    Comparison,
    /// Something that has happened.
    Past,
    /// A ministry, a court, an authority.
    Institution,
}

/// Where every passage of fitting length begins.
const BASE: f32 = 0.4;

impl Signal {
    /// How a reader is told that it was found.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Whole => "long enough to be a whole statement",
            Self::Number => "a number",
            Self::Name => "a name",
            Self::Attribution => "somebody says or shows it",
            Self::Absolute => "a word like all, never, first, banned, proof",
            Self::Question => "a question",
            Self::Call => "a call to do something",
            Self::Opinion => "a word of opinion",
            Self::Boilerplate => "a word of page notices",
            Self::Advert => "a word of adverts",
            Self::Address => "spoken to somebody",
            Self::Fragment => "a heading or a fragment",
            Self::Comparison => "a comparison",
            Self::Past => "something that has happened",
            Self::Institution => "names an institution",
        }
    }
}

/// The weight of a signal, however often it is met.
const fn weight(signal: Signal) -> f32 {
    match signal {
        Signal::Number => 0.2,
        Signal::Whole | Signal::Name | Signal::Attribution | Signal::Absolute | Signal::Institution | Signal::Past => {
            0.1
        }
        // Only learnt models weigh it: opinions compare, too.
        Signal::Comparison => 0.0,
        Signal::Address => -0.15,
        Signal::Fragment => -0.2,
        Signal::Opinion => -0.3,
        Signal::Call | Signal::Advert => -0.4,
        Signal::Question => -0.5,
        Signal::Boilerplate => -0.6,
    }
}

/// What the rules make of a passage: where it begins and what each signal adds or takes; none if it is too short or too
/// long to be one statement.
pub(super) fn weigh(passage: &str, lang: Lang) -> Option<(f32, Vec<(Signal, f32)>)> {
    let body = without_tails(passage);
    let words = count_words(body);
    if !WORDS.contains(&words) || body.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let weighed = signals(body, words, lang)
        .into_iter()
        .map(|signal| (signal, weight(signal)));
    Some((BASE, weighed.collect()))
}

/// The signals in any text, each once.
pub(super) fn signals_in(text: &str, lang: Lang) -> Vec<Signal> {
    let body = without_tails(text);
    signals(body, count_words(body), lang)
}

/// The signals in a passage of so many words, each once.
fn signals(body: &str, words: usize, lang: Lang) -> Vec<Signal> {
    let (end, closed) = ending(body);
    let whole = words >= WHOLE_WORDS;
    let mut found: Vec<Signal> = [
        (Signal::Whole, whole),
        (Signal::Number, body.chars().any(char::is_numeric)),
        (Signal::Name, has_name(body, lang)),
        (Signal::Question, matches!(end, '?' | '؟' | '？' | ';')),
        (Signal::Fragment, !closed && !whole),
    ]
    .into_iter()
    .filter_map(|(signal, met)| met.then_some(signal))
    .collect();
    let padded = padded(body);
    found.extend(cued(&padded, lang));
    found
}

/// The last sign of a passage, past quotes and brackets, and whether it closes a sentence.
fn ending(body: &str) -> (char, bool) {
    let open = |c: char| c.is_alphanumeric() || ".!?؟。！？…:;,%".contains(c);
    let end = body.chars().rev().find(|&c| open(c)).unwrap_or(' ');
    // U+003B ends questions in Greek only, where it is followed by nothing.
    let end = if end == ';' { ',' } else { end };
    (end, ".!?؟。！？…".contains(end))
}

/// A passage without what hangs on its ends: hashtags, accounts, addresses, emoji.
fn without_tails(passage: &str) -> &str {
    let mut body = passage.trim();
    loop {
        let first = body.split_whitespace().next().unwrap_or_default();
        let last = body.split_whitespace().next_back().unwrap_or_default();
        let next = if is_tail(last) {
            body.strip_suffix(last)
        } else if is_tail(first) {
            body.strip_prefix(first)
        } else {
            None
        };
        match next {
            Some(next) => body = next.trim(),
            None => return body,
        }
    }
}

fn is_tail(word: &str) -> bool {
    let marked = ["#", "@", "http://", "https://", "www."]
        .iter()
        .any(|mark| word.starts_with(mark));
    let retweet = matches!(word, "RT" | "via" | "VIA");
    let signs = !word.is_empty()
        && !word
            .chars()
            .any(|c| c.is_alphanumeric() || ".!?؟。…%)»”\"'".contains(c));
    marked || retweet || signs
}

/// Words by spaces; where a script has none, two signs count as a word.
fn count_words(body: &str) -> usize {
    let unspaced =
        |c: char| matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x3040..=0x30FF | 0x3400..=0x9FFF);
    body.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| (word.chars().filter(|&c| unspaced(c)).count() / 2).max(1))
        .sum()
}

/// A capital inside the passage. German capitalises all nouns, so there it takes two, or an abbreviation. Turkish sets an
/// apostrophe after names that have an ending. Scripts without capitals and texts that shout tell nothing either way.
fn has_name(body: &str, lang: Lang) -> bool {
    let words: Vec<&str> = body
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let capitals = |word: &str| word.chars().filter(|c| c.is_uppercase()).count();
    let cased = body.chars().any(|c| c.is_uppercase() || c.is_lowercase());
    let abbreviations = words.iter().filter(|w| capitals(w) > 1).count();
    let inner = words
        .iter()
        .skip(1)
        .filter(|w| w.starts_with(char::is_uppercase))
        .count();
    let declined = lang == Lang::TR && body.split_whitespace().any(is_declined_name);
    let needed = if lang == Lang::DE { 2 } else { 1 };
    !cased || declined || abbreviations > 0 || inner >= needed
}

/// `Kıyıkent'te`, `TBMM’nin`
fn is_declined_name(word: &str) -> bool {
    let (name, ending) = word.split_once(['\'', '’']).unwrap_or_default();
    name.starts_with(char::is_uppercase) && ending.starts_with(char::is_lowercase)
}

/// Lower-case words with a single space around each, for matching whole words.
fn padded(body: &str) -> String {
    let text = normalise_text(body);
    let words = text
        .split(|c: char| !c.is_alphanumeric() && c != '©' && c != '\'')
        .filter(|w| !w.is_empty());
    words.fold(String::from(" "), |line, word| line + word + " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_do_not_count() {
        for (passage, body) in [
            (
                "Strom wird teurer. #Energie #Preise https://x.example/1",
                "Strom wird teurer.",
            ),
            ("RT @someone: @other Strom wird teurer", "Strom wird teurer"),
            (
                "🚨🚨 Strom wird #teurer als je zuvor 😡",
                "Strom wird #teurer als je zuvor",
            ),
            ("\"Strom wird teurer.\"", "\"Strom wird teurer.\""),
            ("#a @b http://c", ""),
        ] {
            assert_eq!(without_tails(passage), body);
        }
    }

    #[test]
    fn lengths_that_are_no_claim_score_nothing() {
        let long = "Preise steigen um 20 Prozent und ".repeat(20);
        let word = "a".repeat(100_000);
        for passage in ["", "Alles 5 teurer.", long.as_str(), word.as_str(), "😀 😀 😀 😀 😀 😀"] {
            assert!(weigh(passage, Lang::DE).is_none(), "{passage:.20}");
        }
    }

    #[test]
    fn scripts_without_spaces_have_words_too() {
        assert_eq!(count_words("政府将从明年起禁止所有木炉"), 6);
        assert_eq!(count_words("Der Ofen, 5 kg"), 4);
    }
}
