//! A passage and its language come in; how check-worthy it is, and why, go out.
//!
//! Two judges that know different things. The rules ([`score`]) know what no claim is, in nine languages: questions, calls,
//! adverts, notices. The models know how claims are worded, in the languages that people labelled; what they learnt from posts
//! about one subject moves the rules' sum by [`LEARNT`] at most, so no wording makes a statement of an advert.

use std::cmp::Ordering;

use serde::Serialize;

use super::{
    features::Features,
    model::{Head, Label, Model},
    score::{self, Signal},
};
use crate::domain::{Lang, Sign};

/// Least chance-like score of a mention.
pub const THRESHOLD: f32 = 0.55;

/// How far the wording moves what the rules say, at most.
const LEARNT: f32 = 0.15;

/// The same in a language that nobody labelled: the others' model orders it less well.
const FOREIGN: f32 = 0.075;

/// How far being worth a check moves a claim's place among claims, at most; where no labels say, not at all.
const WORTH: f32 = 0.1;

/// Reasons given.
const REASONS: usize = 5;

/// Least reason worth telling, in points of the score.
const SLIGHT: f32 = 0.01;

/// Words named as one reason.
const WORDS: usize = 3;

/// What detection makes of one passage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// How check-worthy it is, 0 to 1: what people are shown first.
    pub score: f32,
    /// How claim-like it is, 0 to 1: from [`THRESHOLD`] on it is a mention.
    pub claim: f32,
    /// The chance that a claim like it is worth a check, in languages where people labelled that.
    pub worth: Option<f32>,
    /// What speaks most for the score and against it, the strongest first.
    pub reasons: Vec<Sign>,
}

impl Judgement {
    /// Of what is too short or too long to be a statement.
    fn none() -> Self {
        Self {
            score: 0.0,
            claim: 0.0,
            worth: None,
            reasons: vec![Sign {
                what: "too short or too long to be one statement".to_owned(),
                weight: 0.0,
            }],
        }
    }

    /// Whether it becomes a mention.
    pub fn is_mention(&self) -> bool {
        self.claim >= THRESHOLD
    }
}

/// The judgement of a passage that becomes a mention. What the rules keep so low that no wording lifts it is not looked at,
/// and reasons are given for mentions only: they take as long as the judging.
pub(super) fn mention(passage: &str, lang: Lang) -> Option<Judgement> {
    let weighed = Weighed::by_rules(passage, lang)?;
    if weighed.rules + LEARNT < THRESHOLD {
        return None;
    }
    let learnt = weighed.learnt();
    (learnt.claim >= THRESHOLD).then(|| learnt.judgement())
}

/// Judges a passage by the rules and the shipped models.
pub fn judge(passage: &str, lang: Lang) -> Judgement {
    let weighed = Weighed::by_rules(passage, lang);
    weighed.map_or_else(Judgement::none, |weighed| weighed.learnt().judgement())
}

/// A passage with what the rules make of it.
struct Weighed<'a> {
    passage: &'a str,
    lang: Lang,
    /// Their sum.
    rules: f32,
    signals: Vec<(Signal, f32)>,
}

impl<'a> Weighed<'a> {
    /// None of what is too short or too long to be a statement.
    fn by_rules(passage: &'a str, lang: Lang) -> Option<Self> {
        let (base, signals) = score::weigh(passage, lang)?;
        let weights: f32 = signals.iter().map(|(_, weight)| weight).sum();
        Some(Self {
            passage,
            lang,
            rules: base + weights,
            signals,
        })
    }

    fn learnt(self) -> Learnt<'a> {
        let (model, lang) = (Model::shipped(), self.lang);
        let features = Features::of(self.passage, lang);
        let odds = model.odds(&features, lang, Label::Claim);
        let worth = model
            .knows(lang, Label::Worthy)
            .then(|| model.odds(&features, lang, Label::Worthy));
        let reach = if model.knows(lang, Label::Claim) {
            LEARNT
        } else {
            FOREIGN
        };
        Learnt {
            claim: (self.rules + reach * bend(odds)).clamp(0.0, 1.0),
            weighed: self,
            features,
            reach,
            worth,
        }
    }
}

/// A passage with what the models make of it besides.
struct Learnt<'a> {
    weighed: Weighed<'a>,
    features: Features,
    /// How far its wording moves the score.
    reach: f32,
    claim: f32,
    /// The odds that it is worth a check.
    worth: Option<f32>,
}

impl Learnt<'_> {
    fn judgement(self) -> Judgement {
        let (
            model,
            Weighed {
                passage, lang, signals, ..
            },
        ) = (Model::shipped(), self.weighed);
        let reasons = signals.iter().map(|(signal, weight)| sign(signal.words(), *weight));
        let (mut reasons, slope): (Vec<Sign>, f32) = (reasons.collect(), self.reach / 2.0);
        add_learnt(
            &mut reasons,
            slope,
            model.head(Label::Claim),
            &self.features,
            passage,
            lang,
        );
        let needed = model.odds_needed(lang, Label::Worthy);
        Judgement {
            score: (self.claim + WORTH * self.worth.map_or(0.0, bend)).clamp(0.0, 1.0),
            claim: self.claim,
            worth: self.worth.map(|odds| super::model::chance(odds + needed)),
            reasons: strongest(reasons),
        }
    }
}

/// Odds, from minus one to one; 0 where the model is undecided.
fn bend(odds: f32) -> f32 {
    (odds / 2.0).tanh()
}

fn sign(what: &str, weight: f32) -> Sign {
    Sign {
        what: what.to_owned(),
        weight,
    }
}

/// What the models' odds are made of, in points of the score: as much as a little of it would move the score.
fn add_learnt(reasons: &mut Vec<Sign>, slope: f32, head: &Head, features: &Features, passage: &str, lang: Lang) {
    for (what, odds) in head.of_traits(features, lang) {
        let weight = slope * odds;
        match reasons.iter_mut().find(|reason| reason.what == what) {
            Some(reason) => reason.weight += weight,
            None => reasons.push(sign(&what, weight)),
        }
    }
    let words = head.of_words(features, passage, lang);
    for is_for in [true, false] {
        reasons.extend(wording(&words, slope, is_for));
    }
}

/// The words that speak most for a claim, or against it, as one reason.
fn wording(words: &[(String, f32)], slope: f32, is_for: bool) -> Option<Sign> {
    let mut words: Vec<_> = words.iter().filter(|(_, odds)| (*odds > 0.0) == is_for).collect();
    words.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
    words.dedup_by(|a, b| a.0 == b.0);
    words.truncate(WORDS);
    let odds: f32 = words.iter().map(|(_, odds)| odds).sum();
    let named: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
    let what = format!("words as in claims: {}", named.join(", "));
    let what = if is_for {
        what
    } else {
        what.replacen("as in claims", "as in other texts", 1)
    };
    (!named.is_empty()).then(|| sign(&what, slope * odds))
}

fn strongest(mut reasons: Vec<Sign>) -> Vec<Sign> {
    reasons.retain(|reason| reason.weight.abs() >= SLIGHT);
    reasons.sort_by(|a, b| order(b, a));
    reasons.truncate(REASONS);
    reasons
}

fn order(a: &Sign, b: &Sign) -> Ordering {
    a.weight
        .abs()
        .total_cmp(&b.weight.abs())
        .then_with(|| b.what.cmp(&a.what))
}
