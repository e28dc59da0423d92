//! Why is this claim here? A lookup's reasons go in; lines for people come out.

use claim_index::Reason as Wording;

use super::{
    foreign::{Foreign, LINE},
    locale::Locale,
};
use crate::{domain::Lang, lookup::Reason};

/// One line: a sentence, and what it is about.
#[derive(Debug, Default)]
pub(super) struct ReasonView {
    pub(super) text: String,
    /// "93 %"
    pub(super) value: Option<String>,
    pub(super) terms: Vec<TermView>,
    pub(super) numbers: Vec<Foreign>,
    /// Whether it speaks against the match.
    pub(super) warns: bool,
}

/// A word with its weight.
#[derive(Debug)]
pub(super) struct TermView {
    pub(super) word: Foreign,
    pub(super) weight: String,
}

/// More say no more.
const TERMS: usize = 12;
const NUMBERS: usize = 6;

impl ReasonView {
    /// The lines of a candidate's reasons. A text's reasons are of the claim's language, as far as we know.
    pub(super) fn all(reasons: &[Reason], lang: Lang, texts: &Locale) -> Vec<Self> {
        let lines = |reason: &Reason| match reason {
            Reason::SameUrl(_) => vec![Self::said(&texts.reason.same_url)],
            Reason::Wording(wording) => Self::of_wording(wording, lang, texts),
        };
        reasons.iter().flat_map(lines).collect()
    }

    fn of_wording(wording: &Wording, lang: Lang, texts: &Locale) -> Vec<Self> {
        let said = &texts.reason;
        match wording {
            Wording::IdenticalText => vec![Self::said(&said.identical)],
            Wording::NearDuplicate { similarity } => vec![Self::share(&said.near, *similarity, texts)],
            Wording::Semantic { similarity } => vec![Self::share(&said.meaning, *similarity, texts)],
            Wording::Terms { terms } => {
                let term = |term: &claim_index::TermWeight| TermView {
                    word: Foreign::new(&term.term, lang, LINE),
                    weight: texts.decimal(term.weight),
                };
                let terms = terms.iter().take(TERMS).map(term).collect();
                vec![Self {
                    terms,
                    ..Self::said(&said.terms)
                }]
            }
            Wording::Coverage { share, of_text } => {
                vec![
                    Self::share(&said.share, *share, texts),
                    Self::share(&said.of_text, *of_text, texts),
                ]
            }
            Wording::Numbers { agree, differ } => {
                let lines = [
                    Self::numbers(&said.numbers_agree, agree),
                    Self::numbers(&said.numbers_differ, differ),
                ];
                let [agree, differ] = lines;
                [agree, differ.map(Self::warning)].into_iter().flatten().collect()
            }
            Wording::Negation => vec![Self::said(&said.negation).warning()],
        }
    }

    fn said(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    fn share(text: &str, share: f32, texts: &Locale) -> Self {
        Self {
            value: Some(texts.percent(share)),
            ..Self::said(text)
        }
    }

    fn numbers(text: &str, numbers: &[String]) -> Option<Self> {
        let shown = numbers
            .iter()
            .take(NUMBERS)
            .map(|number| Foreign::new(number, Lang::UND, LINE));
        (!numbers.is_empty()).then(|| Self {
            numbers: shown.collect(),
            ..Self::said(text)
        })
    }

    fn warning(self) -> Self {
        Self { warns: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use claim_index::TermWeight;

    use super::*;
    use crate::{lookup::SameUrl, web::locale::PageLang};

    fn lines(reason: Wording) -> Vec<(String, Option<String>, Vec<String>, bool)> {
        let all = ReasonView::all(&[Reason::Wording(reason)], Lang::DE, PageLang::De.texts());
        let line = |view: ReasonView| {
            let words = view
                .terms
                .iter()
                .map(|term| format!("{} {}", term.word.text, term.weight));
            let numbers = view.numbers.iter().map(|number| number.text.clone());
            (view.text, view.value, words.chain(numbers).collect(), view.warns)
        };
        all.into_iter().map(line).collect()
    }

    #[test]
    fn every_reason_becomes_lines() {
        let said = &PageLang::De.texts().reason;
        let line = |text: &str| (text.to_owned(), None, vec![], false);
        let share = |text: &str, value: &str| (text.to_owned(), Some(value.to_owned()), vec![], false);
        let term = TermWeight {
            term: "brucke".into(),
            weight: 7.25,
        };
        let numbers = |agree: &[&str], differ: &[&str]| Wording::Numbers {
            agree: agree.iter().map(ToString::to_string).collect(),
            differ: differ.iter().map(ToString::to_string).collect(),
        };
        for (reason, wanted) in [
            (Wording::IdenticalText, vec![line(&said.identical)]),
            (
                Wording::NearDuplicate { similarity: 0.93 },
                vec![share(&said.near, "93\u{a0}%")],
            ),
            (
                Wording::Semantic { similarity: 0.87 },
                vec![share(&said.meaning, "87\u{a0}%")],
            ),
            (
                Wording::Coverage {
                    share: 0.8,
                    of_text: 0.5,
                },
                vec![share(&said.share, "80\u{a0}%"), share(&said.of_text, "50\u{a0}%")],
            ),
            (
                Wording::Terms { terms: vec![term] },
                vec![(said.terms.clone(), None, vec!["brucke 7,2".into()], false)],
            ),
            (Wording::Negation, vec![(said.negation.clone(), None, vec![], true)]),
            (
                numbers(&["500"], &[]),
                vec![(said.numbers_agree.clone(), None, vec!["500".into()], false)],
            ),
            (
                numbers(&[], &["72"]),
                vec![(said.numbers_differ.clone(), None, vec!["72".into()], true)],
            ),
            (numbers(&[], &[]), vec![]),
        ] {
            assert_eq!(lines(reason.clone()), wanted, "{reason:?}");
        }
    }

    #[test]
    fn an_equal_address_is_a_reason() {
        let texts = PageLang::En.texts();
        let all = ReasonView::all(&[Reason::SameUrl(SameUrl {})], Lang::DE, texts);
        assert_eq!(all[0].text, texts.reason.same_url);
    }
}
