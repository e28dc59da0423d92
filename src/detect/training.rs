//! Texts that people labelled come in; models, and what they reach on texts that they did not learn from, go out.

use std::collections::BTreeMap;

use claim_index::normalise_text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    features::Features,
    learn::{self, Course, Lesson},
    measure::{self, Figures, Gain, Told},
    model::{Head, Label, Model, chance},
    plain,
    tokens::{is_word, tokens},
};
use crate::domain::Lang;

/// A text with what people said about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Labelled {
    /// The text.
    pub text: String,
    /// Its language.
    pub lang: Lang,
    /// 1 is yes.
    pub label: u8,
}

impl Labelled {
    fn lesson(&self, pull: f32) -> Lesson {
        Lesson {
            features: Features::of(&self.text, self.lang),
            lang: self.lang,
            label: self.label == 1,
            group: group(&self.text),
            pull,
        }
    }
}

/// How much one text may pull. Both numbers, and the one below, were chosen by the figures of `train-detect`: few texts are
/// labelled as worth a check, and held back more they tell more of others.
const fn pull(label: Label) -> f32 {
    match label {
        Label::Claim => 3.0,
        Label::Worthy => 1.0,
    }
}

/// The same of a text that holds no claim, where it is learnt which claims are worth a check. People were asked that of claims only,
/// but what is none is not worth one; all that is told by how it differs from claims is another question, hence so little.
const PULL_OF_NO_CLAIM: f32 = 0.1;

/// Texts by what was asked about them.
pub type Texts = BTreeMap<Label, Vec<Labelled>>;

/// The lessons of a label, and those beside it.
struct Lessons {
    own: Vec<Lesson>,
    beside: Vec<Lesson>,
}

impl Lessons {
    fn of(label: Label, texts: &Texts) -> Self {
        let of = |label| texts.get(&label).map(Vec::as_slice).unwrap_or_default();
        let own: Vec<Lesson> = of(label).iter().map(|text| text.lesson(pull(label))).collect();
        let is_beside = |text: &&Labelled| {
            label == Label::Worthy && text.label == 0 && own.iter().any(|lesson| lesson.lang == text.lang)
        };
        let beside = of(Label::Claim).iter().filter(is_beside);
        Self {
            beside: beside.map(|text| text.lesson(PULL_OF_NO_CLAIM)).collect(),
            own,
        }
    }

    fn course(&self) -> Course<'_> {
        Course {
            lessons: self.own.iter().collect(),
            beside: self.beside.iter().collect(),
        }
    }
}

/// Texts with the same words are of one group, links and accounts apart, so that no part is learnt from a copy in another,
/// whichever file it stands in.
fn group(text: &str) -> u64 {
    let normal = normalise_text(text);
    let words: Vec<&str> = tokens(&normal).into_iter().filter(|token| is_word(token)).collect();
    let digest = Sha256::digest(words.join(" ").as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What is reached on texts of one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reached {
    /// The label that was asked for.
    pub label: Label,
    /// The texts' language.
    pub lang: Lang,
    /// By heads learnt from the other parts.
    #[serde(flatten)]
    pub figures: Figures,
    /// From which chance on the answer was yes; learnt from the other parts, too.
    pub threshold: f32,
    /// Average precision of TF-IDF and logistic regression, learnt from the same parts of this language.
    pub baseline: f64,
    /// In average precision, over that.
    pub gain: Gain,
    /// Average precision by a head that learnt from all other languages and never from this one; none if there are no others.
    pub without_language: Option<f64>,
}

/// Learns both heads.
pub fn train(texts: &Texts, about: serde_json::Value) -> Model {
    let head = |label: &Label| (*label, learn::head(&Lessons::of(*label, texts).course()));
    let heads = texts.keys().map(head);
    Model {
        about,
        heads: heads.collect(),
    }
}

/// Cuts texts into parts by a hash of the text, judges each part by what was learnt from the others, and says what that
/// reaches, language by language.
pub fn cross_validate(label: Label, texts: &Texts, parts: usize) -> Vec<Reached> {
    let lessons = Lessons::of(label, texts);
    let course = lessons.course();
    let lessons = &course.lessons;
    let texts = texts.get(&label).map(Vec::as_slice).unwrap_or_default();
    let judged = judged(&course, parts);
    let mut langs: Vec<Lang> = lessons.iter().map(|lesson| lesson.lang).collect();
    langs.sort_unstable();
    langs.dedup();
    let reached = |lang: &Lang| {
        let here: Vec<usize> = (0..texts.len()).filter(|&at| lessons[at].lang == *lang).collect();
        let told: Vec<Told> = here.iter().map(|&at| judged[at].0).collect();
        let plain: Vec<plain::Text<'_>> = here.iter().map(|&at| plain_text(&texts[at], lessons[at])).collect();
        let plain = plain::cross_validate(&plain, parts);
        let both: Vec<_> = told
            .iter()
            .zip(plain)
            .map(|(told, plain)| (told.label, told.score, plain))
            .collect();
        Reached {
            label,
            lang: *lang,
            figures: Figures::of(&told),
            threshold: here.first().map_or(0.5, |&at| judged[at].1),
            baseline: measure::average_precision(
                &both
                    .iter()
                    .map(|(label, _, plain)| (*label, *plain))
                    .collect::<Vec<_>>(),
            ),
            gain: measure::gain(&both),
            without_language: (langs.len() > 1).then(|| without(&course, *lang)),
        }
    };
    langs.iter().map(reached).collect()
}

fn plain_text<'a>(text: &'a Labelled, lesson: &Lesson) -> plain::Text<'a> {
    plain::Text {
        words: &text.text,
        label: lesson.label,
        group: lesson.group,
    }
}

/// Each text as told by the head of the other parts, with the chance that was needed.
fn judged(course: &Course<'_>, parts: usize) -> Vec<(Told, f32)> {
    let odds = learn::cross_validate(course, parts);
    let scored: Vec<(Lang, u64, bool, f32)> = course
        .lessons
        .iter()
        .zip(odds)
        .map(|(lesson, odds)| (lesson.lang, lesson.group % parts as u64, lesson.label, chance(odds)))
        .collect();
    let needed = |lang: Lang, part: u64| {
        let others = scored.iter().filter(|(of, at, _, _)| *of == lang && *at != part);
        measure::best_needed(&others.map(|(_, _, label, score)| (*label, *score)).collect::<Vec<_>>())
    };
    let mut known: BTreeMap<(Lang, u64), f32> = BTreeMap::new();
    let told = scored.iter().map(|&(lang, part, label, score)| {
        let needed = *known.entry((lang, part)).or_insert_with(|| needed(lang, part));
        let yes = score >= needed;
        (Told { label, score, yes }, needed)
    });
    told.collect()
}

/// See [`Reached::without_language`].
fn without(course: &Course<'_>, lang: Lang) -> f64 {
    let head: Head = learn::fit(&course.only(|lesson| lesson.lang != lang));
    let here = course.only(|lesson| lesson.lang == lang).lessons;
    let scored: Vec<(bool, f32)> = here
        .iter()
        .map(|lesson| (lesson.label, head.odds(&lesson.features, lesson.lang)))
        .collect();
    measure::average_precision(&scored)
}

/// What the shipped model tells about labelled texts.
pub fn evaluate(model: &Model, label: Label, texts: &[Labelled]) -> Figures {
    let told = texts.iter().map(|text| {
        let score = model.chance(&text.text, text.lang, label);
        Told {
            label: text.label == 1,
            score,
            yes: score >= model.needed(text.lang, label),
        }
    });
    Figures::of(&told.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_claim_is_learnt_beside_the_claims_of_its_language() {
        let text = |text: &str, lang, label| Labelled {
            text: text.to_owned(),
            lang,
            label,
        };
        let claims = vec![
            text("Five people died of it.", Lang::EN, 1),
            text("Good morning!", Lang::EN, 0),
            text("Guten Morgen!", Lang::DE, 0),
        ];
        let worthy = vec![text("Five people died of it.", Lang::EN, 1)];
        let texts = Texts::from([(Label::Claim, claims), (Label::Worthy, worthy)]);
        let learnt = |label| {
            let lessons = Lessons::of(label, &texts);
            let beside: Vec<_> = lessons.beside.iter().map(|one| (one.lang, one.label)).collect();
            (lessons.own.len(), beside)
        };
        assert_eq!(learnt(Label::Claim), (3, vec![]));
        assert_eq!(learnt(Label::Worthy), (1, vec![(Lang::EN, false)]));
        let english = Lessons::of(Label::Worthy, &texts);
        let others = english.course().only(|lesson| lesson.lang != Lang::EN);
        assert!(others.lessons.is_empty() && others.beside.is_empty());
    }
}
