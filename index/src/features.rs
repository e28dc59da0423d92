//! Comes in: the evidence on one candidate, and its place among the others. Goes out: the numbers that the models weigh.

use std::sync::LazyLock;

use crate::Lang;
use crate::evidence::Evidence;
use crate::particulars::Particulars;

/// What each number is, in order: the keys of the ranker's file.
pub(crate) const NAMES: [&str; FEATURES] = [
    "said_coverage",
    "title_coverage",
    "description_coverage",
    "text_coverage",
    "gram_coverage",
    "strength",
    "matched_words",
    "similarity",
    "contained",
    "lead",
    "score",
    "place",
    "numbers_agree",
    "numbers_differ",
    "negation_differs",
    "meaning",
    "meaning_lead",
    "meaning_place",
    "meaning_in_language",
    "foreign_lead",
];
pub(crate) const FEATURES: usize = 20;

/// The numbers of one candidate; most are between 0 and 1.
pub(crate) type Features = [f32; FEATURES];

/// What the judge looks at besides, in order: the keys of its file after those of the ranker.
const PARTICULARS: [&str; JUDGED - FEATURES] = [
    "missing_words",
    "heaviest_missing",
    "names_found",
    "names_missing",
    "others_found",
    "weightiest_found",
    "passage",
    "same_order",
    "negation",
    "denial",
    "opposite",
    "other_quantity",
    "same_quantity",
    "contradictions",
    "claim_length",
    "text_length",
    "edge",
    "before_fifth",
    "share",
    "cosine",
    "names_share",
    "others_share",
    "length_ratio",
    "unexplained",
    "other_names",
];
pub(crate) const JUDGED: usize = FEATURES + 25;

/// The names of [`Judged`], in order.
pub(crate) static JUDGED_NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| [&NAMES[..], &PARTICULARS[..]].concat());

/// What the judge sees of one candidate.
pub(crate) type Judged = [f32; JUDGED];

/// How a candidate stands among the others, by the ranker's order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Standing {
    /// How far it is before the next, or behind the first.
    pub(crate) edge: f32,
    /// How far the first is before the fifth: a crowd of near-equals says that none of them is it.
    pub(crate) before_fifth: f32,
    /// Logarithm of its share, where each has the exponential of its order.
    pub(crate) share: f32,
}

/// What the judge sees. `text_length` is the number of content words in the question, `cosine` that of the vectors, 0 without
/// a model.
pub(crate) fn judged(
    features: &Features,
    of: &Particulars,
    standing: Standing,
    text_length: f32,
    cosine: f32,
) -> Judged {
    let more = [
        of.missing_words,
        of.heaviest_missing,
        of.names_found,
        of.names_missing,
        of.others_found,
        of.weightiest_found,
        of.passage,
        of.same_order,
        of.negation,
        of.denial,
        of.opposite,
        of.other_quantity,
        of.same_quantity,
        of.negation + of.denial + of.opposite + of.other_quantity.ceil(),
        of.claim_length,
        text_length.ln_1p(),
        standing.edge,
        standing.before_fifth,
        standing.share,
        cosine,
        of.names_share,
        of.others_share,
        of.length_ratio,
        of.unexplained,
        of.other_names,
    ];
    let mut all = [0.0; JUDGED];
    all[..FEATURES].copy_from_slice(features);
    // In an archive of many languages the asker's own stands out from all, whatever it says.
    all[MEANING] = features[MEANING].min(features[MEANING_IN_LANGUAGE]);
    all[FEATURES..].copy_from_slice(&more);
    all
}

/// How candidates stand, by their orders, best first.
pub(crate) fn standings(orders: &[f32]) -> Vec<Standing> {
    let Some(first) = orders.first().copied() else {
        return Vec::new();
    };
    let within = |distance: f32| distance.clamp(-MAX_EDGE, MAX_EDGE);
    let behind = |place: usize| orders.get(place).map_or(MAX_EDGE, |other| first - other);
    let field = orders.iter().take(FIELD);
    let crowd = field.map(|order| (order - first).exp()).sum::<f32>().ln();
    let standing = |(place, order): (usize, &f32)| Standing {
        edge: within(if place == 0 { behind(1) } else { order - first }),
        before_fifth: within(behind(4)),
        share: (order - first - crowd).max(-2.0 * MAX_EDGE),
    };
    orders.iter().enumerate().map(standing).collect()
}

/// An edge beyond this says nothing more.
const MAX_EDGE: f32 = 5.0;
/// So many are looked at, however many are compared: a candidate's share should not fall because more were asked for.
const FIELD: usize = 30;

/// Numbers that depend on the other candidates: see [`Field::placed`].
const LEAD: usize = 9;
const PLACE: usize = 11;
/// The similarity by which near-copies are told.
pub(crate) const SIMILARITY: usize = 7;
/// How far the candidate's meaning stands out from all entries'; 0 without a model.
pub(crate) const MEANING: usize = 15;
const MEANING_LEAD: usize = 16;
const MEANING_PLACE: usize = 17;
/// How far it stands out from the entries of its own language.
const MEANING_IN_LANGUAGE: usize = 18;
/// How much further a candidate of another language stands out from the entries of that language than any candidate of the
/// question's own stands out from theirs; 0 where it does not, and for candidates of the question's language. Those share its
/// words whatever they say, so what the words tell of the others has to be made up for.
const FOREIGN_LEAD: usize = 19;

/// How near a candidate is in meaning, in standard deviations; 0 without a model or a vector.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meaning {
    pub(crate) among_all: f32,
    pub(crate) in_language: f32,
    pub(crate) home: Home,
}

/// Whether a candidate is in the question's language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Home {
    /// Or nobody knows.
    #[default]
    Own,
    Foreign,
}

impl Home {
    /// Of an entry in one language, asked for in another, so far as they are known.
    pub(crate) fn of(entry: Option<Lang>, asked: Option<Lang>) -> Home {
        match (entry, asked) {
            (Some(entry), Some(asked)) if entry != asked && entry != Lang::UND => Home::Foreign,
            _ => Home::Own,
        }
    }
}

/// The scores of all candidates of a question, by which each finds its place.
pub(crate) struct Field {
    /// Best first.
    scores: Vec<f32>,
    /// Most distinct first; empty without a model.
    meanings: Vec<f32>,
    /// How far the candidate of the question's language stands out that does so most, if there is one.
    own: Option<f32>,
}

impl Field {
    /// Of each candidate's score and how far its meaning stands out.
    pub(crate) fn of(candidates: impl Iterator<Item = (f32, Meaning)>) -> Field {
        let (mut scores, meanings): (Vec<f32>, Vec<Meaning>) = candidates.unzip();
        scores.sort_by(|a, b| b.total_cmp(a));
        let own = meanings.iter().filter(|meaning| meaning.home == Home::Own);
        let own = own.map(|meaning| meaning.in_language).max_by(f32::total_cmp);
        let mut meanings: Vec<f32> = meanings.iter().map(|meaning| meaning.among_all).collect();
        meanings.sort_by(|a, b| b.total_cmp(a));
        Field { scores, meanings, own }
    }

    fn nth(&self, place: usize) -> f32 {
        self.scores.get(place).copied().unwrap_or_default()
    }

    /// How much further a candidate's meaning stands out than the best other.
    fn meaning_lead(&self, meaning: f32) -> f32 {
        let nth = |place: usize| self.meanings.get(place).copied().unwrap_or_default();
        let other = if meaning < nth(0) { nth(0) } else { nth(1) };
        (meaning - other).clamp(-MAX_MEANING_LEAD, MAX_MEANING_LEAD)
    }

    /// Puts a candidate where it stands among the others.
    fn place_meaning(&self, features: &mut Features, of: Meaning) {
        let meaning = of.among_all;
        features[MEANING] = meaning;
        if meaning != 0.0 {
            let before = self.meanings.iter().take_while(|other| **other > meaning).count();
            features[MEANING_LEAD] = self.meaning_lead(meaning);
            features[MEANING_PLACE] = 1.0 / (1 + before) as f32;
            features[FOREIGN_LEAD] = self.foreign_lead(of);
        }
    }

    /// Where nothing is in the question's language there is nothing to be behind of.
    fn foreign_lead(&self, meaning: Meaning) -> f32 {
        match (meaning.home, self.own) {
            (Home::Foreign, Some(own)) => (meaning.in_language - own).clamp(0.0, MAX_MEANING_LEAD),
            _ => 0.0,
        }
    }

    /// Logarithm of a candidate's score over the best other score, within [`MAX_LEAD`] and [`MAX_LAG`].
    fn lead(&self, score: f32) -> f32 {
        let other = if score < self.nth(0) { self.nth(0) } else { self.nth(1) };
        (score / other.max(f32::MIN_POSITIVE)).ln().clamp(MAX_LAG, MAX_LEAD)
    }

    /// One over the candidate's rank by score.
    fn place(&self, score: f32) -> f32 {
        1.0 / (1 + self.scores.iter().take_while(|other| **other > score).count()) as f32
    }

    /// The features as they would be among these candidates: what training asks when it hides some.
    pub(crate) fn placed(&self, mut features: Features, score: f32, meaning: Meaning) -> Features {
        features[LEAD] = self.lead(score);
        features[PLACE] = self.place(score);
        self.place_meaning(&mut features, meaning);
        features
    }

    /// What the evidence and the meaning amount to.
    pub(crate) fn features(
        &self,
        evidence: &Evidence,
        score: f32,
        meaning: Meaning,
        asked: f32,
        heaviest: f32,
    ) -> Features {
        let mut features = [0.0; FEATURES];
        features[..MEANING].copy_from_slice(&self.of_words(evidence, score, asked, heaviest));
        features[MEANING_IN_LANGUAGE] = meaning.in_language;
        self.place_meaning(&mut features, meaning);
        features
    }

    /// Puts the evidence into numbers. `asked` is the number of content words in the question, `heaviest` the weight of a
    /// word as rare as words can be here.
    fn of_words(&self, evidence: &Evidence, score: f32, asked: f32, heaviest: f32) -> [f32; MEANING] {
        let weight: f32 = evidence.matched.iter().map(|term| term.weight).sum();
        let is_replaced = !evidence.only_asked.is_empty() && !evidence.only_claimed.is_empty();
        [
            evidence.said_coverage,
            evidence.title_coverage,
            evidence.description_coverage,
            evidence.text_coverage,
            evidence.gram_coverage,
            (weight / heaviest).ln_1p(),
            matched_share(evidence, asked),
            evidence.similarity,
            evidence.contained,
            self.lead(score),
            (score / heaviest).ln_1p(),
            self.place(score),
            (evidence.agreeing.len() as f32).min(3.0),
            f32::from(u8::from(is_replaced && evidence.agreeing.is_empty())),
            f32::from(u8::from(evidence.negation_differs)),
        ]
    }
}

/// A lead beyond twice the second score says nothing more: in a small index there is often no second at all.
const MAX_LEAD: f32 = std::f32::consts::LN_2;
const MAX_LAG: f32 = -2.0;
/// In standard deviations.
const MAX_MEANING_LEAD: f32 = 4.0;

/// Share of the question's content words that are in any wording, however much they weigh.
fn matched_share(evidence: &Evidence, asked: f32) -> f32 {
    (evidence.matched.len() as f32 / asked.max(1.0)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_where_their_names_say() {
        assert_eq!((NAMES[LEAD], NAMES[PLACE]), ("lead", "place"));
        assert_eq!(NAMES[SIMILARITY], "similarity");
        let meanings = [NAMES[MEANING], NAMES[MEANING_LEAD], NAMES[MEANING_PLACE]];
        assert_eq!(meanings, ["meaning", "meaning_lead", "meaning_place"]);
        assert_eq!(
            [NAMES[MEANING_IN_LANGUAGE], NAMES[FOREIGN_LEAD]],
            ["meaning_in_language", "foreign_lead"]
        );
        assert_eq!(JUDGED_NAMES.len(), JUDGED);
        let particulars = Particulars {
            negation: 1.0,
            other_quantity: 0.5,
            ..Particulars::default()
        };
        let standing = Standing {
            edge: 4.0,
            ..Standing::default()
        };
        let numbers = judged(&[0.0; FEATURES], &particulars, standing, 0.0, 0.7);
        let named = |name| numbers[JUDGED_NAMES.iter().position(|known| *known == name).unwrap()];
        assert!((named("contradictions") - 2.0).abs() < 1e-6);
        assert!((named("edge") - 4.0).abs() < 1e-6 && (named("cosine") - 0.7).abs() < 1e-6);
    }

    #[test]
    fn the_first_stands_out_from_a_field_and_not_from_a_crowd() {
        let alone = standings(&[3.0]);
        assert_eq!(alone.len(), 1);
        assert!((alone[0].edge - MAX_EDGE).abs() < 1e-6 && alone[0].share.abs() < 1e-6);
        let field = standings(&[3.0, 1.0, 0.5, 0.0, -1.0, -9.0]);
        assert!((field[0].edge - 2.0).abs() < 1e-6 && (field[1].edge + 2.0).abs() < 1e-6);
        assert!((field[0].before_fifth - 4.0).abs() < 1e-6 && (field[5].edge + MAX_EDGE).abs() < 1e-6);
        let crowd = standings(&[3.0; 5]);
        assert!(crowd[0].share < field[0].share && crowd[0].before_fifth.abs() < 1e-6);
        assert_eq!(standings(&[]), []);
        assert_eq!(
            standings(&[1.0; 40])[0],
            standings(&[1.0; 30])[0],
            "however many are asked for"
        );
    }

    #[test]
    fn hiding_the_first_candidate_moves_the_second_up() {
        let meaning = |among_all| Meaning {
            among_all,
            ..Meaning::default()
        };
        let all = [(9.0, meaning(5.0)), (6.0, meaning(3.0)), (3.0, meaning(1.0))];
        let (with, without) = (Field::of(all.into_iter()), Field::of(all.into_iter().skip(1)));
        let second = with.placed([0.0; FEATURES], 6.0, meaning(3.0));
        let first = without.placed(second, 6.0, meaning(3.0));
        assert!(second[LEAD] < 0.0 && (second[PLACE] - 0.5).abs() < 1e-6);
        assert!((second[MEANING_LEAD] + 2.0).abs() < 1e-6 && (first[MEANING_LEAD] - 2.0).abs() < 1e-6);
        assert!(first[LEAD] > 0.0 && (first[PLACE] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn only_what_is_foreign_and_stands_out_further_than_all_own_has_a_lead() {
        let meaning = |in_language, home| Meaning {
            among_all: 1.0,
            in_language,
            home,
        };
        let (own, foreign) = (meaning(3.0, Home::Own), meaning(4.5, Home::Foreign));
        let lead = |field: &Field, meaning| field.placed([0.0; FEATURES], 1.0, meaning)[FOREIGN_LEAD];
        let field = Field::of([(2.0, own), (1.0, foreign)].into_iter());
        let has_none = |field: &Field, meaning| lead(field, meaning).abs() < 1e-6;
        assert!((lead(&field, foreign) - 1.5).abs() < 1e-6 && has_none(&field, own));
        assert!(has_none(&field, meaning(2.9, Home::Foreign)));
        assert!(has_none(&field, meaning(9.0, Home::Own)));
        let nothing_own = Field::of([(1.0, foreign)].into_iter());
        assert!(
            has_none(&nothing_own, foreign),
            "hidden, or an archive of another language"
        );
        let unencoded = Meaning {
            among_all: 0.0,
            ..foreign
        };
        assert!(has_none(&field, unencoded));
    }

    #[test]
    fn what_is_not_known_is_not_foreign() {
        assert_eq!(Home::of(Some(Lang::DE), Some(Lang::TR)), Home::Foreign);
        for (entry, asked) in [
            (Some(Lang::DE), Some(Lang::DE)),
            (Some(Lang::UND), Some(Lang::DE)),
            (None, Some(Lang::DE)),
            (Some(Lang::DE), None),
        ] {
            assert_eq!(Home::of(entry, asked), Home::Own);
        }
    }
}
