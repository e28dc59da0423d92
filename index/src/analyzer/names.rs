//! Comes in: the words of a text as they were written. Goes out: which of them name somebody or something, as far as capitals
//! tell.
//!
//! Most is made of a claim's: people who post often write names in lower case, desks that publish do not.

use super::language::Language;
use crate::Lang;

/// Reads a text word by word.
pub(super) struct Names {
    nouns: Nouns,
    previous: Previous,
}

/// Whether a language begins every noun with a capital.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nouns {
    /// German: "die Stadt".
    Capital,
    Plain,
}

/// What stands before the word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Nothing,
    /// The first word: its capital says nothing.
    First,
    Capital,
    /// A preposition without an article, where German hardly ever puts a common noun: "in Ulm", but "in der Stadt".
    BarePreposition,
    Other,
}

const BARE_PREPOSITIONS: &[&str] = &["in", "aus", "bei", "von", "nach", "gegen", "über", "vor", "für"];

impl Names {
    pub(super) fn of(language: Option<&Language>) -> Names {
        let has_capital_nouns = language.is_some_and(|language| language.lang == Lang::DE);
        Names {
            nouns: if has_capital_nouns {
                Nouns::Capital
            } else {
                Nouns::Plain
            },
            previous: Previous::Nothing,
        }
    }

    /// Whether the next word is a name: a capital that the start of the text does not explain, and in German neither a
    /// noun's.
    pub(super) fn is_name(&mut self, word: &str) -> bool {
        let is_capital = word.chars().next().is_some_and(char::is_uppercase);
        let is_name = is_capital
            && match self.nouns {
                Nouns::Plain => self.previous != Previous::Nothing,
                Nouns::Capital => matches!(self.previous, Previous::Capital | Previous::BarePreposition),
            };
        self.previous = match self.previous {
            Previous::Nothing => Previous::First,
            _ if is_capital => Previous::Capital,
            _ if BARE_PREPOSITIONS.contains(&word) => Previous::BarePreposition,
            _ => Previous::Other,
        };
        is_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::analyse;

    #[test]
    fn names_are_told_by_their_capitals() {
        let cases: &[(Lang, &str, &[&str])] = &[
            (
                Lang::EN,
                "The flood in Harnow killed Anna Vask.",
                &["harnow", "anna", "vask"],
            ),
            (
                Lang::DE,
                "Die Bank in Ulm sperrt Konten von Demonstranten.",
                &["ulm", "demonstranten"],
            ),
            (Lang::DE, "Der Kanzler verbietet der Stadt den Markt.", &[]),
            (Lang::DE, "Auch Minister Olaf Reinsberg warnt.", &["olaf", "reinsberg"]),
            (Lang::TR, "Belediye Ankara'da suyu kesti", &["ankara"]),
            (Lang::AR, "انقطعت المياه في القاهرة", &[]),
        ];
        for (lang, text, wanted) in cases {
            let analysis = analyse(text, *lang);
            let marked = analysis.tokens.iter().zip(&analysis.names);
            let names: Vec<&str> = marked
                .filter(|(_, is_name)| **is_name)
                .map(|(token, _)| token.neutral.as_str())
                .collect();
            assert_eq!(&names, wanted, "{text}");
        }
    }
}
