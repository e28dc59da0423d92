//! What a reader would notice about a passage: a table of named numbers, which are also the words in which a score is explained.

use super::{
    score::{Signal, signals_in},
    tokens::{is_number, is_word, tokens},
};
use crate::domain::Lang;

/// What is counted once for all rows of the table.
pub(super) struct Seen<'a> {
    raw: &'a str,
    tokens: Vec<&'a str>,
    words: Vec<&'a str>,
    signals: Vec<Signal>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(raw: &'a str, lang: Lang) -> Self {
        let tokens = tokens(raw);
        let words = tokens.iter().copied().filter(|token| is_word(token)).collect();
        Self {
            raw,
            tokens,
            words,
            signals: signals_in(raw, lang),
        }
    }

    /// The words and signs as they are written.
    pub(super) fn tokens(&self) -> &[&'a str] {
        &self.tokens
    }

    fn count(&self, signs: &[&str]) -> f32 {
        self.tokens.iter().filter(|token| signs.contains(token)).count() as f32
    }

    fn words(&self, is: impl Fn(&str) -> bool) -> f32 {
        self.words.iter().filter(|word| is(word)).count() as f32
    }

    /// The share of words that are so.
    fn share(&self, is: impl Fn(&str) -> bool) -> f32 {
        self.words(is) / self.words.len().max(1) as f32
    }

    fn has(&self, signal: Signal) -> f32 {
        truth(self.signals.contains(&signal))
    }

    fn emoji(&self) -> f32 {
        let is_emoji = |token: &&&str| {
            token
                .chars()
                .next()
                .is_some_and(|c| c > '\u{2190}' && !c.is_alphanumeric())
        };
        self.tokens.iter().filter(is_emoji).count() as f32
    }

    fn end(&self) -> &str {
        let open = |token: &&&str| **token != super::tokens::LINK;
        self.tokens.iter().rev().find(open).copied().unwrap_or_default()
    }
}

const fn truth(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

fn any(count: f32) -> f32 {
    truth(count > 0.0)
}

/// Counts weigh less the more there are.
fn damped(count: f32) -> f32 {
    count.ln_1p()
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn is_shouted(word: &str) -> bool {
    word.chars().nth(1).is_some() && word.chars().all(char::is_uppercase)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && is_number(word) && (word.starts_with("19") || word.starts_with("20"))
}

fn is_long(word: &str) -> bool {
    word.chars().nth(8).is_some()
}

fn is_short(word: &str) -> bool {
    word.chars().nth(3).is_none()
}

/// One thing to notice.
pub(super) struct Trait {
    /// Its name in the file of weights.
    pub(super) name: &'static str,
    /// How a reader is told that it was found; empty where it is never absent.
    pub(super) words: &'static str,
    pub(super) value: fn(&Seen<'_>) -> f32,
}

const fn row(name: &'static str, words: &'static str, value: fn(&Seen<'_>) -> f32) -> Trait {
    Trait { name, words, value }
}

const QUOTES: &[&str] = &["\"", "“", "”", "„", "«", "»"];
const QUESTIONS: &[&str] = &["?", "؟", "？"];
const ENDS: &[&str] = &[".", "!", "?", "…", "؟", "。", "！", "？"];

/// The table. The order is that of the file of weights.
pub(super) const TRAITS: &[Trait] = &[
    row("words", "", |s| damped(s.words.len() as f32)),
    row("characters", "", |s| damped(s.raw.chars().count() as f32)),
    row("link", "a link", |s| any(s.count(&["^"]))),
    row("links", "several links", |s| truth(s.count(&["^"]) > 1.0)),
    row("number", Signal::Number.words(), |s| any(s.words(is_number))),
    row("numbers", "numbers", |s| damped(s.words(is_number))),
    row("percent", "a percentage", |s| any(s.count(&["%", "٪"]))),
    row("year", "a year", |s| any(s.words(is_year))),
    row("money", "a sum of money", |s| any(s.count(&["€", "$", "£", "₺", "₽"]))),
    row("hashtag", "a hashtag", |s| any(s.count(&["#"]))),
    row("hashtags", "hashtags", |s| damped(s.count(&["#"]))),
    row("accounts", "accounts addressed", |s| damped(s.count(&["@"]))),
    row("account first", "a reply to an account", |s| {
        truth(s.raw.starts_with('@'))
    }),
    row("retweet", "somebody else's post", |s| truth(s.raw.starts_with("RT "))),
    row("question mark", "a question mark", |s| any(s.count(QUESTIONS))),
    row("question marks", "question marks", |s| damped(s.count(QUESTIONS))),
    row("asks", Signal::Question.words(), |s| {
        truth(QUESTIONS.contains(&s.end()))
    }),
    row("exclamation", "an exclamation", |s| any(s.count(&["!", "！"]))),
    row("exclamations", "exclamations", |s| damped(s.count(&["!", "！"]))),
    row("emoji", "an emoji", |s| any(s.emoji())),
    row("emojis", "emojis", |s| damped(s.emoji())),
    row("capitalised", "", |s| s.share(is_capital)),
    row("capitals", "words with a capital", |s| damped(s.words(is_capital))),
    row("shouted", "", |s| s.share(is_shouted)),
    row("shouts", "words in capitals", |s| damped(s.words(is_shouted))),
    row("quotation", "a quotation", |s| any(s.count(QUOTES))),
    row("colon", "a colon", |s| any(s.count(&[":"]))),
    row("trails off", "an open end (…)", |s| {
        any(s.count(&["…"])).max(truth(s.raw.contains("...")))
    }),
    row("sentences", "", |s| damped(s.count(ENDS))),
    row("word length", "", |s| {
        s.words.iter().map(|word| word.chars().count()).sum::<usize>() as f32 / s.words.len().max(1) as f32
    }),
    row("long words", "", |s| s.share(is_long)),
    row("short words", "", |s| s.share(is_short)),
    row("commas", "", |s| s.count(&[",", "،"]) / s.words.len().max(1) as f32),
    row("lines", "several lines", |s| truth(s.raw.trim().contains('\n'))),
    row("closed", "a whole sentence", |s| truth(ENDS.contains(&s.end()))),
    row("bracket", "a remark in brackets", |s| any(s.count(&["("]))),
    row("dash", "a dash", |s| any(s.count(&["-", "–", "—"]))),
    row("slash", "a slash", |s| any(s.count(&["/"]))),
    row("name", Signal::Name.words(), |s| s.has(Signal::Name)),
    row("attribution", Signal::Attribution.words(), |s| {
        s.has(Signal::Attribution)
    }),
    row("absolute", Signal::Absolute.words(), |s| s.has(Signal::Absolute)),
    row("call", Signal::Call.words(), |s| s.has(Signal::Call)),
    row("opinion", Signal::Opinion.words(), |s| s.has(Signal::Opinion)),
    row("boilerplate", Signal::Boilerplate.words(), |s| {
        s.has(Signal::Boilerplate)
    }),
    row("advert", Signal::Advert.words(), |s| s.has(Signal::Advert)),
    row("address", Signal::Address.words(), |s| s.has(Signal::Address)),
    row("comparison", Signal::Comparison.words(), |s| s.has(Signal::Comparison)),
    row("past", Signal::Past.words(), |s| s.has(Signal::Past)),
    row("institution", Signal::Institution.words(), |s| {
        s.has(Signal::Institution)
    }),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn found(text: &str, lang: Lang) -> Vec<&'static str> {
        let seen = Seen::of(text, lang);
        let told = TRAITS.iter().filter(|t| !t.words.is_empty() && (t.value)(&seen) > 0.0);
        told.map(|t| t.name).collect()
    }

    #[test]
    fn names_are_distinct() {
        let names: BTreeSet<_> = TRAITS.iter().map(|t| t.name).collect();
        assert_eq!(names.len(), TRAITS.len());
    }

    #[test]
    fn what_is_seen_can_be_said() {
        let text = "Laut Ministerium sank die Zahl 2025 um 3 %.";
        for name in [
            "number",
            "percent",
            "year",
            "attribution",
            "institution",
            "past",
            "closed",
        ] {
            assert!(
                found(text, Lang::DE).contains(&name),
                "{name}: {:?}",
                found(text, Lang::DE)
            );
        }
        assert!(found("It costs more than last year.", Lang::EN).contains(&"comparison"));
        assert!(found("RT @mia Really?!", Lang::UND).contains(&"retweet"));
    }
}
